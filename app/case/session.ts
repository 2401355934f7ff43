import { createHash } from 'node:crypto';
import { ChunkWriter } from '../columns/chunk-writer.ts';
import { writeEntries } from '../columns/dictionary-store.ts';
import type { CasePool } from '../columns/case-pool.ts';
import { CHUNK_ROWS, type ColumnContent, type ColumnSpec, type DictionaryName, type DictionaryWriter } from '../columns/types.ts';
import type { Evidence, Reject } from '../contract/case.ts';
import type { Codec } from '../columns/segment.ts';
import { canonicalJson } from './canonical.ts';
import { SessionColumns } from './columns-of-case.ts';
import { deleteLeftovers, insertEvidence } from './evidence-rows.ts';
import { HostBitmap } from './host-bitmap.ts';
import { needNumber, nextRecord, nextRecordKey, setMeta } from './meta.ts';
import { RejectWriter } from './rejects.ts';
import { bytesOf, foldWal, giveBackRoom, needRoom } from './room.ts';
import { evidenceSummary, sealDetails } from './seal.ts';
import type { EvidenceFigures, EvidenceSession, EvidenceSource, ResumePoint } from './types.ts';
import type { CaseWork } from './work.ts';

/**
 * One import. Every `append` is a transaction of its own, so other writes may come between; nothing of it has an evidence row until
 * `finish`, and what has no evidence row is seen by nobody and removed by `abort` or by the next opening of the case.
 */
export class StoredSession implements EvidenceSession {
  readonly evidence: number;
  readonly #work: CaseWork;
  readonly #source: EvidenceSource;
  readonly #ended: () => void;
  readonly #columns: SessionColumns;
  readonly #chunks: ChunkWriter;
  readonly #rejects: RejectWriter;
  readonly #hosts = new HostBitmap();
  readonly #pools = new Map<DictionaryName, { readonly pool: CasePool; written: number }>();
  readonly #digests: string[] = [];
  #nextChunk: number;
  #nextRow: number;
  #rows = 0;
  #open = true;
  #broken = false;

  constructor(work: CaseWork, source: EvidenceSource, codec: Codec, ended: () => void) {
    this.#work = work;
    this.#source = source;
    this.#ended = ended;
    this.evidence = needNumber(work.db, 'next_evidence');
    this.#nextChunk = needNumber(work.db, 'next_chunk');
    this.#nextRow = nextRecord(work.db, source.kind);
    this.#columns = new SessionColumns(work.db, source.kind);
    this.#chunks = new ChunkWriter(work.db, codec);
    this.#rejects = new RejectWriter(work.db, this.evidence);
  }

  dictionary(name: DictionaryName): DictionaryWriter {
    this.#mustBeOpen();
    let used = this.#pools.get(name);
    if (used === undefined) {
      const pool = this.#work.pool(name);
      used = { pool, written: pool.size };
      this.#pools.set(name, used);
    }
    return used.pool;
  }

  known(name: string): ColumnSpec | undefined {
    return this.#columns.get(name);
  }

  columns(): readonly ColumnSpec[] {
    return this.#columns.all();
  }

