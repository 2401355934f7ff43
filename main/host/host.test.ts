import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseInfo, CustodyEntry, JobState } from '../../app/contract.ts';
import { sampleOptions } from '../../app/generate/sample.ts';
import { generateZeekConn } from '../../app/generate/zeek-conn.ts';
import type { EntryName } from '../worker/entry.ts';
import { createHost, type Host, type HostOptions } from './host.ts';
import { startWorker } from './thread.ts';
import { forkTraining, type TrainingChild } from './training.ts';

let folder: string;
let log: string;
const hosts: Host[] = [];
/** Threads in the order they were started, by name: to see them die. */
const threads = new Map<EntryName, Worker[]>();
const children: TrainingChild[] = [];

function host(options: Partial<HostOptions> = {}): Host {
  const made = createHost({
    kind: 'local',
    version: '0.0.1',
    dataFolder: join(folder, 'data'),
    recordOpenings: true,
    who: 'Ada',
    startWorker: (entry) => {
      const worker = startWorker(entry);
      threads.set(entry, [...(threads.get(entry) ?? []), worker]);
      return worker;
    },
    forkTraining: () => {
      const child = forkTraining();
      children.push(child);
      return child;
    },
    ...options,
  });
  hosts.push(made);
  return made;
}

const casePath = (name = 'a'): string => join(folder, `${name}.flowcase`);
const newCase = (one: Host, name = 'a'): Promise<CaseInfo> =>
  one.invoke('case.create', { path: casePath(name), name, number: '', examiner: '' });

async function writeLog(path: string, rows: number): Promise<void> {
  await generateZeekConn({ ...sampleOptions, rows, seed: 3 }, (block) => appendFileSync(path, block));
}

