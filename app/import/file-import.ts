import { basename } from 'node:path';
import type { CaseWriter, EvidenceSource } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { endsLine, lineShape, shapeOf, type LineShape } from '../formats/line-shapes.ts';
import { newlineSoFar } from '../formats/lines.ts';
import { HEAD_BYTES, detectFormat, formatById, unusedOptions } from '../formats/registry.ts';
import { LINE_LIMIT } from '../formats/types.ts';
import { nameOf } from './collect.ts';
import type { FileJob, FileOutcome } from './import-file.ts';
import { finished, type Bytes, type Note } from './finished.ts';
import { continuation, earlierName, fingerprint, tailOf, type Earlier } from './known.ts';
import { SLICE, type Content } from '../original/content.ts';
import type { Original } from '../original/original.ts';
import type { Member } from '../original/packed/member.ts';
import type { Damage } from '../original/packed/unpacker.ts';
import type { Part } from './pieces/messages.ts';
import { SMALL } from './pieces/crew.ts';
import { mustHaveNamedPart } from './named-part.ts';
import { PieceCutter } from './pieces/piece-cutter.ts';
import { PieceImport } from './pieces/piece-import.ts';
import { sizesFor } from './piece-sizes.ts';
import type { Beginning, Reading } from './reading.ts';
import { damaged, nothingInside, mustBeLikeLogs, judgeRejects } from './refusals.ts';
import { hashOf, memberOptions, unpackedThere } from './same-bytes.ts';
import { Unpacker, withDamage } from '../original/unpack.ts';

/** One file on its way into the case; used once. */
export class FileImport {
  readonly #writer: CaseWriter;
  readonly #content: Content;
  readonly #original: Original;
  readonly #member: Member | null;
  readonly #job: FileJob;
  readonly #notes: readonly Note[];
  readonly #name: string;
  readonly #path: string;
  readonly #unpacker = new Unpacker((block) => this.#take(block));
  readonly #started = performance.now();
  /** The beginning, until the format is known. */
  #head: Uint8Array = new Uint8Array(0);
  #reading: Reading | null = null;
  /** How it is made lines of; null: it is lines. */
  #shape: LineShape | null = null;
  /** Parts that were cut and wait to be read. */
  #parts: Part[] = [];
  #bytes = 0;
  /** Bytes that came out of it. */
  #unpacked = 0;

  /** `notes`: what is known of it beforehand, for a person. */
  constructor(writer: CaseWriter, content: Content, member: Member | null, job: FileJob, notes: readonly Note[] = []) {
    const { original } = content;
    this.#writer = writer;
    this.#content = content;
    this.#original = original;
    this.#notes = notes;
    this.#member = member;
    this.#job = job;
    this.#name = nameOf({ path: basename(original.path), member });
    this.#path = nameOf({ path: original.path, member });
  }

