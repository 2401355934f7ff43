import { createHash } from 'node:crypto';
import type { Content, Range } from './content.ts';

/** SHA-256 of the bytes [from, to) of a content, as far as there are any, and how many these are. Throws what reading it throws. */
export async function hashOf(
  content: Content,
  { take, ...range }: Omit<Range, 'hashed'> & { readonly take?: ((block: Uint8Array) => void) | undefined },
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await content.read(
    (block) => {
      hash.update(block);
      bytes += block.length;
      take?.(block);
    },
    { ...range, hashed: false },
  );
  return { sha256: hash.digest('hex'), bytes };
}

/** SHA-256 of the first bytes of a content, of so many each, in one reading; without those that it is too short for. Throws what reading it throws. */
export async function hashesAt(
  content: Content,
  lengths: readonly number[],
  { step }: Pick<Range, 'step'>,
): Promise<ReadonlyMap<number, string>> {
  const ends = [...new Set(lengths)].filter((length) => length > 0).sort((a, b) => a - b);
  const hashes = new Map<number, string>();
  const hash = createHash('sha256');
  let position = 0;
  const take = (block: Uint8Array): void => {
    let rest = block;
    while (rest.length > 0) {
      const end = ends[hashes.size] ?? Infinity;
      const part = rest.subarray(0, end - position);
      hash.update(part);
      position += part.length;
      rest = rest.subarray(part.length);
      if (position === end) hashes.set(end, hash.copy().digest('hex'));
    }
  };
  if (ends.length > 0) await content.read(take, { to: Math.max(...ends), step, hashed: false });
  return hashes;
}
