import type { RecordTable } from '../columns/types.ts';
import type { Talker } from '../contract/records.ts';
import type { HostSums } from './connection-sums.ts';
import { PairSet } from './pair-set.ts';
import type { Slice } from '../columns/scan/slices.ts';
import { largest as largestOf } from '../columns/scan/top.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';

/** Ids of the `top` largest, the largest first; ties by id. Zeros are left out, and so is what is absent (id 0). */
export function largest(values: Float64Array, top: number): readonly number[] {
  return largestOf(values.subarray(1), top)
    .map((at) => at + 1)
    .filter((id) => values[id] > 0);
}

/** The hosts of one side that are worth a line: the `top` by bytes they sent and the `top` by connections (a scanner sends little), in the order of bytes sent. */
export function chosenOf({ connections, bytesOut }: HostSums, top: number): readonly number[] {
  const ids = [...new Set([...largest(bytesOut, top), ...largest(connections, top)])];
  return ids.sort((a, b) => bytesOut[b] - bytesOut[a] || connections[b] - connections[a] || a - b);
}

/** Chosen hosts of a side; `peers` says how many distinct hosts are on the other side. */
export function talkersOf(table: RecordTable, ids: readonly number[], sums: HostSums, peers: ReadonlyMap<number, number>): Talker[] {
  const hosts = table.dictionary('host');
  return ids.map((id) => ({
    host: hosts.textOf(id),
    connections: sums.connections[id],
    bytesOut: sums.bytesOut[id],
    bytesIn: sums.bytesIn[id],
    peers: peers.get(id) ?? 0,
  }));
}

/** How many distinct hosts chosen ones have on their other side, counted on while rows come. One pass for both sides: a pair of hosts that is new is new for both. */
export class PeerCounts {
  /** By host. */
  readonly originators: Map<number, number>;
  readonly responders: Map<number, number>;
  readonly #pairs = new PairSet();
  readonly #columns = new SliceColumns();

  constructor(originators: readonly number[], responders: readonly number[]) {
    this.originators = new Map(originators.map((id) => [id, 0]));
    this.responders = new Map(responders.map((id) => [id, 0]));
  }

  /** Bytes that it keeps in memory. */
  get memory(): number {
    return this.#pairs.memory;
  }

  /** Whether it counts for all of these. */
  covers(originators: readonly number[], responders: readonly number[]): boolean {
    return originators.every((id) => this.originators.has(id)) && responders.every((id) => this.responders.has(id));
  }

  /** `hosts`: ids of hosts are below this. */
  add(slices: readonly Slice[], hosts: number): void {
    const first = marksOf(this.originators, hosts);
    const second = marksOf(this.responders, hosts);
    for (const slice of slices) {
      const orig = this.#columns.ids(slice, 'orig_h');
      const resp = this.#columns.ids(slice, 'resp_h');
      for (let i = 0; i < slice.count; i++) {
        const from = orig[i];
        const to = resp[i];
        if ((first[from] === 0 && second[to] === 0) || from === 0 || to === 0 || !this.#pairs.add(from, to)) continue;
        if (first[from] === 1) count(this.originators, from);
        if (second[to] === 1) count(this.responders, to);
      }
    }
  }
}

function marksOf(counts: ReadonlyMap<number, number>, hosts: number): Uint8Array {
  const marks = new Uint8Array(hosts);
  for (const id of counts.keys()) marks[id] = 1;
  return marks;
}

function count(counts: Map<number, number>, id: number): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
