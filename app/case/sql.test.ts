import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from './open.ts';
import {
  appendRecords,
  caseFields,
  column,
  figures,
  folderState,
  outcome,
  request,
  scratchFolder,
  source,
  testRecords,
} from './testing.ts';
import { tableNames } from './sql-tables.ts';
import type { CaseReader, CaseWriter } from './types.ts';

let folder: ReturnType<typeof scratchFolder>;
let writer: CaseWriter;
let reader: CaseReader;
beforeAll(() => {
  folder = scratchFolder();
  const path = join(folder.path, 'a.flowcase');
  writer = createCase(path, caseFields);
  const session = writer.beginEvidence(source('a.log'));
  appendRecords(session, testRecords(250), 100);
  session.column(column('TS', 'double', 'number'));
  session.reject({ line: 3, offset: 17, reason: 'value', what: 'w', text: 'bad' });
  session.finish(figures(250, 1));
  reader = openCaseForReading(path);
  writer.saveRun(request, outcome(reader));
  writer.addTag({ target: { type: 'host', host: '10.0.0.1' }, name: 'suspect', color: undefined, note: '' });
  reader.refresh();
});
afterAll(() => {
  reader.close();
  writer.close();
  folder.remove();
});

const query = (text: string): unknown[][] => [...reader.sql(text).rows].map((row) => [...row]);

describe('a query', () => {
  it('sees the records under their names, text as text, absent as NULL, times twice', () => {
    const { columns, rows } = reader.sql('SELECT * FROM connections WHERE id IN (0, 1)');
    expect(columns).toEqual(['id', 'evidence', 'ts', 'ts_us', 'uid', 'orig_h', 'resp_h', 'resp_p', 'service', '_line', '_offset', 'TS_2']);
    expect([...rows]).toEqual([
      [0, 1, 1_700_000_000, 1_700_000_000_000_000, 'C0', '10.0.0.0', '192.0.2.0', 443, null, 1, 0, null],
      [1, 1, 1_700_000_001.234567, 1_700_000_001_234_567, 'C1', '10.0.0.1', '192.0.2.1', 80, 'http', 2, 100, null],
    ]);
    expect(query("SELECT typeof(ts), typeof(ts_us), typeof(resp_p), resp_p || '/tcp' FROM connections LIMIT 1")).toEqual([
      ['real', 'integer', 'integer', '443/tcp'],
    ]);
  });

  it('groups, joins and counts as SQLite does', () => {
    expect(query('SELECT orig_h, count(*) AS n FROM connections GROUP BY orig_h ORDER BY orig_h LIMIT 2')).toEqual([
      ['10.0.0.0', 50],
      ['10.0.0.1', 50],
    ]);
    expect(query('SELECT count(*), count(service), max(c.TS_US) FROM connections c JOIN evidence e ON e.id = c.evidence')).toEqual([
      [250, 166, 1_700_000_000_000_000 + 249 * 1_234_567],
    ]);
    expect(query('-- said first\nWITH x AS (SELECT resp_p p FROM connections) SELECT p, count(*) FROM x GROUP BY p ORDER BY p')).toEqual([
      [80, 125],
      [443, 125],
    ]);
    expect(query('SELECT count(*) FROM connections a NATURAL JOIN connections b')).toEqual([[0]]);
    expect(query('SELECT count(*) FROM requests')).toEqual([[0]]);
  });

  it.each([
    [
      'evidence',
      'SELECT id, name, format_title, imported_by, rows, typeof(first) FROM evidence',
      [[1, 'a.log', 'Zeek conn.log', 'Ada', 250, 'text']],
    ],
    ['reject', 'SELECT evidence, line, text FROM reject', [[1, 3, 'bad']]],
    ['host', "SELECT count(*), max(address = '10.0.0.3') FROM host", [[12, 1]]],
    ['run', 'SELECT id, k, recipe, converged, "where" FROM run', [[1, 2, 'conn-v1', 1, '']]],
    [
      'cluster',
      'SELECT run, cluster, auto_name, size, suspect FROM cluster',
      [
        [1, 1, 'group 1', 125, 0],
        [1, 2, 'group 2', 125, 0],
      ],
    ],
    ['finding', 'SELECT id, host, records FROM finding', [[1, '10.0.0.1', '[0,1,2]']]],
    ['tag', 'SELECT name, color, hosts FROM tag', [['suspect', 'red', 1]]],
    ['tagging', 'SELECT name, who, type, host, run FROM tagging', [['suspect', 'Ada', 'host', '10.0.0.1', null]]],
    ['custody', "SELECT count(*), json_extract(details, '$.name') FROM custody WHERE act = 'case.created'", [[1, 'Test']]],
  ])('sees %s', (_, text, rows) => {
    expect(query(text)).toEqual(rows);
  });

  it('runs while others do, and is read row by row', () => {
    const first = reader.sql('SELECT id FROM connections, reject').rows[Symbol.iterator]();
    expect(first.next().value).toEqual([0]);
    expect(query('SELECT count(*) FROM reject')).toEqual([[1]]);
    expect(reader.rejects({ offset: 0, limit: 1 }).total).toBe(1);
    expect(first.next().value).toEqual([1]);
    first.return?.();
  });

  it('that is wrong gets SQLite’s own words', () => {
    const words = (text: string): unknown => {
      try {
        return query(text);
      } catch (error) {
        return error;
      }
    };
    expect(words('SELECT nobody FROM connections')).toMatchObject({
      code: 'SQL',
      message: expect.stringContaining('no such column: nobody') as string,
    });
    expect(words('SELECT * FROM segment')).toMatchObject({
      code: 'SQL',
      message: expect.stringMatching(/no such table: segment.*connections, requests, evidence/) as string,
    });
    expect(words("SELECT json('{') FROM connections")).toMatchObject({
      code: 'SQL',
      message: expect.stringContaining('malformed JSON') as string,
    });
    expect(words('SELECT ?')).toMatchObject({ code: 'SQL' });
    expect(words('')).toMatchObject({ code: 'SQL' });
  });

  it('is a query and nothing else', () => {
    const before = folderState(folder.path);
    for (const text of [
      'DELETE FROM connections',
      'SELECT 1; DELETE FROM evidence',
      "ATTACH 'x.db' AS x",
      'PRAGMA query_only = OFF',
      'CREATE TABLE x (y)',
      "VACUUM INTO 'x.db'",
      'WITH a AS (SELECT 1) DELETE FROM evidence',
      "SELECT load_extension('x')",
      "SELECT writefile('x', 'y')",
      '/* SELECT */ DROP TABLE evidence',
    ]) {
      expect(() => query(text)).toThrow(expect.objectContaining({ code: 'SQL' }) as Error);
    }
    expect(folderState(folder.path)).toEqual(before);
  });
});

