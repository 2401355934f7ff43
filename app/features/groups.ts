import type { Pace } from '../learn/pace.ts';
import { gatherIds, gatherNumbers } from './selection.ts';
import type { HostRows, Selection } from './types.ts';

/** Groups smaller than this have no spread: a few connections look regular by chance. */
export const MIN_GROUP = 8;

/** `quartileSpread` of the gaps of random (Poisson) calls: quartiles ln(4/3) and ln 4 of the exponential distribution. */
export const RANDOM_SPREAD = (Math.log(4) - Math.log(4 / 3)) / (Math.log(4) + Math.log(4 / 3));

/** Connections with the same originator, responder and responder's port. */
export interface ConnectionGroups {
  /** Row → group. */
  readonly of: Uint32Array;
  readonly count: number;
  /** Group → connections. */
  readonly sizes: Uint32Array;
  /** Rows group after group, within a group in the order of the rows. */
  readonly order: Uint32Array;
  /** Group → where its rows begin in `order`; one more entry ends the last. */
  readonly starts: Uint32Array;
  /** Row → host id of the originator and of the responder, 0 where absent; responder's port, −1 where absent. */
  readonly originators: Uint32Array;
  readonly responders: Uint32Array;
  readonly ports: Int32Array;
  /** Row → start in microseconds, NaN where absent. */
  readonly times: Float64Array;
  /** Group → spread of the gaps between starts, and of the originator's bytes: see `quartileSpread`. NaN where the group is too small. */
  readonly intervalSpread: Float64Array;
  readonly sizeSpread: Float64Array;
}

/** @throws FlowcaseError CANCELLED */
export async function groupConnections(selection: Selection, pace: Pace): Promise<ConnectionGroups> {
  const breathe = async (): Promise<void> => pace.breathe();
  const originators = await gatherIds(selection, 'orig_h', breathe);
  const responders = await gatherIds(selection, 'resp_h', breathe);
  const ports = portsOf(await gatherNumbers(selection, 'resp_p', breathe));
  const times = await gatherNumbers(selection, 'ts', breathe);
  const { of, count } = await numberGroups(originators, responders, ports, pace);
  await pace.breathe();
  const starts = new Uint32Array(count + 1);
  for (const group of of) starts[group + 1]++;
  const sizes = starts.slice(1);
  for (let group = 0; group < count; group++) starts[group + 1] += starts[group];
  const order = new Uint32Array(of.length);
  const next = starts.slice(0, count);
  for (let row = 0; row < of.length; row++) {
    order[next[of[row]]++] = row;
    if ((row & 0x3ffff) === 0) await pace.breathe();
  }
  const bytes = await gatherNumbers(selection, 'orig_bytes', breathe);
  const intervalSpread = new Float64Array(count).fill(Number.NaN);
  const sizeSpread = new Float64Array(count).fill(Number.NaN);
  for (let group = 0; group < count; group++) {
    const rows = order.subarray(starts[group], starts[group + 1]);
    if (rows.length < MIN_GROUP) continue;
    intervalSpread[group] = quartileSpread(gapsOf(sortedPresent(rows, times)), MIN_GROUP - 1);
    if (pace.due) await pace.breathe();
    sizeSpread[group] = quartileSpread(sortedPresent(rows, bytes), MIN_GROUP);
    if (pace.due) await pace.breathe();
  }
  return { of, count, sizes, order, starts, originators, responders, ports, times, intervalSpread, sizeSpread };
}

/** As whole numbers, -1 where absent. */
function portsOf(values: Float64Array): Int32Array {
  const ports = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) ports[row] = Number.isNaN(values[row]) ? -1 : values[row];
  return ports;
}

/** Rows that are hosts: the row is the originator, and a host is a group; a time is the start of its window. */
export function groupsOfHosts({ rows, hosts, windows }: HostRows): ConnectionGroups {
  const of = Uint32Array.from({ length: rows }, (_, row) => row);
  const none = (): Float64Array => new Float64Array(rows).fill(Number.NaN);
  return {
    of,
    count: rows,
    sizes: new Uint32Array(rows).fill(1),
    order: of,
    starts: Uint32Array.from({ length: rows + 1 }, (_, row) => row),
    originators: hosts,
    responders: new Uint32Array(rows),
    ports: new Int32Array(rows).fill(-1),
    times: windows ?? none(),
    intervalSpread: none(),
    sizeSpread: none(),
  };
}

/**
 * Quartile coefficient of dispersion (Q3 - Q1) / (Q3 + Q1), 0..1: what the coefficient of variation measures, but one night in which the
 * machine was off does not hide a clock that ticks every minute. Random (Poisson) calls have 0.66, a beacon with 10 % jitter about 0.05;
 * values that are all the same 0. NaN with fewer than `least` values. Sorts `values`.
 */
export function quartileSpread(values: Float64Array, least: number): number {
  if (values.length < least) return Number.NaN;
  values.sort();
  const low = quantile(values, 0.25);
  const high = quantile(values, 0.75);
  return low + high === 0 ? 0 : (high - low) / (high + low);
}

/** With linear interpolation between neighbours. `sorted` ascending, not empty. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/** Differences between neighbours. */
export function gapsOf(sorted: Float64Array): Float64Array {
  const gaps = new Float64Array(Math.max(0, sorted.length - 1));
  for (let i = 0; i < gaps.length; i++) gaps[i] = sorted[i + 1] - sorted[i];
  return gaps;
}

/** The values of these rows that are there, ascending. */
export function sortedPresent(rows: Uint32Array, values: Float64Array): Float64Array {
  const out = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) if (!Number.isNaN(values[row])) out[count++] = values[row];
  return out.subarray(0, count).sort();
}

/** Numbers the triples in the order they first occur, with open addressing over typed arrays. */
async function numberGroups(
  originators: Uint32Array,
  responders: Uint32Array,
  ports: Int32Array,
  pace: Pace,
): Promise<{ readonly of: Uint32Array; readonly count: number }> {
  const rows = originators.length;
  let bits = 4;
  while (2 ** bits < rows * 2) bits++;
  const mask = 2 ** bits - 1;
  /** Slot → 1 + the first row of its group, 0 where free. */
  const slots = new Uint32Array(2 ** bits);
  const of = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const [originator, responder, port] = [originators[row], responders[row], ports[row]];
    let hash = Math.imul(originator, 0x9e3779b1) ^ Math.imul(responder, 0x85ebca6b) ^ Math.imul(port, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const first = slots[slot] - 1;
      if (first < 0) {
        slots[slot] = row + 1;
        of[row] = count++;
        break;
      }
      if (originators[first] === originator && responders[first] === responder && ports[first] === port) {
        of[row] = of[first];
        break;
      }
      slot = (slot + 1) & mask;
    }
    if ((row & 0x3fff) === 0) await pace.breathe();
  }
  return { of, count };
}
