import type Database from 'better-sqlite3';
import { ByteCache } from '../columns/byte-cache.ts';
import { readEntries } from '../columns/dictionary-store.ts';
import { RecordStore, type StoredTable } from '../columns/record-table.ts';
import { StringPool } from '../columns/string-pool.ts';
import type { DictionaryName, RecordTable } from '../columns/types.ts';
import type { TagList } from '../contract/acts.ts';
import type { CaseInfo, CustodyEntry, Evidence, RecordKind, Reject } from '../contract/case.ts';
import type { Finding } from '../contract/records.ts';
import type { AnyRun, Crosscheck } from '../contract/models.ts';
import type { ClusterRequest, PictureKind, RunDetail, RunSummary, Scatter } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { ChunkAssignment, HostAssignment, LearnedSummaries, LearnedTask } from '../shared/run-outcome.ts';
import { entryOf, selectCustody, type CustodyRow } from './custody.ts';
import { LearningReader, type Learned, type StoredModel } from './learning-reader.ts';
import { listAlerts, listLatestWindows, listSources, listWindows, readState } from './live-rows.ts';
import type { AlertQuery, StoredAlert, StoredSource, StoredWindow } from './live-types.ts';
import { needNumber } from './meta.ts';
import { RunReader } from './run-reader.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { listSchedules, type StoredSchedule } from './schedules.ts';
import { runSql } from './sql.ts';
import { onCase } from './sqlite-errors.ts';
import { CaseTags } from './tag-index.ts';
import type { CaseReader, FindingQuery, TagIndex } from './types.ts';

/** Decoded record ids of taggings, and labels and distances of runs, kept in memory. */
const IDS_BYTES = 64 * 2 ** 20;
const ASSIGNMENT_BYTES = 64 * 2 ** 20;

/**
 * A case as one thread reads it. What is small is read at `refresh` in one transaction and stays as it is until the next; records,
 * rejects, runs and findings are read when they are asked for. No transaction stays open, so a reader never holds a writer up.
 */
export class CaseFileReader implements CaseReader {
  readonly path: string;
  readonly #readOnly: boolean;
  readonly #db: Database.Database;
  readonly #store: RecordStore;
  readonly #pools = new Map<DictionaryName, StringPool>();
  #snapshot: Snapshot;
  #tables: ReadonlyMap<RecordKind, StoredTable>;
  #runs: RunReader;
  readonly #learning: LearningReader;
  #tags: CaseTags | null = null;
  readonly #ids = new ByteCache<Float64Array>(IDS_BYTES);
  #assignments = new ByteCache<ChunkAssignment>(ASSIGNMENT_BYTES);
  #dataVersion: number;

  constructor(db: Database.Database, path: string, cacheBytes: number, readOnly: boolean) {
    this.path = path;
    this.#readOnly = readOnly;
    this.#db = db;
    this.#store = new RecordStore(db, cacheBytes);
    this.#dataVersion = this.#readDataVersion();
    this.#snapshot = readSnapshot(db, path);
    this.#tables = this.#buildTables();
    this.#runs = this.#buildRuns();
    this.#learning = new LearningReader(db);
  }

