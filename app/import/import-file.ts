import { basename } from 'node:path';
import type { CaseWriter, EvidenceSession } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { newlineOf } from '../formats/lines.ts';
import { HEAD_BYTES, detectFormat, formatById } from '../formats/registry.ts';
import { LINE_LIMIT, type FormatOptions, type OpenedLog } from '../formats/types.ts';
import { tableFileOf } from '../formats/table-files.ts';
import { fileError } from './file-error.ts';
import { nameOf, type Found } from './collect.ts';
import { Original } from './original.ts';
import type { Damage } from './packed/unpacker.ts';
import { readMember, type Member } from './packed/zip.ts';
import type { Crew } from './pieces/crew.ts';
import type { Part } from './pieces/messages.ts';
import { PieceCutter, longLog, shortLog, type PieceSizes } from './pieces/piece-cutter.ts';
import { PieceImport } from './pieces/piece-import.ts';
import { importTable, namedError } from './table-import.ts';
import { alreadyThere, hashOf, type HashJob } from './same-bytes.ts';
import { Unpacker, withDamage, type Unpacked } from './unpack.ts';

/** What the import of one file needs to know of the job it is part of. */
export interface FileJob {
  readonly format: string | undefined;
  readonly options: FormatOptions;
  readonly force: boolean;
  readonly crew: Crew;
  /** Tests cut logs into pieces of their own sizes. */
  readonly sizes: PieceSizes | undefined;
  readonly hashes: HashJob['hashes'];
  /** Bytes of this file that are done, and what it has given so far. @throws CANCELLED */
  readonly step: (bytes: number, note: () => string) => void;
}

export type FileOutcome = { readonly evidence: Evidence } | { readonly skipped: Evidence };

/**
 * Imports one file, whole or not at all. Same bytes as evidence of the case: skipped, unless forced.
 * @throws FlowcaseError with a code of files where it cannot be taken; CANCELLED from `step`; what the case throws
 */
export async function importFile(writer: CaseWriter, found: Pick<Found, 'path' | 'member'>, job: FileJob): Promise<FileOutcome> {
  const { path, member } = found;
  const original = await Original.open(path);
  try {
    if (original.bytes === 0) throw new FlowcaseError('FILE_EMPTY', `${path} is empty: it has no bytes at all.`, { path });
    const there = job.force ? null : await alreadyThere(writer, original, member, job);
    if (there !== null) return { skipped: there };
    const table = member === null ? tableFileOf(await original.at(0, Math.min(original.bytes, MARK_BYTES)), job.format) : null;
    if (table === null) return { evidence: await new FileImport(writer, original, member, job).run() };
    return { evidence: await importTable(writer, original, { ...job, ...table, asked: job.format !== undefined }) };
  } catch (error) {
    throw namedError(error, nameOf(found));
  } finally {
    await original.close();
  }
}

/** So many bytes tell a file that is read in place. */
const MARK_BYTES = 64;

/** Files shorter than this are read in the thread that imports: a thread of their own costs more than it gives. */
const SMALL = 2 ** 22;
/** Unpacked at once: of a file that unpacks to a thousand times its length no more than a few pieces wait in memory. */
const SLICE = 2 ** 16;

interface Reading {
  readonly session: EvidenceSession;
  readonly log: OpenedLog;
  readonly cutter: PieceCutter;
  readonly pieces: PieceImport;
}

/** One file on its way into the case. */
class FileImport {
  readonly #writer: CaseWriter;
  readonly #original: Original;
  readonly #member: Member | null;
  readonly #job: FileJob;
  readonly #name: string;
  readonly #unpacker = new Unpacker((block) => this.#take(block));
  readonly #started = performance.now();
  /** The beginning, until the format is known. */
  #head: Uint8Array = new Uint8Array(0);
  #reading: Reading | null = null;
  /** Parts that were cut and wait to be read. */
  #parts: Part[] = [];
  #bytes = 0;

  constructor(writer: CaseWriter, original: Original, member: Member | null, job: FileJob) {
    this.#writer = writer;
    this.#original = original;
    this.#member = member;
    this.#job = job;
    this.#name = nameOf({ path: basename(original.path), member });
  }

