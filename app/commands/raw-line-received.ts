import { dirname } from 'node:path';
import { filesBeside } from '../case/originals-folder.ts';
import { nameStem, stretchCandidates, stretchOf } from '../case/stretches.ts';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import { Original } from '../original/original.ts';
import { keyOf, Remembered, type Look } from './raw-line-look.ts';

/**
 * Looks for the file that still has what was received while it grew, at its path and beside it, packed or not, and gives what `read` makes of it. A number: none
 * was found that has it, and so many are too long to be looked through.
 */
export async function readHolder<T extends object>(
  evidence: Evidence,
  look: Look,
  read: (content: Content) => Promise<T>,
): Promise<T | number> {
  let unknown = 0;
  for (const { path } of stretchCandidates(evidence, await filesBeside(dirname(evidence.path), nameStem(evidence)))) {
    try {
      const original = await Original.open(path);
      try {
        const content = await Content.of(original);
        const has = await hasStretch(content, evidence, look);
        if (has === true) return await read(content);
        if (has === null) unknown++;
      } finally {
        await original.close();
      }
    } catch (error) {
      if (look.over) unknown++;
      // one that cannot be read does not hide the others
      else if (!(error instanceof FlowcaseError)) throw error;
    }
  }
  return unknown;
}

/** By file and evidence, as both are: a stretch may be long. */
const known = new Remembered<boolean>();

async function hasStretch(content: Content, evidence: Evidence, { limits, step, pass }: Look): Promise<boolean | null> {
  const stretch = stretchOf(evidence);
  if (stretch === null || stretch.to === stretch.from) return false;
  const { from, to } = stretch;
  if (content.length !== null && content.length < to) return false;
  if (content.packed ? to > limits.unpacked : to - from > limits.hashed) return null;
  const { sha256 } = evidence;
  return known.of(keyOf(content.original, `${from} ${sha256}`), async () => {
    const own = await hashOf(content, { from, to, step, pass });
    return own.bytes === to - from && own.sha256 === sha256;
  });
}
