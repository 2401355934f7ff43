import type { Tagging, TagColor, TagList, TagTarget } from '../contract/acts.ts';
import type { CaseInfo, Continuation, CustodyEntry, Evidence, RecordKind, Reject } from '../contract/case.ts';
import type { Finding } from '../contract/records.ts';
import type { AnyRun, Crosscheck } from '../contract/models.ts';
import type { ClusterRequest, PictureKind, RunDetail, RunSummary, Scatter } from '../contract/runs.ts';
import type {
  ChunkAssignment,
  HostAssignment,
  LearnedSummaries,
  LearnedTask,
  LearningOutcome,
  NewCrosscheck,
  NewPicture,
  RunOutcome,
} from '../shared/run-outcome.ts';
import type { Learned, StoredModel } from './learning-reader.ts';
import type { AlertQuery, LiveStore, StoredAlert, StoredSource, StoredWindow } from './live-types.ts';
import type { ScheduleStore, StoredSchedule } from './schedules.ts';
import type { Codec } from '../columns/segment.ts';
import type { ChunkView, ColumnContent, ColumnSpec, DictionaryName, DictionaryWriter, RecordTable } from '../columns/types.ts';

/**
 * The case file as the rest of the house sees it. Reading and writing are different types:
 * one thread holds the writer, any number of threads hold readers, and a reader cannot write by mistake.
 */
export interface CaseReader {
  readonly path: string;
  /** Looks for changes since the last call; returns the revision now seen. Everything below is of that revision. */
  refresh(): number;
  info(): CaseInfo;
  evidence(): readonly Evidence[];
  rejects(query: { readonly evidence?: number | undefined; readonly offset: number; readonly limit: number }): {
    readonly rejects: readonly Reject[];
    readonly total: number;
  };
  custody(): readonly CustodyEntry[];
  table(kind: RecordKind): RecordTable;
  /** Clusterings, the latest first. */
  runs(): readonly RunSummary[];
  /** @throws NOT_FOUND */
  run(id: number): RunDetail;
  /** What was asked for; enough, with the records, to repeat the run. @throws NOT_FOUND */
  runRequest(id: number): ClusterRequest;
  /** Labels and distances of a run of any task for one chunk, or null where the chunk took no part. */
  assignment(run: number, chunk: number): ChunkAssignment | null;
  /** What a run said of hosts; null where its rows are records. */
  hostAssignment(run: number): HostAssignment | null;
  /** @throws NOT_FOUND where the run is not there, or this picture was not made yet */
  scatter(run: number, points: number, picture?: PictureKind): Scatter;
  /** Runs of every task, the latest first. */
  allRuns(): readonly AnyRun[];
  /** The run of this number, of whatever task. @throws NOT_FOUND */
  anyRun(id: number): AnyRun;
  /** Runs of one of the other tasks, the latest first. */
  learnedRuns<T extends LearnedTask>(task: T): readonly LearnedSummaries[T][];
  /** @throws NOT_FOUND where there is no run, or it is of another task */
  learned<T extends LearnedTask>(task: T, id: number): Learned<T>;
  /** The model that a run keeps. @throws NOT_FOUND */
  model(run: number): StoredModel;
  /** Second opinions on a run, or on all (null), the oldest first. */
  crosschecks(run: number | null): readonly Crosscheck[];
  /** The most severe first, then by score. */
  findings(query: FindingQuery): readonly Finding[];
  /** Every record that a finding rests on, ascending. @throws NOT_FOUND */
  findingRecords(id: number): Float64Array;
  /** Work at set times, in the order of names. */
  schedules(): readonly StoredSchedule[];
  /** What is, or was, watched. */
  liveSources(): readonly StoredSource[];
  /** What something of live data keeps for itself; null where it keeps nothing. */
  liveState(key: string): Uint8Array | null;
  /** Closed windows that begin in [from, to), microseconds, the earliest first. `most`: those of the latest so many times of beginning, quickly. */
  liveWindows(kind: RecordKind, width: number, from: number, to: number, most?: number): readonly StoredWindow[];
  /** The latest first. */
  alerts(query: AlertQuery): readonly StoredAlert[];
  tags(): TagList;
  tagIndex(): TagIndex;
  /**
   * Runs one SELECT over connections, requests, evidence, reject, host, run, cluster, finding, tag, tagging and custody (columns:
   * sql-tables.ts, sql-plain.ts); yields rows as they are found. @throws SQL
   */
  sql(text: string): { readonly columns: readonly string[]; readonly rows: Iterable<readonly unknown[]> };
  /** Close readers before the writer: a case is a single file again when its writer is the last to leave. */
  close(): void;
}

/** Which findings: those of the latest run of each task, method and subject (and those of no run), unless one run, or `all`, is asked for. */
export interface FindingQuery {
  readonly host?: string | undefined;
  readonly run?: number | undefined;
  readonly all?: boolean | undefined;
}

/** Which tags a record or host carries: by itself, by its originator or responder, or by its cluster (a host by a cluster of hosts). */
export interface TagIndex {
  idOf(name: string): number | null;
  ofHost(host: string): readonly number[];
  ofRecord(kind: RecordKind, chunk: ChunkView, index: number): readonly number[];
  /** Every record that an act of tagging by record or filter is on, ascending; none of removed evidence, none for a host or cluster. */
  idsOf(tagging: number): Float64Array;
  /** One byte per row of the chunk, 1 where the record carries the tag; null where none does. */
  mask(tag: number, kind: RecordKind, chunk: ChunkView): Uint8Array | null;
}

