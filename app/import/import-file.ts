import { basename } from 'node:path';
import type { CaseWriter } from '../case/types.ts';
import type { Codec } from '../columns/segment.ts';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { tableFileOf } from '../formats/table-files.ts';
import type { FormatOptions } from '../formats/types.ts';
import { nameOf, type Found } from './collect.ts';
import { aboutFile } from './file-error.ts';
import { FileImport } from './file-import.ts';
import { findKnown } from './known.ts';
import { Original } from './original.ts';
import type { Crew } from './pieces/crew.ts';
import type { PieceSizes } from './pieces/piece-cutter.ts';
import { memberThere, type HashJob } from './same-bytes.ts';
import { importTable } from './table-import.ts';

/** What the import of one file needs to know of the job it is part of. */
export interface FileJob {
  readonly format: string | undefined;
  readonly options: FormatOptions;
  readonly force: boolean;
  /** The share of a file's lines that may be rejected; undefined: all of them. */
  readonly maxRejects: number | undefined;
  readonly crew: Crew;
  /** Tests cut logs into pieces of their own sizes. */
  readonly sizes: PieceSizes | undefined;
  readonly codec: Codec;
  readonly hashes: HashJob['hashes'];
  /** Bytes of this file that are done, and what it has given so far. @throws CANCELLED */
  readonly step: (bytes: number, note: () => string) => void;
}

export type FileOutcome = { readonly evidence: Evidence } | { readonly skipped: Evidence };

/** So many bytes tell a file that is read in place. */
const MARK_BYTES = 64;

/**
 * Imports one file, or a member of an archive, whole or not at all. Unless forced: the same bytes as evidence of the case, packed or not, are skipped;
 * of a file that begins with the bytes of evidence, only what comes after them is imported.
 * @throws FlowcaseError with a code of files where it cannot be taken; CANCELLED from `step`; what the case throws
 */
export async function importFile(writer: CaseWriter, found: Pick<Found, 'path' | 'member'>, job: FileJob): Promise<FileOutcome> {
  const { path, member } = found;
  const original = await Original.open(path);
  try {
    if (original.bytes === 0) throw new FlowcaseError('FILE_EMPTY', `${path} is empty: it has no bytes at all.`, { path });
    if (member !== null) {
      const there = job.force ? null : await memberThere(writer, original, member, job);
      return there === null ? await new FileImport(writer, original, member, job).whole() : { skipped: there };
    }
    const step = (): void => job.step(0, () => `${basename(path)}: comparing with the evidence`);
    const known = job.force ? null : await findKnown(writer, original, step);
    if (known !== null && 'same' in known) return { skipped: known.same };
    const table = tableFileOf(await original.at(0, MARK_BYTES), job.format);
    if (table !== null) return { evidence: await importTable(writer, original, { ...job, ...table, asked: job.format !== undefined }) };
    const file = new FileImport(writer, original, null, job);
    return known === null ? await file.whole() : await file.onlyRest(known.earlier);
  } catch (error) {
    throw aboutFile(error, nameOf(found));
  } finally {
    await original.close();
  }
}
