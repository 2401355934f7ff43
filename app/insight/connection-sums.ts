import type { Slice } from '../columns/scan/slices.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { CHUNK_ROWS, type RecordTable } from '../columns/types.ts';
import { failedStates, spanOf } from './slices.ts';
import { Volumes } from './volumes.ts';
import { addOverTime, bucketsFor, longer, type Buckets, type Timeline } from './timeline.ts';

/** Connections and bytes by place. */
export interface Sums {
  readonly connections: Float64Array;
  /** Of both sides together. */
  readonly bytes: Float64Array;
}

/** Figures by host id, from the host's own point of view: out is what it sent. */
export interface HostSums {
  readonly connections: Float64Array;
  readonly bytesOut: Float64Array;
  readonly bytesIn: Float64Array;
}

const PORTS = 65_536;

/**
 * Everything that is summed over connections; every row is read once, whatever is asked of it, and more rows can be added. Bytes that a log does not give
 * count as none. Arrays are as long as the largest id among the rows asks for.
 */
export class ConnectionSums {
  total = 0;
  bytesOut = 0;
  bytesIn = 0;
  originators = emptyHosts(1);
  /** As long as `originators`. */
  responders = emptyHosts(1);
  /** By 1 + dictionary id, so that absent values (id 0) have a place that is not 0. */
  services = emptySums(2);
  states = emptySums(2);
  /** By 1 + port of the responder. */
  readonly ports = emptySums(PORTS + 1);
  readonly #columns = new SliceColumns();

  /** Bytes that it keeps in memory. */
  get size(): number {
    return 8 * (6 * this.originators.connections.length + 2 * (this.services.bytes.length + this.states.bytes.length + PORTS));
  }

  /** Adds rows, also to a timeline whose buckets reach over them. */
  add(table: RecordTable, volumes: Volumes, slices: readonly Slice[], timeline: Timeline | null): void {
    const failed = failedStates(table);
    for (const slice of slices) {
      this.#reserve(table, slice);
      const rows = this.#rowsOf(table, volumes, slice);
      this.#addRows(slice, rows, entriesOf(table, this.#columns, slice, 'service') ?? none);
      if (timeline !== null) this.#overTime(timeline, slice, rows, failed);
    }
  }

  /** Adds rows to a timeline alone. */
  over(table: RecordTable, volumes: Volumes, slices: readonly Slice[], timeline: Timeline): void {
    const failed = failedStates(table);
    for (const slice of slices) {
      this.#overTime(timeline, slice, this.#rowsOf(table, volumes, slice), failed);
    }
  }

  #overTime(timeline: Timeline, slice: Slice, { sent, received, stateOf }: Rows, failedOf: Uint8Array): void {
    const { connections, bytesOut, bytesIn, failed } = timeline;
    addOverTime(timeline, this.#columns.numbers(slice, 'ts'), slice.count, (bucket, row) => {
      connections[bucket]++;
      bytesOut[bucket] += sent[row] === sent[row] ? sent[row] : 0;
      bytesIn[bucket] += received[row] === received[row] ? received[row] : 0;
      failed[bucket] += failedOf[stateOf[row]];
    });
  }

  #rowsOf(table: RecordTable, volumes: Volumes, slice: Slice): Rows {
    const sent = volumes.sent(this.#columns, slice);
    const received = volumes.received(this.#columns, slice);
    return { sent, received, stateOf: entriesOf(table, this.#columns, slice, 'conn_state') ?? none };
  }

  #addRows(slice: Slice, { sent, received, stateOf }: Rows, serviceOf: Uint32Array): void {
    const { originators, responders, services, states, ports } = this;
    const orig = this.#columns.ids(slice, 'orig_h');
    const resp = this.#columns.ids(slice, 'resp_h');
    const portOf = this.#columns.numbers(slice, 'resp_p');
    let { bytesOut, bytesIn } = this;
    for (let i = 0; i < slice.count; i++) {
      const out = sent[i] === sent[i] ? sent[i] : 0;
      const back = received[i] === received[i] ? received[i] : 0;
      bytesOut += out;
      bytesIn += back;
      addHost(originators, orig[i], out, back);
      addHost(responders, resp[i], back, out);
      add(services, serviceOf[i] + 1, out + back);
      add(states, stateOf[i] + 1, out + back);
      const port = portOf[i];
      if (port >= 0 && port < PORTS) add(ports, port + 1, out + back);
    }
    this.bytesOut = bytesOut;
    this.bytesIn = bytesIn;
    this.total += slice.count;
  }

  #reserve(table: RecordTable, { chunk }: Slice): void {
    const most = (column: string): number => (table.column(column)?.storage === 'dictionary' ? (chunk.stats(column)?.max ?? 0) : 0);
    const hosts = Math.max(most('orig_h'), most('resp_h')) + 1;
    this.originators = longerHosts(this.originators, hosts);
    this.responders = longerHosts(this.responders, hosts);
    this.services = longerSums(this.services, most('service') + 2);
    this.states = longerSums(this.states, most('conn_state') + 2);
  }
}

