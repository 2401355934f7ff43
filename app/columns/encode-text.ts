import { bitmapBytes, type Scratch } from './bytes.ts';
import type { Segment } from './segment.ts';

/**
 * Texts `first` .. `first + rows - 1` of an arena: text i is bytes[ends[i-1] .. ends[i]), text 0 begins at 0.
 * `absent[i - first]` = 1 where there is none (null: all are there). The data lies in the scratch memory.
 */
export function encodeText(
  scratch: Scratch,
  ends: Uint32Array,
  first: number,
  rows: number,
  absent: Uint8Array | null,
  bytes: Uint8Array,
): Segment {
  const start = first === 0 ? 0 : ends[first - 1];
  const end = rows === 0 ? start : ends[first + rows - 1];
  const { longest, shortest } = lengths(ends, first, rows, start);
  let missing = 0;
  if (absent !== null) for (let i = 0; i < rows; i++) missing += absent[i];
  const figures = { codec: 'none' as const, rows, absent: missing, min: null, max: null, step: null };
  if (missing === rows && end === start) return { ...figures, encoding: 'absent', base: null, data: new Uint8Array(0) };

  const fixed = longest === shortest;
  const width = fixed ? 0 : longest <= 0xff ? 1 : longest <= 0xffff ? 2 : 4;
  const at = missing === 0 ? 0 : bitmapBytes(rows);
  const textAt = at + rows * width;
  const total = textAt + (end - start);
  const buffer = scratch.reserve(total);
  const out = new Uint8Array(buffer, 0, total);
  if (absent !== null && missing > 0) {
    out.fill(0, 0, at);
    for (let i = 0; i < rows; i++) if (absent[i] !== 0) out[i >> 3] |= 1 << (i & 7);
  }
  if (width === 1) writeLengths(ends, first, rows, start, new Uint8Array(buffer, at, rows));
  else if (width === 2) writeLengths(ends, first, rows, start, new Uint16Array(buffer, at, rows));
  else if (width === 4) writeLengths(ends, first, rows, start, new Uint32Array(buffer, at, rows));
  out.set(bytes.subarray(start, end), textAt);
  const encoding = width === 0 ? 'text-fixed' : width === 1 ? 'text8' : width === 2 ? 'text16' : 'text32';
  return { ...figures, encoding, base: fixed ? longest : null, data: out };
}

function lengths(ends: Uint32Array, first: number, rows: number, start: number): { readonly longest: number; readonly shortest: number } {
  let longest = 0;
  let shortest = 0xffff_ffff;
  let previous = start;
  for (let i = first; i < first + rows; i++) {
    const length = ends[i] - previous;
    previous = ends[i];
    if (length > longest) longest = length;
    if (length < shortest) shortest = length;
  }
  return { longest, shortest };
}

function writeLengths(ends: Uint32Array, first: number, rows: number, start: number, out: Uint8Array | Uint16Array | Uint32Array): void {
  let previous = start;
  for (let i = 0; i < rows; i++) {
    const end = ends[first + i];
    out[i] = end - previous;
    previous = end;
  }
}
