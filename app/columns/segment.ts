import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';

/** How the rows of one column of one chunk lie in their bytes; ENCODING.md says each to the byte. */
export const encodings = [
  'absent',
  'constant',
  'sequence',
  'offset8',
  'offset16',
  'offset32',
  'offset48',
  'delta8',
  'delta16',
  'float64',
  'text8',
  'text16',
  'text32',
  'text-fixed',
] as const;
export type Encoding = (typeof encodings)[number];

export const codecs = ['none', 'zstd'] as const;
export type Codec = (typeof codecs)[number];

/** One column of one chunk as it is stored. `min`, `max`: see ColumnStats. `base` and `step`: see ENCODING.md; null where the encoding has none. */
export interface Segment {
  readonly encoding: Encoding;
  readonly codec: Codec;
  readonly rows: number;
  readonly absent: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly base: number | null;
  readonly step: number | null;
  readonly data: Uint8Array;
}

/** Compresses a segment's bytes where that saves at least an eighth of them. */
export function compress(segment: Segment): Segment {
  if (segment.data.length < 256) return segment;
  const packed = zstdCompressSync(segment.data, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return packed.length > segment.data.length * 0.875 ? segment : { ...segment, codec: 'zstd', data: packed };
}

/** The bytes as the encoder made them. */
export function plainData(segment: Pick<Segment, 'codec' | 'data'>): Uint8Array {
  return segment.codec === 'none' ? segment.data : zstdDecompressSync(segment.data);
}
