import { describe, expect, it } from 'vitest';
import type { AnomalyRequest, TrainRequest } from '../contract/models.ts';
import type { ClusterRequest, Subject } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { connColumns, column, everyRow, memoryTable } from '../features/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import { findAnomalies } from './anomalies.ts';
import { classify } from './classify.ts';
import { cluster } from './cluster.ts';
import { anomalyMemory, checkMemory, checkTraining, memoryNeeded, predictionMemory, trainingMemory, type TrainingWork } from './memory.ts';
import { readModel } from './model-parts.ts';
import type { TagSource } from './train-labels.ts';
import { trainModel } from './train.ts';

const MEBIBYTE = 2 ** 20;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const tags: TagSource = { names: [], mask: () => null, ofHost: () => [] };

const random = new Random(8);
const records = Array.from({ length: 600 }, (_, i) => ({
  ts: i * 1e6,
  orig_h: `10.0.0.${i % 30}`,
  resp_h: `192.0.2.${i % 7}`,
  resp_p: 443,
  proto: 'tcp',
  duration: Math.round(1e6 * random.float()),
  orig_bytes: (i % 2) * 5000 + random.below(4000),
  resp_bytes: random.below(9000),
  conn_state: 'SF',
  class: i % 2 === 0 ? 'small' : 'large',
}));
const table = memoryTable(records, { columns: [...connColumns, column('class', 'string', 'term')] });
const sources = [{ table, filter: everyRow }];

const training: TrainRequest = {
  ...{ of: 'connections', model: 'forest', label: { type: 'column', column: 'class' }, recipe: 'conn-v1', features: [], where: '' },
  ...{ seed: 1, split: 'random', test: 0.25, folds: 0, parameters: { nEstimators: 5 }, tune: null, keepLeaks: false },
};
const search: AnomalyRequest = {
  ...{ of: 'connections', recipe: 'conn-v1', features: [], where: '', seed: 1, trees: 20, sample: 64, limit: 5 },
};
const grouping: ClusterRequest = {
  ...{ of: 'connections', method: 'kmeans', k: 3, seed: 1, recipe: '', where: '' },
  ...{ covariance: 'full', scaling: null, features: [], window: null, starts: null, tune: null },
};

/** What each run does with so many bytes, and what it told of while it did. */
const means = (availableMemory?: number): { sources: typeof sources; threads: number; createThread: null; availableMemory?: number } => ({
  ...{ sources, threads: 1, createThread: null },
  ...(availableMemory === undefined ? {} : { availableMemory }),
});
const train = (memory?: number, change: Partial<TrainRequest> = {}, progress = quiet): ReturnType<typeof trainModel> =>
  trainModel({ ...means(memory), request: { ...training, ...change }, tags, program: 'test' }, progress);

async function predict(memory: number, of: Subject): Promise<unknown> {
  const { model } = await train(undefined, { of, recipe: '' });
  const read = readModel(model?.file ?? new Uint8Array(), 'model');
  const request = { model: 1, where: '' };
  return classify({ ...means(memory), request, model: read, modelRun: 1, modelName: 'model 1', tags }, quiet);
}

const refused = (words: RegExp): unknown =>
  expect.objectContaining({
    code: 'OUT_OF_MEMORY',
    message: expect.stringMatching(words) as string,
    details: expect.objectContaining({ available: MEBIBYTE, needed: expect.any(Number) as number }) as object,
  });

