import type {
  AnyRun,
  CaseInfo,
  Checked,
  ClusterRequest,
  Crosscheck,
  CustodyEntry,
  ExportResult,
  ImportResult,
  IngestAnswer,
  KeptAlert,
  LiveStatus,
  ModelFile,
  NamesOf,
  PictureKind,
  Preview,
  RepeatResult,
  ReportResult,
  RunSummary,
  ScheduleRun,
  VerifyResult,
} from '../../app/contract.ts';
import type { LearningRequests } from '../../app/commands/learning.ts';
import type { LearnedTask, LearningOutcome, NewCrosscheck, NewPicture, RunOutcome } from '../../app/shared/run-outcome.ts';

/** What the host may ask of its threads and of the training process. */

/** What the case thread says unasked: how what is watched stands; an alert; that something can be seen in the case that was not there before. */
export interface CaseThreadTells {
  readonly live: LiveStatus;
  readonly alert: KeptAlert;
  readonly changed: null;
}

export interface Who {
  readonly who: string;
  readonly program: string;
}

export interface CaseThreadMethods {
  create(input: Who & Checked<'case.create'>): CaseInfo;
  /** `watches`: goes on at once with everything that is to be watched. */
  open(input: Who & { readonly path: string; readonly watches: boolean }): CaseInfo;
  /** A command that changes the case. */
  write(input: { readonly name: NamesOf<'write'>; readonly input: unknown }): unknown;
  /** A command about what is watched. */
  live(input: { readonly name: NamesOf<'live'>; readonly input: unknown }): unknown;
  /** Lines that were posted under a name; answers when they are in the case. */
  ingest(input: {
    readonly source: string;
    readonly contentType: string;
    readonly body: Uint8Array;
    readonly format: string | undefined;
    /** Posts that have the same one are one post. */
    readonly key: string | undefined;
  }): IngestAnswer;
  import(input: Checked<'evidence.import'>): ImportResult;
  saveRun(input: { readonly request: ClusterRequest; readonly outcome: RunOutcome }): RunSummary;
  saveLearning(input: { readonly request: unknown; readonly outcome: LearningOutcome }): AnyRun;
  saveCrosscheck(input: NewCrosscheck): Crosscheck;
  savePicture(input: { readonly run: number; readonly picture: PictureKind; readonly points: NewPicture }): null;
  scheduleRan(input: { readonly name: string; readonly run: ScheduleRun }): null;
  record(input: { readonly act: string; readonly summary: string; readonly details: Readonly<Record<string, unknown>> }): CustodyEntry;
  /** Folds the case into a single file and lets others open it. */
  close(input: null): null;
}

export interface ReaderThreadMethods {
  /** `readOnly`: there is no case thread beside it. */
  open(input: { readonly path: string; readonly readOnly: boolean }): null;
  read(input: { readonly name: NamesOf<'read'>; readonly input: unknown }): unknown;
  close(input: null): null;
}

/** A task of learning, and what it is asked with. */
export type LearnInput = { readonly [T in LearnedTask]: { readonly task: T; readonly request: LearningRequests[T] } }[LearnedTask];

export interface TaskThreadMethods {
  exportModel(input: { readonly path: string; readonly input: Checked<'model.export'> }): ModelFile;
  preview(input: Checked<'evidence.preview'>): Preview;
  verify(input: { readonly path: string; readonly input: Checked<'case.verify'> }): VerifyResult;
  report(input: { readonly path: string; readonly input: Checked<'report.export'> }): ReportResult;
  table(input: { readonly path: string; readonly input: Checked<'table.export'> }): ExportResult;
  /** Writes the sample traffic and its truth. */
  sample(input: { readonly log: string; readonly truth: string }): null;
}

export interface TrainingMethods {
  /** Carries out one of the other tasks of learning. `program`: for the model card. */
  learn(input: LearnInput & { readonly path: string; readonly threads: number; readonly program: string }): LearningOutcome;
  cluster(input: { readonly path: string; readonly request: ClusterRequest; readonly threads: number }): RunOutcome;
  /** A run of any task again, saving nothing. */
  repeat(input: { readonly path: string; readonly run: number; readonly threads: number; readonly program: string }): RepeatResult;
  crosscheck(input: { readonly path: string; readonly run: number; readonly rows: number; readonly threads: number }): NewCrosscheck;
  picture(input: { readonly path: string; readonly run: number; readonly threads: number }): NewPicture;
}