/** Resolves when a job state passes; rejects never: the test's time limit does. */
function until(one: Host, test: (state: JobState) => boolean): Promise<JobState> {
  return new Promise((resolve) => {
    const off = one.on('job', (state) => {
      if (!test(state)) return;
      off();
      resolve(state);
    });
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-host-'));
  log = join(folder, 'conn.log');
  threads.clear();
  children.length = 0;
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe('a host', () => {
  it('does the main job, and leaves a single file', async () => {
    await writeLog(log, 4_000);
    const one = host();
    const told: (CaseInfo | null)[] = [];
    one.on('case', (info) => told.push(info));
    await newCase(one);
    const imported = await one.runJob('evidence.import', { paths: [log] });
    expect(imported.evidence[0]?.rows).toBe(4_000);
    const { run, sizes } = await one.runJob('cluster.run', { k: 5 });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4_000);
    expect((await one.runJob('run.repeat', { run: run.id })).same).toBe(true);
    expect((await one.runJob('case.verify', {})).ok).toBe(true);
    const table = join(folder, 'hosts.csv');
    expect((await one.runJob('table.export', { table: 'hosts', path: table })).rows).toBeGreaterThan(0);
    const info = await one.invoke('case.info', {});
    expect(info).toMatchObject({ connections: 4_000, evidence: 1, runs: 1 });
    expect((await one.invoke('custody.list', {})).map(({ act }) => act)).toEqual([
      'case.created',
      'evidence.imported',
      'run.saved',
      'run.repeated',
      'case.verified',
      'table.exported',
    ]);
    await one.invoke('case.close', {});
    expect(told.at(-1)).toBeNull();
    expect(told.length).toBeGreaterThan(3);
    expect(readdirSync(folder).filter((name) => name.startsWith('a.flowcase'))).toEqual(['a.flowcase']);
    await expect(one.invoke('case.info', {})).rejects.toMatchObject({ code: 'NO_CASE_OPEN' });
    expect((await one.invoke('case.recent', {})).map(({ path }) => path)).toEqual([casePath()]);
  });

  it('records who opens a case in a window, and not what the terminal opens', async () => {
    const window = host();
    await newCase(window);
    await window.invoke('case.close', {});
    await window.invoke('case.open', { path: casePath() });
    await window.invoke('case.open', { path: casePath() });
    await window.invoke('case.close', {});
    const terminal = host({ recordOpenings: false });
    await terminal.invoke('case.open', { path: casePath() });
    const opened = (await terminal.invoke('custody.list', {})).filter(({ act }) => act === 'case.opened');
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ who: { account: 'Ada', examiner: '' } } satisfies Partial<CustodyEntry>);
  });

  it('refuses what the contract refuses, and jobs without a case', async () => {
    const one = host();
    await expect(one.call('case.delete', {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(one.call('case.open', { path: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'path' } });
    await expect(one.invoke('cluster.run', {})).rejects.toMatchObject({ code: 'NO_CASE_OPEN' });
    await expect(one.invoke('hosts.list', { filter: '' })).rejects.toMatchObject({ code: 'NO_CASE_OPEN' });
  });

  it('keeps the open case open when another cannot be', async () => {
    const one = host();
    await newCase(one);
    writeFileSync(join(folder, 'no.flowcase'), 'not a case');
    await expect(one.invoke('case.open', { path: join(folder, 'no.flowcase') })).rejects.toMatchObject({ code: 'NOT_A_CASE' });
    await expect(newCase(one)).rejects.toMatchObject({ code: 'CASE_EXISTS' });
    expect((await one.invoke('case.info', {})).name).toBe('a');
    await newCase(one, 'b');
    expect((await one.invoke('case.info', {})).name).toBe('b');
    expect(readdirSync(folder).filter((name) => name.startsWith('a.flowcase'))).toEqual(['a.flowcase']);
  });

  it('says that another has the case open', async () => {
    const [one, other] = [host(), host()];
    await newCase(one);
    await expect(other.invoke('case.open', { path: casePath() })).rejects.toMatchObject({ code: 'CASE_LOCKED' });
    await one.invoke('case.close', {});
    expect((await other.invoke('case.open', { path: casePath() })).name).toBe('a');
  });

  it('answers reads and tags while it imports; cancel leaves the case as it was', async () => {
    await writeLog(log, 150_000);
    const one = host();
    await newCase(one);
    const before = await one.invoke('case.info', {});
    const { job } = await one.invoke('evidence.import', { paths: [log] });
    await until(one, (state) => state.id === job && state.done > 0);
    const ended = until(one, (state) => state.id === job && state.ended !== null);
    expect((await one.invoke('case.info', {})).connections).toBe(0);
    await one.invoke('case.update', { name: 'renamed', number: '7', examiner: '' });
    expect((await one.invoke('jobs.list', {})).find(({ id }) => id === job)?.status).toBe('running');
    await one.invoke('job.cancel', { job });
    expect(await ended).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    const after = await one.invoke('case.info', {});
    expect(after).toMatchObject({ name: 'renamed', connections: 0, evidence: 0, hosts: before.hosts });
    expect((await one.runJob('evidence.import', { paths: [log] })).evidence[0]?.rows).toBe(150_000);
  });
});

describe('when a process dies', () => {
  it('the training process: the job fails, and the next one runs', async () => {
    await writeLog(log, 20_000);
    const one = host();
    await newCase(one);
    await one.runJob('evidence.import', { paths: [log] });
    const { job } = await one.invoke('cluster.run', { k: 'auto' });
    const ended = until(one, (state) => state.id === job && state.ended !== null);
    await until(one, (state) => state.id === job && state.done > 0);
    children[0]?.kill();
    expect(await ended).toMatchObject({ status: 'failed', error: { code: 'PROCESS_DIED' } });
    expect((await one.invoke('case.info', {})).runs).toBe(0);
    expect((await one.runJob('cluster.run', { k: 3 })).sizes).toHaveLength(3);
  });

  it('the training process: cancel ends it', async () => {
    await writeLog(log, 20_000);
    const one = host();
    await newCase(one);
    await one.runJob('evidence.import', { paths: [log] });
    const { job } = await one.invoke('cluster.run', { k: 'auto' });
    const ended = until(one, (state) => state.id === job && state.ended !== null);
    await until(one, (state) => state.id === job && state.done > 0);
    await one.invoke('job.cancel', { job });
    expect(await ended).toMatchObject({ status: 'cancelled' });
    expect((await one.invoke('case.info', {})).runs).toBe(0);
  });

  it('the case thread in the middle of an import: what waits is told, the case is as before, work goes on', async () => {
    await writeLog(log, 150_000);
    const one = host();
    await newCase(one);
    const trouble = new Promise<{ readonly message: string; readonly fatal: boolean }>((resolve) => one.on('trouble', resolve));
    const { job } = await one.invoke('evidence.import', { paths: [log] });
    const ended = until(one, (state) => state.id === job && state.ended !== null);
    await until(one, (state) => state.id === job && state.done > 0);
    await threads.get('case-thread')?.[0]?.terminate();
    expect(await ended).toMatchObject({ status: 'failed', error: { code: 'PROCESS_DIED' } });
    expect(await trouble).toMatchObject({ fatal: false });
    expect(await one.invoke('case.update', { name: 'still here', number: '', examiner: '' })).toMatchObject({
      name: 'still here',
      connections: 0,
      evidence: 0,
    });
    expect((await one.runJob('evidence.import', { paths: [log] })).evidence[0]?.rows).toBe(150_000);
    expect((await one.runJob('case.verify', {})).ok).toBe(true);
    await one.invoke('case.close', {});
    expect(readdirSync(folder).filter((name) => name.startsWith('a.flowcase'))).toEqual(['a.flowcase']);
  });

  it('the reader thread: it is started again', async () => {
    const one = host();
    await newCase(one);
    const trouble = new Promise((resolve) => one.on('trouble', resolve));
    await one.invoke('case.info', {});
    await threads.get('reader-thread')?.[0]?.terminate();
    await trouble;
    expect((await one.invoke('case.info', {})).name).toBe('a');
  });

  it('again and again: it is given up with a clear word, and nobody waits for ever', async () => {
    const one = host();
    await newCase(one);
    const troubles: boolean[] = [];
    const given = new Promise<void>((resolve) =>
      one.on('trouble', ({ fatal }) => {
        troubles.push(fatal);
        if (fatal) resolve();
        else void threads.get('reader-thread')?.at(-1)?.terminate();
      }),
    );
    await one.invoke('case.info', {});
    await threads.get('reader-thread')?.[0]?.terminate();
    await given;
    expect(troubles).toEqual([false, false, false, true]);
    await expect(one.invoke('case.info', {})).rejects.toMatchObject({ code: 'PROCESS_DIED' });
    // opening it again is the way out
    await one.invoke('case.close', {});
    expect((await one.invoke('case.open', { path: casePath() })).name).toBe('a');
  });
});

describe('the sample case', () => {
  it('is made once, opened again, and made anew beside one that is damaged', { timeout: 120_000 }, async () => {
    const one = host();
    const made = await one.runJob('case.sample', {});
    expect(made).toMatchObject({ evidence: 1, runs: 1, path: join(folder, 'data', 'sample', 'sample.flowcase') });
    expect(made.findings).toBeGreaterThan(0);
    const truth: unknown = JSON.parse(readFileSync(join(folder, 'data', 'sample', 'conn.log.truth.json'), 'utf8'));
    expect(truth).toBeTypeOf('object');
    expect((await one.runJob('case.sample', {})).id).toBe(made.id);
    await one.invoke('case.close', {});
    writeFileSync(made.path, 'damaged');
    const second = await one.runJob('case.sample', {});
    expect(second.id).not.toBe(made.id);
    expect(readFileSync(made.path, 'utf8')).toBe('damaged');
    expect(existsSync(second.path)).toBe(true);
  });
});
