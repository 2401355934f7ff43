import { bitmapBytes, elements } from './bytes.ts';
import { decodeIds32, decodeNumbers } from './decode.ts';
import { plainData, type Segment } from './segment.ts';
import { CHUNK_ROWS, type PackedIds, type PackedNumbers } from './types.ts';

const zeros = new Uint8Array(CHUNK_ROWS);
const nothing = new Float64Array(CHUNK_ROWS).fill(NaN);

/** Numbers as they lie in the segment, without a copy where that can be; other encodings as doubles. @throws RangeError */
export function packedNumbers(segment: Segment): PackedNumbers {
  const { rows, encoding, absent } = segment;
  if (encoding === 'absent') return absentNumbers(rows);
  const base = segment.base ?? 0;
  const at = absent === 0 ? 0 : bitmapBytes(rows);
  if (encoding !== 'constant' && encoding !== 'offset8' && encoding !== 'offset16' && encoding !== 'offset32') {
    return { values: decodeNumbers(segment), base: 0, absent: null };
  }
  const data = plainData(segment);
  const bitmap = absent === 0 ? null : elements(Uint8Array, data, 0, at);
  // A constant may be a fraction; what is added to 0 stays as it is, but for -0, which is no constant.
  if (encoding === 'constant') return { values: zeros.subarray(0, rows), base, absent: bitmap };
  if (encoding === 'offset8') return { values: elements(Uint8Array, data, at, rows), base, absent: bitmap };
  if (encoding === 'offset16') return { values: elements(Uint16Array, data, at, rows), base, absent: bitmap };
  return { values: elements(Uint32Array, data, at, rows), base, absent: bitmap };
}

export function packedIds(segment: Segment): PackedIds {
  const { rows, encoding } = segment;
  if (encoding === 'absent') return absentIds(rows);
  const base = segment.base ?? 0;
  if (encoding === 'constant') return { values: zeros.subarray(0, rows), base };
  if (encoding === 'offset8') return { values: elements(Uint8Array, plainData(segment), 0, rows), base };
  if (encoding === 'offset16') return { values: elements(Uint16Array, plainData(segment), 0, rows), base };
  return { values: decodeIds32(segment), base: 0 };
}

/** As much of a column that a chunk does not have. */
export function absentNumbers(rows: number): PackedNumbers {
  return { values: nothing.subarray(0, rows), base: 0, absent: null };
}

export function absentIds(rows: number): PackedIds {
  return { values: zeros.subarray(0, rows), base: 0 };
}

/** The bytes that a packed column keeps in memory. */
export function packedBytes(packed: PackedNumbers | PackedIds): number {
  return packed.values.byteLength + ('absent' in packed ? (packed.absent?.byteLength ?? 0) : 0);
}
