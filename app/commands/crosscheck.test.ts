import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generatorOf } from '../generate/registry.ts';
import { importFiles } from '../import/import-files.ts';
import type { LearnedSummaries, LearnedTask } from '../shared/run-outcome.ts';
import { runCrosscheck } from './crosscheck.ts';
import { runLearning, type LearningRequests } from './learning.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';

const ROWS = 900;
const features = ['c_bytes_uniq', 's_bytes_uniq', 'c_pkts_data', 's_pkts_data'];
const label = { type: 'column', column: 'class' } as const;
const threads = { threads: 1, createThread: null };

let test: TestCase;

beforeAll(async () => {
  test = await caseOf();
  const log = join(test.folder, 'log_tcp_complete');
  await generatorOf('tstat').generate({ rows: ROWS, seed: 4 }, (block) => appendFileSync(log, block));
  await importFiles(test.writer, { paths: [log], force: false }, quiet);
}, 60_000);
afterAll(() => test.close());

async function learned<T extends LearnedTask>(task: T, request: LearningRequests[T]): Promise<LearnedSummaries[T]> {
  return test.writer.saveLearning(request, await runLearning(test.reader, task, request, { ...threads, program: 'test' }, quiet));
}

const check = (run: number, rows = 0): ReturnType<typeof runCrosscheck> => runCrosscheck(test.reader, { run, rows }, threads, quiet);

it('a search for anomalies is checked by ml-isolation-forest: the order of the scores, and who is strangest', async () => {
  const { id, fingerprint, rows } = await learned('anomalies', checked('anomalies.run', { features, trees: 60 }));
  const found = await check(id);
  expect(found).toMatchObject({ run: id, tool: 'ml-isolation-forest 0.1.0', rows: ROWS, sampledFrom: null, agrees: true });
  expect(found.words).toContain('met again bit for bit');
  expect(Number(/rank correlation ([\d.]+)/.exec(found.words)?.[1])).toBeGreaterThan(0.8);
  expect(found.words).toMatch(
    /The yardstick, Flowcase beside itself with 3 other seeds on the same rows \(mean\): rank correlation 0\.\d+ over all of them/,
  );
  const some = await check(id, 100);
  // who is strangest is looked for in the same rows, however few are drawn
  const yardstick = (words: string): string | undefined => /The yardstick.*?strangest ([\d.]+ %) in common/.exec(words)?.[1];
  expect(yardstick(some.words)).toBe(yardstick(found.words));
  expect(some.rows).toBeLessThan(rows);
  expect(some.sampledFrom).toBe(rows);
  // another run than the one that is kept
  const { crosscheckAnomalies } = await import('../runs/crosscheck-anomalies.ts');
  const { learningSources } = await import('./learning-sources.ts');
  const request = checked('anomalies.run', { features, trees: 60, seed: 2 });
  const input = { sources: learningSources(test.reader, 'connections', ''), request, ...threads };
  expect(await crosscheckAnomalies(input, { id, fingerprint }, 0, quiet)).toMatchObject({ agrees: false });
});

it('a prediction is checked by what the second tool learns from the rows of the model, tuned or not', async () => {
  const tune = { values: { maxDepth: [3, 9] } };
  const model = await learned('train', checked('model.train', { model: 'tree', label, features, tune }));
  const { id } = await learned('classify', { model: model.id, where: 'c_bytes_uniq > 0' });
  const found = await check(id, 300);
  expect(found).toMatchObject({ run: id, tool: 'ml-cart 2.1.1', agrees: true });
  expect(found.accuracy?.ours).toBeGreaterThan(0.4);
  expect(found.equal).toBeGreaterThan(0.4);
  expect(found.words).toContain('300 of the');
  expect(await check(model.id, 300)).toMatchObject({ tool: 'ml-cart 2.1.1', rows: 300, agrees: true });
}, 60_000);

it('a forest of few features is checked with all of them in every tree, and what the second tool confirms is said', async () => {
  const forest = await learned('train', checked('model.train', { model: 'forest', label, features, parameters: { nEstimators: 10 } }));
  const found = await check(forest.id, 400);
  expect(found).toMatchObject({ run: forest.id, tool: 'ml-random-forest 2.1.0', rows: 400, agrees: true });
  expect(found.words).toMatch(/10 trees each over all features; .* They agree\./);
  expect(found.equal).toBeGreaterThan(0.5);
}, 60_000);
