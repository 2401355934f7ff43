import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFiles } from '../import/import-files.ts';
import { runTableExport } from './jobs.ts';
import { createReadHandlers } from './read.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';

const dns = [
  '#separator \\x09',
  '#path\tdns',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\trtt\tquery\tqtype_name\tanswers\tstrange',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tinterval\tstring\tstring\tvector[string]\tstring',
  '1713556800.500000\tC1\t10.0.0.1\t40000\t192.0.2.53\t53\tudp\t7\t0.012000\texample.com\tA\t192.0.2.10,192.0.2.11\tx',
  '1713556799.500000\tC2\t10.0.0.2\t40001\t192.0.2.53\t53\tudp\t8\t-\texample.org\tAAAA\t-\ty',
  '1713556802.500000\tC3\t2001:db8::1\t40001\t2001:db8::53\t53\tudp\t9\t1.500000\t-\t-\t(empty)\t=1+1',
];
const http = [
  '#separator \\x09',
  '#path\thttp',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\thost\turi',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring',
  '1713556800.500000\tC1\t10.0.0.1\t40000\t192.0.2.53\t80\texample.com\t/',
];
const timeless = ['#separator \\x09', '#path\tknown-things', '#fields\tname\tsize', '#types\tstring\tcount', 'b\t2', 'a\t1', 'c\t-'];

let test: TestCase;
let handlers: ReturnType<typeof createReadHandlers>;

beforeAll(async () => {
  test = await caseOf();
  const paths = [dns, http, timeless].map((lines, i) => {
    const path = join(test.folder, `${i}.log`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  });
  await importFiles(test.writer, { paths, force: false }, quiet);
  test.reader.refresh();
  handlers = createReadHandlers(test.reader);
});
afterAll(() => test.close());

const rows = async (kind: string, filter: string, columns: readonly string[], sort?: string): Promise<unknown> => {
  const more = sort === undefined ? {} : { sort: { column: sort, descending: false } };
  return (await handlers['records.query'](checked('records.query', { kind, filter, columns: [...columns], ...more }))).rows;
};

describe('records of other kinds', () => {
  it('are counted by kind', () => {
    expect(test.reader.info().kinds).toEqual([
      { kind: 'connection', records: 0 },
      { kind: 'request', records: 0 },
      { kind: 'dns', records: 3 },
      { kind: 'http', records: 1 },
      { kind: 'known-things', records: 3 },
    ]);
  });

  it('have the columns of their log, in its order and in words', async () => {
    const columns = await handlers['records.columns']({ kind: 'dns' });
    expect(columns.map(({ name, shown }) => (shown ? name : `(${name})`)).join(' ')).toBe(
      'ts uid orig_h orig_p resp_h resp_p proto (trans_id) rtt query qtype_name answers (strange)',
    );
    expect(columns.find(({ name }) => name === 'query')?.title).toBe('Name that was asked for');
    const strangers = await handlers['records.columns']({ kind: 'known-things' });
    expect(strangers.map(({ name, shown }) => [name, shown])).toEqual([
      ['size', true],
      ['name', true],
    ]);
  });

  it('come through filters: their own fields, and host and port where they have addresses', async () => {
    expect(await rows('dns', '', ['uid'])).toEqual([['C2'], ['C1'], ['C3']]);
    expect(await rows('dns', 'query ~ example and qtype_name = A', ['query'])).toEqual([['example.com']]);
    expect(await rows('dns', 'host = 10.0.0.2', ['uid'])).toEqual([['C2']]);
    expect(await rows('dns', 'port = 40001 and rtt > 1s', ['uid'])).toEqual([['C3']]);
    expect(await rows('dns', 'id.orig_h = 2001:db8::/32', ['answers'])).toEqual([['']]);
    expect(await rows('http', 'log.host = example.com', ['uri'])).toEqual([['/']]);
    await expect(rows('dns', 'bytes > 1', ['uid'])).rejects.toMatchObject({ code: 'FILTER_FIELD' });
    await expect(rows('known-things', 'host = 10.0.0.1', ['name'])).rejects.toMatchObject({ code: 'FILTER_FIELD' });
    const check = await handlers['filter.check'](checked('filter.check', { kind: 'dns', filter: 'quer' }));
    expect(check.completions.map(({ label }) => label)).toContain('query');
  });

  it('need no time', async () => {
    expect(await rows('known-things', '', ['name'])).toEqual([['b'], ['a'], ['c']]);
    expect(await rows('known-things', 'size is present', ['name', 'size'], 'size')).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    const detail = await handlers['record.get']({ kind: 'known-things', id: 1 });
    expect(detail.fields.map(({ column, value }) => [column.name, value])).toEqual(
      expect.arrayContaining([
        ['name', 'a'],
        ['size', 1],
      ]),
    );
    expect(detail.raw).toBe('a\t1');
  });

  it('are tables for SQL under names of their own', () => {
    const sql = (text: string): unknown => [...test.reader.sql(text).rows];
    expect(sql("SELECT query, rtt, resp_p FROM dns_log WHERE uid = 'C1'")).toEqual([['example.com', 0.012, 53]]);
    expect(sql('SELECT count(*), max(size) FROM known_things_log')).toEqual([[3, 2]]);
    expect(sql('SELECT d.uid FROM dns_log d JOIN http_log h ON d.uid = h.uid')).toEqual([['C1']]);
  });

  it('are written as CSV', async () => {
    const path = join(test.folder, 'dns.csv');
    const input = checked('table.export', {
      table: 'connections',
      kind: 'dns',
      path,
      filter: 'query is present',
      columns: ['ts', 'query'],
    });
    const result = await runTableExport(test.reader, input, quiet);
    expect(result.rows).toBe(2);
    expect(readFileSync(path, 'utf8').trim().split(/\r?\n/)).toEqual([
      'ts,query',
      '2024-04-19T19:59:59.500000Z,example.org',
      '2024-04-19T20:00:00.500000Z,example.com',
    ]);
  });

  it('that are not there are named with those that are', () => {
    expect(() => test.reader.table('ssl')).toThrow(/It has: .*dns/);
  });
});
