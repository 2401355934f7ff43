import { asPacked, bitOf, wideNumbers } from '../columns/scan/packed-rows.ts';
import { CHUNK_ROWS, type ChunkView, type PackedNumbers } from '../columns/types.ts';
import { covers, inRanges, touches, type Ranges } from './ranges.ts';
import { eachRow, settled, some, type Selection, type Selector } from './selection.ts';

/** Rows whose number lies in the ranges. Chunks whose minimum and maximum decide it are not read. */
export function numberSelector(column: string, ranges: Ranges): Selector {
  return (chunk) => {
    const stats = chunk.stats(column);
    if (stats === null || stats.min === null || stats.max === null || !touches(ranges, stats.min, stats.max)) return null;
    if (stats.absent === 0 && covers(ranges, stats.min, stats.max)) return 'all';
    return within(chunk.packedNumbers(column), ranges);
  };
}

/** Rows whose sum over the columns lies in the ranges; an absent part counts as nothing, without any part there is no sum. */
export function sumSelector(columns: readonly string[], ranges: Ranges): Selector {
  return (chunk) => {
    const known = columns.filter((column) => (chunk.stats(column)?.max ?? null) !== null);
    if (known.length === 0) return null;
    if (known.length === 1) return numberSelector(known[0], ranges)(chunk);
    return within(asPacked(sumOf(chunk, known)), ranges);
  };
}

/** The sums of `sumSelector`, NaN where there is none. */
export function sumOf(chunk: ChunkView, columns: readonly string[]): Float64Array {
  const sum = new Float64Array(chunk.rows);
  // NaN until a part is there.
  let first = true;
  for (const column of columns) {
    const values = wideNumbers(chunk.packedNumbers(column), null, chunk.rows, scratch, NaN);
    if (first) sum.set(values.subarray(0, chunk.rows));
    else addPresent(sum, values);
    first = false;
  }
  return first ? sum.fill(NaN) : sum;
}

function addPresent(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) {
    const value = values[i];
    if (value === value) sum[i] = sum[i] === sum[i] ? sum[i] + value : value;
  }
}

const scratch = new Float64Array(CHUNK_ROWS);

export function presentNumber(column: string): Selector {
  return (chunk) => {
    const stats = chunk.stats(column);
    if (stats === null || stats.absent === stats.rows) return null;
    if (stats.absent === 0) return 'all';
    const { values, absent } = chunk.packedNumbers(column);
    return eachRow(chunk.rows, (i) => (absent === null ? values[i] === values[i] : bitOf(absent, i) === 0));
  };
}

/** Rows for which any of the columns is chosen. */
export function anyColumn(columns: readonly string[], select: (column: string) => Selector): Selector {
  return some(columns.map((column) => select(column)));
}

/** More ranges than this are searched for every row; fewer take a pass each. */
const FEW = 6;

function within(packed: PackedNumbers, ranges: Ranges): Selection {
  const { values, base, absent } = packed;
  const mask = new Uint8Array(values.length);
  if (values instanceof Uint8Array || values instanceof Uint16Array) {
    const answers = answersFor(ranges, base, values.BYTES_PER_ELEMENT);
    const count = values instanceof Uint8Array ? mark8(mask, values, answers) : mark16(mask, values, answers);
    return settled(mask, absent === null ? count : count - unmark(mask, absent));
  }
  const numbers = wideNumbers(packed, null, values.length, scratch, NaN);
  if (ranges.length > 2 * FEW) return eachRow(values.length, (i) => inRanges(ranges, numbers[i]));
  let count = 0;
  for (let r = 0; r < ranges.length; r += 2) count += markBetween(mask, numbers, ranges[r], ranges[r + 1]);
  return settled(mask, count);
}

const answers = new Uint8Array(1 << 16);

/** For every narrow value 1 where it lies in the ranges, once `base` is added. */
function answersFor(ranges: Ranges, base: number, bytes: number): Uint8Array {
  const size = 1 << (8 * bytes);
  answers.fill(0, 0, size);
  for (let r = 0; r < ranges.length; r += 2) {
    // A base is whole, or the column is constant and every value 0: what is left out or let in by rounding is looked at again.
    const low = Math.max(0, Math.floor(ranges[r] - base));
    const high = Math.min(size - 1, Math.ceil(ranges[r + 1] - base));
    if (low > high) continue;
    answers.fill(1, low, high + 1);
    for (const value of [low, low + 1, high - 1, high]) answers[value] = inRanges(ranges, value + base) ? 1 : 0;
  }
  return answers;
}

function mark8(mask: Uint8Array, values: Uint8Array, known: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += mask[i] = known[values[i]];
  return count;
}

function mark16(mask: Uint8Array, values: Uint16Array, known: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += mask[i] = known[values[i]];
  return count;
}

/** Takes the absent rows out; returns how many were marked. */
function unmark(mask: Uint8Array, absent: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    const taken = mask[i] & bitOf(absent, i);
    mask[i] ^= taken;
    count += taken;
  }
  return count;
}

/** Without a branch: what passes is as good as random, and a mispredicted branch costs more than everything else here. */
function markBetween(mask: Uint8Array, values: Float64Array, low: number, high: number): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    const value = values[i];
    const hit = +(value >= low) & +(value <= high);
    mask[i] |= hit;
    count += hit;
  }
  return count;
}

/** Rows of the chunk whose record id is among the ascending `ids`. */
export function idSelector(ids: Float64Array): Selector {
  return (chunk) => {
    let at = lowerBound(ids, chunk.firstRow);
    const end = chunk.firstRow + chunk.rows;
    if (at === ids.length || ids[at] >= end) return null;
    const mask = new Uint8Array(chunk.rows);
    let count = 0;
    for (; at < ids.length && ids[at] < end; at++) {
      count += 1 - mask[ids[at] - chunk.firstRow];
      mask[ids[at] - chunk.firstRow] = 1;
    }
    return settled(mask, count);
  };
}

/** Rows whose record id lies in the ranges. */
export function idRangeSelector(ranges: Ranges): Selector {
  return (chunk) => {
    const last = chunk.firstRow + chunk.rows - 1;
    if (!touches(ranges, chunk.firstRow, last)) return null;
    if (covers(ranges, chunk.firstRow, last)) return 'all';
    return eachRow(chunk.rows, (i) => inRanges(ranges, chunk.firstRow + i));
  };
}

function lowerBound(ids: Float64Array, wanted: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
