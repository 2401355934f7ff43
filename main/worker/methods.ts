import type {
  AnyRun,
  CaseInfo,
  Checked,
  ClusterRequest,
  Crosscheck,
  CustodyEntry,
  ExportResult,
  ImportResult,
  NamesOf,
  PictureKind,
  Preview,
  ReportResult,
  RunSummary,
  VerifyResult,
} from '../../app/contract.ts';
import type { LearningOutcome, NewCrosscheck, NewPicture, RunOutcome } from '../../app/shared/run-outcome.ts';

/** What the host may ask of its threads and of the training process. */

export interface Who {
  readonly who: string;
  readonly program: string;
}

export interface CaseThreadMethods {
  create(input: Who & Checked<'case.create'>): CaseInfo;
  open(input: Who & { readonly path: string }): CaseInfo;
  /** A command that changes the case. */
  write(input: { readonly name: NamesOf<'write'>; readonly input: unknown }): unknown;
  import(input: Checked<'evidence.import'>): ImportResult;
  saveRun(input: { readonly request: ClusterRequest; readonly outcome: RunOutcome }): RunSummary;
  saveLearning(input: { readonly request: unknown; readonly outcome: LearningOutcome }): AnyRun;
  saveCrosscheck(input: NewCrosscheck): Crosscheck;
  savePicture(input: { readonly run: number; readonly picture: PictureKind; readonly points: NewPicture }): null;
  record(input: { readonly act: string; readonly summary: string; readonly details: Readonly<Record<string, unknown>> }): CustodyEntry;
  /** Folds the case into a single file and lets others open it. */
  close(input: null): null;
}

export interface ReaderThreadMethods {
  /** `readOnly`: there is no case thread beside it. */
  open(input: { readonly path: string; readonly readOnly: boolean }): null;
  read(input: { readonly name: NamesOf<'read'>; readonly input: unknown }): unknown;
  /** What a run asked for, to repeat it. */
  runRequest(input: { readonly run: number }): ClusterRequest;
  close(input: null): null;
}

export interface TaskThreadMethods {
  preview(input: Checked<'evidence.preview'>): Preview;
  verify(input: { readonly path: string; readonly input: Checked<'case.verify'> }): VerifyResult;
  report(input: { readonly path: string; readonly input: Checked<'report.export'> }): ReportResult;
  table(input: { readonly path: string; readonly input: Checked<'table.export'> }): ExportResult;
  /** Writes the sample traffic and its truth. */
  sample(input: { readonly log: string; readonly truth: string }): null;
}

export interface TrainingMethods {
  cluster(input: { readonly path: string; readonly request: ClusterRequest; readonly threads: number }): RunOutcome;
}
