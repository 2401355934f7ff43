import type { Slice } from '../columns/scan/slices.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { RecordTable } from '../columns/types.ts';
import { failedStates, spanOf } from './slices.ts';
import { Volumes } from './volumes.ts';
import { bucketsFor, type Buckets, type Timeline } from './timeline.ts';

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

  add(table: RecordTable, volumes: Volumes, slices: readonly Slice[]): void {
    for (const slice of slices) {
      this.#reserve(table, slice);
      this.#addRows(
        slice,
        volumes,
        entriesOf(table, this.#columns, slice, 'service'),
        entriesOf(table, this.#columns, slice, 'conn_state'),
      );
    }
  }

  #addRows(slice: Slice, volumes: Volumes, serviceOf: Uint32Array | null, stateOf: Uint32Array | null): void {
    const { originators, responders, services, states, ports } = this;
    const orig = this.#columns.ids(slice, 'orig_h');
    const resp = this.#columns.ids(slice, 'resp_h');
    const sent = volumes.sent(this.#columns, slice);
    const received = volumes.received(this.#columns, slice);
    const portOf = this.#columns.numbers(slice, 'resp_p');
    for (let i = 0; i < slice.count; i++) {
      const out = sent[i] === sent[i] ? sent[i] : 0;
      const back = received[i] === received[i] ? received[i] : 0;
      this.bytesOut += out;
      this.bytesIn += back;
      addHost(originators, orig[i], out, back);
      addHost(responders, resp[i], back, out);
      add(services, serviceOf === null ? 1 : serviceOf[i] + 1, out + back);
      add(states, stateOf === null ? 1 : stateOf[i] + 1, out + back);
      const port = portOf[i];
      if (port >= 0 && port < PORTS) add(ports, port + 1, out + back);
    }
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

/** Sums of these rows. */
export function sumConnections(table: RecordTable, slices: readonly Slice[]): ConnectionSums {
  const sums = new ConnectionSums();
  sums.add(table, new Volumes(table), slices);
  return sums;
}

/** Over time, in at most so many buckets. */
export function timelineOf(table: RecordTable, slices: readonly Slice[], buckets: number): Timeline {
  const timeline = emptyTimeline(bucketsFor(spanOf(slices), buckets));
  addOverTime(table, new Volumes(table), slices, timeline);
  return timeline;
}

export function emptyTimeline({ start, step, length }: Buckets): Timeline {
  const row = (): Float64Array => new Float64Array(length);
  return { start, step, connections: row(), bytesOut: row(), bytesIn: row(), failed: row() };
}

/** Adds rows to a timeline whose buckets reach over them. */
export function addOverTime(table: RecordTable, volumes: Volumes, slices: readonly Slice[], timeline: Timeline): void {
  const failed = failedStates(table);
  const columns = new SliceColumns();
  const { start, step } = timeline;
  for (const slice of slices) {
    const ts = columns.numbers(slice, 'ts');
    const sent = volumes.sent(columns, slice);
    const received = volumes.received(columns, slice);
    const stateOf = entriesOf(table, columns, slice, 'conn_state');
    for (let i = 0; i < slice.count; i++) {
      const time = ts[i];
      if (time !== time) continue;
      const bucket = Math.floor((time - start) / step);
      timeline.connections[bucket]++;
      if (sent[i] === sent[i]) timeline.bytesOut[bucket] += sent[i];
      if (received[i] === received[i]) timeline.bytesIn[bucket] += received[i];
      if (stateOf !== null) timeline.failed[bucket] += failed[stateOf[i]];
    }
  }
}

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
