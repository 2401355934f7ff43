import type { CaseWriter } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { isClosed, isShapeName } from '../formats/line-shapes.ts';
import { Content } from '../original/content.ts';
import { hashesAt, hashOf } from '../original/hashes.ts';
import { isLeftAlone } from './left-alone.ts';
import { FINGERPRINT, beginsLike } from './known.ts';
import { Original } from '../original/original.ts';

/** What the case holds of which a file may be an earlier state. `certain`: the file's bytes are its beginning; else its first FINGERPRINT bytes are. */
export interface Longer {
  readonly evidence: Evidence;
  readonly certain: boolean;
}

/**
 * The evidence whose original begins with all of this file's bytes: an earlier state of what the case holds already; packed or not, the one and the other.
 * Told by the original itself, where it still lies where it was and as it was imported. Where none can be asked, evidence that begins alike is the most that
 * can be said; null where there is none.
 */
export async function beginsEvidence(writer: CaseWriter, content: Content, step: () => void): Promise<Longer | null> {
  const points = writer.resumePoints();
  const all = writer.evidence();
  const mayBe = all.filter((one) => one.rows > 0 && one.options['member'] === undefined && one.unpackedBytes > (content.length ?? 0));
  if (mayBe.length === 0) return null;
  const head = await content.at(0, FINGERPRINT);
  const isLike = beginsLike(head);
  const longest = Math.max(...mayBe.map(({ unpackedBytes }) => unpackedBytes));
  let likely: Evidence | null = null;
  let own: { readonly sha256: string; readonly bytes: number } | null = null;
  for (const evidence of mayBe) {
    const mark = points.get(evidence.id)?.head;
    const alike = mark === undefined ? null : isLike(mark);
    if (alike === false) continue;
    const answer = await asked(evidence, async (longer) => {
      if (Buffer.compare(head, await longer.at(0, head.length)) !== 0) return false;
      own ??= await hashOf(content, { to: longest, step });
      if (own.bytes >= evidence.unpackedBytes) return false;
      return (await hashOf(longer, { to: own.bytes, step })).sha256 === own.sha256;
    });
    // of what goes on from evidence that was removed, a copy of the beginning has nothing
    if (answer === true && isWithin(own, evidence) && isLeftAlone(evidence, all)) continue;
    if (answer === true) return { evidence, certain: true };
    if (answer === null && alike === true && mark?.bytes === FINGERPRINT) likely ??= evidence;
  }
  if (likely === null) return null;
  // how long a packed file is shows only when it is unpacked
  if (content.packed) own ??= await hashOf(content, { to: longest, step });
  if (own !== null && own.bytes >= likely.unpackedBytes) return null;
  return { evidence: likely, certain: false };
}

/** Whether so many first bytes of a file come before what the evidence has of it. */
function isWithin(own: { readonly bytes: number } | null, { continues }: Evidence): boolean {
  return own !== null && own.bytes <= (continues?.byte ?? 0);
}

/** Evidence of files that were cut or damaged, and that are not read on behind their end, with whose bytes this one begins. */
export async function cutBeginnings(writer: CaseWriter, content: Content, step: () => void): Promise<Evidence[]> {
  const cut = writer.evidence().filter(({ status, rows, unpackedBytes, unpackedSha256, options: { shape } }) => {
    const endsThere = unpackedSha256 !== null || (isShapeName(shape) && isClosed(shape));
    return status === 'incomplete' && rows > 0 && endsThere && unpackedBytes < (content.length ?? Infinity);
  });
  const lengths = cut.map(({ unpackedBytes }) => unpackedBytes);
  const own = await hashesAt(content, lengths, { step });
  return cut.filter(({ unpackedBytes, unpackedSha256, sha256 }) => own.get(unpackedBytes) === (unpackedSha256 ?? sha256));
}

/** For a person, where the case holds the beginning of a file from a copy that was cut. */
export function isTwice({ id, name, rows }: Evidence): string {
  return `It begins with all that could be read of evidence ${id} (${name}), which is cut: ${plural(rows, 'record')} of it ${rows === 1 ? 'is' : 'are'} in the case twice. Remove evidence ${id}; this one has them.`;
}

/** What the original of evidence says; null where it is gone, is another one by now, or cannot be read. */
async function asked(evidence: Evidence, question: (longer: Content) => Promise<boolean>): Promise<boolean | null> {
  let original: Original;
  try {
    original = await Original.open(evidence.path);
  } catch (error) {
    if (error instanceof FlowcaseError && error.code.startsWith('FILE_')) return null;
    throw error;
  }
  try {
    if (original.bytes !== evidence.bytes || original.modified !== evidence.modified) return null;
    return await question(await Content.of(original));
  } finally {
    await original.close();
  }
}

/** For a person, where a file may be the beginning of what the case holds. */
export function mayBeTwice({ id, name }: Evidence): string {
  return `Its first 65,536 bytes are those of evidence ${id} (${name}), which is longer and whose original could not be asked: where this is an earlier state of that file, its records are in the case twice.`;
}