it('a case with more columns than a table of SQLite may have is asked like any other', () => {
  const path = join(folder.path, 'wide.flowcase');
  const wide = createCase(path, caseFields);
  const session = wide.beginEvidence(source('wide.log'));
  for (let i = 0; i < 2500; i++) session.column(column(`wide_${i}`, 'count', 'number'));
  appendRecords(session, testRecords(20), 100);
  session.finish(figures(20, 0));
  const open = openCaseForReading(path);
  const rows = (text: string): unknown[][] => [...open.sql(text).rows].map((row) => [...row]);
  expect(rows('SELECT count(*) FROM connections')).toEqual([[20]]);
  expect(rows('SELECT wide_2499, orig_h FROM connections LIMIT 1')).toEqual([[null, expect.any(String)]]);
  expect(rows('SELECT * FROM connections LIMIT 1')[0]?.length).toBe(1900);
  open.close();
  wide.close();
});

describe('names of tables', () => {
  it('are words that need no quotes, one for each kind', () => {
    const kinds = ['connection', 'request', 'dns', 'known-hosts', 'known_hosts', 'request_log', 'request', 'select'];
    expect(Object.fromEntries(tableNames(kinds))).toEqual({
      connection: 'connections',
      request: 'requests',
      dns: 'dns_log',
      'known-hosts': 'known_hosts_log',
      known_hosts: 'known_hosts_log_2',
      request_log: 'request_log',
      select: 'select_log',
    });
  });
});
