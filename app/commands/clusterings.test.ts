import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCase } from '../case/verify.ts';
import type { RunSummary } from '../contract.ts';
import { filterContext } from './context.ts';
import { runCluster, runRepeat, runTableExport } from './jobs.ts';
import { createReadHandlers, type ReadHandlers } from './read.ts';
import { caseOf, checked, haveShared, hourLog, quiet, sharedLog, type TestCase } from './testing.ts';
import { createWriteHandlers, type WriteHandlers } from './write.ts';

const here = { threads: 1, createThread: null, program: 'Flowcase test' };
const title = haveShared ? 'clusterings of a real case' : 'clusterings of a real case (skipped: ../shared/data is missing)';

describe.skipIf(!haveShared)(title, () => {
  let test: TestCase;
  let read: ReadHandlers;
  let write: WriteHandlers;
  const runs: Record<string, RunSummary> = {};

  async function make(name: string, input: Parameters<typeof checked<'cluster.run'>>[1]): Promise<RunSummary> {
    const request = checked('cluster.run', input);
    const outcome = await runCluster(test.reader, request, here, quiet);
    const run = test.writer.saveRun({ ...request, recipe: outcome.summary.recipe }, outcome);
    test.reader.refresh();
    runs[name] = run;
    return run;
  }

  beforeAll(async () => {
    test = await caseOf(hourLog, sharedLog('web/apache_combined_10k.log.gz'));
    test.reader.refresh();
    read = createReadHandlers(test.reader);
    write = createWriteHandlers(test.writer, test.reader);
    await make('mixture', { method: 'gmm', k: 4, covariance: 'diag' });
    await make('requests', { of: 'requests', k: 5 });
    await make('hosts', { of: 'hosts', k: 4 });
    await make('windows', { of: 'hosts', method: 'gmm', covariance: 'spherical', k: 3, window: 600_000_000 });
  }, 120_000);
  afterAll(() => test.close());

  it('say what they are of, by what recipe, and how well their groups stand apart', () => {
    expect(runs['mixture']).toMatchObject({
      of: 'connections',
      method: 'gmm',
      recipe: 'conn-v1',
      rows: 1052,
      covariance: 'diag',
      inertia: null,
    });
    expect(runs['requests']).toMatchObject({ of: 'requests', method: 'kmeans', recipe: 'request-v1', rows: 10_000, k: 5, bic: null });
    expect(runs['hosts']).toMatchObject({ of: 'hosts', recipe: 'host-v1', window: null, rows: test.reader.info().hosts });
    expect(runs['windows']).toMatchObject({ window: 600_000_000, covariance: 'spherical' });
    expect(runs['windows'].rows).toBeGreaterThan(runs['hosts'].rows);
    for (const run of Object.values(runs)) {
      expect(run.daviesBouldin).toBeGreaterThan(0);
      expect(run.calinskiHarabasz).toBeGreaterThan(0);
      const [fit, other] = run.method === 'gmm' ? [run.logLikelihood, run.inertia] : [run.inertia, run.logLikelihood];
      expect([Number.isFinite(fit), other]).toEqual([true, null]);
      expect(run.method === 'gmm').toBe(run.bic !== null && run.aic !== null && run.bic > run.aic);
    }
  });

  it('repeat', async () => {
    for (const { id } of Object.values(runs)) expect(await runRepeat(test.reader, id, here, quiet)).toMatchObject({ same: true });
  }, 120_000);

  it('have members of their own kind, as many as the cluster says', async () => {
    const { clusters } = test.reader.run(runs['requests'].id);
    for (const { cluster, size } of clusters) {
      const filter = `cluster = ${runs['requests'].id}:${cluster}`;
      const page = await read['records.query'](checked('records.query', { kind: 'request', filter, limit: 1 }));
      expect(page.total).toBe(size);
      const bare = { kind: 'request', filter: `cluster = ${cluster}`, limit: 1 };
      expect((await read['records.query'](checked('records.query', bare))).total).toBe(size);
    }
    const hosts = test.reader.run(runs['hosts'].id).clusters;
    for (const { cluster, size, typicalHost } of hosts) {
      const page = await read['hosts.list'](checked('hosts.list', { filter: `cluster = ${runs['hosts'].id}:${cluster}`, limit: 100_000 }));
      expect(page.total).toBe(size);
      expect(page.rows.map(({ host }) => host)).toContain(typicalHost);
    }
    expect(hosts.reduce((sum, { size }) => sum + size, 0)).toBe(test.reader.info().hosts);
  });

  it('of hosts reach the records that these began', async () => {
    const { id } = runs['hosts'];
    const [{ cluster }] = test.reader.run(id).clusters;
    const listed = await read['hosts.list'](checked('hosts.list', { filter: `cluster = ${id}:${cluster}`, limit: 100_000 }));
    const inside = new Set(listed.rows.map(({ host }) => host));
    for (const kind of ['connection', 'request']) {
      const all = await read['records.query'](checked('records.query', { kind, columns: ['orig_h'], limit: 100_000 }));
      const some = await read['records.query'](
        checked('records.query', { kind, filter: `cluster = ${id}:${cluster}`, columns: ['orig_h'], limit: 100_000 }),
      );
      expect(some.total).toBe(all.rows.filter(([host]) => inside.has(String(host))).length);
    }
    const page = await read['records.query'](
      checked('records.query', { kind: 'connection', filter: 'cluster is present', run: runs['windows'].id }),
    );
    // every connection began in some window
    expect(page.total).toBe(1052);
    const first = await read['record.get'](checked('record.get', { kind: 'connection', id: page.ids[0] }));
    expect(first.clusters).toContainEqual(expect.objectContaining({ run: runs['windows'].id }));
    expect(first.clusters.map(({ run }) => run)).not.toContain(runs['requests'].id);
  });

  it('mark records with the cluster of the run that is looked at', async () => {
    for (const [kind, name] of [
      ['request', 'requests'],
      ['connection', 'windows'],
      ['connection', 'mixture'],
    ] as const) {
      const run = runs[name].id;
      const page = await read['records.query'](checked('records.query', { kind, run, limit: 5 }));
      for (const [at, id] of page.ids.entries()) {
        const detail = await read['record.get'](checked('record.get', { kind, id }));
        const own = detail.clusters.find((one) => one.run === run);
        expect(own?.cluster).toBeGreaterThan(0);
        expect(page.marks[at].cluster).toBe(own?.cluster);
      }
    }
    const { typicalHost, cluster } = test.reader.run(runs['hosts'].id).clusters[0];
    const host = await read['host.get'](checked('host.get', { host: typicalHost ?? '' }));
    expect(host.clusters.filter(({ run }) => run === runs['hosts'].id).map((one) => one.cluster)).toEqual([cluster]);
  });

  it('name hosts in their picture', () => {
    const scatter = test.reader.scatter(runs['windows'].id, 50);
    expect(scatter.hosts).toHaveLength(50);
    const dictionary = test.reader.table('connection').dictionary('host');
    expect(scatter.hosts).toEqual([...scatter.id].map((host) => dictionary.textOf(host)));
    expect(test.reader.scatter(runs['requests'].id, 50).hosts).toBeNull();
  });

  it('of which a bare `cluster = 3` means the latest over such records', () => {
    expect(filterContext(test.reader, 'connection').currentRun).toBe(runs['mixture'].id);
    expect(filterContext(test.reader, 'request').currentRun).toBe(runs['requests'].id);
    // another kind's run says nothing of these records
    expect(filterContext(test.reader, 'connection', runs['requests'].id).currentRun).toBeNull();
    expect(filterContext(test.reader, 'request', runs['hosts'].id).currentRun).toBe(runs['hosts'].id);
  });

  it('of hosts and requests are tagged as a whole, and give the tag back', async () => {
    const { id } = runs['hosts'];
    const { clusters } = test.reader.run(id);
    const last = clusters[clusters.length - 1];
    const added = await write['tag.add'](checked('tag.add', { target: { type: 'cluster', run: id, cluster: last.cluster }, name: 'odd' }));
    expect(added.tagged).toBe(last.size);
    test.reader.refresh();
    const tag = test.reader.tagIndex().idOf('odd');
    expect(test.reader.tagIndex().ofHost(last.typicalHost ?? '')).toEqual([tag]);
    const named = await read['records.query'](
      checked('records.query', { kind: 'connection', filter: 'tag = odd', columns: ['orig_h', 'resp_h'], limit: 5000 }),
    );
    const members = await read['hosts.list'](checked('hosts.list', { filter: `cluster = ${id}:${last.cluster}`, limit: 100_000 }));
    const inside = new Set(members.rows.map(({ host }) => host));
    expect(named.rows.every(([from, to]) => inside.has(String(from)) || inside.has(String(to)))).toBe(true);
    expect(test.reader.tags().tags.find(({ name }) => name === 'odd')?.hosts).toBe(last.size);
    expect(test.reader.custody().at(-1)?.summary).toMatch(/cluster \d of run \d \(\d+ hosts?\)/);
    const request = { type: 'cluster', run: runs['requests'].id, cluster: 1 } as const;
    await write['tag.add'](checked('tag.add', { target: request, name: 'bulk' }));
    const bulk = await read['records.query'](checked('records.query', { kind: 'request', filter: 'tag = bulk', limit: 1 }));
    expect(bulk.total).toBe(test.reader.run(runs['requests'].id).clusters[0].size);
  });

  it('have findings of their own records, and leave those of others standing', () => {
    const findings = test.reader.findings({});
    for (const { of, records, run } of findings) {
      const summary = Object.values(runs).find(({ id }) => id === run);
      expect(of).toBe(summary?.of);
      const table = test.reader.table(of === 'requests' ? 'request' : 'connection');
      expect(records.every((record) => table.locate(record) !== null)).toBe(true);
    }
    const ofRequests = findings.filter(({ of }) => of === 'requests');
    expect(ofRequests.length).toBeGreaterThan(0);
    const context = filterContext(test.reader, 'connection');
    expect(context.findingRecords(String(ofRequests[0].id))).toHaveLength(0);
    expect(filterContext(test.reader, 'request').findingRecords(String(ofRequests[0].id)).length).toBe(ofRequests[0].count);
  });

  it('are exported with their members', async () => {
    for (const name of ['requests', 'hosts']) {
      const input = { table: 'members', run: runs[name].id, cluster: 1, path: join(test.folder, `${name}.csv`) } as const;
      const { rows } = await runTableExport(test.reader, checked('table.export', input), quiet);
      expect(rows).toBe(test.reader.run(runs[name].id).clusters[0].size);
    }
  });

  it('verify', async () => {
    expect(await verifyCase(test.reader, {}, quiet)).toMatchObject({ ok: true, custody: { ok: true } });
  });
});