  async run(): Promise<Evidence> {
    try {
      const damage = await this.#readAll(async (block) => {
        for (let at = 0; at < block.length; at += SLICE) {
          await this.#unpacker.write(block.subarray(at, at + SLICE));
          await this.#readParts();
        }
        this.#bytes += block.length;
        this.#step();
      });
      const unpacked = await this.#unpacker.end();
      return await this.#finish(damage === null ? unpacked : withDamage(unpacked, damage));
    } catch (error) {
      this.#unpacker.close();
      this.#reading?.session.abort();
      throw this.#named(error);
    }
  }

  /** Every byte of the file, or of the archive's member. */
  async #readAll(take: (block: Uint8Array) => Promise<void>): Promise<Damage | null> {
    if (this.#member === null) {
      await this.#original.read(take);
      return null;
    }
    await hashOf(this.#original, this.#job, 'reading the archive');
    const damage = await readMember(this.#original.path, this.#member, take);
    await this.#original.mustBeUnchanged();
    return damage;
  }

  #take(block: Uint8Array): void {
    this.#step();
    if (this.#reading !== null) {
      this.#reading.cutter.add(block);
      return;
    }
    const head = new Uint8Array(this.#head.length + block.length);
    head.set(this.#head);
    head.set(block, this.#head.length);
    this.#head = head;
    // a first line that is longer than any line may be is refused, whatever ends it
    if (head.length >= HEAD_BYTES && (newlineOf(head, false) !== 0 || head.length > LINE_LIMIT + 2)) this.#begin(false);
  }

  async #readParts(): Promise<void> {
    const parts = this.#parts;
    if (parts.length === 0) return;
    this.#parts = [];
    for (const part of parts) await this.#reading?.pieces.add(part);
  }

  /** Recognises the format and opens the session. `atEnd`: the head is the whole file. */
  #begin(atEnd: boolean): Reading {
    const head = this.#head;
    const beginning = head.slice(0, HEAD_BYTES);
    const asked = this.#job.format;
    const { format, why } =
      asked === undefined ? detectFormat(beginning, this.#original.path) : { format: formatById(asked), why: 'it was asked for' };
    const options = format.settle?.(beginning, this.#job.options, this.#name) ?? this.#job.options;
    const log = format.open(beginning, options);
    const session = this.#writer.beginEvidence({
      path: this.#original.path,
      name: this.#name,
      format: format.id,
      formatTitle: log.title,
      kind: log.kind,
      bytes: this.#original.bytes,
      modified: this.#original.modified,
      options: {
        ...options,
        ...(this.#member === null ? {} : { member: this.#member.name }),
        format: asked ?? null,
        force: this.#job.force,
        recognised: why,
      },
    });
    const small = this.#original.bytes < SMALL;
    const cutter = new PieceCutter(beginning, newlineOf(head, atEnd), this.#job.sizes ?? (small ? shortLog : longLog), (part) => {
      this.#parts.push(part);
    });
    const pieces = new PieceImport({
      session,
      log: { format: format.id, head: beginning, options, compress: false },
      hands: small && this.#job.sizes === undefined ? [this.#job.crew.self] : this.#job.crew.hands(this.#original.bytes),
      giveBack: (buffer) => cutter.giveBack(buffer),
      step: () => this.#step(),
    });
    this.#reading = { session, log, cutter, pieces };
    this.#head = new Uint8Array(0);
    cutter.add(head);
    return this.#reading;
  }

  async #finish(unpacked: Unpacked): Promise<Evidence> {
    if (unpacked.bytes === 0) throw this.#nothingInside(unpacked);
    const { session, log, cutter, pieces } = this.#reading ?? this.#beginOrBlame(unpacked);
    cutter.end(unpacked.damage !== null);
    await this.#readParts();
    await pieces.finish();
    const { recognised, cut, tallies, ...figures } = pieces.figures;
    if (unpacked.damage !== null && figures.rows === 0) throw this.#damaged(unpacked);
    if (!recognised) {
      const message = `${this.#original.path} is no ${log.title}: it has no header that names its columns. Let Flowcase recognise it, without --format.`;
      throw new FlowcaseError('FORMAT_UNKNOWN', message, { path: this.#original.path });
    }
    const remarks = [...unpacked.remarks, ...log.remarks(tallies)];
    if (figures.rows === 0) remarks.push(figures.rejected > 0 ? 'None of its lines could be taken.' : 'It has a header and no records.');
    return session.finish({
      ...figures,
      ...(await this.#hashes(unpacked)),
      unpackedBytes: unpacked.bytes,
      seconds: (performance.now() - this.#started) / 1000,
      status: unpacked.damage !== null || cut ? 'incomplete' : 'complete',
      remarks,
    });
  }

  /** Of the original, which is the archive where this is a member of one, and of what was unpacked. */
  async #hashes(unpacked: Unpacked): Promise<Pick<Evidence, 'sha256' | 'unpackedSha256'>> {
    const own = this.#unpacker.originalSha256();
    if (this.#member === null) return { sha256: own, unpackedSha256: unpacked.sha256 };
    return { sha256: await hashOf(this.#original, this.#job, 'reading the archive'), unpackedSha256: unpacked.sha256 ?? own };
  }

  /** A short file is recognised at its end. What damage left may be too little to know it by. */
  #beginOrBlame(unpacked: Unpacked): Reading {
    try {
      return this.#begin(true);
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
      const { rows, rejected } = this.#reading.pieces.figures;
      return `${this.#name}: ${plural(rows, 'record')}, ${formatCount(rejected)} rejected`;
    });
  }

  /** Readers know no file names. */
  #named(error: unknown): unknown {
    if (!(error instanceof FlowcaseError)) return isSystemError(error) ? fileError(error, this.#original.path) : error;
    return namedError(error, this.#original.path);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
