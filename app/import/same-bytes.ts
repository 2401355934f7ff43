import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CaseWriter, EvidenceSource } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { formatById } from '../formats/registry.ts';
import type { FormatOptions } from '../formats/types.ts';
import type { Original } from '../original/original.ts';
import type { Member } from '../original/packed/member.ts';
import { isLeftAlone, leftAloneWith, mustNotBeLeftAlone } from './left-alone.ts';

/** What is read of `eve.json` where no type of event is named. */
const FLOWS = 'flow';

/** What hashing needs to know of the job it is part of. */
export interface HashJob {
  /** SHA-256 of files that were read for it, by path. */
  readonly hashes: Map<string, string>;
  readonly step: (bytes: number, note: () => string) => void;
}

/** The evidence of this member of this archive. The archive is read for it only where it is as long as one that is there. */
export async function memberThere(writer: CaseWriter, original: Original, member: Member, job: HashJob): Promise<Evidence | null> {
  if (!writer.evidence().some((one) => one.bytes === original.bytes)) return null;
  const sha256 = await hashOf(original, job, 'comparing with the evidence');
  return writer.evidence().find((one) => one.sha256 === sha256 && isMember(one, member)) ?? null;
}

/** How the options of evidence name the member of an archive that it is; that of several members of one name it is not the first is said. */
export function memberOptions({ name, nth }: Pick<Member, 'name' | 'nth'>): EvidenceSource['options'] {
  return { member: name, ...(nth === 1 ? {} : { memberNth: nth }) };
}

function isMember({ options }: Evidence, { name, nth }: Member): boolean {
  return options['member'] === name && (options['memberNth'] ?? 1) === nth;
}

/** Hashes of what evidence was read from. That of an archive says nothing of one of its members. */
function sumsOf({ sha256, unpackedSha256, options }: Evidence): (string | null)[] {
  return [options['member'] === undefined ? sha256 : null, unpackedSha256];
}

/**
 * The evidence that has just what is asked for of a file that `same` was read from: of a stream of several logs or events each may be imported
 * by itself. Where no part is named, `title` says what would be read of it (asked only where every evidence of the file is of a part).
 */
export async function partThere(
  writer: CaseWriter,
  same: Evidence,
  { zeekLog, eventType }: FormatOptions,
  title: () => Promise<string | null> | string | null,
): Promise<Evidence | null> {
  const sums = new Set(sumsOf(same));
  const all = writer.evidence();
  const having = all.filter((one) => sumsOf(one).some((sum) => sum !== null && sums.has(sum)));
  // what has all of the file comes first
  const ofFile = [...having.filter((one) => !isLeftAlone(one, all)), ...having.filter((one) => isLeftAlone(one, all))];
  if (zeekLog === undefined && eventType === undefined) {
    const whole = ofFile.find(({ options }) => options['zeekLog'] === undefined && options['eventType'] === undefined);
    if (whole !== undefined) return whole;
    const own = await title();
    return ofFile.find(({ formatTitle }) => formatTitle === own) ?? null;
  }
  const has = (one: Evidence): boolean =>
    zeekLog === undefined
      ? (one.options['eventType'] ?? FLOWS) === eventType
      : one.options['zeekLog'] === zeekLog || one.formatTitle.startsWith(`Zeek ${zeekLog}.log`);
  return ofFile.find(has) ?? null;
}

/** The same for a packed file of which the SHA-256 of what it holds is known. @throws FlowcaseError ALREADY_IMPORTED where only the rest of it is in the case */
export async function unpackedThere(
  writer: CaseWriter,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  options: FormatOptions,
  title: () => string | null,
): Promise<Evidence | null> {
  const same = writer.evidenceWith(sha256) ?? leftAloneWith(writer, sha256);
  const there = same === null ? null : await partThere(writer, same, options, title);
  if (there !== null) mustNotBeLeftAlone(path, there, writer.evidence());
  return there;
}

/** What a log that begins so is called when no part of it is named; null where it cannot be told. */
export function titleOf(format: string, head: Uint8Array, options: FormatOptions): string | null {
  try {
    return formatById(format).open(head, options).title;
  } catch (error) {
    if (error instanceof FlowcaseError) return null;
    throw error;
  }
}

/** SHA-256 of a whole file, from an earlier reading in this job where there was one. */
export async function hashOf(original: Original, { hashes, step }: HashJob, why: string): Promise<string> {
  const known = hashes.get(original.path);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  await original.read((block) => {
    hash.update(block);
    step(0, () => `${basename(original.path)}: ${why}`);
  });
  const sha256 = hash.digest('hex');
  hashes.set(original.path, sha256);
  return sha256;
}
