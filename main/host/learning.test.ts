import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliIo } from '../../app/cli/io.ts';
import { runCli } from '../../app/cli/run-cli.ts';
import type { CustodyEntry, JobState } from '../../app/contract.ts';
import { generatorOf } from '../../app/generate/registry.ts';
import { createHost, type Host } from './host.ts';

let folder: string;
const hosts: Host[] = [];

function host(): Host {
  const made = createHost({ kind: 'local', version: '0.0.1', dataFolder: join(folder, 'data'), recordOpenings: false, who: 'Ada' });
  hosts.push(made);
  return made;
}

async function withLog(rows: number): Promise<Host> {
  const log = join(folder, 'log_tcp_complete');
  await generatorOf('tstat').generate({ rows, seed: 2 }, (block) => appendFileSync(log, block));
  const one = host();
  await one.invoke('case.create', { path: join(folder, 'a.flowcase'), name: 'a', number: '', examiner: '' });
  await one.runJob('evidence.import', { paths: [log] });
  return one;
}

/** One command line; what it printed as JSON, and its exit code. */
async function cli(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly json: Record<string, unknown>; readonly err: string }> {
  let [out, err] = ['', ''];
  const io: CliIo = {
    cwd: folder,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    input: () => Readable.from([]) as AsyncIterable<Uint8Array>,
    isTerminal: false,
    openHost: host,
    onInterrupt: () => undefined,
  };
  const code = await runCli([...args, '--json'], io);
  return { code, json: (out === '' ? {} : JSON.parse(out)) as Record<string, unknown>, err };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-learning-'));
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

const label = { type: 'column', column: 'class' } as const;

describe('jobs of learning', () => {
  it('train, predict, search and write a model, each with its progress and its custody entry', async () => {
    const one = await withLog(1500);
    const told: string[] = [];
    const detail = await one.runJob('model.train', { label, parameters: { nEstimators: 5 } }, ({ unit }) => told.push(unit));
    expect(told).toContain('features');
    expect(detail.run.classes).toHaveLength(10);
    const model = join(folder, 'a.model');
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
    const one = await withLog(1500);
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
    await expect(one.runJob('model.export', { run: 99, path: join(folder, 'x') })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await one.invoke('models.list', {})).toEqual([]);
    expect(await one.invoke('case.info', {})).toEqual(before);
  }, 120_000);
});

describe('learning in the terminal', () => {
  it('has the keys that scripts rely on, from labels to repeated predictions', async () => {
    await (await withLog(1200)).close();
    const labels = await cli('labels', 'a.flowcase');
    expect(labels.json).toMatchObject({ rows: 1200, columns: 207, label: 'class' });
    const train = await cli(
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
    expect(readFileSync(join(folder, 'm.model')).toString('latin1', 0, 8)).toBe('FLOWMODL');
    const classify = await cli('classify', 'a.flowcase', '--with', 'm.model', '--where', 'class = bing');
    expect(Object.values(classify.json['predicted'] as Record<string, number>).reduce((sum, count) => sum + count, 0)).toBe(120);
    expect((await cli('uncertain', 'a.flowcase', String(classify.json['run']), '--limit', '3')).json).toMatchObject({ total: 120 });
    const anomalies = await cli('anomalies', 'a.flowcase', '--of', 'hosts', '--trees', '50');
    for (const finding of anomalies.json['findings'] as object[]) {
      for (const key of ['id', 'kind', 'subject', 'score', 'severity', 'why', 'records']) expect(finding).toHaveProperty(key);
    }
    expect((await cli('repeat', 'a.flowcase', String(train.json['run']))).json).toMatchObject({ same: true });
    expect((await cli('models', 'a.flowcase')).json).toMatchObject({ models: [{ run: train.json['run'] }] });
  }, 120_000);

  it('says what is wrong with a command line, and with what it asks for', async () => {
    await (await withLog(300)).close();
    for (const words of [
      ['--label', 'class', '--tags'],
      ['--label', 'class', '--model', 'bush'],
      ['--label', 'class', '--test', '2'],
      [],
    ]) {
      expect(await cli('train', 'a.flowcase', ...words)).toMatchObject({ code: 2 });
    }
    expect(await cli('train', 'a.flowcase', '--label', 'nothing')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no column nothing') as string,
    });
    expect(await cli('classify', 'a.flowcase', '--with', 'none.model')).toMatchObject({ code: 1 });
    expect(await cli('detect', 'a.flowcase', '--only', 'nothing')).toMatchObject({ code: 2 });
  }, 120_000);
});
