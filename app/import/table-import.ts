import { basename } from 'node:path';
import type { CaseWriter } from '../case/types.ts';
import type { Codec } from '../columns/segment.ts';
import type { ColumnSpec, DictionaryName, DictionaryWriter } from '../columns/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import type { TableFileFormat } from '../formats/table-file.ts';
import type { FormatOptions, RecordSink } from '../formats/types.ts';
import { Content } from '../original/content.ts';
import { hashOf } from '../original/hashes.ts';
import type { Original } from '../original/original.ts';
import { hasTooMany, tooManyRejects } from './refusals.ts';
import { renamedColumns } from './renamed.ts';

/** What the import of a file that is read in place has to know. */
export interface TableJob {
  readonly format: TableFileFormat;
  readonly why: string;
  /** The format was asked for. */
  readonly asked: boolean;
  readonly options: FormatOptions;
  readonly force: boolean;
  readonly codec: Codec;
  /** See FileJob. */
  readonly maxRejects: number | undefined;
  /** See FileJob. */
  readonly step: (bytes: number, note: () => string) => void;
}

/**
 * Imports a file that is read in place, whole or not at all: it is hashed from beginning to end first, and must not change until all of its rows are read.
 * @throws FlowcaseError with a code of files where it cannot be taken; CANCELLED from `step`; what the case throws
 */
export async function importTable(writer: CaseWriter, original: Original, job: TableJob): Promise<Evidence> {
  const started = performance.now();
  const { maxRejects } = job;
  const name = basename(original.path);
  const { sha256 } = await hashOf(Content.asItLies(original), { step: (bytes) => job.step(bytes / 2, () => name) });
  const table = await job.format.open({ length: original.bytes, read: (start, end) => original.at(start, end) }, job.options, name);
  const session = writer.beginEvidence(
    {
      path: original.path,
      name,
      format: job.format.id,
      formatTitle: table.title,
      kind: table.kind,
      bytes: original.bytes,
      modified: original.modified,
      options: {
        ...table.options,
        format: job.asked ? job.format.id : null,
        force: job.force,
        recognised: job.why,
        ...(maxRejects === undefined ? {} : { maxRejects }),
      },
    },
    job.codec,
  );
  try {
    const sink = new RejectWatch(session);
    const figures = await table.read(sink, table.rows, (done) => {
      const part = table.rows === 0 ? 1 : done / table.rows;
      job.step((original.bytes * (1 + part)) / 2, () => `${name}: ${plural(done, 'row')} of ${formatCount(table.rows)}`);
    });
    await original.mustBeUnchanged();
    const { rows, rejected, comments, lines, first, last, tallies } = figures;
    if (maxRejects !== undefined && hasTooMany(figures, maxRejects)) {
      throw tooManyRejects(original.path, figures, maxRejects, { whole: true, first: sink.first });
    }
    const remarks = [...table.remarks(tallies), ...renamedColumns(sink.columns, (column) => session.known(column))];
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

/** A session, and what a person is told of: its first rejects, and the columns that were filled. */
class RejectWatch implements RecordSink {
  readonly first: Parameters<RecordSink['reject']>[0][] = [];
  readonly columns = new Set<string>();
  readonly #session: RecordSink;

  constructor(session: RecordSink) {
    this.#session = session;
  }

  dictionary(name: DictionaryName): DictionaryWriter {
    return this.#session.dictionary(name);
  }
  known(name: string): ColumnSpec | undefined {
    return this.#session.known(name);
  }
  column(spec: ColumnSpec): ColumnSpec {
    return this.#session.column(spec);
  }
  append(...chunk: Parameters<RecordSink['append']>): void {
    for (const { spec } of chunk[1]) this.columns.add(spec.name);
    this.#session.append(...chunk);
  }
  reject(reject: Parameters<RecordSink['reject']>[0]): void {
    if (this.first.length < 3) this.first.push(reject);
    this.#session.reject(reject);
  }
}

/** An error without the file's name gets it. */
export function namedError(error: unknown, path: string): unknown {
  if (!(error instanceof FlowcaseError) || error.message.includes(path) || error.code === 'CANCELLED') return error;
  return new FlowcaseError(error.code, `${path}: ${error.message}`, error.details, error);
}
