import { BLOCK } from '../matrix.ts';
import { ABSENT, CODES, type Bins } from '../trees/bins.ts';
import type { Kernel } from './kernel.ts';

export interface BinSetup {
  /** Of the matrix: rows in blocks of four (see Matrix). */
  readonly values: Float32Array;
  readonly bins: Bins;
  /** Rows whose quantiles are taken, ascending. */
  readonly sample: Uint32Array;
}

/** Values that a column can have without any two sharing a code. */
const EXACT = CODES - 1;
/** Places of the table of distinct values; a power of two, several times what it may hold. */
const PLACES = 1024;
/** First 16 bits of a float32 in the order of the numbers → the first code that it may have. */
const STARTS = 65_536;
/** Rows between two looks at whether the work was stopped. */
const WATCH = 65_536;

/** Bins of a matrix; a segment is a column. */
export function binKernel({ values, bins, sample }: BinSetup): Kernel<null, undefined> {
  const table = new Float32Array(PLACES);
  const filled = new Uint8Array(PLACES);
  const starts = new Uint8Array(STARTS);
  return {
    run(column, _argument, stopped) {
      const distinct = distinctValues(values, bins, column, table, filled);
      const highest = distinct ?? quantiles(values, bins, column, sample);
      bins.counts[column] = highest.length + 1;
      fillStarts(starts, highest);
      encode(values, bins, column, highest, starts, stopped);
      return undefined;
    },
  };
}

/** The distinct values, ascending; null where there are more than codes. */
function distinctValues(
  values: Float32Array,
  { rows, columns }: Bins,
  column: number,
  table: Float32Array,
  filled: Uint8Array,
): Float32Array | null {
  const bits = new Uint32Array(table.buffer);
  const one = new Float32Array(1);
  const oneBits = new Uint32Array(one.buffer);
  const stride = columns * BLOCK;
  filled.fill(0);
  let found = 0;
  for (let row = 0; row < rows; row++) {
    // -0 becomes 0, which has other bits.
    const value = values[(row >>> 2) * stride + column * BLOCK + (row & 3)] + 0;
    if (value !== value) continue;
    one[0] = value;
    const key = oneBits[0];
    let place = Math.imul(key, 0x9e3779b1) >>> 22;
    while (filled[place] !== 0 && bits[place] !== key) place = (place + 1) & (PLACES - 1);
    if (filled[place] !== 0) continue;
    if (found++ === EXACT) return null;
    filled[place] = 1;
    bits[place] = key;
  }
  return table.filter((_, place) => filled[place] !== 0).sort();
}

/** Code - 1 → its greatest value: quantiles of the sample, each distinct; the last one takes all that is greater. */
function quantiles(values: Float32Array, { columns }: Bins, column: number, sample: Uint32Array): Float32Array {
  const stride = columns * BLOCK;
  const picked = new Float32Array(sample.length);
  let there = 0;
  for (const row of sample) {
    const value = values[(row >>> 2) * stride + column * BLOCK + (row & 3)];
    if (value === value) picked[there++] = value;
  }
  const sorted = picked.subarray(0, there).sort();
  const highest: number[] = [];
  let begin = 0;
  while (begin < sorted.length && highest.length < EXACT - 1) {
    // What is left, shared among the codes that are left: a value that fills several shares leaves the others as fine as they can be.
    const share = Math.ceil((sorted.length - begin) / (EXACT - highest.length));
    const high = sorted[begin + share - 1];
    highest.push(high);
    begin += share;
    while (begin < sorted.length && sorted[begin] === high) begin++;
  }
  highest.push(Number.POSITIVE_INFINITY);
  return Float32Array.from(highest);
}

/** The order of float32 as whole numbers: of two, the greater has the greater number. */
function orderOf(bits: number): number {
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

/** First bits → the first code whose greatest value has at least these bits. */
function fillStarts(starts: Uint8Array, highest: Float32Array): void {
  const bits = new Int32Array(highest.buffer, highest.byteOffset, highest.length);
  let from = 0;
  for (let i = 0; i < highest.length; i++) {
    const to = i === highest.length - 1 ? STARTS : (orderOf(bits[i]) >>> 16) + 1;
    if (to > from) starts.fill(i + 1, from, to);
    from = Math.max(from, to);
  }
}

function encode(values: Float32Array, bins: Bins, column: number, highest: Float32Array, starts: Uint8Array, stopped: () => boolean): void {
  const { rows, columns, codes } = bins;
  const lows = new Float32Array(CODES).fill(Number.POSITIVE_INFINITY);
  const highs = new Float32Array(CODES).fill(Number.NEGATIVE_INFINITY);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const stride = columns * BLOCK;
  const base = column * rows;
  for (let row = 0; row < rows; row++) {
    if (row % WATCH === 0 && stopped()) return;
    const at = (row >>> 2) * stride + column * BLOCK + (row & 3);
    const value = values[at];
    if (value !== value) {
      codes[base + row] = ABSENT;
      continue;
    }
    let code = starts[orderOf(bits[at]) >>> 16];
    while (value > highest[code - 1]) code++;
    codes[base + row] = code;
    if (value < lows[code]) lows[code] = value;
    if (value > highs[code]) highs[code] = value;
  }
  bins.lows.set(lows, column * CODES);
  bins.highs.set(highs, column * CODES);
}
