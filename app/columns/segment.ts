import * as zlib from 'node:zlib';
import { FlowcaseError } from '../errors.ts';

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
  'decimal8',
  'decimal16',
  'decimal32',
  'decimal48',
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

/** Node has it since 22.15. */
const hasZstd = 'zstdCompressSync' in zlib;

/** What repeats: ports, states, byte counts. Identifiers and times hardly do, and are the most bytes. */
const worthwhile: ReadonlySet<Encoding> = new Set(['offset8', 'offset16', 'offset32', 'decimal8', 'decimal16', 'decimal32']);

/** Compresses a segment's bytes where they are of a kind that repeats, and it saves at least a quarter of them. */
export function compress(segment: Segment): Segment {
  if (!hasZstd || segment.data.length < 256 || !worthwhile.has(segment.encoding)) return segment;
  const packed = zlib.zstdCompressSync(segment.data, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } });
  return packed.length > segment.data.length * 0.75 ? segment : { ...segment, codec: 'zstd', data: packed };
}

/** The bytes as the encoder made them. @throws FlowcaseError CASE_NEWER where they are compressed and this Node cannot read that */
export function plainData(segment: Pick<Segment, 'codec' | 'data'>): Uint8Array {
  if (segment.codec === 'none') return segment.data;
  if (!hasZstd)
    throw new FlowcaseError(
      'CASE_NEWER',
      'This case holds compressed columns. Reading them takes Node 22.15 or later; the case is as it was.',
    );
  return zlib.zstdDecompressSync(segment.data);
}
