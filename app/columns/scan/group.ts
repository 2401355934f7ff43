import type { RecordTable } from '../types.ts';
import { codesFor, type Codes, type GroupKey, type Key } from './codes.ts';
import { accumulatorFor, foldingFor, type Accumulator, type Measure } from './measures.ts';
import { isNear, pairCodes } from './pair-codes.ts';
import { pairGroups } from './partitioned.ts';
import { IdRoom } from './room.ts';
import { asSlices, countRows, type RowFilter, type Slice } from './slices.ts';

/** Groups in an order that is the same for the same rows; row k of every array is group k. */
export interface Groups {
  readonly size: number;
  /** Rows of each group. */
  readonly counts: Float64Array;
  /** One per key that was asked for. */
  readonly keys: readonly GroupKey[];
  /** One array per measure that was asked for. */
  readonly figures: readonly Float64Array[];
}

/**
 * Groups the chosen rows by one or more keys in one pass and gives the measures of every group that has a row. Absent keys make groups of
 * their own. Without keys there is one group, if there is a row. Sums run in the order of the rows: the same figures bit by bit every time.
 * Columns that the table has not are absent throughout. `rows` may be slices that several questions share.
 */
export function groupBy(
  table: RecordTable,
  rows: RowFilter | readonly Slice[],
  keys: readonly Key[],
  measures: readonly Measure[] = [],
): Groups {
  const slices = asSlices(table, rows);
  // Whole numbers that lie near each other need no looking up. Which they are shows on the way; a fraction means to begin again.
  const groups = attempt(table, slices, keys, measures, false) ?? attempt(table, slices, keys, measures, true);
  if (groups === null) throw new TypeError('values that are looked up have codes');
  return groups;
}

function attempt(
  table: RecordTable,
  slices: readonly Slice[],
  keys: readonly Key[],
  measures: readonly Measure[],
  looksUp: boolean,
): Groups | null {
  const codes = keys.map((key) => codesFor(table, slices, key, looksUp));
  const last = codes.at(-1);
  if (last !== undefined && codes.length > 1) {
    const first = combined(codes.slice(0, -1));
    const foldings = measures.flatMap((measure) => foldingFor(measure) ?? []);
    if (foldings.length === measures.length && paysToPart(first, last, slices)) {
      const found = pairGroups(slices, first, last, foldings);
      if (found === null) return null;
      const { firsts, seconds, counts, figures } = found;
      return { size: counts.length, counts, figures, keys: [...first.keys(firsts), ...last.keys(seconds)] };
    }
    return oneByOne(table, slices, pairCodes(first, last), measures, looksUp);
  }
  return oneByOne(table, slices, combined(codes), measures, looksUp);
}

/** More pairs than have a place of their own, and not a table of all codes for a handful of rows. */
function paysToPart(first: Codes, second: Codes, slices: readonly Slice[]): boolean {
  return first.settled && second.settled && !isNear(first, second) && first.size + second.size <= 4 * countRows(slices) + 65_536;
}

/** Every row finds its group, and every measure takes the row. */
function oneByOne(
  table: RecordTable,
  slices: readonly Slice[],
  codes: Codes,
  measures: readonly Measure[],
  looksUp: boolean,
): Groups | null {
  const accumulators = measures.map((measure) => accumulatorFor(table, slices, codes, measure, looksUp));
  const scratch = new IdRoom();
  let counts = new Uint32Array(0);
  for (const slice of slices) {
    const group = codes.fill(slice, scratch.atLeast(slice.count));
    if (group === null) return null;
    const { size } = codes;
    if (counts.length < size) counts = grown(counts, size);
    for (let k = 0; k < slice.count; k++) counts[group[k]]++;
    for (const accumulator of accumulators) if (!accumulator.take(slice, group, size)) return null;
  }
  return gathered(codes, counts, accumulators);
}

function combined(codes: readonly Codes[]): Codes {
  if (codes.length === 0) return new OneGroup();
  return codes.reduce((first, second) => pairCodes(first, second));
}

class OneGroup implements Codes {
  readonly size = 1;
  readonly settled = true;
  fill(slice: Slice, out: Uint32Array): Uint32Array {
    return out.fill(0, 0, slice.count);
  }
  keys(): readonly GroupKey[] {
    return [];
  }
}

function grown(counts: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(size, counts.length * 2));
  larger.set(counts);
  return larger;
}

/** The codes that have rows, as groups. */
function gathered(codes: Codes, counts: Uint32Array, accumulators: readonly Accumulator[]): Groups {
  const used = new Uint32Array(counts.length);
  let size = 0;
  for (let code = 0; code < counts.length; code++) {
    used[size] = code;
    size += counts[code] > 0 ? 1 : 0;
  }
  const chosen = used.subarray(0, size);
  const pick = (from: ArrayLike<number>): Float64Array => {
    const to = new Float64Array(size);
    for (let g = 0; g < size; g++) to[g] = from[chosen[g]];
    return to;
  };
  return { size, counts: pick(counts), keys: codes.keys(chosen), figures: accumulators.map(({ figures }) => pick(figures)) };
}