describe('a run that cannot fit is refused before its features are computed, with what it needs, what there is and what to do', () => {
  it('a clustering', async () => {
    const words =
      /^Grouping 600 connections by \d+ features can need up to [\d.]+ MiB of memory, and 1\.0 MiB are free\. Narrow the filter/;
    await expect(cluster({ ...means(MEBIBYTE), request: grouping }, quiet)).rejects.toEqual(refused(words));
  });

  it.each([
    ['forest', /^Training a forest on 600 connections by \d+ features can need up to [\d.]+ MiB.*1\.0 MiB are free\..*depth of its trees/],
    ['tree', /^Training a tree on 600 connections .* limit its depth, or close other programs\.$/],
  ] as const)('a training of a %s', async (model, words) => {
    const told: string[] = [];
    const progress: Progress = { report: (_, __, unit) => told.push(unit), stopped: () => false };
    await expect(train(MEBIBYTE, { model, parameters: {} }, progress)).rejects.toEqual(refused(words));
    expect(told).not.toContain('features');
  });

  it('a training on hosts, as soon as they are counted', async () => {
    const hosts = { of: 'hosts', recipe: 'host-v1' } as const;
    await expect(train(MEBIBYTE, hosts)).rejects.toEqual(refused(/^Training a forest on \d\d hosts by \d+ features/));
    await expect(train(500 * MEBIBYTE, hosts)).resolves.toBeDefined();
  });

  it.each(['connections', 'hosts'] as const)('a prediction of %s', async (of) => {
    await expect(predict(MEBIBYTE, of)).rejects.toEqual(refused(/^Predicting the class of 600 connections by \d+ features can need up to/));
    await expect(predict(500 * MEBIBYTE, of)).resolves.toBeDefined();
  });

  it('a search for anomalies', async () => {
    const find = (memory: number): Promise<unknown> => findAnomalies({ ...means(memory), request: search }, quiet);
    await expect(find(MEBIBYTE)).rejects.toEqual(refused(/^Searching 600 connections for anomalies by \d+ features.*take fewer trees/));
    await expect(find(500 * MEBIBYTE)).resolves.toBeDefined();
  });

  it('a search for anomalies whose trees do not fit beside its matrix, however much memory there is', async () => {
    const request = { ...search, trees: 10_000, sample: 20_000 };
    // 600 rows: trees of 2^10 places, which fit; of 20,000 rows they would take 5 GB
    await expect(findAnomalies({ ...means(2 ** 50), request: { ...request, trees: 20 } }, quiet)).resolves.toBeDefined();
    const many = memoryTable(
      Array.from({ length: 20_000 }, (_, i) => records[i % records.length]),
      { columns: connColumns },
    );
    const large = { ...means(2 ** 50), sources: [{ table: many, filter: everyRow }] };
    await expect(findAnomalies({ ...large, request }, quiet)).rejects.toThrow(
      /^10,000 trees, each over 20,000 rows, .*Take fewer trees or a smaller sample\.$/,
    );
  });

  it('and what fits to the byte is carried out', async () => {
    const error: unknown = await train(0).catch((cause: unknown) => cause);
    const needed = error instanceof FlowcaseError ? Number(error.details?.['needed']) : 0;
    expect(needed).toBeGreaterThan(0);
    await expect(train(needed - 1)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    await expect(train(needed)).resolves.toMatchObject({ summary: { rows: 600 } });
  });
});

describe('the estimate', () => {
  const work: TrainingWork = { rows: 1_000_000, columns: 40, classes: 10, threads: 2, request: training };
  const gigabytes = (bytes: number): number => bytes / 2 ** 30;

  it('of a clustering of ten million rows lies within 4 GB, and is the border', () => {
    const large = { rows: 10_000_000, columns: 20, method: 'kmeans', k: 7, threads: 2 } as const;
    const needed = memoryNeeded(large);
    expect(gigabytes(needed)).toBeLessThan(4);
    expect(() => checkMemory(large, needed, 'connection')).not.toThrow();
    expect(() => checkMemory(large, needed - 1, 'connection')).toThrow(/10,000,000 connections by 20 features/);
  });

  it('of a training holds the matrix and its parts, and is the border', () => {
    const needed = trainingMemory(work);
    expect(needed).toBeGreaterThan(2 * 4 * work.rows * work.columns);
    expect(() => checkTraining(work, needed, 'connection')).not.toThrow();
    expect(() => checkTraining(work, needed - 1, 'connection')).toThrow(/1,000,000 connections by 40 features/);
  });

  it('of a training grows with rows, columns, classes, trees, depth, folds and what a search tries at most', () => {
    const needed = (request: Partial<TrainRequest>, change: Partial<TrainingWork> = {}): number =>
      trainingMemory({ ...work, ...change, request: { ...training, ...request } });
    const shallow = needed({ parameters: { nEstimators: 5, maxDepth: 8 } });
    const usual = needed({});
    expect(shallow).toBeLessThan(usual);
    expect(needed({ folds: 5 })).toBeGreaterThan(usual);
    expect(needed({ parameters: { nEstimators: 50 } })).toBeGreaterThan(usual);
    expect(needed({ parameters: {} })).toBe(needed({ parameters: { nEstimators: 100 } }));
    for (const change of [{ rows: 2_000_000 }, { columns: 80 }, { classes: 20 }]) expect(needed({}, change)).toBeGreaterThan(usual);
    const tune = (values: NonNullable<TrainRequest['tune']>['values']): number =>
      needed({ tune: { search: 'grid', values, iterations: 1, folds: 3, scoring: 'accuracy' } });
    expect(tune({ maxDepth: [2, 8] })).toBeLessThan(tune({ maxDepth: [2, 8, null] }));
    expect(tune({ nEstimators: [5, 90] })).toBeGreaterThan(tune({ nEstimators: [5, 20] }));
  });

  it('of predictions grows with classes and with the model, of searches with trees', () => {
    const shape = { rows: 1000, columns: 30 };
    const usual = predictionMemory({ ...shape, classes: 2, model: 1000 });
    expect(predictionMemory({ ...shape, classes: 20, model: 1000 })).toBeGreaterThan(usual);
    expect(predictionMemory({ ...shape, classes: 2, model: 1e9 })).toBeGreaterThan(usual + 1e9);
    const trees = (count: number): number => anomalyMemory({ ...shape, trees: count, sample: 256 });
    expect(trees(10_000)).toBeGreaterThan(trees(100));
  });
});
