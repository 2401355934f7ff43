import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands, type Cell, type RecordPage } from '../contract.ts';
import { outcome, request } from '../case/testing.ts';
import { createReadHandlers, type ReadHandlers } from './read.ts';
import { caseOf, checked, haveShared, hourLog, plainLog, type TestCase } from './testing.ts';
import { createWriteHandlers } from './write.ts';

describe.skipIf(!haveShared)('the read commands on a real case (skipped where ../shared/data is missing)', () => {
  let test: TestCase;
  let handlers: ReadHandlers;
  let plain: readonly (readonly string[])[];
  let fields: readonly string[];

  beforeAll(async () => {
    test = await caseOf(hourLog, plainLog);
    handlers = createReadHandlers(test.reader);
    const lines = gunzipSync(readFileSync(hourLog)).toString().split('\n');
    fields =
      lines
        .find((line) => line.startsWith('#fields'))
        ?.split('\t')
        .slice(1) ?? [];
    plain = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
  });
  afterAll(() => test.close());

  const page = (filter: string, more: object = {}): RecordPage =>
    handlers['records.query'](checked('records.query', { kind: 'connection', filter, limit: 100_000, ...more })) as RecordPage;
  const column = (answer: RecordPage, name: string): Cell[] => {
    const at = answer.columns.findIndex((one) => one.name === name);
    return answer.rows.map((row) => row[at] ?? null);
  };
  const inLog = (name: string): string[] => plain.map((row) => row[fields.indexOf(name)] ?? '');

  it('answers every read command of the contract', () => {
    const names = Object.entries(commands)
      .filter(([, { access }]) => access === 'read')
      .map(([name]) => name);
    expect(Object.keys(handlers).sort()).toEqual(names.sort());
  });

  it('gives every record of a log, in the order of time, with every value', () => {
    const answer = page('evidence = 1');
    expect([answer.total, answer.all, answer.words]).toEqual([1052, 1052 + 360, 'from 1']);
    expect(column(answer, 'uid').sort()).toEqual(inLog('uid').sort());
    const times = column(answer, 'ts').map(Number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([times[0], times.at(-1)]).toEqual([1_713_553_615_895_462, 1_713_560_386_531_853]);
    const sent = column(answer, 'orig_bytes').reduce((sum: number, cell) => sum + Number(cell ?? 0), 0);
    expect(sent).toBe(773_543);
  });

  it('filters as a look at the lines does', () => {
    const port22 = inLog('id.resp_p').filter((port) => port === '22').length;
    expect(page('evidence = 1 and id.resp_p = 22').total).toBe(port22);
    const noService = inLog('service').filter((service) => service === '-').length;
    expect(page('evidence = 1 and service is absent').total).toBe(noService);
    const large = plain.filter((row) => {
      const [out, back] = [Number(row[fields.indexOf('orig_bytes')]), Number(row[fields.indexOf('resp_bytes')])];
      return (Number.isNaN(out) ? 0 : out) + (Number.isNaN(back) ? 0 : back) > 5000;
    });
    expect(page('evidence = 1 and bytes > 5kB').total).toBe(large.length);
    expect(page('evidence = 1 and ts < 2024-04-19T20:00').total).toBe(inLog('ts').filter((ts) => Number(ts) < 1_713_556_800).length);
  });

  it('sorts by any column: numbers, texts, addresses; absent last; both ways; pages fit together', () => {
    for (const descending of [false, true]) {
      for (const [name, compare] of [
        ['orig_bytes', (a: Cell, b: Cell) => Number(a) - Number(b)],
        ['duration', (a: Cell, b: Cell) => Number(a) - Number(b)],
        ['service', (a: Cell, b: Cell) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)],
        ['uid', (a: Cell, b: Cell) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)],
      ] as const) {
        const values = column(page('', { columns: [name], sort: { column: name, descending } }), name);
        const present = values.filter((value) => value !== null);
        expect(values.slice(present.length).every((value) => value === null)).toBe(true);
        const expected = [...present].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
        expect(present).toEqual(expected);
      }
    }
    const addresses = column(page('', { columns: ['orig_h'], sort: { column: 'orig_h' } }), 'orig_h').map(String);
    const numberOf = (address: string): number =>
      address.includes(':') ? Infinity : address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    expect(addresses.map(numberOf)).toEqual(addresses.map(numberOf).sort((a, b) => (a === b ? 0 : a - b)));

    const whole = page('resp_p = 22', { sort: { column: 'service', descending: true } }).ids;
    const parts = [0, 7, 14].flatMap(
      (offset) => page('resp_p = 22', { sort: { column: 'service', descending: true }, offset, limit: 7 }).ids,
    );
    expect(parts).toEqual(whole.slice(0, 21));
    expect(page('', { sort: { column: 'bytes', descending: true }, limit: 1 }).total).toBe(1412);
    expect(() => page('', { sort: { column: 'nothing' } })).toThrow(/no column “nothing”/);
    expect(() => page('', { columns: ['nothing'] })).toThrow(/no column “nothing”/);
  });

  it('shows the columns people know first', async () => {
    const columns = await handlers['records.columns']({ kind: 'connection' });
    const shown = columns.filter((one) => one.shown).map(({ name }) => name);
    expect(shown.slice(0, 12)).toEqual([
      'ts',
      'uid',
      'orig_h',
      'orig_p',
      'resp_h',
      'resp_p',
      'proto',
      'service',
      'duration',
      'orig_bytes',
      'resp_bytes',
      'conn_state',
    ]);
    expect(columns.some(({ name }) => name.startsWith('_line'))).toBe(false);
  });

  it('reads the line of a record from the original, packed or not, and says why when it cannot', async () => {
    for (const [evidence, uid] of [
      [1, inLog('uid')[700]],
      [2, 'CoyZrY2g74UvMMgp4a'],
    ] as const) {
      const [id = -1] = page(`evidence = ${evidence} and uid = ${uid}`).ids;
      const detail = await handlers['record.get']({ kind: 'connection', id });
      expect(detail.rawMissing).toBeNull();
      expect(detail.raw?.split('\t')[fields.length > 0 && evidence === 1 ? fields.indexOf('uid') : 1]).toBe(uid);
      if (evidence === 1) expect(detail.raw).toBe(plain[700]?.join('\t'));
      expect(detail.fields.find(({ column: one }) => one.name === 'uid')?.value).toBe(uid);
    }
    await expect(handlers['record.get']({ kind: 'connection', id: 10 ** 9 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says what is rare about the largest connection', async () => {
    const [id = -1] = page('', { sort: { column: 'bytes', descending: true }, limit: 1 }).ids;
    const { why } = await handlers['record.get']({ kind: 'connection', id });
    expect(why.find(({ what }) => what === 'bytes')?.words).toContain('none has more');
    expect(new Set(why.map(({ what }) => what)).size).toBe(why.length);
  });

  it('adds up the overview, the hosts and a host alike', async () => {
    const overview = await handlers['insight.overview'](checked('insight.overview', { filter: 'evidence = 1' }));
    const figures = { kind: 'connection', volume: 'payload', total: 1052, bytesOut: 773_543, bytesIn: 2_077_431 } as const;
    expect(overview).toMatchObject(figures);
    const hosts = await handlers['hosts.list'](checked('hosts.list', { filter: 'evidence = 1', limit: 100_000 }));
    expect([hosts.total, hosts.rows.length]).toEqual([overview.hosts, overview.hosts]);
    expect(hosts.rows.reduce((sum, row) => sum + row.asOriginator, 0)).toBe(1052);
    expect(hosts.all).toBe(test.reader.info().hosts);
    const first = (await handlers['hosts.list'](checked('hosts.list', { sort: { column: 'peers', descending: true } }))).rows[0];
    if (first === undefined) throw new Error('no host');
    const detail = await handlers['host.get'](checked('host.get', { host: first.host }));
    const total = page(`host = ${first.host}`).total;
    expect(detail.row).toEqual(first);
    expect(detail.rhythm.reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(detail.timeline.connections.reduce((sum, count) => sum + count, 0)).toBe(total);
    expect((await handlers['hosts.list'](checked('hosts.list', { search: first.host }))).rows.map(({ host }) => host)).toContain(
      first.host,
    );
    expect(() => handlers['host.get'](checked('host.get', { host: '203.0.113.99' }))).toThrow(/203\.0\.113\.99/);
    expect(() => handlers['hosts.list'](checked('hosts.list', { sort: { column: 'x' } }))).toThrow(/cannot be sorted/);
  });

  it('passes on what the case knows itself', async () => {
    expect(await handlers['case.info']({})).toEqual(test.reader.info());
    expect(await handlers['evidence.list']({})).toHaveLength(2);
    expect((await handlers['evidence.rejects'](checked('evidence.rejects', {}))).total).toBe(test.reader.info().rejects);
    expect((await handlers['custody.list']({})).length).toBe(test.reader.info().custody.entries);
    expect(await handlers['findings.list'](checked('findings.list', {}))).toEqual([]);
    expect(await handlers['runs.list']({})).toEqual([]);
    expect((await handlers['tags.list']({})).tags).toEqual([]);
    expect(() => handlers['run.get']({ run: 5 })).toThrow();
    expect(() => page('', { run: 7 })).toThrow(/no run 7/);
    expect(
      await handlers['filter.check'](checked('filter.check', { kind: 'connection', filter: 'service = ss', cursor: 12 })),
    ).toMatchObject({ ok: true, replaceFrom: 10 });
    expect(page('', { kind: 'request' }).total).toBe(0);
  });
});

describe.skipIf(!haveShared)('what changes while a case is read (skipped where ../shared/data is missing)', () => {
  let test: TestCase;
  let copy: string;

  beforeAll(async () => {
    test = await caseOf();
    copy = join(test.folder, 'conn.log');
    copyFileSync(plainLog, copy);
    const { runImport } = await import('./jobs.ts');
    await runImport(test.writer, checked('evidence.import', { paths: [copy] }), { report: () => undefined, stopped: () => false });
  });
  afterAll(() => test.close());

  it('shows tags, clusters and findings as soon as they are there, in rows and in filters', async () => {
    const handlers = createReadHandlers(test.reader);
    const write = createWriteHandlers(test.writer, test.reader);
    const query = (filter: string): RecordPage =>
      handlers['records.query'](checked('records.query', { kind: 'connection', filter })) as RecordPage;
    const before = query('');
    expect(before.marks[0]).toEqual({ tags: [], cluster: null });
    expect(query('tag = hot').total).toBe(0);

    const tagged = await write['tag.add'](
      checked('tag.add', { name: 'hot', target: { type: 'filter', kind: 'connection', filter: 'resp_p = 443' } }),
    );
    expect(query('tag = hot').ids).toEqual(query('resp_p = 443').ids);
    expect(tagged.tagged).toBe(query('resp_p = 443').total);
    expect(query('resp_p = 443').marks[0]?.tags).toEqual([1]);
    const host = query('').rows[0]?.[2];
    await write['tag.add'](checked('tag.add', { name: 'host', target: { type: 'host', host: String(host) } }));
    expect(query('tag = host').total).toBe(query(`host = ${host}`).total);
    await write['tag.undo']({ undo: tagged.undo });
    expect(query('tag = hot').total).toBe(0);

    test.writer.saveRun(request, outcome(test.reader));
    const clustered = query('cluster = 1');
    expect(clustered.total).toBeGreaterThan(0);
    expect(clustered.marks.every(({ cluster }) => cluster === 1)).toBe(true);
    expect(query('cluster = 1').total + query('cluster = 1:2').total).toBe(query('cluster is present').total);
    expect(query('finding = far-from-cluster').total).toBe(3);
    expect(query('finding = 1').total).toBe(3);
    expect(() => query('finding = 99')).toThrow(/no finding 99/);
    const detail = await handlers['record.get']({ kind: 'connection', id: clustered.ids[0] ?? -1 });
    expect(detail.clusters).toHaveLength(1);
    const run = await handlers['run.get']({ run: 1 });
    expect(run.clusters.map(({ size }) => size)).toEqual([query('cluster = 1').total, query('cluster = 2').total]);
    const scatter = await handlers['run.scatter'](checked('run.scatter', { run: 1, points: 10 }));
    expect(scatter.drawn).toBe(10);

    await write['tag.add'](checked('tag.add', { name: 'odd', target: { type: 'cluster', run: 1, cluster: 2 } }));
    expect(query('tag = odd').ids).toEqual(query('cluster = 2').ids);
    await write['cluster.name'](checked('cluster.name', { run: 1, cluster: 2, name: 'strange', suspect: true }));
    expect((await handlers['run.get']({ run: 1 })).clusters[1]).toMatchObject({ name: 'strange', suspect: true });
  });

  it('says why the line of an original cannot be shown', async () => {
    const handlers = createReadHandlers(test.reader);
    const { ids } = await handlers['records.query'](checked('records.query', { kind: 'connection', limit: 5 }));
    const missing = async (): Promise<string | null> => (await handlers['record.get']({ kind: 'connection', id: ids[3] ?? -1 })).rawMissing;
    const original = readFileSync(copy);
    expect(await missing()).toBeNull();
    writeFileSync(copy, Buffer.from(original.toString('latin1').replaceAll('C', 'D'), 'latin1'));
    expect(await missing()).toContain('has changed');
    writeFileSync(copy, original.subarray(0, 5000));
    expect(await missing()).toContain('5,000 now');
    rmSync(copy);
    expect(await missing()).toContain('not there any more');
    // packed since: what it holds is what was imported
    writeFileSync(copy, gzipSync(original));
    expect(await missing()).toBeNull();
    writeFileSync(copy, original);
    expect(await missing()).toBeNull();
  });
});
