import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelDetail } from '../contract.ts';
import type { Progress } from '../shared/progress.ts';
import type { LearnedSummaries, LearnedTask } from '../shared/run-outcome.ts';
import { generatorOf } from '../generate/registry.ts';
import { importFiles } from '../import/import-files.ts';
import { createThread } from '../learn/testing.ts';
import { readModel } from '../runs/model-parts.ts';
import { runLearning, type LearningRequests } from './learning.ts';
import { exportModel } from './models.ts';
import { createReadHandlers, type ReadHandlers } from './read.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';

const ROWS = 3000;
const four = ['c_bytes_uniq', 's_bytes_uniq', 'c_pkts_data', 's_pkts_data'];
const label = { type: 'column', column: 'class' } as const;

let test: TestCase;
let read: ReadHandlers;
let log: string;

beforeAll(async () => {
  test = await caseOf();
  log = join(test.folder, 'log_tcp_complete');
  await generatorOf('tstat').generate({ rows: ROWS, seed: 4 }, (block) => appendFileSync(log, block));
  await importFiles(test.writer, { paths: [log], force: false }, quiet);
  read = createReadHandlers(test.reader);
}, 60_000);
afterAll(() => test.close());

/** Carries a task out and keeps what came of it. */
async function learned<T extends LearnedTask>(
  task: T,
  request: LearningRequests[T],
  { threads = 1, progress = quiet }: { threads?: number; progress?: Progress } = {},
): Promise<LearnedSummaries[T]> {
  const means = { threads, createThread: threads > 1 ? createThread : null, program: 'Flowcase test' };
  return test.writer.saveLearning(request, await runLearning(test.reader, task, request, means, progress));
}

