import { stretchOf } from '../case/stretches.ts';
import type { CaseWriter } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount } from '../contract/format.ts';
import { hasItsBeginning } from '../contract/goes-on.ts';
import { FlowcaseError } from '../errors.ts';
import type { Content } from '../original/content.ts';
import { hashesAt } from '../original/hashes.ts';

/** Whether an import goes on from evidence that was removed: the case has the rest of its file, and no longer all of the beginning. */
export function isLeftAlone(evidence: Evidence, all: readonly Evidence[]): boolean {
  return stretchOf(evidence) === null && !hasItsBeginning(evidence, (before) => all.find(({ id }) => id === before));
}

/** Evidence that was left alone of a file with these bytes, packed or not. */
export function leftAloneWith(writer: CaseWriter, sha256: string): Evidence | null {
  const all = writer.evidence();
  return all.find((one) => (one.sha256 === sha256 || one.unpackedSha256 === sha256) && isLeftAlone(one, all)) ?? null;
}

/**
 * Evidence that was left alone of this file, or of an earlier state of it that was longer than `known`, the bytes that the case has of it. The file is read
 * for it only where the case has such evidence, and once for all of it.
 */
export async function leftAloneOf(writer: CaseWriter, content: Content, known: number, step: () => void): Promise<Evidence | null> {
  const all = writer.evidence();
  const mayBe = all.filter((one) => {
    const { rows, rejected, unpackedBytes } = one;
    return rows + rejected > 0 && unpackedBytes > known && unpackedBytes <= (content.length ?? Infinity) && isLeftAlone(one, all);
  });
  const lengths = mayBe.map(({ unpackedBytes }) => unpackedBytes);
  const own = await hashesAt(content, lengths, { step });
  return mayBe.find((one) => own.get(one.unpackedBytes) === (one.unpackedSha256 ?? one.sha256)) ?? null;
}

/** @throws FlowcaseError ALREADY_IMPORTED where the evidence that has a file was left alone: all of it would bring records in twice */
export function mustNotBeLeftAlone(path: string, evidence: Evidence, all: readonly Evidence[]): void {
  if (evidence.continues === undefined || !isLeftAlone(evidence, all)) return;
  const { id, name, continues } = evidence;
  const message = `${path} was not imported: evidence ${id} (${name}) holds it from line ${formatCount(continues.line)} on, and evidence ${continues.evidence}, which it goes on from, is no longer in the case. Remove evidence ${id} as well and import the file again: then all of it comes in, once. Forced, it comes in beside evidence ${id}, whose records are in the case twice then.`;
  throw new FlowcaseError('ALREADY_IMPORTED', message, { path, evidence: id });
}
