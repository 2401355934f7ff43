import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CaseWriter, EvidenceSession, EvidenceSource } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { HEAD_BYTES, detectFormat, formatById } from '../formats/registry.ts';
import type { LogReader, OpenedLog, RecordSink } from '../formats/types.ts';
import { fileError } from './file-error.ts';
import { Original } from './original.ts';
import { Unpacker, type Unpacked } from './unpack.ts';

/** What the import of one file needs to know of the job it is part of. */
export interface FileJob {
  readonly format: string | undefined;
  readonly force: boolean;
  /** Bytes of this file that are done, and what it has given so far. @throws CANCELLED */
  readonly step: (bytes: number, note: () => string) => void;
}

export type FileOutcome = { readonly evidence: Evidence } | { readonly skipped: Evidence };

/**
 * Imports one file, whole or not at all. Same bytes as evidence of the case: skipped, unless forced.
 * @throws FlowcaseError with a code of files where it cannot be taken; CANCELLED from `step`; what the case throws
 */
export async function importFile(writer: CaseWriter, path: string, job: FileJob): Promise<FileOutcome> {
  const original = await Original.open(path);
  try {
    if (original.bytes === 0) throw new FlowcaseError('FILE_EMPTY', `${path} is empty: it has no bytes at all.`, { path });
    const there = job.force ? null : await alreadyThere(writer, original, job);
    return there === null ? { evidence: await new FileImport(writer, original, job).run() } : { skipped: there };
  } finally {
    await original.close();
  }
}

/** The evidence with these bytes. Only a file as long as one that is there is read for it. */
async function alreadyThere(writer: CaseWriter, original: Original, job: FileJob): Promise<Evidence | null> {
  if (!writer.evidence().some((one) => one.bytes === original.bytes)) return null;
  const hash = createHash('sha256');
  await original.read((block) => {
    hash.update(block);
    job.step(0, () => `${basename(original.path)}: comparing with the evidence`);
  });
  return writer.evidenceWith(hash.digest('hex'));
}

/** One file on its way into the case. */
class FileImport {
  readonly #writer: CaseWriter;
  readonly #original: Original;
  readonly #job: FileJob;
  readonly #name: string;
  readonly #unpacker = new Unpacker((block) => this.#take(block));
  readonly #started = performance.now();
  /** The beginning, until the format is known. */
  #head: Uint8Array = new Uint8Array(0);
  #reading: { readonly reader: LogReader; readonly session: EvidenceSession; readonly log: OpenedLog } | null = null;
  #bytes = 0;

  constructor(writer: CaseWriter, original: Original, job: FileJob) {
    this.#writer = writer;
    this.#original = original;
    this.#job = job;
    this.#name = basename(original.path);
  }

  async run(): Promise<Evidence> {
    try {
      await this.#original.read(async (block) => {
        await this.#unpacker.write(block);
        this.#bytes += block.length;
        this.#step();
      });
      return this.#finish(await this.#unpacker.end());
    } catch (error) {
      this.#unpacker.close();
      this.#reading?.session.abort();
      throw this.#named(error);
    }
  }

  #take(block: Uint8Array): void {
    this.#step();
    if (this.#reading !== null) {
      this.#reading.reader.feed(block);
      return;
    }
    const head = new Uint8Array(this.#head.length + block.length);
    head.set(this.#head);
    head.set(block, this.#head.length);
    this.#head = head;
    if (head.length >= HEAD_BYTES) this.#begin();
  }

  /** Recognises the format and opens the session. */
  #begin(): { readonly reader: LogReader; readonly session: EvidenceSession; readonly log: OpenedLog } {
    const head = this.#head;
    const asked = this.#job.format;
    const { format, why } =
      asked === undefined
        ? detectFormat(head.subarray(0, HEAD_BYTES), this.#original.path)
        : { format: formatById(asked), why: 'it was asked for' };
    const log = format.open(head.subarray(0, HEAD_BYTES), {});
    const source: EvidenceSource = {
      path: this.#original.path,
      name: this.#name,
      format: format.id,
      formatTitle: log.title,
      kind: log.kind,
      bytes: this.#original.bytes,
      modified: this.#original.modified,
      options: { format: asked ?? null, force: this.#job.force, recognised: why },
    };
    const session = this.#writer.beginEvidence(source);
    const sink: RecordSink = session;
    this.#reading = { reader: log.read(sink), session, log };
    this.#head = new Uint8Array(0);
    this.#reading.reader.feed(head);
    return this.#reading;
  }

  #finish(unpacked: Unpacked): Evidence {
    if (unpacked.bytes === 0) throw this.#nothingInside(unpacked);
    const { reader, session, log } = this.#reading ?? this.#beginOrBlame(unpacked);
    reader.end(unpacked.damage !== null);
    const { recognised, cut, tallies, ...figures } = reader.figures;
    if (unpacked.damage !== null && figures.rows === 0) throw this.#damaged(unpacked);
    if (!recognised) {
      const message = `${this.#original.path} is no ${log.title}: it has no header that names its columns. Let Flowcase recognise it, without --format.`;
      throw new FlowcaseError('FORMAT_UNKNOWN', message, { path: this.#original.path });
    }
    const remarks = [...unpacked.remarks, ...log.remarks(tallies)];
    if (figures.rows === 0) remarks.push(figures.rejected > 0 ? 'None of its lines could be taken.' : 'It has a header and no records.');
    return session.finish({
      ...figures,
      sha256: this.#unpacker.originalSha256(),
      unpackedBytes: unpacked.bytes,
      unpackedSha256: unpacked.sha256,
      seconds: (performance.now() - this.#started) / 1000,
      status: unpacked.damage !== null || cut ? 'incomplete' : 'complete',
      remarks,
    });
  }

  /** A short file is recognised at its end. What damage left may be too little to know it by. */
  #beginOrBlame(unpacked: Unpacked): { readonly reader: LogReader; readonly session: EvidenceSession; readonly log: OpenedLog } {
    try {
      return this.#begin();
    } catch (error) {
      throw unpacked.damage !== null && error instanceof FlowcaseError && error.code === 'FORMAT_UNKNOWN' ? this.#damaged(unpacked) : error;
    }
  }

  #nothingInside(unpacked: Unpacked): FlowcaseError {
    if (unpacked.damage !== null) return this.#damaged(unpacked);
    return new FlowcaseError('FILE_EMPTY', `${this.#original.path} is empty: nothing is packed in it.`, { path: this.#original.path });
  }

  #damaged(unpacked: Unpacked): FlowcaseError {
    const path = this.#original.path;
    const what = unpacked.damage?.what ?? 'its bytes are damaged';
    return new FlowcaseError('FILE_DAMAGED', `${path} holds no record that can be read: ${what}. Ask for a whole copy.`, { path });
  }

  #step(): void {
    this.#job.step(this.#bytes, () => {
      if (this.#reading === null) return this.#name;
      const { rows, rejected } = this.#reading.reader.figures;
      return `${this.#name}: ${plural(rows, 'record')}, ${formatCount(rejected)} rejected`;
    });
  }

  /** Readers know no file names. */
  #named(error: unknown): unknown {
    if (!(error instanceof FlowcaseError)) return isSystemError(error) ? fileError(error, this.#original.path) : error;
    if (error.message.includes(this.#original.path) || error.code === 'CANCELLED') return error;
    return new FlowcaseError(error.code, `${this.#original.path}: ${error.message}`, error.details, error);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
