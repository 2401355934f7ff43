import type { Hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { SavedArray } from '../learn/types.ts';

/** Shared memory is hashed in pieces of this many bytes, copied out first. */
export const PIECE = 1 << 20;

/** The values as they lie in memory, little-endian on every machine. */
export function addBytes(hash: Hash, values: SavedArray): void {
  const width = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = Buffer.from(bytes.slice(at, at + PIECE));
    if (endianness() === 'BE') swap(piece, width);
    hash.update(piece);
  }
}

function swap(piece: Buffer, width: number): void {
  if (width === 2) piece.swap16();
  else if (width === 4) piece.swap32();
  else if (width === 8) piece.swap64();
}
