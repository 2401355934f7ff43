import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CaseWriter } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import type { TableFileFormat } from '../formats/table-file.ts';
import type { FormatOptions } from '../formats/types.ts';
import type { Original } from './original.ts';

/** What the import of a file that is read in place has to know. */
export interface TableJob {
  readonly format: TableFileFormat;
  readonly why: string;
  /** The format was asked for. */
  readonly asked: boolean;
  readonly options: FormatOptions;
  readonly force: boolean;
  /** See FileJob. */
  readonly step: (bytes: number, note: () => string) => void;
}

/**
 * Imports a file that is read in place, whole or not at all: it is hashed from beginning to end first, and must not change until all of its rows are read.
 * @throws FlowcaseError with a code of files where it cannot be taken; CANCELLED from `step`; what the case throws
 */
export async function importTable(writer: CaseWriter, original: Original, job: TableJob): Promise<Evidence> {
  const started = performance.now();
  const name = basename(original.path);
  const sha256 = await hashOf(original, (bytes) => job.step(bytes / 2, () => name));
  const table = await job.format.open({ length: original.bytes, read: (start, end) => original.at(start, end) }, job.options, name);
  const session = writer.beginEvidence({
    path: original.path,
    name,
    format: job.format.id,
    formatTitle: table.title,
    kind: table.kind,
    bytes: original.bytes,
    modified: original.modified,
    options: { ...table.options, format: job.asked ? job.format.id : null, force: job.force, recognised: job.why },
  });
  try {
    const { rows, rejected, comments, lines, first, last, tallies } = await table.read(session, table.rows, (done) => {
      const part = table.rows === 0 ? 1 : done / table.rows;
      job.step((original.bytes * (1 + part)) / 2, () => `${name}: ${plural(done, 'row')} of ${formatCount(table.rows)}`);
    });
    await original.mustBeUnchanged();
    const remarks = [...table.remarks(tallies)];
    if (rows === 0) remarks.push(rejected > 0 ? 'None of its rows could be taken.' : 'It has no rows.');
    return session.finish({
      rows,
      rejected,
      comments,
      lines,
      first,
      last,
      sha256,
      unpackedBytes: original.bytes,
      unpackedSha256: null,
      seconds: (performance.now() - started) / 1000,
      status: 'complete',
      remarks,
    });
  } catch (error) {
    session.abort();
    throw error;
  }
}

async function hashOf(original: Original, step: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  await original.read((block) => {
    hash.update(block);
    bytes += block.length;
    step(bytes);
  });
  return hash.digest('hex');
}

/** An error without the file's name gets it. */
export function namedError(error: unknown, path: string): unknown {
  if (!(error instanceof FlowcaseError) || error.message.includes(path) || error.code === 'CANCELLED') return error;
  return new FlowcaseError(error.code, `${path}: ${error.message}`, error.details, error);
}
