import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder, source } from '../case/testing.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import { verifyCase } from '../case/verify.ts';
import type { LiveStatus } from '../contract.ts';
import { LiveDesk } from '../live/desk.ts';
import { liveSource, liveWindowRules, retentionRules } from '../contract/live.ts';
import { importFiles } from '../import/import-files.ts';
import { committedTable, recordsThrough } from './live.ts';
import { createReadHandlers, type ReadHandlers } from './read.ts';

const scratch = scratchFolder();
const log = join(scratch.path, 'access.log');
const quiet = { report: () => undefined, stopped: () => false };
let writer: CaseWriter;
let reader: CaseReader;
let reads: ReadHandlers;
let desk: LiveDesk;
const told: LiveStatus[] = [];

const line = (i: number, minute = 0): string =>
  `10.0.0.${i % 9} - - [10/Oct/2024:13:${String(minute).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000] "GET /page/${i} HTTP/1.1" ${i % 5 === 0 ? 404 : 200} ${i}\n`;
const lines = (from: number, to: number, minute = 0): string =>
  Array.from({ length: to - from }, (_, i) => line(from + i, minute)).join('');

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 2000) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const requests = async (): Promise<number> => (await reads['case.info']({})).requests;
const watch = { source: liveSource.parse({ type: 'file', path: log }), name: '' };

beforeAll(() => {
  writeFileSync(log, lines(0, 100));
  writer = createCase(join(scratch.path, 'a.flowcase'), caseFields);
  reader = openCaseForReading(writer.path);
  reads = createReadHandlers(reader);
  desk = new LiveDesk({
    writer,
    changed: () => undefined,
    tell: (status) => told.push(status),
    alert: () => undefined,
    matching: (kind, filter) => recordsThrough(reader, kind, filter),
    table: (kind) => committedTable(reader, kind),
  });
});
afterAll(async () => {
  await desk.close();
  reader.close();
  writer.close();
  scratch.remove();
});

