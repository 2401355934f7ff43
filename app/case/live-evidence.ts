import type Database from 'better-sqlite3';
import { ChunkWriter } from '../columns/chunk-writer.ts';
import type { CasePool } from '../columns/case-pool.ts';
import { CHUNK_ROWS, type ColumnContent, type ColumnSpec, type DictionaryName } from '../columns/types.ts';
import type { Evidence, Reject } from '../contract/case.ts';
import { SessionColumns } from './columns-of-case.ts';
import { insertEvidence } from './evidence-rows.ts';
import { HostBitmap } from './host-bitmap.ts';
import type { LiveEvidence, LiveFigures } from './live-types.ts';
import { needNumber, nextRecord, nextRecordKey, setMeta } from './meta.ts';
import { RejectWriter } from './rejects.ts';
import type { EvidenceSource } from './types.ts';
import type { CaseWork } from './work.ts';

/** SHA-256 of nothing. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Evidence that is being received. Everything is written at once, in the transaction that is open. */
export class StoredLiveEvidence implements LiveEvidence {
  readonly evidence: number;
  readonly #work: CaseWork;
  readonly #kind: string;
  readonly #columns: SessionColumns;
  readonly #chunks: ChunkWriter;
  readonly #rejects: RejectWriter;
  readonly #hosts = new HostBitmap();
  readonly #update: Database.Statement;

  constructor(work: CaseWork, source: EvidenceSource) {
    const { db } = work;
    this.#work = work;
    this.#kind = source.kind;
    this.evidence = needNumber(db, 'next_evidence');
    setMeta(db, 'next_evidence', String(this.evidence + 1));
    this.#columns = new SessionColumns(db, source.kind);
    this.#chunks = new ChunkWriter(db, 'none');
    this.#rejects = new RejectWriter(db, this.evidence);
    insertEvidence(db, this.#empty(source), new Uint8Array(0), null);
    this.#update = db.prepare(
      `UPDATE evidence SET bytes = ?, unpacked_bytes = ?, sha256 = ?, rows = ?, rejected = ?, comments = ?, lines = ?, first = ?, last = ?, seconds = ?,
       remarks = ?, hosts = ? WHERE id = ?`,
    );
  }

  dictionary(name: DictionaryName): CasePool {
    return this.#work.pool(name);
  }

  known(name: string): ColumnSpec | undefined {
    return this.#columns.get(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    return this.#columns.register(spec);
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnContent }[]): number {
    if (!Number.isInteger(rows) || rows < 1 || rows > CHUNK_ROWS) throw new RangeError(`a chunk has 1 to ${CHUNK_ROWS} rows, not ${rows}`);
    const { db } = this.#work;
    const id = needNumber(db, 'next_chunk');
    const firstRow = nextRecord(db, this.#kind);
    const numbered = columns.map(({ spec, buffer }) => ({ column: this.#columns.of(spec), buffer }));
    this.#chunks.write({ id, kind: this.#kind, evidence: this.evidence, firstRow, rows }, numbered);
    this.#hosts.addChunk(rows, columns);
    setMeta(db, 'next_chunk', String(id + 1));
    setMeta(db, nextRecordKey(this.#kind), String(firstRow + rows));
    return firstRow;
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    if (this.#rejects.add(reject)) this.#rejects.flush();
  }

  figures(figures: LiveFigures): void {
    const { bytes, unpackedBytes, sha256, rows, rejected, comments, lines, first, last, seconds, remarks } = figures;
    this.#columns.save();
    this.#rejects.flush();
    const texts = [JSON.stringify(remarks), this.#hosts.bytes(), this.evidence];
    this.#update.run(bytes, unpackedBytes, sha256, rows, rejected, comments, lines, first, last, seconds, ...texts);
  }

  #empty(source: EvidenceSource): Evidence {
    return {
      id: this.evidence,
      ...source,
      bytes: 0,
      sha256: NOTHING,
      unpackedBytes: 0,
      unpackedSha256: null,
      imported: this.#work.now(),
      importedBy: this.#work.who,
      program: this.#work.program,
      rows: 0,
      rejected: 0,
      comments: 0,
      lines: 0,
      first: null,
      last: null,
      seconds: 0,
      status: 'live',
      remarks: [],
    };
  }
}
