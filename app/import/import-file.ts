import { basename } from 'node:path';
import type { CaseWriter } from '../case/types.ts';
import type { Codec } from '../columns/segment.ts';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { HEAD_BYTES } from '../formats/registry.ts';
import { tableFileOf } from '../formats/table-files.ts';
import type { FormatOptions } from '../formats/types.ts';
import { beginsEvidence, cutBeginnings, isTwice, mayBeTwice } from './beginning.ts';
import { nameOf } from './collect.ts';
import { earlierArray, hasGrown } from './earlier-array.ts';
import { Content } from '../original/content.ts';
import { aboutFile, concernsFile } from '../original/file-error.ts';
import { FileImport } from './file-import.ts';
import { leftAloneOf, mustNotBeLeftAlone } from './left-alone.ts';
import { findKnown } from './known.ts';
import { Original } from '../original/original.ts';
import { archiveOf, membersOf, type ArchiveKind } from '../original/packed/archive.ts';
import { MAX_MEMBERS, tooManyMembers, type Member } from '../original/packed/member.ts';
import type { Crew } from './pieces/crew.ts';
import type { PieceSizes } from './pieces/piece-cutter.ts';
import { comesByItself, findReceived, isReceivedTwice, type WatchedBy } from './received.ts';
import { memberThere, partThere, titleOf, type HashJob } from './same-bytes.ts';
import { importTable } from './table-import.ts';

/** What the import of one file needs to know of the job it is part of. */
export interface FileJob {
  readonly format: string | undefined;
  /** Of an archive only the member of this name. */
  readonly member: string | undefined;
  readonly options: FormatOptions;
  readonly force: boolean;
  /** The share of a file's lines that may be rejected; undefined: all of them. */
  readonly maxRejects: number | undefined;
  readonly crew: Crew;
  /** Tests cut logs into pieces of their own sizes. */
  readonly sizes: PieceSizes | undefined;
  readonly codec: Codec;
  readonly hashes: HashJob['hashes'];
  /** Who follows the file at this path from its beginning, at the moment. */
  readonly watched: (path: string) => WatchedBy | null;
  /** Bytes of this file that are done, and what it has given so far. @throws CANCELLED */
  readonly step: (bytes: number, note: () => string) => void;
}

/** `why`: where it is not that the evidence has all of it. */
export type FileOutcome = { readonly evidence: Evidence } | { readonly skipped: Evidence; readonly why?: string };

/** Hears what became of a file, or of each member of an archive. */
export interface Outcomes {
  done(outcome: FileOutcome, member: Member | null): void;
  refused(error: FlowcaseError, member: Member): void;
}

/** So many bytes tell a file that is read in place. */
const MARK_BYTES = 64;

/**
 * Imports one file, or each member of an archive, whole or not at all. Unless forced: the same bytes as evidence of the case, packed or not, are skipped, and so are those that evidence begins with;
 * of a file that begins with the bytes of evidence, only what comes after them is imported.
 * @throws FlowcaseError with a code of files where it cannot be taken; CANCELLED from `step`; what the case throws
 */
export async function importFile(writer: CaseWriter, path: string, job: FileJob, outcomes: Outcomes): Promise<void> {
  const original = await Original.open(path);
  try {
    if (original.bytes === 0) throw new FlowcaseError('FILE_EMPTY', `${path} is empty: it has no bytes at all.`, { path });
    const archive = await archiveOf(original);
    if (archive !== null) await importMembers(writer, original, archive, job, outcomes);
    else if (job.member !== undefined) throw new FlowcaseError('FORMAT_UNKNOWN', `${path} is no archive with files in it.`, { path });
    else outcomes.done(await importPlain(writer, original, job), null);
  } catch (error) {
    throw aboutFile(error, path);
  } finally {
    await original.close();
  }
}

async function importPlain(writer: CaseWriter, original: Original, job: FileJob): Promise<FileOutcome> {
  const step = (): void => job.step(0, () => `${basename(original.path)}: comparing with the evidence`);
  const content = await Content.of(original);
  const known = job.force ? null : await findKnown(writer, content, step);
  const before = known !== null && 'earlier' in known ? known.earlier.end : 0;
  const alone = job.force || (known !== null && 'same' in known) ? null : await leftAloneOf(writer, content, before, step);
  const same = known !== null && 'same' in known ? known.same : alone;
  if (same !== null) {
    const title = async (): Promise<string | null> => titleOf(same.format, await content.at(0, HEAD_BYTES), job.options);
    const there = await partThere(writer, same, job.options, title);
    if (there !== null) mustNotBeLeftAlone(original.path, there, writer.evidence());
    if (there !== null) return { skipped: there };
  }
  const table = tableFileOf(await original.at(0, MARK_BYTES), job.format);
  const by = job.force || content.packed || table !== null ? null : job.watched(original.path);
  if (by !== null) return comesByItself(writer, original.path, by);
  const received = job.force ? null : await findReceived(writer, content, step);
  const longer = job.force ? null : await beginsEvidence(writer, content, step);
  if (longer?.certain === true) mustNotBeLeftAlone(original.path, longer.evidence, writer.evidence());
  if (longer?.certain === true) return { skipped: longer.evidence };
  if (table !== null) return { evidence: await importTable(writer, original, { ...job, ...table, asked: job.format !== undefined }) };
  const imported = known !== null && 'earlier' in known ? known.earlier : null;
  const earlier = (received?.earlier?.end ?? 0) > (imported?.end ?? 0) ? (received?.earlier ?? null) : imported;
  const goesOn = earlier !== null;
  const cut = job.force || goesOn ? [] : await cutBeginnings(writer, content, step);
  const array = job.force || goesOn ? null : await earlierArray(writer, content, step);
  const notes = [
    ...(longer === null || goesOn ? [] : [mayBeTwice(longer.evidence)]),
    ...cut.map(isTwice),
    ...(received === null || received.twice.length === 0 ? [] : [isReceivedTwice(received.twice)]),
    ...(array === null ? [] : [(rows: number) => hasGrown(array, rows)]),
  ];
  const file = new FileImport(writer, content, null, job, notes);
  return goesOn ? file.onlyRest(earlier) : file.whole();
}

/** One that cannot be taken is refused by its name, and the next follows. */
async function importMembers(writer: CaseWriter, original: Original, kind: ArchiveKind, job: FileJob, outcomes: Outcomes): Promise<void> {
  const { path } = original;
  let count = 0;
  for await (const member of membersOf(original, kind)) {
    job.step(member.position(), () => nameOf({ path: basename(path), member }));
    if (job.member !== undefined && job.member !== member.name) continue;
    if (++count > MAX_MEMBERS) throw tooManyMembers(path, null);
    try {
      const there = job.force ? null : await memberThere(writer, original, member, job);
      outcomes.done(
        there === null ? await new FileImport(writer, await Content.of(original), member, job).whole() : { skipped: there },
        member,
      );
    } catch (error) {
      const named = aboutFile(error, nameOf({ path, member }));
      if (!concernsFile(named)) throw named;
      outcomes.refused(named, member);
    }
  }
  if (count > 0) return;
  if (job.member === undefined) throw new FlowcaseError('FILE_EMPTY', `${path} is an archive without files.`, { path });
  throw new FlowcaseError('FILE_NOT_FOUND', `There is no ${job.member} in ${path}.`, { path });
}
