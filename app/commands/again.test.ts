import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatorOf } from '../generate/registry.ts';
import { importFiles } from '../import/import-files.ts';
import type { LearnedSummaries, LearnedTask } from '../shared/run-outcome.ts';
import { runCrosscheck } from './crosscheck.ts';
import { runCluster, runRepeat } from './jobs.ts';
import { runLearning, type LearningRequests } from './learning.ts';
import { createReadHandlers, type ReadHandlers } from './read.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';

const ROWS = 1200;
const here = { threads: 1, createThread: null, program: 'Flowcase test' };
const label = { type: 'column', column: 'class' } as const;
const features = ['c_bytes_uniq', 's_bytes_uniq', 'c_pkts_data', 's_pkts_data'];

let test: TestCase;
let read: ReadHandlers;

beforeAll(async () => {
  test = await caseOf();
  const log = join(test.folder, 'log_tcp_complete');
  await generatorOf('tstat').generate({ rows: ROWS, seed: 6 }, (block) => appendFileSync(log, block));
  await importFiles(test.writer, { paths: [log], force: false }, quiet);
  read = createReadHandlers(test.reader);
}, 60_000);
afterAll(() => test.close());

async function learned<T extends LearnedTask>(task: T, request: LearningRequests[T]): Promise<LearnedSummaries[T]> {
  return test.writer.saveLearning(request, await runLearning(test.reader, task, request, here, quiet));
}

async function clustered(where: string): Promise<number> {
  const request = checked('cluster.run', { k: 3, where });
  return test.writer.saveRun(request, await runCluster(test.reader, request, here, quiet)).id;
}

async function rowsOf(where: string): Promise<number> {
  return (await read['records.query'](checked('records.query', { kind: 'connection', filter: where, limit: 0 }))).total;
}

const predictionBy = async (maxDepth: number): Promise<number> => {
  const model = await learned('train', checked('model.train', { label, features, model: 'tree', parameters: { maxDepth } }));
  return (await learned('classify', { model: model.id, where: '' })).id;
};

describe('a run whose k was chosen', () => {
  it('before what is kept was what was tried is repeated as it was made', async () => {
    const told = { of: 'connections', method: 'gmm', k: 'auto', covariance: 'diag', features } as const;
    let differ = 0;
    for (const seed of [1, 2, 3]) {
      const request = checked('cluster.run', { ...told, seed });
      const now = await runCluster(test.reader, request, here, quiet);
      const then = await runCluster(test.reader, { ...request, trials: 'apart' }, here, quiet);
      expect([now.summary.kTrials?.rows, then.summary.kTrials]).toEqual([ROWS, undefined]);
      if (now.summary.fingerprint !== then.summary.fingerprint) differ++;
      // as the older program kept it: its request says nothing of trials, nor does its summary
      const kept = [test.writer.saveRun(request, then).id, test.writer.saveRun(request, now).id];
      for (const run of kept) expect(await runRepeat(test.reader, run, here, quiet), `seed ${seed}`).toMatchObject({ same: true });
    }
    expect(differ).toBeGreaterThan(0);
  });
});

describe('a run over what others have said of records', () => {
  it('is repeated over what they had said then, whatever was predicted and scored since', async () => {
    await predictionBy(5);
    await learned('anomalies', checked('anomalies.run', { trees: 20 }));
    const wheres = ['predicted in (netflix, bing, youtube)', 'confidence >= 0.5', 'anomaly > 0.45', 'finding = isolation'];
    const before: number[] = [];
    const runs: number[] = [];
    for (const where of wheres) {
      before.push(await rowsOf(where));
      runs.push(await clustered(where));
    }
    const [where] = wheres;
    runs.push((await learned('train', checked('model.train', { label, features, model: 'tree', where: wheres[1] }))).id);
    const scored = await learned('anomalies', checked('anomalies.run', { trees: 10, where }));
    runs.push(scored.id, (await learned('classify', { model: runs[4], where })).id);

    await predictionBy(12);
    await learned('anomalies', checked('anomalies.run', { trees: 20, seed: 5, sample: 32 }));
    for (const [i, one] of wheres.entries()) expect(await rowsOf(one), one).not.toBe(before[i]);
    for (const run of runs) expect(await runRepeat(test.reader, run, here, quiet), `run ${run}`).toMatchObject({ same: true });
    expect(await runCrosscheck(test.reader, { run: runs[0], rows: 0 }, here, quiet)).toMatchObject({ agrees: true });
  });

  it('is not said to be another where tags that it depends on were changed since, but why it cannot be told', async () => {
    const tag = (name: string, from: number): void => {
      const ids = Float64Array.from({ length: 200 }, (_, i) => from + i);
      test.writer.addTag({ target: { type: 'records', kind: 'connection', ids, filter: null }, name, color: undefined, note: '' });
      test.reader.refresh();
    };
    tag('odd', 100);
    tag('usual', 700);
    const over = await clustered('tag = odd');
    const from = await learned('train', checked('model.train', { label: { type: 'tags' }, features, model: 'tree' }));
    for (const run of [over, from.id]) expect(await runRepeat(test.reader, run, here, quiet)).toMatchObject({ same: true });
    tag('odd', 400);
    const again = (run: number): Promise<unknown> => runRepeat(test.reader, run, here, quiet);
    await expect(again(over)).rejects.toThrow(/is over “tag = odd”, and tags were changed 1 time since/);
    await expect(again(from.id)).rejects.toThrow(/learned from tags, and tags were changed 1 time since/);
  });

  it('cannot be met again where evidence came since, which is said and is no difference on the same input', async () => {
    const run = await clustered('');
    const model = (await learned('train', checked('model.train', { label, features, model: 'tree' }))).id;
    const log = join(test.folder, 'log_tcp_more');
    await generatorOf('tstat').generate({ rows: 300, seed: 7 }, (block) => appendFileSync(log, block));
    await importFiles(test.writer, { paths: [log], force: false }, quiet);
    for (const one of [run, model]) {
      const { same, changed } = await runRepeat(test.reader, one, here, quiet);
      expect(same).toBe(false);
      expect(changed).toBe(
        'The case has changed since the run was made: 300 rows more, 1,500 instead of 1,200 (evidence 2 was imported). What was found then cannot be met again.',
      );
    }
    const opinion = await runCrosscheck(test.reader, { run, rows: 0 }, here, quiet);
    expect(opinion.words).toMatch(/The case has changed since the run was made: 300 rows more/);
    expect(opinion.words).not.toContain('repeat it');
  });

  it('has to name the run of a cluster, whose number alone would mean another one later', async () => {
    await expect(clustered('cluster = 1')).rejects.toThrow(/not clear which run cluster 1 belongs to/);
  });
});