describe('a file that is watched', () => {
  it('is in the case as it grows, with its lines as they stand, through a rotation', async () => {
    expect(await desk.handlers['live.watch'](watch)).toMatchObject({
      id: 1,
      name: 'access.log',
      state: expect.stringMatching(/starting|running/) as string,
    });
    await until(async () => (await requests()) === 100);
    expect(await reads['evidence.list']({})).toMatchObject([{ status: 'live', rows: 100, name: 'access.log' }]);
    expect(await reads['record.get']({ kind: 'request', id: 42 })).toMatchObject({ raw: line(42).trim(), evidence: { line: 43 } });
    // what was worked out before does not hold any more, although no evidence was added
    const latest = async (): Promise<readonly number[]> => {
      const input = {
        kind: 'request',
        filter: 'status = 404',
        sort: { column: 'ts', descending: true },
        offset: 0,
        limit: 1,
        columns: ['bytes'],
      };
      const page = await reads['records.query'](input);
      return [page.total, Number(page.rows[0]?.[0])];
    };
    const overview = async (): Promise<number> =>
      (await reads['insight.overview']({ kind: 'request', filter: '', buckets: 10, top: 5 })).total;
    expect([await latest(), await overview()]).toEqual([[20, 55], 100]);
    appendFileSync(log, lines(100, 150, 1));
    await until(async () => (await requests()) === 150);
    expect([await latest(), await overview()]).toEqual([[30, 115], 150]);
    renameSync(log, `${log}.1`);
    writeFileSync(log, lines(150, 250, 3));
    await until(async () => (await requests()) === 250);
    expect(await reads['record.get']({ kind: 'request', id: 120 })).toMatchObject({ raw: line(120, 1).trim() });
    expect(await reads['record.get']({ kind: 'request', id: 160 })).toMatchObject({ raw: line(160, 3).trim(), evidence: { line: 11 } });
    const { sources } = await desk.handlers['live.status']({});
    expect(sources).toMatchObject([
      { records: 250, rejected: 0, kind: 'request', lagBytes: 0, formatTitle: expect.stringContaining('log') as string },
    ]);
  });

  it('has windows, by the time stamps of its records', async () => {
    const windows = await reads['live.windows']({ kind: 'request', limit: 10, top: 3 });
    expect(windows.map(({ start, records, errors, clients }) => [new Date(start / 1000).toISOString(), records, errors, clients])).toEqual([
      ['2024-10-10T13:00:00.000Z', 100, 20, 9],
      ['2024-10-10T13:01:00.000Z', 50, 10, 9],
    ]);
    expect(windows[0].top['client']).toHaveLength(3);
  });

  it('cannot be watched twice; it waits while a file is imported, and goes on behind it', async () => {
    expect(() => desk.handlers['live.watch'](watch)).toThrow(/watched already/);
    const otherwise = liveSource.parse({ type: 'file', path: log, from: 'end', folders: [scratch.path] });
    expect(() => desk.handlers['live.watch']({ ...watch, source: otherwise })).toThrow(/watched already/);
    const other = join(scratch.path, 'other.log');
    writeFileSync(other, lines(1000, 1100, 9));
    const importing = importFiles(writer, { paths: [other], force: false }, quiet);
    appendFileSync(log, lines(250, 260, 4));
    await importing;
    await until(async () => (await requests()) === 360);
    expect((await reads['evidence.list']({})).map(({ name, rows }) => [name, rows])).toContainEqual(['access.log', 10]);
  });

  it('who posts while a file is imported is told at once, and nothing is taken', async () => {
    const before = await requests();
    const session = writer.beginEvidence(source('large.log', 'request'));
    await expect(desk.ingest('shop', 'text/plain', Buffer.from(lines(0, 5, 9)))).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining('being imported') as string,
    });
    session.abort();
    expect((await desk.handlers['live.status']({})).sources).toHaveLength(1);
    expect(await requests()).toBe(before);
  });

  it('can be paused and gone on with, and verifies against what lies there', async () => {
    await desk.handlers['live.pause']({ source: 1 });
    expect(await desk.handlers['live.status']({})).toMatchObject({ running: false, sources: [{ state: 'paused' }] });
    appendFileSync(log, lines(260, 280, 5));
    expect(await requests()).toBe(360);
    // what is said of it now holds from now on; it is the same source
    const source = liveSource.parse({ type: 'file', path: log, folders: [join(scratch.path, 'old')] });
    expect(await desk.handlers['live.watch']({ ...watch, source })).toMatchObject({ id: 1, watch: { source } });
    await until(async () => (await requests()) === 380);
    await desk.handlers['live.pause']({ source: 1 });
    const result = await verifyCase(reader, {}, quiet);
    expect(result).toMatchObject({ ok: true });
    expect(result.evidence.map(({ match }) => match)).toEqual(result.evidence.map(() => true));
    expect((await reads['evidence.list']({})).every(({ status }) => status === 'complete')).toBe(true);
  });

  it('that was changed since is not taken for what was received', async () => {
    writeFileSync(log, lines(0, 130, 7));
    const last = (await verifyCase(reader, {}, quiet)).evidence.at(-1);
    expect(last).toMatchObject({ match: null, message: expect.stringContaining('rotated away') as string });
    rmSync(`${log}.1`);
    expect(await reads['record.get']({ kind: 'request', id: 120 })).toMatchObject({
      raw: null,
      rawMissing: expect.stringContaining('rotated') as string,
    });
  });

  it('can be taken off the list; the rules are kept, with an entry in the custody log', async () => {
    await desk.handlers['live.remove']({ source: 1 });
    expect((await desk.handlers['live.status']({})).sources).toEqual([]);
    const retention = retentionRules.parse({ days: 30 });
    await desk.handlers['live.setRules']({ retention, windows: liveWindowRules.parse({ width: 300 }) });
    expect(await reads['live.rules']({})).toMatchObject({ retention: { days: 30 }, windows: { width: 300 }, alerts: { perHour: 30 } });
    const acts = (await reads['custody.list']({})).map(({ act }) => act);
    expect(acts).toEqual(
      expect.arrayContaining([
        'live.watched',
        'evidence.began',
        'evidence.imported',
        'live.stopped',
        'live.resumed',
        'live.removed',
        'live.ruled',
      ]),
    );
    expect(told.length).toBeGreaterThan(0);
  });
});

describe('lines that are posted', () => {
  it('are in the case when whoever posted them is answered, under a source of their name', async () => {
    const body = Buffer.from(lines(0, 200, 20));
    expect(await desk.ingest('shop', 'text/plain', body)).toMatchObject({ accepted: 200, rejected: 0, recognised: true });
    const [shop] = (await desk.handlers['live.status']({})).sources;
    expect(shop).toMatchObject({ name: 'API: shop', state: 'running', records: 200 });
    const before = await requests();
    expect(await desk.ingest('shop', 'text/plain', Buffer.from(lines(200, 230, 21)))).toMatchObject({
      accepted: 30,
      rejected: 0,
      recognised: true,
    });
    expect(await requests()).toBe(before + 30);
    await expect(desk.ingest('../etc', 'text/plain', body)).rejects.toThrow(/no name of a source/);
  });
});