  /** From its first byte to its last. */
  whole(): Promise<FileOutcome> {
    return this.#orNothing(async () => {
      const outside = await this.#readAll(async (block) => {
        const slice = this.#unpacker.plain ? block.length : SLICE;
        for (let at = 0; at < block.length; at += slice) await this.#unpacker.write(block.subarray(at, at + slice));
        this.#bytes = this.#member?.position() ?? this.#bytes + block.length;
        this.#step();
      });
      const inside = await this.#unpacker.end();
      const { bytes, damage, remarks, ...unpacked } = outside === null ? inside : withDamage(inside, outside);
      if (bytes === 0) throw nothingInside(this.#path, damage);
      if (this.#reading === null) this.#beginOrBlame(damage);
      const hashes = await this.#hashes(unpacked.sha256);
      const there = this.#job.force || hashes.unpackedSha256 === null ? null : await this.#thereAlready(hashes.unpackedSha256);
      return there === null ? this.#finish({ ...hashes, unpackedBytes: bytes, damage, remarks }) : this.#skip(there);
    });
  }

  /** Evidence that holds what is asked for of a packed file with these bytes. */
  #thereAlready(sha256: string): Promise<Evidence | null> {
    return unpackedThere(this.#writer, { path: this.#path, sha256 }, this.#job.options, () => this.#reading?.log.title ?? null);
  }

  #skip(there: Evidence): FileOutcome {
    this.#abort();
    return { skipped: there };
  }

  /** Only what comes behind evidence that it begins with; all of it where it cannot be read on there. */
  async onlyRest(earlier: Earlier): Promise<FileOutcome> {
    const tail = await tailOf(earlier, this.#content, this.#writer.evidence(), this.#job);
    if (tail === null) return this.whole();
    if (tail.superseded === null && (await this.#content.at(tail.from.bytes, tail.from.bytes + 1)).length === 0) {
      return { skipped: earlier.evidence };
    }
    return this.#orNothing(async () => {
      const { from, format, options, head, newline, mark, shape } = tail;
      const why = `it begins with the bytes of ${earlierName(earlier, this.#content)}`;
      this.#shape = shape === null ? null : lineShape(shape);
      const { cutter } = this.#open({ format, why, options, head, newline, mark, tail });
      const [hash, hashed] = [earlier.hash, earlier.end];
      // a line that is not read again is hashed all the same
      let position = Math.min(hashed, from.bytes);
      const take = async (block: Uint8Array): Promise<void> => {
        if (position + block.length > hashed) hash.update(block.subarray(Math.max(0, hashed - position)));
        cutter.add(this.#lines(block.subarray(Math.max(0, from.bytes - position))));
        position += block.length;
        mustBeLikeLogs(this.#path, position, this.#original.bytes);
        await this.#readParts();
      };
      const step = (bytes: number): void => {
        this.#bytes = bytes;
        this.#step();
      };
      const ended = await this.#content.read(take, { from: position, step });
      const all = hash.digest('hex');
      const hashes = { sha256: ended?.original ?? all, unpackedSha256: this.#content.packed ? all : null };
      // what a packed file holds is known only now
      const there = this.#content.packed ? await this.#thereAlready(all) : null;
      if (there !== null) return this.#skip(there);
      const { damage, remarks } = ended ?? { damage: null, remarks: [] };
      return this.#finish({ ...hashes, unpackedBytes: position, damage, remarks: [tail.remark, ...remarks] });
    });
  }

  /** Where anything goes wrong, nothing of the file is kept. */
  async #orNothing(work: () => Promise<FileOutcome>): Promise<FileOutcome> {
    try {
      return await work();
    } catch (error) {
      this.#unpacker.close();
      this.#abort();
      throw error;
    }
  }

  /** Every byte of the file, or of the archive's member. */
  async #readAll(take: (block: Uint8Array) => Promise<void>): Promise<Damage | null> {
    if (this.#member === null) {
      await this.#original.read(take, 0, Infinity, (waiting) => this.#room(waiting));
      return null;
    }
    await hashOf(this.#original, this.#job, 'reading the archive');
    const damage = await this.#member.read(take);
    await this.#original.mustBeUnchanged();
    return damage;
  }

  /** Of the original, which is the archive where this is a member of one, and of what was unpacked. */
  async #hashes(unpacked: string | null): Promise<Pick<Evidence, 'sha256' | 'unpackedSha256'>> {
    const own = this.#unpacker.originalSha256();
    if (this.#member === null) return { sha256: own, unpackedSha256: unpacked };
    return { sha256: await hashOf(this.#original, this.#job, 'reading the archive'), unpackedSha256: unpacked ?? own };
  }

  /** A plain log is read into the pieces themselves, once it is known what it is. */
  #room(waiting: number): Uint8Array | null | undefined {
    return this.#reading !== null && this.#unpacker.plain && this.#shape === null ? this.#reading.cutter.room(waiting) : undefined;
  }

  /** What came out is read before more is unpacked. */
  #take(block: Uint8Array): Promise<void> | undefined {
    this.#step();
    this.#unpacked += block.length;
    mustBeLikeLogs(this.#path, this.#unpacked, this.#original.bytes);
    if (this.#reading === null) this.#addToHead(block);
    else if (block.buffer instanceof SharedArrayBuffer) this.#reading.cutter.wrote(block.length);
    else this.#reading.cutter.add(this.#lines(block));
    return this.#parts.length === 0 ? undefined : this.#readParts();
  }

  #lines(block: Uint8Array): Uint8Array {
    return this.#shape?.lines(block) ?? block;
  }

  #addToHead(block: Uint8Array): void {
    const head = new Uint8Array(this.#head.length + block.length);
    head.set(this.#head);
    head.set(block, this.#head.length);
    this.#head = head;
    // a first line that is longer than any line may be is refused, whatever ends it
    if (head.length >= HEAD_BYTES && (endsLine(head) || head.length > LINE_LIMIT + 2)) this.#begin(false);
  }

  async #readParts(): Promise<void> {
    const parts = this.#parts;
    if (parts.length === 0) return;
    this.#parts = [];
    for (const part of parts) await this.#reading?.pieces.add(part);
    this.#judge(false);
  }

  /** Recognises the format and opens the session. `atEnd`: the head is the whole file. */
  #begin(atEnd: boolean): void {
    this.#shape = shapeOf(this.#head);
    const all = this.#lines(this.#head);
    const mark = fingerprint(this.#head);
    const head = all.slice(0, HEAD_BYTES);
    const asked = this.#job.format;
    const { format, why } =
      asked === undefined ? detectFormat(head, this.#path, this.#job.options) : { format: formatById(asked), why: 'it was asked for' };
    const options = format.settle?.(head, this.#job.options, this.#name, this.#original.modified) ?? this.#job.options;
    const { cutter } = this.#open({ format, why, options, head, newline: newlineSoFar(all, atEnd), mark, tail: null });
    this.#head = new Uint8Array(0);
    cutter.add(all);
  }

  #open({ format, why, options, head, newline, mark, tail }: Beginning): Reading {
    const { codec, crew, force, format: asked, maxRejects, sizes } = this.#job;
    const { bytes, modified, path } = this.#original;
    const log = format.open(head, options);
    const superseded = tail?.superseded ?? null;
    const source: EvidenceSource = {
      path,
      name: this.#name,
      format: format.id,
      formatTitle: log.title,
      kind: log.kind,
      bytes,
      modified,
      options: {
        ...options,
        ...(this.#member === null ? {} : memberOptions(this.#member)),
        format: asked ?? null,
        force,
        recognised: why,
        ...(this.#shape === null ? {} : { shape: this.#shape.name }),
        ...(maxRejects === undefined ? {} : { maxRejects }),
      },
      ...(tail === null ? {} : { continues: continuation(tail) }),
    };
    const session = this.#writer.beginEvidence(source, codec);
    if (superseded !== null) session.reject(superseded);
    const left = bytes - (tail?.from.bytes ?? 0);
    const cutter = new PieceCutter(head, newline, sizes ?? sizesFor(head, left), (part) => {
      this.#parts.push(part);
    });
    const pieces = new PieceImport({
      session,
      log: { format: format.id, head, options, compress: codec === 'zstd' },
      from: tail?.from ?? null,
      hands: left < SMALL && sizes === undefined ? [crew.self] : crew.hands(left),
      giveBack: (buffer) => cutter.giveBack(buffer),
      step: () => this.#step(),
    });
    const remarks = [...this.#notes, ...unusedOptions(format, options), ...(this.#shape === null ? [] : [this.#shape.remark])];
    this.#reading = { session, log, remarks, cutter, pieces, head: mark, tail, asked: asked !== undefined };
    return this.#reading;
  }

  /** A short file is recognised at its end. What damage left may be too little to know it by. */
  #beginOrBlame(damage: Damage | null): void {
    try {
      this.#begin(true);
    } catch (error) {
      const unknown = damage !== null && error instanceof FlowcaseError && error.code === 'FORMAT_UNKNOWN';
      throw unknown ? damaged(this.#path, damage) : error;
    }
  }

  async #finish(bytes: Bytes): Promise<FileOutcome> {
    if (this.#reading === null) throw new Error('nothing was read');
    this.#reading.cutter.end(bytes.damage !== null);
    await this.#readParts();
    await this.#reading.pieces.finish();
    if (this.#reading.tail === null) mustHaveNamedPart(this.#path, this.#job.options, this.#reading.pieces.figures);
    this.#judge(true);
    const seconds = (performance.now() - this.#started) / 1000;
    const { kept, resume } = finished(this.#path, { ...this.#reading, shape: this.#shape, seconds }, bytes);
    return { evidence: this.#reading.session.finish(kept, resume) };
  }

  #judge(atEnd: boolean): void {
    if (this.#reading !== null) judgeRejects(this.#path, this.#reading.pieces, this.#job, atEnd);
  }

  /** On a full disk not even that works; the next opening of the case does it. */
  #abort(): void {
    try {
      this.#reading?.session.abort();
    } catch (error) {
      if (!(error instanceof FlowcaseError)) throw error;
    }
  }

  #step(): void {
    this.#job.step(this.#bytes, () => {
      if (this.#reading === null) return this.#name;
      const { rows, rejected } = this.#reading.pieces.figures;
      return `${this.#name}: ${plural(rows, 'record')}, ${formatCount(rejected)} rejected`;
    });
  }
}
