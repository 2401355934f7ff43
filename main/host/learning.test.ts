import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CustodyEntry, JobState } from '../../app/contract.ts';
import { TerminalBench } from './testing-terminal.ts';

let bench: TerminalBench;

beforeEach(() => {
  bench = new TerminalBench();
});
afterEach(() => bench.close());

const label = { type: 'column', column: 'class' } as const;

describe('jobs of learning', () => {
  it('train, predict, search and write a model, each with its progress and its custody entry', async () => {
    const one = await bench.withLog(1500);
    const told: string[] = [];
    const detail = await one.runJob('model.train', { label, parameters: { nEstimators: 5 } }, ({ unit }) => told.push(unit));
    expect(told).toContain('features');
    expect(detail.run.classes).toHaveLength(10);
    const model = bench.path('a.model');
    const file = await one.runJob('model.export', { run: detail.run.id, path: model });
    expect([existsSync(model), file.sha256]).toEqual([true, detail.run.sha256]);
    const prediction = await one.runJob('model.apply', { model });
    expect(prediction.modelSha256).toBe(detail.run.sha256);
    const { run, findings } = await one.runJob('anomalies.run', { of: 'hosts', trees: 50 });
    expect((await one.invoke('findings.list', { run: run.id })).length).toBe(findings);
    const custody: readonly CustodyEntry[] = await one.invoke('custody.list', {});
    expect(custody.map(({ act }) => act).slice(-4)).toEqual(['run.saved', 'model.exported', 'run.saved', 'run.saved']);
    expect(custody.at(-4)?.summary).toContain('Trained a forest of 5 trees to tell 10 classes apart');
    expect((await one.runJob('case.verify', {})).ok).toBe(true);
    expect((await one.runJob('run.repeat', { run: detail.run.id })).same).toBe(true);
  }, 120_000);

  it('leave the case as it was where they are cancelled, or where they cannot be done', async () => {
    const one = await bench.withLog(1500);
    const before = await one.invoke('case.info', {});
    const ended = new Promise<JobState>((resolve) => {
      one.on('job', (state) => {
        if (state.status === 'running' && state.unit === 'features') void one.invoke('job.cancel', { job: state.id });
        if (state.ended !== null) resolve(state);
      });
    });
    await one.invoke('model.train', { label, parameters: { nEstimators: 5000 } });
    expect(await ended).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    await expect(one.runJob('model.train', { label: { type: 'tags' } })).rejects.toMatchObject({ code: 'PARAMETER' });
    await expect(one.runJob('model.apply', { model: 99 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(one.runJob('model.export', { run: 99, path: bench.path('x') })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await one.invoke('models.list', {})).toEqual([]);
    expect(await one.invoke('case.info', {})).toEqual(before);
  }, 120_000);
});

describe('learning in the terminal', () => {
  it('has the keys that scripts rely on, from labels to repeated predictions', async () => {
    await (await bench.withLog(1200)).close();
    const labels = await bench.cli('labels', 'a.flowcase');
    expect(labels.json).toMatchObject({ rows: 1200, columns: 207, label: 'class' });
    const train = await bench.cli(
      'train',
      'a.flowcase',
      '--model',
      'forest',
      '--label',
      'class',
      '--param',
      'trees=5',
      '--test',
      '0.3',
      '--out',
      'm.model',
    );
    expect(train.code).toBe(0);
    for (const key of ['run', 'classes', 'accuracy', 'macroF1', 'confusion', 'importance', 'seconds'])
      expect(train.json).toHaveProperty(key);
    expect(readFileSync(bench.path('m.model')).toString('latin1', 0, 8)).toBe('FLOWMODL');
    const classify = await bench.cli('classify', 'a.flowcase', '--with', 'm.model', '--where', 'class = bing');
    expect(Object.values(classify.json['predicted'] as Record<string, number>).reduce((sum, count) => sum + count, 0)).toBe(120);
    expect((await bench.cli('uncertain', 'a.flowcase', String(classify.json['run']), '--limit', '3')).json).toMatchObject({ total: 120 });
    const anomalies = await bench.cli('anomalies', 'a.flowcase', '--of', 'hosts', '--trees', '50');
    for (const finding of anomalies.json['findings'] as object[]) {
      for (const key of ['id', 'kind', 'subject', 'score', 'severity', 'why', 'records']) expect(finding).toHaveProperty(key);
    }
    expect((await bench.cli('repeat', 'a.flowcase', String(train.json['run']))).json).toMatchObject({ same: true });
    expect((await bench.cli('models', 'a.flowcase')).json).toMatchObject({ models: [{ run: train.json['run'] }] });
  }, 120_000);

  it('says what is wrong with a command line, and with what it asks for', async () => {
    await (await bench.withLog(300)).close();
    for (const words of [
      ['--label', 'class', '--tags'],
      ['--label', 'class', '--model', 'bush'],
      ['--label', 'class', '--test', '2'],
      [],
    ]) {
      expect(await bench.cli('train', 'a.flowcase', ...words)).toMatchObject({ code: 2 });
    }
    expect(await bench.cli('train', 'a.flowcase', '--label', 'nothing')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no column nothing') as string,
    });
    expect(await bench.cli('classify', 'a.flowcase', '--with', 'none.model')).toMatchObject({ code: 1 });
    expect(await bench.cli('detect', 'a.flowcase', '--only', 'nothing')).toMatchObject({ code: 2 });
  }, 120_000);
});