describe('a first line that is longer than any log has', () => {
  const long = Buffer.from('x'.repeat(2 ** 20 + 100) + '\n');
  const longJson = Buffer.from(`{"request":"${'x'.repeat(2 ** 20)}"}\n`);
  const rejects = (): unknown[] => {
    reader.refresh();
    return reader.rejects({ offset: 0, limit: 100 }).rejects.map(({ reason, line: place }) => [reason, place]);
  };

  it.each([
    ['said', 'access'],
    ['recognised', undefined],
  ])('is one reject, and the rest is kept (its format is %s)', async (word, format) => {
    const before = rejects().length;
    const body = Buffer.concat([long, Buffer.from(lines(0, 5, 50))]);
    expect(await desk.ingest(`long-${word}`, 'text/plain', body, { format })).toMatchObject({ accepted: 5, rejected: 1, format: 'access' });
    expect(rejects().slice(before)).toEqual([['LINE_TOO_LONG', 1]]);
    expect(await desk.ingest(`long-${word}`, 'text/plain', Buffer.concat([Buffer.from(lines(5, 8, 50)), long]))).toMatchObject({
      accepted: 3,
      rejected: 1,
    });
    const { sources } = await desk.handlers['live.status']({});
    expect(sources.find(({ name }) => name === `API: long-${word}`)).toMatchObject({ state: 'running', records: 8, rejected: 2 });
  });

  it('stops nothing where nothing else was posted with it', async () => {
    expect(await desk.ingest('long-alone', 'text/plain', long, { format: 'access' })).toMatchObject({ accepted: 0, rejected: 1 });
    expect(await desk.ingest('long-alone', 'text/plain', Buffer.from(lines(0, 5, 51)))).toMatchObject({ accepted: 5, rejected: 0 });
    await expect(desk.ingest('long-unknown', 'text/plain', long)).rejects.toMatchObject({ code: 'LINE_TOO_LONG' });
    expect(await desk.ingest('long-unknown', 'text/plain', Buffer.from(lines(0, 5, 52)))).toMatchObject({ accepted: 5, rejected: 0 });
  });

  it('is so of JSON, too', async () => {
    const request = JSON.stringify({ time: '2024-10-10T13:55:00Z', remote_addr: '10.0.0.1', request: 'GET / HTTP/1.1', status: 200 });
    const body = Buffer.concat([longJson, Buffer.from(`${request}\n${request}\n`)]);
    expect(await desk.ingest('long-json', 'application/x-ndjson', body)).toMatchObject({ accepted: 2, rejected: 1 });
  });
});

describe('a source that was said to be what it is not', () => {
  const file = join(scratch.path, 'other.access');
  const asked = { source: liveSource.parse({ type: 'file', path: file }), name: '' };
  const statusOf = async (id: number): Promise<LiveStatus['sources'][number] | undefined> =>
    (await desk.handlers['live.status']({})).sources.find((source) => source.id === id);

  it('is read from its beginning as what is said next, as long as nothing was recorded', async () => {
    writeFileSync(file, lines(0, 40, 30));
    const before = await requests();
    const { id } = await desk.handlers['live.watch']({ ...asked, format: 'suricata-eve' });
    await until(async () => ((await statusOf(id))?.rejected ?? 0) === 40 || (await statusOf(id))?.state === 'failed');
    expect(await requests()).toBe(before);
    const again = await desk.handlers['live.watch']({ ...asked, format: 'access' });
    expect(again).toMatchObject({ id, watch: { format: 'access' } });
    await until(async () => (await requests()) === before + 40);
    appendFileSync(file, lines(40, 50, 31));
    await until(async () => (await requests()) === before + 50);
    expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true });
  });

  it.each(['while it runs', 'while it is paused'])('stays as it is once there are records, and says what to do (%s)', async (when) => {
    const id = (await desk.handlers['live.status']({})).sources.find(({ watch: { source: spec } }) => spec.type === 'file')?.id ?? 0;
    if (when.endsWith('paused')) await desk.handlers['live.pause']({ source: id });
    const again = async (): Promise<unknown> => desk.handlers['live.watch']({ ...asked, format: 'suricata-eve' });
    await expect(again()).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'format', source: id, format: 'access' } });
    await expect(again()).rejects.toThrow(/50 records of other\.access \(source \d+\).*read as .*\(access\).*Take it off the list/);
    await expect(async () => desk.handlers['live.watch']({ ...asked, format: 'no-such' })).rejects.toThrow(/There is no format 'no-such'/);
    expect(await statusOf(id)).toMatchObject({ state: when.endsWith('paused') ? 'paused' : 'running', watch: { format: 'access' } });
  });

  it('of what is posted, too: the next lines are read so, and what was rejected stays so', async () => {
    const wrong = await desk
      .ingest('mistaken', 'text/plain', Buffer.from(lines(0, 3, 32)), { format: 'syslog' })
      .catch((error: unknown) => error);
    const right = Buffer.from(lines(3, 9, 32));
    if (!(wrong instanceof Error)) expect(wrong).toMatchObject({ accepted: 0, rejected: 3 });
    expect(await desk.ingest('mistaken', 'text/plain', right, { format: 'access' })).toMatchObject({
      accepted: 6,
      rejected: 0,
      format: 'access',
    });
    await expect(desk.ingest('mistaken', 'text/plain', right, { format: 'syslog' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await desk.ingest('mistaken', 'text/plain', right)).toMatchObject({ accepted: 6 });
    expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true });
  });
});

describe('rules', () => {
  it('of windows hold from the next record on', async () => {
    await desk.handlers['live.setRules']({ windows: liveWindowRules.parse({ width: 10, step: 10, lateness: 0 }) });
    await desk.ingest('shop', 'text/plain', Buffer.from(lines(0, 60, 40) + lines(0, 60, 41)));
    const windows = await reads['live.windows']({ kind: 'request', limit: 100, top: 0 });
    expect(windows.map(({ width, records }) => [width, records])).toEqual(Array.from({ length: 11 }, () => [10e6, 10]));
  });
});