export interface CaseWriter {
  readonly path: string;
  /** What evidence that is imported now says of itself: "Flowcase 0.1.0". */
  readonly program: string;
  /** What is watched while it grows. */
  readonly live: LiveStore;
  /** Work at set times. */
  readonly schedules: ScheduleStore;
  info(): CaseInfo;
  update(fields: { readonly name: string; readonly number: string; readonly examiner: string }): void;
  /** All evidence there is, in the order of its numbers. */
  evidence(): readonly Evidence[];
  /** The evidence of a file with these bytes, or that unpacks to them, or null. */
  evidenceWith(sha256: string): Evidence | null;
  /** By number of evidence: where reading can go on, should its file have grown. */
  resumePoints(): ReadonlyMap<number, ResumePoint>;
  /** `codec`: of its columns; 'none' unless told. @throws BUSY while another import is open */
  beginEvidence(source: EvidenceSource, codec?: Codec): EvidenceSession;
  /** What goes with it and what stays: remove-evidence.ts. @throws NOT_FOUND, BUSY while an import is open */
  removeEvidence(id: number): void;
  /** @throws NOT_FOUND where records that took part were removed while the run was computed */
  saveRun(request: ClusterRequest, outcome: RunOutcome): RunSummary;
  /** Keeps a run of another task; `request` as JSON is all that repeats it. @throws NOT_FOUND as above */
  saveLearning<T extends LearnedTask>(request: unknown, outcome: LearningOutcome<T>): LearnedSummaries[T];
  /** @throws NOT_FOUND */
  saveCrosscheck(crosscheck: NewCrosscheck): Crosscheck;
  /** One that is there already stays. @throws NOT_FOUND */
  savePicture(run: number, kind: PictureKind, picture: NewPicture): void;
  nameCluster(run: number, cluster: number, change: { readonly name?: string | undefined; readonly suspect?: boolean | undefined }): void;
  /** @throws NOT_FOUND where the target is not in the case, or no record was given */
  addTag(tag: NewTagging): { readonly tagging: Tagging; readonly tagged: number; readonly undo: number };
  removeTag(tagging: number): { readonly tagged: number; readonly undo: number };
  noteTag(tagging: number, note: string): void;
  /** @throws NOT_FOUND where there is nothing to undo, or it was undone already */
  undo(undo: number): void;
  /** An act that leaves the records as they are: a report written, a verification, an export. */
  record(act: string, summary: string, details: Readonly<Record<string, unknown>>): CustodyEntry;
  /** Leaves WAL mode, so that the case is a single file again, and lets others open it. */
  close(): void;
}

export interface NewTagging {
  /** Record ids already found where the target was a filter. */
  readonly target:
    | Exclude<TagTarget, { type: 'records' | 'filter' }>
    | {
        readonly type: 'records';
        readonly kind: RecordKind;
        readonly ids: Float64Array;
        readonly filter: string | null;
        /** What a bare `cluster = 3` in the filter meant. */
        readonly run?: number | null | undefined;
      };
  readonly name: string;
  readonly color: TagColor | undefined;
  readonly note: string;
}

export interface EvidenceSource {
  readonly path: string;
  readonly name: string;
  readonly format: string;
  readonly formatTitle: string;
  readonly kind: RecordKind;
  readonly bytes: number;
  readonly modified: number | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly continues?: Continuation;
}

/** How a log is read on behind the last line that was whole. */
export interface ResumePoint {
  /** Of the reader. */
  readonly state: string;
  /** Of the unpacked file, up to there. */
  readonly lines: number;
  readonly bytes: number;
  /** What became of the rest, a line without an end: there is none; it was taken as a record; it was not. */
  readonly rest: 'none' | 'record' | 'other';
  /** SHA-256 of so many first bytes of the unpacked file: tells quickly that another file is no later state of this one. */
  readonly head: { readonly bytes: number; readonly sha256: string };
}

/**
 * The import of one file. What it appends is written in transactions of its own and stays invisible to every reader until `finish`;
 * `abort`, or the death of the process, leaves the case as it was.
 */
export interface EvidenceSession {
  readonly evidence: number;
  dictionary(name: DictionaryName): DictionaryWriter;
  /** The column of this name that the case, or this import, has already. */
  known(name: string): ColumnSpec | undefined;
  /** All of them. */
  columns(): readonly ColumnSpec[];
  /** Registers a column, or finds the one that is there. Where the case has a column of this name that is kept otherwise, the returned name differs (`vlan` -> `vlan_2`). */
  column(spec: ColumnSpec): ColumnSpec;
  /** Appends a chunk of `rows` (at most CHUNK_ROWS). Buffers are copied; the caller fills them again. Host columns come as ids, never encoded. */
  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnContent }[]): void;
  reject(reject: Omit<Reject, 'evidence'>): void;
  /** Everything becomes visible and the custody entry is written, in one transaction. `resume` null: nothing can go on behind it. */
  finish(figures: EvidenceFigures, resume?: ResumePoint | null): Evidence;
  /** Everything that was appended goes, dictionary entries too; the numbers are given out again. May be called twice. */
  abort(): void;
}

export type EvidenceFigures = Pick<
  Evidence,
  | 'sha256'
  | 'unpackedBytes'
  | 'unpackedSha256'
  | 'rows'
  | 'rejected'
  | 'comments'
  | 'lines'
  | 'first'
  | 'last'
  | 'seconds'
  | 'status'
  | 'remarks'
>;
