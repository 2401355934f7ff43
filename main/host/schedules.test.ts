import Database from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { longLog } from '../../app/import/testing-import.ts';
import { createHost, type Host } from './host.ts';

let folder: string;
let hosts: Host[] = [];
const openHost = (watches: boolean): Host => {
  const host = createHost({
    kind: 'local',
    version: '0.0.1',
    dataFolder: join(folder, 'data'),
    recordOpenings: false,
    watches,
    who: 'Ada',
  });
  hosts.push(host);
  return host;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-schedules-'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'conn.log'), longLog(300));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  hosts = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nightly = (
  name: string,
): { name: string; cron: string; steps: { command: 'evidence.import' | 'table.export'; input: Record<string, unknown> }[] } => ({
  name,
  cron: '0 3 * * *',
  steps: [
    { command: 'evidence.import', input: { paths: [join(folder, 'logs')] } },
    { command: 'table.export', input: { table: 'connections', path: join(folder, `${name}-{date}.csv`) } },
  ],
});

it('does its steps one after the other, says how they went, and has both in the custody log', async () => {
  const host = openHost(false);
  await host.invoke('case.create', { path: join(folder, 'a.flowcase'), name: 'a' });
  expect(await host.invoke('schedule.save', nightly('night'))).toMatchObject({
    name: 'night',
    zone: 'UTC',
    enabled: true,
    overdue: false,
    last: null,
  });
  const run = await host.runJob('schedule.run', { name: 'night' });
  const day = new Date(run.due / 1000).toISOString().slice(0, 10);
  expect(run).toMatchObject({
    ok: true,
    steps: [
      { command: 'evidence.import', ok: true, words: '1 file imported (300 records), 0 skipped, 0 refused' },
      { command: 'table.export', ok: true, words: join(folder, `night-${day}.csv`) },
    ],
  });
  expect(existsSync(join(folder, `night-${day}.csv`))).toBe(true);
  const again = await host.runJob('schedule.run', { name: 'night' });
  expect(again.steps[0]?.words).toBe('0 files imported (0 records), 1 skipped, 0 refused');
  expect(await host.invoke('schedules.list', {})).toMatchObject([{ name: 'night', last: { ok: true }, overdue: false }]);
  const acts = (await host.invoke('custody.list', {})).map(({ act }) => act);
  expect(acts).toEqual([
    'case.created',
    'schedule.saved',
    'evidence.imported',
    'table.exported',
    'schedule.ran',
    'table.exported',
    'schedule.ran',
  ]);
});

it('goes on behind a step that fails, and says that it did not go well', async () => {
  const host = openHost(false);
  await host.invoke('case.create', { path: join(folder, 'b.flowcase'), name: 'b' });
  const { steps } = nightly('broken');
  const [importing, exporting] = steps;
  await host.invoke('schedule.save', {
    ...nightly('broken'),
    steps: [{ ...exporting, input: { ...exporting.input, path: '/nowhere/x.csv' } }, importing],
  });
  const run = await host.runJob('schedule.run', { name: 'broken' });
  expect(run).toMatchObject({ ok: false, steps: [{ ok: false }, { ok: true }] });
  expect(run.steps[0]?.words).toContain('/nowhere');
  // the job of it is one that failed, and says at which step and why; what became of the others is with it
  const [job] = (await host.invoke('jobs.list', {})).filter(({ command }) => command === 'schedule.run');
  expect(job).toMatchObject({
    status: 'failed',
    error: { code: 'WRITE_FAILED', details: { step: 1, command: 'table.export' } },
    result: { ok: false, steps: [{ ok: false }, { ok: true }] },
  });
  expect(job?.error?.message).toMatch(/^Step 1 \(table\.export\) failed: .*\/nowhere/);
});

it.each([
  ['a time that is none', { cron: 'at night' }, /no time of cron/],
  ['a zone that is none', { zone: 'Nowhere/At_All' }, /no time zone/],
  [
    'a step whose input is wrong',
    { steps: [{ command: 'report.export' as const, input: { pth: '/x.pdf' } }] },
    /Step 1 \(report.export\) is wrong/,
  ],
])('%s is refused when it is set', async (what, change, message) => {
  const host = openHost(false);
  await host.invoke('case.create', { path: join(folder, `${what}.flowcase`), name: 'c' });
  await expect(host.invoke('schedule.save', { ...nightly('x'), ...change })).rejects.toThrow(message);
  await expect(host.runJob('schedule.run', { name: 'x' })).rejects.toThrow(/There is no schedule/);
});

it('what was due while nothing ran is done when the case is opened in a window, once', async () => {
  const path = join(folder, 'd.flowcase');
  const setter = openHost(false);
  await setter.invoke('case.create', { path, name: 'd' });
  await setter.invoke('schedule.save', { ...nightly('minutely'), cron: '* * * * *' });
  await setter.close();
  hosts = [];
  const db = new Database(path);
  db.prepare('UPDATE schedule SET created = created - 3600e6').run();
  db.close();
  const window = openHost(true);
  const done = Promise.withResolvers<undefined>();
  window.on('job', (job) => {
    if (job.command === 'schedule.run' && job.status === 'done') done.resolve(undefined);
  });
  await window.invoke('case.open', { path });
  await done.promise;
  expect(await window.invoke('schedules.list', {})).toMatchObject([{ name: 'minutely', overdue: false, last: { ok: true } }]);
});
