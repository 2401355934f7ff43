import type Database from 'better-sqlite3';
import { elements } from '../columns/bytes.ts';
import type { AnyRun, Crosscheck, LearningTask } from '../contract/models.ts';
import type { FeatureInfo, PictureKind } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { LearnedSummaries, LearnedTask, NewPicture } from '../shared/run-outcome.ts';
import { readSummary } from './run-defaults.ts';
import { keptOf, selectRun, type RunRow } from './run-rows.ts';

/** A run of another task than clustering, with all that it left but labels, findings and model. */
export interface Learned<T extends LearnedTask = LearnedTask> {
  readonly summary: LearnedSummaries[T];
  /** As it was handed to `saveLearning`. */
  readonly request: unknown;
  readonly detail: unknown;
  readonly features: readonly FeatureInfo[];
}

export interface StoredModel {
  readonly run: number;
  readonly name: string;
  readonly sha256: string;
  readonly file: Uint8Array;
}

const taskWords: Readonly<Record<LearningTask, string>> = {
  cluster: 'grouped records',
  train: 'trained a model',
  classify: 'predicted classes',
  anomalies: 'looked for anomalies',
};

/** Runs of every task, and what was added to them. */
export class LearningReader {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** The latest first. */
  list(): AnyRun[] {
    return this.#db.prepare<[], RunRow>(`${selectRun} ORDER BY id DESC`).all().map(anyRun);
  }

  of<T extends LearnedTask>(task: T): LearnedSummaries[T][] {
    return this.#db
      .prepare<[string], RunRow>(`${selectRun} WHERE task = ? ORDER BY id DESC`)
      .all(task)
      .map((row) => keptOf(row, JSON.parse(row.summary) as LearnedSummaries[T]));
  }

  /** The run of this number, of whatever task. @throws NOT_FOUND */
  run(id: number): AnyRun {
    return anyRun(this.#need(id));
  }

  /** @throws NOT_FOUND where there is no run, or it is of another task */
  learned<T extends LearnedTask>(task: T, id: number): Learned<T> {
    const row = this.#need(id);
    if (row.task !== task) throw otherTask(row, task);
    return {
      summary: keptOf(row, JSON.parse(row.summary) as LearnedSummaries[T]),
      request: JSON.parse(row.request) as unknown,
      detail: row.detail === null ? null : (JSON.parse(row.detail) as unknown),
      features: JSON.parse(row.features) as FeatureInfo[],
    };
  }

  /** @throws NOT_FOUND where the run keeps none */
  model(run: number): StoredModel {
    const row = this.#db.prepare<[number], StoredModel>('SELECT run, name, sha256, file FROM model WHERE run = ?').get(run);
    if (row === undefined) throw new FlowcaseError('NOT_FOUND', `Run ${run} of this case keeps no model.`, { run });
    return row;
  }

  /** Second opinions on a run, or on all of them, the oldest first. */
  crosschecks(run: number | null): Crosscheck[] {
    return this.#db
      .prepare<[number | null, number | null], { id: number; run: number; created: number; by: string; program: string; result: string }>(
        'SELECT id, run, created, by, program, result FROM crosscheck WHERE ? IS NULL OR run = ? ORDER BY id',
      )
      .all(run, run)
      .map(({ result, ...row }) => ({
        ...(JSON.parse(result) as Omit<Crosscheck, 'id' | 'run' | 'created' | 'by' | 'program'>),
        ...row,
      }));
  }

  /** A picture that was made later; null where it was not made yet. */
  picture(run: number, kind: PictureKind): NewPicture | null {
    const row = this.#db
      .prepare<[number, string], { ids: Uint8Array; x: Uint8Array; y: Uint8Array; cluster: Uint8Array }>(
        'SELECT ids, x, y, cluster FROM picture WHERE run = ? AND kind = ?',
      )
      .get(run, kind);
    return row === undefined ? null : pointsOf(row);
  }

  #need(id: number): RunRow {
    const row = this.#db.prepare<[number], RunRow>(`${selectRun} WHERE id = ?`).get(id);
    if (row === undefined) throw new FlowcaseError('NOT_FOUND', `There is no run ${id} in this case.`, { run: id });
    return row;
  }
}

/** Points of a picture as they are kept. */
export function pointsOf(row: {
  readonly ids: Uint8Array;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  readonly cluster: Uint8Array;
}): NewPicture {
  const points = row.ids.byteLength / 8;
  return {
    id: elements(Float64Array, row.ids, 0, points),
    x: elements(Float32Array, row.x, 0, points),
    y: elements(Float32Array, row.y, 0, points),
    cluster: elements(Uint16Array, row.cluster, 0, points),
  };
}

function anyRun(row: RunRow): AnyRun {
  if (row.task === 'cluster') return keptOf(row, readSummary(row.summary));
  return keptOf(row, JSON.parse(row.summary) as LearnedSummaries[LearnedTask]);
}

export function otherTask({ id, task }: RunRow, wanted: LearningTask): FlowcaseError {
  const text = `Run ${id} of this case ${taskWords[task]}; a run that ${taskWords[wanted]} is needed here.`;
  return new FlowcaseError('NOT_FOUND', text, { run: id, task });
}