describe('a labelled Tstat log (origin A) from its counts to its predictions', () => {
  it('has its classes, clients and the most active of them, as a plain count of the lines says', async () => {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(1);
    const cells = lines.map((line) => line.split(' '));
    const count = (of: readonly string[]): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const one of of) counts.set(one, (counts.get(one) ?? 0) + 1);
      return counts;
    };
    const clients = count(cells.map(([client]) => client));
    const found = await read['insight.labels'](checked('insight.labels', {}));
    expect(found).toMatchObject({ rows: ROWS, columns: 207, label: 'class', unlabelled: 0, clients: clients.size });
    expect(found.perClient).toBeCloseTo(ROWS / clients.size, 10);
    expect(new Map(found.classes.map((one) => [`class:${one.name}`, one.count]))).toEqual(count(cells.map((row) => row[206])));
    expect(found.topClients.map(({ count: of }) => of)).toEqual([...clients.values()].sort((a, b) => b - a).slice(0, 5));
    for (const { host, count: of } of found.topClients) expect(clients.get(host)).toBe(of);
    await expect(async () => read['insight.labels'](checked('insight.labels', { label: 'nothing' }))).rejects.toThrow(
      'no column “nothing”',
    );
  });

  it('trains a tree and a forest, whose figures add up and are those of the rows kept for the test', async () => {
    const asked = { label, features: four, parameters: { maxDepth: 20 } } as const;
    const tree = await learned('train', checked('model.train', { ...asked, model: 'tree' }));
    const forest = await learned('train', checked('model.train', { ...asked, parameters: { maxDepth: 20, nEstimators: 20 } }));
    // a guess is right in one of ten; these four tell about seven
    expect(tree.accuracy).toBeGreaterThan(0.55);
    expect(forest.accuracy).toBeGreaterThan(tree.accuracy);
    const detail = await read['model.get']({ run: forest.id });
    expect(detail.figures.map(({ on }) => on)).toEqual(['test', 'out-of-bag', 'train']);
    for (const { rows, accuracy, confusion, classes } of detail.figures) {
      const all = confusion.flat().reduce((sum, count) => sum + count, 0);
      const right = confusion.reduce((sum, row, i) => sum + row[i], 0);
      expect([all, right / all]).toEqual([rows, accuracy]);
      expect(confusion.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual(classes.map(({ support }) => support));
    }
    expect(detail.figures[0].rows).toBe(ROWS / 4);
    expect(detail.importance.map(({ feature }) => feature).sort()).toEqual([...four].sort());
    expect(detail.importance.reduce((sum, { impurity }) => sum + impurity, 0)).toBeCloseTo(1, 6);
    expect(detail.importance.every(({ permutation }) => permutation !== null)).toBe(true);
    expect(detail.size.trees).toBe(20);
    expect(detail.tree?.question?.title).toBeDefined();
    expect(detail.rules[0]).toMatch(/^\w+ \(.* of [\d,]+\): .*(at most|above)/);
    expect((await read['models.list']({})).map(({ id }) => id)).toEqual([forest.id, tree.id]);
  });

  it('gives the same fingerprint and the same file with threads and without, another with another seed', async () => {
    const request = checked('model.train', { label, features: four, parameters: { nEstimators: 5 } });
    const [one, two] = [await learned('train', request), await learned('train', request, { threads: 2 })];
    expect([two.fingerprint, two.sha256, two.input]).toEqual([one.fingerprint, one.sha256, one.input]);
    expect((await learned('train', { ...request, seed: 2 })).fingerprint).not.toBe(one.fingerprint);
  });

  it('tries a grid by cross-validation, keeps the best, and validates by folds', async () => {
    const tune = { values: { maxDepth: [1, 12] } };
    const run = await learned('train', checked('model.train', { model: 'tree', label, features: four, tune, folds: 3 }));
    const { tuning, crossValidation, figures } = modelOf(run.id);
    expect(tuning?.trials.map(({ parameters, rank }) => [parameters['maxDepth'], rank])).toEqual([
      [1, 2],
      [12, 1],
    ]);
    expect(run.parameters['maxDepth']).toBe(12);
    expect(crossValidation?.folds).toBe(3);
    const pooled = figures.find(({ on }) => on === 'cross-validation');
    expect(pooled?.rows).toBe(ROWS);
    expect(Math.abs((pooled?.accuracy ?? 0) - (crossValidation?.accuracy[0] ?? 1))).toBeLessThan(0.001);
  });

  it('refuses what it cannot do, in words', async () => {
    const train = (change: object): Promise<unknown> => learned('train', checked('model.train', { label, ...change }));
    await expect(train({ parameters: { depth: 3 } })).rejects.toThrow('A forest has no parameter “depth”');
    await expect(train({ parameters: { nEstimators: 0 } })).rejects.toThrow('takes for nEstimators');
    await expect(train({ label: { type: 'column', column: 'nobody' } })).rejects.toThrow('no column nobody');
    await expect(train({ label: { type: 'tags', tags: ['never put'] } })).rejects.toThrow('no tag “never put”');
    await expect(train({ where: 'class = bing' })).rejects.toThrow('one class only, “bing”');
    await expect(train({ where: 'resp_p = 1' })).rejects.toMatchObject({ code: 'NOTHING_TO_CLUSTER' });
    await expect(learned('classify', { model: join(test.folder, 'no.model'), where: '' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    writeFileSync(join(test.folder, 'odd.model'), 'no model');
    await expect(learned('classify', { model: join(test.folder, 'odd.model'), where: '' })).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });

  it('stops within its steps where it is told to, and keeps nothing', async () => {
    const before = test.reader.allRuns().length;
    for (const stage of ['features', 'trees']) {
      let stop = false;
      const progress: Progress = { report: (_, __, unit) => (stop ||= unit === stage), stopped: () => stop };
      const request = checked('model.train', { label, parameters: { nEstimators: 2000 } });
      await expect(learned('train', request, { progress })).rejects.toMatchObject({ code: 'CANCELLED' });
    }
    test.reader.refresh();
    expect(test.reader.allRuns().length).toBe(before);
  });
});

describe('what a model says of records', () => {
  it('is kept row by row, can be filtered, listed, sorted and explained, from the case and from a file', async () => {
    const trained = await learned('train', checked('model.train', { label, features: four, parameters: { nEstimators: 10 } }));
    const inCase = await learned('classify', { model: trained.id, where: '' });
    const path = join(test.folder, 'four.model');
    expect(await exportModel(test.reader, { run: trained.id, path })).toMatchObject({ file: path, sha256: trained.sha256 });
    const fromFile = await learned('classify', { model: path, where: '' });
    expect([fromFile.fingerprint, fromFile.modelSha256, fromFile.model]).toEqual([inCase.fingerprint, inCase.modelSha256, null]);
    expect(readModel(test.reader.model(fromFile.id).file, 'kept').classes).toHaveLength(10);
    expect(inCase.predicted.reduce((sum, { count }) => sum + count, 0)).toBe(ROWS);
    expect(inCase.confidence.reduce((sum, count) => sum + count, 0)).toBe(ROWS);

    const { id: run } = fromFile;
    const [bing] = inCase.predicted.filter(({ name }) => name === 'bing');
    const query = (filter: string, more: object = {}): ReturnType<ReadHandlers['records.query']> =>
      read['records.query'](checked('records.query', { kind: 'connection', filter, ...more }));
    expect((await query('predicted = bing')).total).toBe(bing.count);
    const sure = await query('confidence >= 0.9', {
      columns: ['predicted', 'confidence', 'class'],
      sort: { column: 'confidence' },
      limit: 9,
    });
    expect(sure.rows.map(([, confidence]) => Number(confidence))).toEqual(
      sure.rows.map(([, confidence]) => Number(confidence)).toSorted((a, b) => a - b),
    );
    expect(sure.rows.every(([predicted, confidence]) => typeof predicted === 'string' && Number(confidence) >= 0.9)).toBe(true);

    const all = await read['prediction.rows'](checked('prediction.rows', { run, which: 'all', limit: ROWS }));
    const wrong = await read['prediction.rows'](checked('prediction.rows', { run, which: 'disagreeing', limit: ROWS }));
    expect(all.total).toBe(ROWS);
    expect(wrong.total).toBe(all.rows.filter(({ predicted, label: is }) => predicted !== is).length);
    expect(1 - wrong.total / ROWS).toBeCloseTo(inCase.figures?.accuracy ?? 0, 10);
    expect(wrong.rows.every(({ confidence }, i) => i === 0 || confidence <= wrong.rows[i - 1].confidence)).toBe(true);
    const doubtful = await read['prediction.rows'](checked('prediction.rows', { run, limit: 20 }));
    expect(doubtful.rows[0].confidence).toBe(Math.min(...all.rows.map(({ confidence }) => confidence)));

    const [row] = doubtful.rows;
    const explained = await read['prediction.explain']({ run, id: row.id });
    expect(explained.row).toEqual(row);
    expect(explained.votes[0].share).toBeCloseTo(row.confidence, 5);
    expect(explained.votes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(explained.path.every(({ feature, words }) => four.includes(feature) && /at most|above/.test(words))).toBe(true);
    await expect(read['prediction.explain']({ run, id: 999_999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of hosts too: their label is what most of their records say, and those that the model calls otherwise are listed', async () => {
    const asked = { label, of: 'hosts', model: 'tree', recipe: 'tstat-client-v1', parameters: { maxDepth: 2 } } as const;
    const trained = await learned('train', checked('model.train', asked));
    const { id: run, figures, rows } = await learned('classify', { model: trained.id, where: '' });
    const list = (which: 'all' | 'disagreeing' | 'uncertain'): ReturnType<ReadHandlers['prediction.rows']> =>
      read['prediction.rows'](checked('prediction.rows', { run, which, limit: ROWS }));
    const all = await list('all');
    const counts = new Map<string, Map<string, number>>();
    for (const line of readFileSync(log, 'utf8').trimEnd().split('\n').slice(1)) {
      const [host, is] = [line.slice(0, line.indexOf(' ')), line.slice(line.lastIndexOf('class:') + 6)];
      const of = counts.get(host) ?? new Map<string, number>();
      counts.set(host, of.set(is, (of.get(is) ?? 0) + 1));
    }
    const expected = (host: string): string => {
      const of = [...(counts.get(host) ?? [])];
      const most = Math.max(...of.map(([, count]) => count));
      return of
        .filter(([, count]) => count === most)
        .map(([name]) => name)
        .sort()[0];
    };
    expect(all.total).toBe(rows);
    for (const { id, label: is } of all.rows) expect(is).toBe(expected(String(id)));
    const wrong = await list('disagreeing');
    expect(wrong.total).toBeGreaterThan(0);
    expect(wrong.total).toBe(all.rows.filter(({ predicted, label: is }) => predicted !== is).length);
    expect(1 - wrong.total / rows).toBeCloseTo(figures?.accuracy ?? 0, 10);
    expect((await read['prediction.explain']({ run, id: wrong.rows[0].id })).row).toEqual(wrong.rows[0]);
  });

  it('learns from tags: what carries several is left out, what carries none is predicted, the least certain of it comes first', async () => {
    const tag = (name: string, filter: string): void => {
      const ids = Float64Array.from(matching(filter));
      test.writer.addTag({ target: { type: 'records', kind: 'connection', ids, filter }, name, color: undefined, note: '' });
      test.reader.refresh();
    };
    const matching = (filter: string): readonly number[] => idsOf.get(filter) ?? [];
    const idsOf = new Map<string, readonly number[]>();
    for (const filter of ['class = netflix and id < 1500', 'class = bing and id < 1500', 'class = bing and id < 200']) {
      const page = await read['records.query'](checked('records.query', { kind: 'connection', filter, limit: ROWS }));
      idsOf.set(filter, page.ids);
    }
    tag('films', 'class = netflix and id < 1500');
    tag('search', 'class = bing and id < 1500');
    tag('both', 'class = bing and id < 200');
    const both = matching('class = bing and id < 200').length;
    const tagged = matching('class = netflix and id < 1500').length + matching('class = bing and id < 1500').length;
    const trained = await learned(
      'train',
      checked('model.train', { label: { type: 'tags' }, features: four, parameters: { nEstimators: 20 } }),
    );
    expect(trained.classes.map(({ name }) => name)).toEqual(['films', 'search']);
    expect(trained.classes.reduce((sum, { count }) => sum + count, 0)).toBe(tagged - both);
    expect(trained.remarks.join(' ')).toContain(`${both} connections with several of the tags took no part`);
    const run = await learned('classify', { model: trained.id, where: 'class in (netflix, bing)' });
    const next = await read['prediction.rows'](checked('prediction.rows', { run: run.id, limit: ROWS }));
    // what has both tags has been looked at too
    expect(next.total).toBe(run.rows - tagged);
    expect(next.rows.every(({ label: has }) => has === null)).toBe(true);
    const rest = await read['records.query'](
      checked('records.query', { kind: 'connection', filter: 'class = netflix and id >= 1500 and predicted = films', limit: 0 }),
    );
    const there = await read['records.query'](
      checked('records.query', { kind: 'connection', filter: 'class = netflix and id >= 1500', limit: 0 }),
    );
    expect(rest.total / there.total).toBeGreaterThan(0.8);
  });
});

describe('a search for anomalies', () => {
  it('scores every record, and names the planted hosts first among hosts', async () => {
    const run = await learned('anomalies', checked('anomalies.run', { trees: 100 }));
    expect(run.scores.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
    const above = await read['records.query'](
      checked('records.query', { kind: 'connection', filter: `anomaly > ${run.threshold}`, columns: ['anomaly'], limit: ROWS }),
    );
    expect(above.total).toBe(run.flagged);
    const findings = test.reader.findings({ run: run.id });
    const covered = new Set(findings.flatMap(({ id }) => [...test.reader.findingRecords(id)]));
    expect([...covered].sort((a, b) => a - b)).toEqual([...above.ids].sort((a, b) => a - b));
    for (const { why, doubt, severity } of findings) {
      expect(why).toMatch(/questions to tell apart.*score 0\.\d{3}.*What does it: .*median of its peers/);
      expect([doubt.length > 0, ['low', 'medium', 'high'].includes(severity)]).toEqual([true, true]);
    }
  });

  it('is the same with threads and without', async () => {
    const request = checked('anomalies.run', { of: 'hosts', trees: 50 });
    const [one, two] = [await learned('anomalies', request), await learned('anomalies', request, { threads: 2 })];
    expect([two.fingerprint, two.input, two.flagged]).toEqual([one.fingerprint, one.input, one.flagged]);
    const [first] = test.reader.findings({ run: one.id });
    expect(first).toMatchObject({ kind: 'isolation', of: 'hosts' });
    const own = await read['records.query'](checked('records.query', { kind: 'connection', filter: `host = ${first.host}`, limit: 0 }));
    expect(first.count).toBe(own.total);
  });
});

function modelOf(run: number): ModelDetail {
  test.reader.refresh();
  const { summary, detail } = test.reader.learned('train', run);
  return { run: summary, ...(detail as Omit<ModelDetail, 'run'>) };
}