/** Sums of these rows, and over time in at most so many buckets. */
export function sumConnections(
  table: RecordTable,
  slices: readonly Slice[],
  buckets: number,
): { readonly sums: ConnectionSums; readonly timeline: Timeline } {
  const sums = new ConnectionSums();
  const timeline = longerTimeline(null, bucketsFor(spanOf(slices), buckets));
  sums.add(table, new Volumes(table), slices, timeline);
  return { sums, timeline };
}

/** With all these buckets; those that there are stay as they are. */
export function longerTimeline(kept: Timeline | null, { start, step, length }: Buckets): Timeline {
  const row = (of: 'connections' | 'bytesOut' | 'bytesIn' | 'failed'): Float64Array =>
    kept === null ? new Float64Array(length) : longer(kept[of], length);
  return { start, step, connections: row('connections'), bytesOut: row('bytesOut'), bytesIn: row('bytesIn'), failed: row('failed') };
}

interface Rows {
  readonly sent: Float64Array;
  readonly received: Float64Array;
  readonly stateOf: Uint32Array;
}

/** Ids of a column that there is not. */
const none = new Uint32Array(CHUNK_ROWS);

/** Ids of a column of names; null where there is none that is kept as ids. */
function entriesOf(table: RecordTable, columns: SliceColumns, slice: Slice, column: string): Uint32Array | null {
  return table.column(column)?.storage === 'dictionary' ? columns.ids(slice, column) : null;
}

function add({ connections, bytes }: Sums, at: number, amount: number): void {
  connections[at]++;
  bytes[at] += amount;
}

function addHost({ connections, bytesOut, bytesIn }: HostSums, host: number, out: number, back: number): void {
  connections[host]++;
  bytesOut[host] += out;
  bytesIn[host] += back;
}

function emptySums(size: number): Sums {
  return { connections: new Float64Array(size), bytes: new Float64Array(size) };
}

function emptyHosts(size: number): HostSums {
  return { connections: new Float64Array(size), bytesOut: new Float64Array(size), bytesIn: new Float64Array(size) };
}

function longerSums(sums: Sums, size: number): Sums {
  if (sums.bytes.length >= size) return sums;
  const long = emptySums(Math.max(size, Math.ceil(sums.bytes.length * 1.5)));
  long.connections.set(sums.connections);
  long.bytes.set(sums.bytes);
  return long;
}

function longerHosts(sums: HostSums, size: number): HostSums {
  if (sums.connections.length >= size) return sums;
  const long = emptyHosts(Math.max(size, Math.ceil(sums.connections.length * 1.5)));
  long.connections.set(sums.connections);
  long.bytesOut.set(sums.bytesOut);
  long.bytesIn.set(sums.bytesIn);
  return long;
}
