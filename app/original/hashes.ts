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
