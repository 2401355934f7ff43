import type { RecordTable } from '../columns/types.ts';
import type { Talker } from '../contract/records.ts';
import { PairSet } from './pair-set.ts';
import type { Slice } from '../columns/scan/slices.ts';

/** Figures by host id. */
export interface HostSums {
  readonly connections: Float64Array;
  readonly bytesOut: Float64Array;
  readonly bytesIn: Float64Array;
}

export interface BothSides {
  readonly originators: HostSums;
  readonly responders: HostSums;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Hosts that take part on either side. */
  readonly hosts: number;
}

function emptySums(size: number): HostSums {
  const row = (): Float64Array => new Float64Array(size + 1);
  return { connections: row(), bytesOut: row(), bytesIn: row() };
}

/** One pass over the rows: what every host sent and received as originator and as responder. */
export function sumHosts(table: RecordTable, slices: readonly Slice[]): BothSides {
  const size = table.dictionary('host').size;
  const originators = emptySums(size);
  const responders = emptySums(size);
  let bytesOut = 0;
  let bytesIn = 0;
  for (const { chunk, rows, count } of slices) {
    const orig = chunk.ids('orig_h');
    const resp = chunk.ids('resp_h');
    const sent = chunk.numbers('orig_bytes');
    const received = chunk.numbers('resp_bytes');
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
      const from = orig[i];
      const to = resp[i];
      const out = sent[i] === sent[i] ? sent[i] : 0;
      const back = received[i] === received[i] ? received[i] : 0;
      originators.connections[from]++;
      originators.bytesOut[from] += out;
      originators.bytesIn[from] += back;
      responders.connections[to]++;
      responders.bytesOut[to] += back;
      responders.bytesIn[to] += out;
      bytesOut += out;
      bytesIn += back;
    }
  }
  let hosts = 0;
  for (let id = 1; id <= size; id++) if (originators.connections[id] > 0 || responders.connections[id] > 0) hosts++;
  return { originators, responders, bytesOut, bytesIn, hosts };
}

/** Ids of the `top` largest, the largest first; ties by id. Zeros are left out. */
export function largest(values: Float64Array, top: number): readonly number[] {
  const heap: number[] = [];
  const less = (a: number, b: number): boolean => values[a] < values[b] || (values[a] === values[b] && a > b);
  for (let id = 1; id < values.length; id++) {
    if (values[id] <= 0) continue;
    if (heap.length < top) {
      heap.push(id);
      if (heap.length === top) heap.sort((a, b) => (less(a, b) ? -1 : 1));
    } else if (top > 0 && less(heap[0], id)) sink(heap, id, less);
  }
  return heap.sort((a, b) => (less(a, b) ? 1 : -1));
}

/** Puts `id` in the place of the smallest and restores the order of the heap. */
function sink(heap: number[], id: number, less: (a: number, b: number) => boolean): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && less(heap[child + 1], heap[child])) child++;
    if (!less(heap[child], id)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = id;
}

/**
 * Hosts of one side: the `top` by bytes they sent and the `top` by connections (a scanner sends little), in the order of bytes sent.
 * `peers` counts the distinct hosts on the other side.
 */
export function topTalkers(table: RecordTable, slices: readonly Slice[], sums: HostSums, side: 'orig_h' | 'resp_h', top: number): Talker[] {
  const chosen = [...new Set([...largest(sums.bytesOut, top), ...largest(sums.connections, top)])];
  chosen.sort((a, b) => sums.bytesOut[b] - sums.bytesOut[a] || sums.connections[b] - sums.connections[a] || a - b);
  const peers = countPeers(slices, side, side === 'orig_h' ? 'resp_h' : 'orig_h', chosen, sums.connections.length);
  const hosts = table.dictionary('host');
  return chosen.map((id, slot) => ({
    host: hosts.textOf(id),
    connections: sums.connections[id],
    bytesOut: sums.bytesOut[id],
    bytesIn: sums.bytesIn[id],
    peers: peers[slot],
  }));
}

function countPeers(slices: readonly Slice[], side: string, other: string, chosen: readonly number[], size: number): Uint32Array {
  const slotOf = new Uint32Array(size);
  for (const [slot, id] of chosen.entries()) slotOf[id] = slot + 1;
  const counts = new Uint32Array(chosen.length);
  const pairs = new PairSet();
  for (const { chunk, rows, count } of slices) {
    const mine = chunk.ids(side);
    const theirs = chunk.ids(other);
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
      const slot = slotOf[mine[i]];
      if (slot !== 0 && theirs[i] !== 0 && pairs.add(slot, theirs[i])) counts[slot - 1]++;
    }
  }
  return counts;
}
