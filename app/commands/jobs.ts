import type { Worker } from 'node:worker_threads';
import { askedThen } from '../case/run-defaults.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import type { Checked, ClusterRequest, Result } from '../contract.ts';
import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import type { ImportMeans } from '../import/import-files.ts';
import type { Progress } from '../shared/progress.ts';
import type { LearnedTask, LearningOutcome, RunOutcome } from '../shared/run-outcome.ts';
import type { LearningRequests } from './learning.ts';
import { changesSince } from './case-changes.ts';
import { asksTags, learningSources } from './learning-sources.ts';

export { custodyOf, type CustodyAct } from './custody.ts';

/*
 * Long work, as the host's threads and processes call it. What each needs is loaded when it is called, so that the thread that imports
 * does not carry the charts of the report. All throw FlowcaseError, CANCELLED where they were stopped.
 */

export async function runImport(
  writer: CaseWriter,
  input: Checked<'evidence.import'>,
  progress: Progress,
  means?: ImportMeans,
): Promise<Result<'evidence.import'>> {
  const { importFiles } = await import('../import/import-files.ts');
  return importFiles(writer, input, progress, means);
}

export async function runVerify(reader: CaseReader, input: Checked<'case.verify'>, progress: Progress): Promise<Result<'case.verify'>> {
  const { verifyCase } = await import('../case/verify.ts');
  return verifyCase(reader, { originals: input.originals }, progress);
}

export async function runReport(reader: CaseReader, input: Checked<'report.export'>, progress: Progress): Promise<Result<'report.export'>> {
  const { writeReport } = await import('../report/write-report.ts');
  reader.refresh();
  return writeReport(reader, input, progress);
}

/** Rows are made while they are written: a table of a million rows never stands in memory. Never writes over the case or its evidence. */
export async function runTableExport(
  reader: CaseReader,
  input: Checked<'table.export'>,
  progress: Progress,
): Promise<Result<'table.export'>> {
  const [{ flatTable }, { refuseProtected }] = await Promise.all([import('./export-tables.ts'), import('../report/target.ts')]);
  refuseProtected(reader, input.path);
  const table = await flatTable(reader, input);
  if (progress.stopped()) throw new FlowcaseError('CANCELLED', `The export to ${input.path} was stopped; nothing was written.`);
  const write =
    input.format === 'parquet' ? (await import('../report/parquet.ts')).writeParquet : (await import('../report/csv.ts')).writeTableAsCsv;
  const written = await write(input.path, table, {
    report: (done, _, unit, note) => {
      progress.report(done, table.total, unit, note);
    },
    stopped: progress.stopped,
  });
  return { file: input.path, ...written };
}

export interface Threads {
  /** How many threads may be asked for; the result does not depend on it. */
  readonly threads: number;
  readonly createThread: (() => Worker) | null;
}

/** A clustering of the case's records or hosts; saves nothing. `again`: the run that this is once more. @throws FlowcaseError FILTER_SYNTAX, FILTER_FIELD, and what `cluster` throws */
export async function runCluster(
  reader: CaseReader,
  input: ClusterRequest,
  { threads, createThread }: Threads,
  progress: Progress,
  again?: number,
): Promise<RunOutcome> {
  const { cluster } = await import('../runs/cluster.ts');
  reader.refresh();
  return cluster({ sources: learningSources(reader, input.of, input.where, again), request: input, threads, createThread }, progress);
}

/**
 * Carries a run of any task out again, as it was asked for and over what runs before it had said, and compares the fingerprints. Saves nothing.
 * `program`: for what a model says of itself.
 * @throws FlowcaseError NOT_FOUND, also where it depends on tags that are others now and gives something else; and what the run throws
 */
export async function runRepeat(
  reader: CaseReader,
  run: number,
  threads: Threads & { readonly program: string },
  progress: Progress,
): Promise<Result<'run.repeat'>> {
  const started = performance.now();
  reader.refresh();
  const kept = reader.anyRun(run);
  const { task, fingerprint: expected } = kept;
  const outcome =
    task === 'cluster'
      ? await runCluster(reader, reader.runRequest(run), threads, progress, run)
      : await repeatLearning(reader, task, run, threads, progress);
  const { fingerprint } = outcome.summary;
  const same = fingerprint === expected;
  const changed = same ? null : changesSince(reader, kept, outcome.summary);
  if (!same && changed === null) checkTags(reader, run);
  return { same, changed, fingerprint, expected, seconds: (performance.now() - started) / 1000 };
}

/** A different result proves nothing where the tags that it depends on were changed. @throws FlowcaseError NOT_FOUND */
function checkTags(reader: CaseReader, run: number): void {
  const summary = reader.anyRun(run);
  const learnsTags = summary.task === 'train' && summary.label.type === 'tags';
  if (!learnsTags && !asksTags(reader, summary.of, summary.where)) return;
  const changes = reader.custody().filter(({ act, at }) => at >= summary.created && act.startsWith('tag.') && act !== 'tag.noted');
  if (changes.length === 0) return;
  const what = learnsTags ? 'learned from tags' : `is over “${summary.where}”`;
  throw new FlowcaseError(
    'NOT_FOUND',
    `Run ${run} ${what}, and tags were changed ${plural(changes.length, 'time')} since: what was tagged then is gone, so that it cannot be repeated. Put the tags back as the chain of custody tells, or make a new run.`,
    { run, changes: changes.length },
  );
}

async function repeatLearning<T extends LearnedTask>(
  reader: CaseReader,
  task: T,
  run: number,
  threads: Threads & { readonly program: string },
  progress: Progress,
): Promise<LearningOutcome<T>> {
  const { runLearning } = await import('./learning.ts');
  const { request, summary, detail } = reader.learned(task, run);
  return runLearning(reader, task, askedThen(request, summary, detail) as LearningRequests[T], { ...threads, again: run }, progress);
}
