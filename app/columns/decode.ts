import { bitmapBytes, elements } from './bytes.ts';
import { plainData, type Encoding, type Segment } from './segment.ts';
import type { TextColumn } from './types.ts';

/** The reverse of encode.ts. Every function throws RangeError where the bytes do not fit the figures: a damaged case. */

export function decodeNumbers(segment: Segment): Float64Array {
  const { rows, encoding, absent } = segment;
  const out = new Float64Array(rows);
  if (encoding === 'absent') return out.fill(NaN);
  const data = plainData(segment);
  const base = segment.base ?? 0;
  const step = segment.step ?? 0;
  const at = absent === 0 ? 0 : bitmapBytes(rows);
  switch (encoding) {
    case 'constant':
      out.fill(base);
      break;
    case 'sequence':
      for (let i = 0; i < rows; i++) out[i] = base + i * step;
      break;
    case 'offset8':
    case 'offset16':
    case 'offset32':
    case 'decimal8':
    case 'decimal16':
    case 'decimal32':
      addOffsets(offsetArray(encoding, data, at, rows), base, out);
      break;
    case 'offset48':
    case 'decimal48':
      addWideOffsets(data, at, base, out);
      break;
    case 'delta8':
    case 'delta16': {
      const steps = offsetArray(encoding, data, at, rows);
      let value = base;
      out[0] = value;
      for (let i = 1; i < rows; i++) out[i] = value += step + steps[i];
      break;
    }
    case 'float64':
      out.set(elements(Float64Array, data, at, rows));
      break;
    case 'text8':
    case 'text16':
    case 'text32':
    case 'text-fixed':
      throw new RangeError(`'${encoding}' is no encoding of numbers`);
  }
  if (encoding.startsWith('decimal')) for (let i = 0; i < rows; i++) out[i] /= step;
  if (absent > 0) clearAbsent(data, rows, (i) => (out[i] = NaN));
  return out;
}

export function decodeIds32(segment: Segment): Uint32Array {
  const { rows, encoding } = segment;
  if (encoding === 'absent') return new Uint32Array(rows);
  const base = segment.base ?? 0;
  if (encoding === 'constant') return new Uint32Array(rows).fill(base);
  if (encoding !== 'offset8' && encoding !== 'offset16' && encoding !== 'offset32') {
    throw new RangeError(`'${encoding}' is no encoding of dictionary ids`);
  }
  const out = new Uint32Array(rows);
  addOffsets(offsetArray(encoding, plainData(segment), 0, rows), base, out);
  return out;
}

export function decodeText(segment: Segment): TextColumn {
  const { rows, encoding, absent } = segment;
  const offsets = new Uint32Array(rows + 1);
  if (encoding === 'absent') return { offsets, bytes: new Uint8Array(0), absent: new Uint8Array(rows).fill(1) };
  const data = plainData(segment);
  const at = absent === 0 ? 0 : bitmapBytes(rows);
  let width = 0;
  if (encoding === 'text-fixed') {
    const length = segment.base ?? 0;
    for (let i = 0; i < rows; i++) offsets[i + 1] = offsets[i] + length;
  } else {
    const lengths = lengthArray(encoding, data, at, rows);
    width = lengths.BYTES_PER_ELEMENT;
    let end = 0;
    for (let i = 0; i < rows; i++) offsets[i + 1] = end += lengths[i];
  }
  const bytes = data.subarray(at + rows * width);
  if (bytes.length !== offsets[rows]) throw new RangeError(`${offsets[rows]} bytes of text wanted, there are ${bytes.length}`);
  if (absent === 0) return { offsets, bytes, absent: null };
  const flags = new Uint8Array(rows);
  clearAbsent(data, rows, (i) => (flags[i] = 1));
  return { offsets, bytes, absent: flags };
}

function addOffsets(offsets: Uint8Array | Uint16Array | Uint32Array, base: number, out: Float64Array | Uint32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = base + offsets[i];
}

function addWideOffsets(data: Uint8Array, at: number, base: number, out: Float64Array): void {
  const low = elements(Uint32Array, data, at, out.length);
  const high = elements(Uint16Array, data, at + out.length * 4, out.length);
  for (let i = 0; i < out.length; i++) out[i] = base + (high[i] * 4_294_967_296 + low[i]);
}

function offsetArray(
  encoding: 'offset8' | 'offset16' | 'offset32' | 'delta8' | 'delta16' | 'decimal8' | 'decimal16' | 'decimal32',
  data: Uint8Array,
  at: number,
  rows: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (encoding === 'offset8' || encoding === 'delta8' || encoding === 'decimal8') return elements(Uint8Array, data, at, rows);
  if (encoding === 'offset16' || encoding === 'delta16' || encoding === 'decimal16') return elements(Uint16Array, data, at, rows);
  return elements(Uint32Array, data, at, rows);
}

function lengthArray(encoding: Encoding, data: Uint8Array, at: number, rows: number): Uint8Array | Uint16Array | Uint32Array {
  if (encoding === 'text8') return elements(Uint8Array, data, at, rows);
  if (encoding === 'text16') return elements(Uint16Array, data, at, rows);
  if (encoding === 'text32') return elements(Uint32Array, data, at, rows);
  throw new RangeError(`'${encoding}' is no encoding of text`);
}

function clearAbsent(data: Uint8Array, rows: number, clear: (row: number) => void): void {
  for (let i = 0; i < rows; i++) if ((data[i >> 3] & (1 << (i & 7))) !== 0) clear(i);
}
