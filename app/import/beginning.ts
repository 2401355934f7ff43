import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { Original } from './original.ts';

/** Compared at once. */
const BLOCK = 2 ** 20;

/**
 * The evidence whose original begins with all of this file's bytes: an earlier state of what the case holds already. Told by the original
 * itself, where it still lies where it was, unpacked and as it was imported; null where none can be asked.
 */
export async function beginsEvidence(all: readonly Evidence[], original: Original, step: () => void): Promise<Evidence | null> {
  for (const evidence of all) {
    if (evidence.bytes <= original.bytes || evidence.unpackedSha256 !== null || evidence.rows === 0) continue;
    if (await isBeginningOf(evidence, original, step)) return evidence;
  }
  return null;
}

async function isBeginningOf(evidence: Evidence, original: Original, step: () => void): Promise<boolean> {
  try {
    const longer = await Original.open(evidence.path);
    try {
      if (longer.bytes !== evidence.bytes || longer.modified !== evidence.modified) return false;
      for (let at = 0; at < original.bytes; at += BLOCK) {
        step();
        const end = Math.min(at + BLOCK, original.bytes);
        if (Buffer.compare(await original.at(at, end), await longer.at(at, end)) !== 0) return false;
      }
      return true;
    } finally {
      await longer.close();
    }
  } catch (error) {
    // an original that is gone tells nothing
    if (error instanceof FlowcaseError && error.code.startsWith('FILE_') && !error.message.includes(original.path)) return false;
    throw error;
  }
}