  refresh(): number {
    return onCase(this.path, () => {
      const version = this.#readDataVersion();
      if (version !== this.#dataVersion) {
        this.#dataVersion = version;
        // An import that is under way writes too, but changes nothing that can be seen.
        if (needNumber(this.#db, 'revision') !== this.#snapshot.info.revision) {
          const before = this.#snapshot.evidence;
          this.#snapshot = readSnapshot(this.#db, this.path);
          // Labels never change, but they go with their evidence.
          if (before.some(({ id }) => !this.#snapshot.evidence.some((one) => one.id === id))) {
            this.#assignments = new ByteCache(ASSIGNMENT_BYTES);
          }
          this.#tables = this.#buildTables();
          this.#runs = this.#buildRuns();
          this.#tags = null;
        }
      }
      return this.#snapshot.info.revision;
    });
  }

  info(): CaseInfo {
    return { ...this.#snapshot.info, readOnly: this.#readOnly };
  }

  evidence(): readonly Evidence[] {
    return this.#snapshot.evidence;
  }

  rejects(query: { readonly evidence?: number | undefined; readonly offset: number; readonly limit: number }): {
    readonly rejects: readonly Reject[];
    readonly total: number;
  } {
    return onCase(this.path, () => {
      const where =
        query.evidence === undefined ? 'evidence IN (SELECT id FROM evidence)' : 'evidence = ? AND evidence IN (SELECT id FROM evidence)';
      const values = query.evidence === undefined ? [] : [query.evidence];
      const rejects = this.#db
        .prepare<number[], Reject>(
          `SELECT evidence, line, offset, reason, what, text FROM reject WHERE ${where} ORDER BY evidence, id LIMIT ? OFFSET ?`,
        )
        .all(...values, query.limit, query.offset);
      const total =
        this.#db
          .prepare<number[], number>(`SELECT count(*) FROM reject WHERE ${where}`)
          .pluck()
          .get(...values) ?? 0;
      return { rejects, total };
    });
  }

  custody(): readonly CustodyEntry[] {
    return onCase(this.path, () =>
      this.#db.prepare<[], CustodyRow>(selectCustody).all().slice(0, this.#snapshot.info.custody.entries).map(readableEntry),
    );
  }

  table(kind: RecordKind): RecordTable {
    return this.#table(kind);
  }

  runs(): readonly RunSummary[] {
    return onCase(this.path, () => this.#runs.list());
  }

  run(id: number): RunDetail {
    return onCase(this.path, () => this.#runs.detail(id));
  }

  runRequest(id: number): ClusterRequest {
    return onCase(this.path, () => this.#runs.request(id));
  }

  assignment(run: number, chunk: number): ChunkAssignment | null {
    return onCase(this.path, () => this.#runs.assignment(run, chunk));
  }

  hostAssignment(run: number): HostAssignment | null {
    return onCase(this.path, () => this.#runs.hostAssignment(run));
  }

  scatter(run: number, points: number, picture: PictureKind = 'pca'): Scatter {
    return onCase(this.path, () => this.#runs.picture(run, picture, points));
  }

  allRuns(): readonly AnyRun[] {
    return onCase(this.path, () => this.#learning.list());
  }

  anyRun(id: number): AnyRun {
    return onCase(this.path, () => this.#learning.run(id));
  }

  learnedRuns<T extends LearnedTask>(task: T): readonly LearnedSummaries[T][] {
    return onCase(this.path, () => this.#learning.of(task));
  }

  learned<T extends LearnedTask>(task: T, id: number): Learned<T> {
    return onCase(this.path, () => this.#learning.learned(task, id));
  }

  model(run: number): StoredModel {
    return onCase(this.path, () => this.#learning.model(run));
  }

  crosschecks(run: number | null): readonly Crosscheck[] {
    return onCase(this.path, () => this.#learning.crosschecks(run));
  }

  findings(query: FindingQuery): readonly Finding[] {
    return onCase(this.path, () => this.#runs.findings(query));
  }

  findingRecords(id: number): Float64Array {
    return onCase(this.path, () => this.#runs.findingRecords(id));
  }

  schedules(): readonly StoredSchedule[] {
    return onCase(this.path, () => listSchedules(this.#db));
  }

  liveSources(): readonly StoredSource[] {
    return onCase(this.path, () => listSources(this.#db));
  }

  liveState(key: string): Uint8Array | null {
    return onCase(this.path, () => readState(this.#db, key));
  }

  liveWindows(kind: RecordKind, width: number, from: number, to: number, most?: number): readonly StoredWindow[] {
    return onCase(this.path, () =>
      most === undefined ? listWindows(this.#db, kind, width, from, to) : listLatestWindows(this.#db, { kind, width, from, to, most }),
    );
  }

  alerts(query: AlertQuery): readonly StoredAlert[] {
    return onCase(this.path, () => listAlerts(this.#db, query));
  }

  tags(): TagList {
    return onCase(this.path, () => this.#caseTags().list());
  }

  tagIndex(): TagIndex {
    return onCase(this.path, () => this.#caseTags());
  }

  sql(text: string): { readonly columns: readonly string[]; readonly rows: Iterable<readonly unknown[]> } {
    return runSql(this, this.#db, text);
  }

  close(): void {
    this.#db.close();
  }

  #caseTags(): CaseTags {
    this.#tags ??= new CaseTags({
      db: this.#db,
      snapshot: this.#snapshot,
      table: (kind) => this.#table(kind),
      assignment: (run, chunk) => this.#runs.assignment(run, chunk),
      hostAssignment: (run) => this.#runs.hostAssignment(run),
      ids: this.#ids,
    });
    return this.#tags;
  }

  #table(kind: RecordKind): StoredTable {
    const table = this.#tables.get(kind);
    if (table === undefined) {
      const kinds = [...this.#tables.keys()].join(', ');
      throw new FlowcaseError('NOT_FOUND', `The case has no records of the kind '${kind}'. It has: ${kinds}.`, { kind });
    }
    return table;
  }

  #buildTables(): ReadonlyMap<RecordKind, StoredTable> {
    const ids = new Set<number>();
    const tables = [...this.#snapshot.kinds].map(([kind, { columns, chunks }]): [RecordKind, StoredTable] => {
      for (const chunk of chunks) ids.add(chunk.id);
      return [kind, this.#store.table(kind, columns, chunks, (name) => this.#pool(name))];
    });
    this.#store.keep(ids);
    return new Map(tables);
  }

  #buildRuns(): RunReader {
    const records = {
      isThere: (kind: RecordKind, id: number) => this.#table(kind).locate(id) !== null,
      hostText: (id: number) => (id === 0 ? '' : this.#pool('host').textOf(id)),
    };
    return new RunReader(this.#db, records, this.#snapshot, this.#assignments);
  }

  /** The dictionary, read as far as this revision needs it when it is first asked for. */
  #pool(name: DictionaryName): StringPool {
    return onCase(this.path, () => {
      const pool = this.#pools.get(name) ?? new StringPool(name);
      this.#pools.set(name, pool);
      readEntries(this.#db, pool, this.#snapshot.dictionaries[name]);
      return pool;
    });
  }

  #readDataVersion(): number {
    return Number(this.#db.pragma('data_version', { simple: true }));
  }
}

/** A log that was tampered with is shown all the same; verification says what is wrong. */
function readableEntry(row: CustodyRow): CustodyEntry {
  try {
    return entryOf(row);
  } catch {
    return { ...entryOf({ ...row, details: '{}' }), details: { unreadable: row.details } };
  }
}
