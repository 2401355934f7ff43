import { Bzip2Unpacker } from './bzip2.ts';
import type { StreamUnpacker, Take } from './unpacker.ts';
import { Utf16Unpacker } from './utf16.ts';
import { XzUnpacker } from './xz.ts';
import { ZstdUnpacker } from './zstd.ts';
import { GzipUnpacker } from './gzip.ts';

/** One way of packing a stream of bytes, or of writing text in bytes, known by its first bytes. */
export interface Codec {
  readonly name: string;
  readonly marks: readonly (readonly number[])[];
  /** Not where these bytes are there too. */
  readonly unless?: readonly number[];
  readonly unpack: (take: Take) => StreamUnpacker;
}

/** Name of both orders of its bytes. */
export const UTF_16 = 'UTF-16';

const codecs: readonly Codec[] = [
  { name: 'gzip', marks: [[0x1f, 0x8b]], unpack: (take) => new GzipUnpacker(take) },
  {
    name: 'zstd',
    marks: [[0x28, 0xb5, 0x2f, 0xfd], ...Array.from({ length: 16 }, (_, i) => [0x50 + i, 0x2a, 0x4d, 0x18])],
    unpack: (take) => new ZstdUnpacker(take),
  },
  // "BZh", the size of blocks, and the mark of a block or of the end
  ...[
    [0x31, 0x41, 0x59],
    [0x17, 0x72, 0x45],
  ].map((block) => ({
    name: 'bzip2',
    marks: Array.from({ length: 9 }, (_, i) => [0x42, 0x5a, 0x68, 0x31 + i, ...block]),
    unpack: (take: Take) => new Bzip2Unpacker(take),
  })),
  { name: 'xz', marks: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]], unpack: (take) => new XzUnpacker(take) },
  // with its mark; two zeros behind it make it UTF-32
  { name: UTF_16, marks: [[0xff, 0xfe]], unless: [0xff, 0xfe, 0, 0], unpack: (take) => new Utf16Unpacker(take, 'le') },
  { name: UTF_16, marks: [[0xfe, 0xff]], unpack: (take) => new Utf16Unpacker(take, 'be') },
];

/** So many bytes tell. */
export const CODEC_BYTES = 7;

/** How these first bytes of a file (CODEC_BYTES of them, or the whole file) are packed; null: they are not, or not as a stream. */
export function codecOf(head: Uint8Array): Pick<Codec, 'name' | 'unpack'> | null {
  const begins = (mark: readonly number[]): boolean => mark.every((byte, i) => head[i] === byte);
  return codecs.find(({ marks, unless }) => marks.some(begins) && (unless === undefined || !begins(unless))) ?? null;
}

/** How text that begins with these bytes (four of them, or all) is written; null: as it is read. */
export function textCodecOf(head: Uint8Array): Pick<Codec, 'name' | 'unpack'> | null {
  const codec = codecOf(head);
  return codec?.name === UTF_16 ? codec : null;
}

/** A ZIP archive, an empty one too. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}
