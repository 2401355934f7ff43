import type { RecordTable } from '../columns/types.ts';
import { groupBy } from '../columns/scan/group.ts';
import { PairSet } from './pair-set.ts';
import { slicesOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { failedStates } from './slices.ts';
import { Volumes } from './volumes.ts';

/** What every host did, by host id; hosts that take no part have 0 in all three counts. Times in microseconds, Infinity/-Infinity without any. */
export interface HostFigures {
  readonly asOriginator: Float64Array;
  readonly asResponder: Float64Array;
  /** Requests that it made or answered, as web servers logged them. */
  readonly requests: Float64Array;
  /** What the host sent, and what was sent to it, in both roles; and in requests, as far as their servers say. */
  readonly bytesOut: Float64Array;
  readonly bytesIn: Float64Array;
  /** Connections it originated that did not come about, and requests of it that were answered with an error (400 and above). */
  readonly failed: Float64Array;
  /** Distinct hosts it had to do with, in both roles and in requests; itself not counted. */
  readonly peers: Uint32Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Ids of the hosts that take part, ascending. */
  readonly ids: Uint32Array;
}

/** Records, and which of them count. */
export interface Chosen {
  readonly table: RecordTable;
  readonly filter: RowFilter;
}

/** One pass over the connections that a filter lets through, and one over requests. */
export function hosts(table: RecordTable, filter: RowFilter, requests: Chosen | null = null): HostFigures {
  const size = table.dictionary('host').size + 1;
  const row = (): Float64Array => new Float64Array(size);
  const figures = {
    asOriginator: row(),
    asResponder: row(),
    requests: row(),
    bytesOut: row(),
    bytesIn: row(),
    failed: row(),
    peers: new Uint32Array(size),
    first: row().fill(Infinity),
    last: row().fill(-Infinity),
  };
  const failed = failedStates(table);
  const slices = slicesOf(table, filter);
  const columns = new SliceColumns();
  const volumes = new Volumes(table);
  for (const slice of slices) addConnections(figures, { columns, volumes }, slice, failed);
  const asked = requests === null ? [] : slicesOf(requests.table, requests.filter);
  for (const slice of asked) addRequests(figures, columns, slice);
  const pairs = new PairSet();
  countPeers(figures.peers, pairs, table, slices);
  // few web logs name the server's address
  if (requests?.table.column('resp_h') !== undefined) countPeers(figures.peers, pairs, requests.table, asked);
  const ids: number[] = [];
  for (let id = 1; id < size; id++) if (takesPart(figures, id)) ids.push(id);
  return { ...figures, ids: Uint32Array.from(ids) };
}

/** Whether the host of this id has any record among those that were counted. */
export function takesPart(
  { asOriginator, asResponder, requests }: Pick<HostFigures, 'asOriginator' | 'asResponder' | 'requests'>,
  id: number,
): boolean {
  return asOriginator[id] > 0 || asResponder[id] > 0 || requests[id] > 0;
}

/** A client sends the request and gets the answer; few logs name the server's address. */
function addRequests(figures: Omit<HostFigures, 'ids'>, columns: SliceColumns, slice: Slice): void {
  const { requests, bytesOut, bytesIn, failed, first, last } = figures;
  const clients = columns.ids(slice, 'orig_h');
  const servers = columns.ids(slice, 'resp_h');
  const sent = columns.numbers(slice, 'request_bytes');
  const received = columns.numbers(slice, 'bytes');
  const status = columns.numbers(slice, 'status');
  const ts = columns.numbers(slice, 'ts');
  for (let i = 0; i < slice.count; i++) {
    const client = clients[i];
    const server = servers[i];
    const out = sent[i] === sent[i] ? sent[i] : 0;
    const back = received[i] === received[i] ? received[i] : 0;
    requests[client]++;
    requests[server]++;
    bytesOut[client] += out;
    bytesIn[client] += back;
    bytesOut[server] += back;
    bytesIn[server] += out;
    if (status[i] >= 400) failed[client]++;
    const time = ts[i];
    if (time < first[client]) first[client] = time;
    if (time > last[client]) last[client] = time;
    if (time < first[server]) first[server] = time;
    if (time > last[server]) last[server] = time;
  }
}

function addConnections(
  figures: Omit<HostFigures, 'ids'>,
  { columns, volumes }: { readonly columns: SliceColumns; readonly volumes: Volumes },
  slice: Slice,
  failed: Uint8Array,
): void {
  const { asOriginator, asResponder, bytesOut, bytesIn, first, last } = figures;
  const orig = columns.ids(slice, 'orig_h');
  const resp = columns.ids(slice, 'resp_h');
  const sent = volumes.sent(columns, slice);
  const received = volumes.received(columns, slice);
  const states = columns.ids(slice, 'conn_state');
  const ts = columns.numbers(slice, 'ts');
  for (let i = 0; i < slice.count; i++) {
    const from = orig[i];
    const to = resp[i];
    const out = sent[i] === sent[i] ? sent[i] : 0;
    const back = received[i] === received[i] ? received[i] : 0;
    const time = ts[i];
    asOriginator[from]++;
    asResponder[to]++;
    bytesOut[from] += out;
    bytesIn[from] += back;
    bytesOut[to] += back;
    bytesIn[to] += out;
    figures.failed[from] += failed[states[i]];
    if (time < first[from]) first[from] = time;
    if (time > last[from]) last[from] = time;
    if (time < first[to]) first[to] = time;
    if (time > last[to]) last[to] = time;
  }
}

/** Every pair of hosts once, whichever of the two began; `pairs` are those that were counted before. */
function countPeers(peers: Uint32Array, pairs: PairSet, table: RecordTable, slices: readonly Slice[]): void {
  const { size, keys } = groupBy(table, slices, [{ column: 'orig_h' }, { column: 'resp_h' }]);
  const [originators, responders] = keys.map(({ values }) => values);
  for (let pair = 0; pair < size; pair++) {
    const a = originators[pair];
    const b = responders[pair];
    if (a === b || a === 0 || b === 0 || !(a < b ? pairs.add(a, b) : pairs.add(b, a))) continue;
    peers[a]++;
    peers[b]++;
  }
}
