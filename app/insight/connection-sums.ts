import type { Slice } from '../columns/scan/slices.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { CHUNK_ROWS, type RecordTable } from '../columns/types.ts';
import type { VolumeBasis } from '../contract/records.ts';
import { failedStates, spanOf } from './slices.ts';
import { Volumes } from './volumes.ts';
import { timelineFor, type Timeline } from './timeline.ts';

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

export interface ConnectionSums {
  readonly span: { readonly first: number; readonly last: number } | null;
  readonly timeline: Timeline;
  readonly originators: HostSums;
  readonly responders: HostSums;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** By 1 + dictionary id, so that absent values (id 0) have a place that is not 0. Null where the logs have no such column. */
  readonly services: Sums | null;
  readonly states: Sums | null;
  /** By 1 + port of the responder. */
  readonly ports: Sums;
  /** What the bytes count. */
  readonly volume: VolumeBasis;
}

const PORTS = 65_536;
const absent = new Uint32Array(CHUNK_ROWS);

/**
 * Everything that is summed over connections, in one pass: every row is read once, whatever is asked of it. Bytes that a log does not give
 * count as none. The timeline has at most so many buckets.
 */
export function sumConnections(table: RecordTable, slices: readonly Slice[], buckets: number): ConnectionSums {
  const span = spanOf(slices);
  const hosts = table.dictionary('host').size + 1;
  const services = namesOf(table, 'service');
  const states = namesOf(table, 'conn_state');
  const volumes = new Volumes(table);
  const failed = failedStates(table);
  const sums = {
    span,
    timeline: timelineFor(span, buckets),
    originators: emptyHosts(hosts),
    responders: emptyHosts(hosts),
    services: services?.sums ?? null,
    states: states?.sums ?? null,
    ports: emptySums(PORTS + 1),
    volume: volumes.basis(slices),
  };
  const columns = new SliceColumns();
  let bytesOut = 0;
  let bytesIn = 0;
  for (const slice of slices) {
    const bytes = addRows(
      sums,
      { columns, volumes },
      slice,
      services?.ids(slice, columns) ?? absent,
      states?.ids(slice, columns) ?? absent,
      failed,
    );
    bytesOut += bytes.out;
    bytesIn += bytes.back;
  }
  return { ...sums, bytesOut, bytesIn };
}

type Growing = Omit<ConnectionSums, 'bytesOut' | 'bytesIn'>;

function addRows(
  { timeline, originators, responders, services, states, ports }: Growing,
  { columns, volumes }: { readonly columns: SliceColumns; readonly volumes: Volumes },
  slice: Slice,
  serviceOf: Uint32Array,
  stateOf: Uint32Array,
  failed: Uint8Array,
): { readonly out: number; readonly back: number } {
  const orig = columns.ids(slice, 'orig_h');
  const resp = columns.ids(slice, 'resp_h');
  const sent = volumes.sent(columns, slice);
  const received = volumes.received(columns, slice);
  const portOf = columns.numbers(slice, 'resp_p');
  const ts = columns.numbers(slice, 'ts');
  const { start, step } = timeline;
  const whole = { out: 0, back: 0 };
  for (let i = 0; i < slice.count; i++) {
    const out = sent[i] === sent[i] ? sent[i] : 0;
    const back = received[i] === received[i] ? received[i] : 0;
    whole.out += out;
    whole.back += back;
    addHost(originators, orig[i], out, back);
    addHost(responders, resp[i], back, out);
    if (services !== null) add(services, serviceOf[i] + 1, out + back);
    if (states !== null) add(states, stateOf[i] + 1, out + back);
    const port = portOf[i];
    if (port >= 0 && port < PORTS) add(ports, port + 1, out + back);
    const time = ts[i];
    if (time !== time) continue;
    const bucket = Math.floor((time - start) / step);
    timeline.connections[bucket]++;
    timeline.bytesOut[bucket] += out;
    timeline.bytesIn[bucket] += back;
    timeline.failed[bucket] += failed[stateOf[i]];
  }
  return whole;
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

/** A column of names; null where there is none that is kept as ids. */
function namesOf(
  table: RecordTable,
  column: string,
): { readonly sums: Sums; readonly ids: (slice: Slice, columns: SliceColumns) => Uint32Array } | null {
  const spec = table.column(column);
  if (spec?.storage !== 'dictionary') return null;
  return { sums: emptySums(table.dictionary(spec.dictionary ?? 'term').size + 2), ids: (slice, columns) => columns.ids(slice, column) };
}