  column(spec: ColumnSpec): ColumnSpec {
    this.#mustBeOpen();
    return this.#columns.register(spec);
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnContent }[]): void {
    this.#mustBeOpen();
    if (!Number.isInteger(rows) || rows < 1 || rows > CHUNK_ROWS) throw new RangeError(`a chunk has 1 to ${CHUNK_ROWS} rows, not ${rows}`);
    const numbered = columns.map(({ spec, buffer }) => ({ column: this.#columns.of(spec), buffer }));
    const place = { id: this.#nextChunk, kind: this.#source.kind, evidence: this.evidence, firstRow: this.#nextRow, rows };
    const contents = columns.map(({ buffer }) => buffer);
    this.#unsynced(bytesOf(rows, contents, this.#newEntries()), () => {
      this.#saveEntries();
      this.#rejects.flush();
      this.#digests.push(this.#chunks.write(place, numbered));
    });
    this.#hosts.addChunk(rows, columns);
    this.#nextChunk++;
    this.#nextRow += rows;
    this.#rows += rows;
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    this.#mustBeOpen();
    if (this.#rejects.add(reject)) this.#unsynced(0, () => this.#rejects.flush());
  }

  finish(figures: EvidenceFigures, resume: ResumePoint | null = null): Evidence {
    this.#mustBeOpen();
    if (figures.rows !== this.#rows) throw new RangeError(`${figures.rows} rows were announced, ${this.#rows} were appended`);
    const { result } = this.#orBroken(() =>
      this.#work.change((at) => {
        this.#saveEntries();
        this.#rejects.flush();
        this.#columns.save();
        const evidence = this.#evidence(figures, at);
        const kept = resumeText(resume);
        insertEvidence(this.#work.db, evidence, this.#hosts.bytes(), kept);
        this.#saveCounters();
        const rejects = { kept: this.#rejects.count, digest: this.#rejects.digest() };
        const seals = sealDetails(this.#work.db, { digests: this.#digests, rejects, hosts: this.#hosts });
        const details = { ...evidence, ...seals, resume: kept === null ? null : sha256(kept) };
        return { result: evidence, act: { act: 'evidence.imported', summary: evidenceSummary('Imported', evidence), details } };
      }),
    );
    this.#end();
    return result;
  }

  abort(): void {
    if (!this.#open) return;
    this.#end();
    this.#work.forgetPools();
    const remove = (): void => this.#work.transaction(() => deleteLeftovers(this.#work.db));
    if (!this.#broken) return remove();
    const { db, path } = this.#work;
    try {
      remove();
    } catch {
      foldWal(db);
      remove();
    }
    giveBackRoom(db, path);
  }

  #evidence(figures: EvidenceFigures, at: number): Evidence {
    return {
      id: this.evidence,
      ...this.#source,
      ...figures,
      imported: at,
      importedBy: this.#work.who,
      program: this.#work.program,
    };
  }

  #saveEntries(): void {
    for (const used of this.#pools.values()) {
      if (used.pool.size > used.written) used.written = writeEntries(this.#work.db, used.pool, used.written);
    }
  }

  #saveCounters(): void {
    const { db } = this.#work;
    setMeta(db, 'next_evidence', String(this.evidence + 1));
    setMeta(db, 'next_chunk', String(this.#nextChunk));
    setMeta(db, nextRecordKey(this.#source.kind), String(this.#nextRow));
    for (const [name, { written }] of this.#pools) setMeta(db, `dictionary_${name}`, String(written));
  }

  #newEntries(): number {
    return [...this.#pools.values()].reduce((sum, { pool, written }) => sum + pool.size - written, 0);
  }

  /** Nothing of an import counts until it is finished, and finishing waits for the disk: until then nobody has to. `bytes`: written, beside rejects. */
  #unsynced(bytes: number, work: () => void): void {
    const { db, path } = this.#work;
    db.pragma('synchronous = NORMAL');
    try {
      this.#orBroken(() => {
        needRoom(db, path, bytes + this.#rejects.bytes);
        this.#work.transaction(work);
      });
    } finally {
      db.pragma('synchronous = FULL');
    }
  }

  /** What was rolled back is no longer what this object remembers: after a failure there is nothing to do but abort. */
  #orBroken<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Error('this import has ended');
    if (this.#broken) throw new Error('this import has failed and can only be aborted');
  }

  #end(): void {
    this.#open = false;
    this.#ended();
  }
}

/** Beyond this a state is not kept: a log of so many columns is rare, and can be imported whole. */
const MAX_RESUME = 2 ** 20;

function resumeText(resume: ResumePoint | null): string | null {
  const text = resume === null ? null : canonicalJson(resume);
  return text === null || text.length > MAX_RESUME ? null : text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
