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

/**
 * Hosts of either side: the `top` by bytes they sent and the `top` by connections (a scanner sends little), in the order of bytes sent.
 * `peers` counts the distinct hosts on the other side.
 */
export function topTalkers(
  table: RecordTable,
  slices: readonly Slice[],
  sums: { readonly originators: HostSums; readonly responders: HostSums },
  top: number,
): { readonly talkers: readonly Talker[]; readonly responders: readonly Talker[] } {
  const first = chosenOf(sums.originators, top);
  const second = chosenOf(sums.responders, top);
  countPeers(slices, first, second);
  const hosts = table.dictionary('host');
  const talkersOf = ({ ids, peers }: Chosen, { connections, bytesOut, bytesIn }: HostSums): Talker[] =>
    ids.map((id, at) => ({
      host: hosts.textOf(id),
      connections: connections[id],
      bytesOut: bytesOut[id],
      bytesIn: bytesIn[id],
      peers: peers[at + 1],
    }));
  return { talkers: talkersOf(first, sums.originators), responders: talkersOf(second, sums.responders) };
}

interface Chosen {
  readonly ids: readonly number[];
  /** 1 + place among the chosen by host id; 0 for the others. */
  readonly slots: Uint32Array;
  /** By slot; what is at 0 means nothing. */
  readonly peers: Uint32Array;
}

function chosenOf({ connections, bytesOut }: HostSums, top: number): Chosen {
  const ids = [...new Set([...largest(bytesOut, top), ...largest(connections, top)])];
  ids.sort((a, b) => bytesOut[b] - bytesOut[a] || connections[b] - connections[a] || a - b);
  const slots = new Uint32Array(connections.length);
  for (const [at, id] of ids.entries()) slots[id] = at + 1;
  return { ids, slots, peers: new Uint32Array(ids.length + 1) };
}

/** One pass for both sides: a pair of hosts that is new is new for both. */
function countPeers(slices: readonly Slice[], originators: Chosen, responders: Chosen): void {
  const pairs = new PairSet();
  const columns = new SliceColumns();
  for (const slice of slices) {
    const orig = columns.ids(slice, 'orig_h');
    const resp = columns.ids(slice, 'resp_h');
    for (let i = 0; i < slice.count; i++) {
      const from = orig[i];
      const to = resp[i];
      const first = originators.slots[from];
      const second = responders.slots[to];
      if ((first === 0 && second === 0) || from === 0 || to === 0 || !pairs.add(from, to)) continue;
      originators.peers[first]++;
      responders.peers[second]++;
    }
  }
}
