import { dictionaryOf } from './entries.ts';
import { failedStates } from './fills.ts';
import { MIN_GROUP, gapsOf, quartileSpread } from './groups.ts';
import type { RecordFigure, Role } from './host-source.ts';
import { NOBODY, type CountedPairs } from './pairs.ts';
import { gatherIds, gatherNumbers } from './selection.ts';
import type { HostFeatureSpec } from './types.ts';

/** How the values of hosts come about. Recorded runs depend on them: never change what one computes. */
export type HostFill = HostFeatureSpec['fill'];

/** A column over a selection, below zero and absent alike for sums. */
export function column(name: string): RecordFigure {
  return async (selection, breathe) => gatherNumbers(selection, name, breathe);
}

/** Records in which the host has this role. */
export function records(role: Role): HostFill {
  return async (hosts, out) => {
    out.set(hosts.count(role));
    await hosts.breathe();
  };
}

/** Different values of a column (`hour`: of the clock) in the records of a role. */
export function distinct(role: Role, name: string): HostFill {
  return async (hosts, out) => {
    const { rows } = await hosts.pairs(role, name);
    out.fill(0);
    for (const row of rows) out[row]++;
  };
}

/** Shannon entropy in bits of the values of a column in the records of a role; absent where it has none. */
export function entropy(role: Role, name: string): HostFill {
  return async (hosts, out) => {
    const { rows, counts } = await hosts.pairs(role, name);
    const totals = new Float64Array(hosts.rows);
    for (let pair = 0; pair < rows.length; pair++) totals[rows[pair]] += counts[pair];
    for (let row = 0; row < hosts.rows; row++) out[row] = totals[row] > 0 ? 0 : Number.NaN;
    for (let pair = 0; pair < rows.length; pair++) {
      const share = counts[pair] / totals[rows[pair]];
      out[rows[pair]] -= share * Math.log2(share);
    }
    // sums of shares may miss 0 by a rounding
    for (let row = 0; row < hosts.rows; row++) if (out[row] < 0) out[row] = 0;
  };
}

/** Sums of several columns, each in the records of its role; absent where the log gives none of them for this host. */
export function total(...of: readonly (readonly [role: Role, name: string])[]): HostFill {
  return async (hosts, out) => {
    const present = new Float64Array(hosts.rows);
    out.fill(0);
    for (const [role, name] of of) {
      const one = await hosts.sum(role, column(name));
      for (let row = 0; row < hosts.rows; row++) {
        out[row] += one.sums[row];
        present[row] += one.present[row];
      }
    }
    for (let row = 0; row < hosts.rows; row++) if (present[row] === 0) out[row] = Number.NaN;
  };
}

/** Mean of a figure of the records of a role, over those where it is there; absent where it never is. */
export function mean(role: Role, valuesOf: RecordFigure): HostFill {
  return async (hosts, out) => {
    const { sums, present } = await hosts.sum(role, valuesOf);
    for (let row = 0; row < hosts.rows; row++) out[row] = present[row] > 0 ? sums[row] / present[row] : Number.NaN;
  };
}

/** 1 where the connection failed, by its state; NaN where it has none. */
export const failures: RecordFigure = async (selection, breathe) => {
  const dictionary = dictionaryOf(selection.table, 'conn_state');
  const failed = new Set(failedStates.map((state) => dictionary?.idOf(state) ?? 0));
  const ids = await gatherIds(selection, 'conn_state', breathe);
  const out = new Float64Array(ids.length);
  for (let row = 0; row < ids.length; row++) out[row] = ids[row] === 0 ? Number.NaN : failed.has(ids[row]) ? 1 : 0;
  return out;
};

/** 1 where the responder sent no packet (where packets are not counted: no bytes); NaN where neither is known. */
export const silences: RecordFigure = async (selection, breathe) => {
  const out = await gatherNumbers(selection, 'resp_pkts', breathe);
  const bytes = await gatherNumbers(selection, 'resp_bytes', breathe);
  for (let row = 0; row < out.length; row++) {
    const known = Number.isNaN(out[row]) ? bytes[row] : out[row];
    out[row] = Number.isNaN(known) ? Number.NaN : known === 0 ? 1 : 0;
  }
  return out;
};

/** 1 where the answer was an error (400 and above); NaN where there is no status. */
export const errors: RecordFigure = async (selection, breathe) => {
  const out = await gatherNumbers(selection, 'status', breathe);
  for (let row = 0; row < out.length; row++) if (!Number.isNaN(out[row])) out[row] = out[row] >= 400 ? 1 : 0;
  return out;
};

/** Milliseconds. */
export const durations: RecordFigure = async (selection, breathe) => {
  const out = await gatherNumbers(selection, 'duration', breathe);
  for (let row = 0; row < out.length; row++) out[row] /= 1000;
  return out;
};

/** Share of the host's calls that go to the peer it calls most; absent where it calls nobody. */
export const largestPeer: HostFill = async (hosts, out) => {
  const pairs = await hosts.pairs('originators', 'resp_h');
  const top = mostFrequent(pairs, hosts.rows);
  const totals = new Float64Array(hosts.rows);
  for (let pair = 0; pair < pairs.size; pair++) totals[pairs.rows[pair]] += pairs.counts[pair];
  for (let row = 0; row < hosts.rows; row++) out[row] = top[row] === NOBODY ? Number.NaN : pairs.counts[top[row]] / totals[row];
};

/** Spread of the gaps between calls to the peer that the host calls most (see `quartileSpread`); absent under eight calls. */
export const peerSpread: HostFill = async (hosts, out) => {
  out.fill(Number.NaN);
  const parts = hosts.parts('originators');
  if (parts === null) return;
  const pairs = await hosts.pairs('originators', 'resp_h');
  const top = mostFrequent(pairs, hosts.rows);
  const times = await gatherNumbers(parts.selection, 'ts', hosts.breathe);
  const called = await gatherIds(parts.selection, 'resp_h', hosts.breathe);
  // times of the calls to the top peers, host after host
  const starts = new Uint32Array(hosts.rows + 1);
  for (let row = 0; row < hosts.rows; row++) {
    const calls = top[row] === NOBODY ? 0 : pairs.counts[top[row]];
    starts[row + 1] = starts[row] + (calls < MIN_GROUP ? 0 : calls);
  }
  const found = new Float64Array(starts[hosts.rows]);
  const next = starts.slice(0, hosts.rows);
  for (let record = 0; record < times.length; record++) {
    const row = parts.rows[record];
    if (row === NOBODY || starts[row + 1] === starts[row] || called[record] !== pairs.values[top[row]] || Number.isNaN(times[record]))
      continue;
    found[next[row]++] = times[record];
  }
  await hosts.breathe();
  for (let row = 0; row < hosts.rows; row++) {
    out[row] = quartileSpread(gapsOf(found.subarray(starts[row], next[row]).sort()), MIN_GROUP - 1);
    if (next[row] > starts[row]) await hosts.breathe();
  }
};

/** Row → its most frequent pair, the first of equals; NOBODY where it has none. */
function mostFrequent({ size, rows, counts }: CountedPairs, hosts: number): Uint32Array {
  const top = new Uint32Array(hosts).fill(NOBODY);
  for (let pair = 0; pair < size; pair++) {
    const row = rows[pair];
    if (top[row] === NOBODY || counts[pair] > counts[top[row]]) top[row] = pair;
  }
  return top;
}
