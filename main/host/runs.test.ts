import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleOptions } from '../../app/generate/sample.ts';
import { generateZeekConn } from '../../app/generate/zeek-conn.ts';
import { createHost, type Host } from './host.ts';

let folder: string;
let one: Host;
const hosts: Host[] = [];

function host(): Host {
  const made = createHost({ kind: 'local', version: '0.0.1', dataFolder: join(folder, 'data'), recordOpenings: false, who: 'Ada' });
  hosts.push(made);
  return made;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-runs-'));
  await generateZeekConn({ ...sampleOptions, rows: 3000, seed: 3 }, (block) => appendFileSync(join(folder, 'conn.log'), block));
  one = host();
  await one.invoke('case.create', { path: join(folder, 'a.flowcase'), name: 'a', number: '', examiner: '' });
  await one.runJob('evidence.import', { paths: [join(folder, 'conn.log')] });
}, 60_000);
afterAll(async () => {
  await Promise.all(hosts.map((made) => made.close()));
  rmSync(folder, { recursive: true, force: true });
});

it('clusterings of every subject and method repeat, compare, are checked and drawn, and the case verifies', async () => {
  const kmeans = (await one.runJob('cluster.run', { k: 4 })).run;
  const mixture = (await one.runJob('cluster.run', { k: 3, method: 'gmm', covariance: 'diag' })).run;
  const ofHosts = (await one.runJob('cluster.run', { k: 3, of: 'hosts', window: 3_600_000_000 })).run;
  expect([kmeans, mixture, ofHosts].map(({ recipe }) => recipe)).toEqual(['conn-v1', 'conn-v1', 'host-v1']);
  for (const { id } of [kmeans, mixture, ofHosts]) {
    expect((await one.runJob('run.repeat', { run: id })).same).toBe(true);
    expect(await one.runJob('run.crosscheck', { run: id })).toMatchObject({ run: id, agrees: true, sampledFrom: null, by: 'Ada' });
  }
  expect(await one.runJob('run.crosscheck', { run: kmeans.id, rows: 500 })).toMatchObject({ rows: 500, sampledFrom: kmeans.rows });
  expect((await one.invoke('crosschecks.list', {})).map(({ run }) => run)).toEqual([1, 2, 3, 1]);
  expect(await one.invoke('runs.compare', { a: 1, b: 2 })).toMatchObject({ rows: kmeans.rows, onlyA: 0, onlyB: 0 });

  await expect(one.invoke('run.scatter', { run: 3, picture: 'umap' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const drawn = await one.runJob('run.picture', { run: 3 });
  expect(drawn).toMatchObject({ picture: 'umap', variance: null });
  expect(drawn.hosts).toHaveLength(drawn.drawn);
  // what is there is shown again
  expect(await one.runJob('run.picture', { run: 3 })).toEqual(drawn);
  expect(await one.invoke('run.scatter', { run: 3, picture: 'umap' })).toEqual(drawn);

  const acts = (await one.invoke('custody.list', {})).map(({ act }) => act);
  expect(acts.filter((act) => act === 'run.crosschecked')).toHaveLength(4);
  expect(acts.filter((act) => act === 'run.pictured')).toHaveLength(1);
  expect(await one.runJob('case.verify', {})).toMatchObject({ ok: true });

  const reading = host();
  await reading.invoke('case.open', { path: join(folder, 'a.flowcase'), readOnly: true });
  expect(await reading.invoke('crosschecks.list', { run: 1 })).toHaveLength(2);
  await expect(reading.runJob('run.crosscheck', { run: 1 })).rejects.toMatchObject({ code: 'CASE_READ_ONLY' });
}, 180_000);

it('a model repeats by the recipe that it was trained with', async () => {
  const label = { type: 'column', column: 'service' } as const;
  const { run } = await one.runJob('model.train', { model: 'tree', label });
  expect(run.recipe).not.toBe('');
  expect((await one.runJob('run.repeat', { run: run.id })).same).toBe(true);
}, 60_000);
