import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFiles } from '../import/import-files.ts';
import { runTableExport } from './jobs.ts';
import { createReadHandlers } from './read.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';
import { createWriteHandlers } from './write.ts';

const web = [
  '192.0.2.7 - - [10/Feb/2024:16:42:07 +0000] "GET /index.html?a=1 HTTP/1.1" 200 500 "-" "curl/8.5.0"',
  '2001:db8::1 - alice [10/Feb/2024:16:42:09 +0000] "POST /login HTTP/2.0" 401 20 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0"',
  '192.0.2.7 - - [10/Feb/2024:16:42:08 +0000] "\\x16\\x03" 400 226 "-" "-"',
];
const conn = [
  '#separator \\x09',
  '#path\tconn',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tresp_bytes\tconn_state',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount\tcount\tstring',
  '1713556800.000000\tC1\t192.0.2.7\t40000\t192.0.2.53\t53\tudp\t10\t20\tSF',
];

let test: TestCase;
let handlers: ReturnType<typeof createReadHandlers>;

const add = async (name: string, lines: readonly string[]): Promise<void> => {
  const path = join(test.folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  await importFiles(test.writer, { paths: [path], force: false }, quiet);
  test.reader.refresh();
};
const requests = async (filter: string, ...columns: readonly string[]): Promise<unknown> =>
  (await handlers['records.query'](checked('records.query', { kind: 'request', filter, columns: [...columns] }))).rows;
const hosts = async (filter = ''): Promise<unknown> =>
  (await handlers['hosts.list'](checked('hosts.list', { filter, sort: { column: 'host', descending: false } }))).rows.map((row) => [
    row.host,
    row.requests,
    row.asOriginator + row.asResponder,
    row.bytesIn,
    row.failed,
  ]);

beforeAll(async () => {
  test = await caseOf();
  await add('access.log', web);
  handlers = createReadHandlers(test.reader);
});
afterAll(() => test.close());

describe('requests', () => {
  it('are counted, and their clients are hosts of the case', async () => {
    expect(test.reader.info()).toMatchObject({ connections: 0, requests: 3, hosts: 2 });
    expect(await hosts()).toEqual([
      ['192.0.2.7', 2, 0, 726, 1],
      ['2001:db8::1', 1, 0, 20, 1],
    ]);
    expect(await hosts('status = 401')).toEqual([['2001:db8::1', 1, 0, 20, 1]]);
    const detail = await handlers['host.get'](checked('host.get', { host: '192.0.2.7' }));
    expect(detail.row).toMatchObject({ requests: 2, failed: 1 });
    expect([...detail.timeline.connections].every((count) => count === 0)).toBe(true);
  });

  it('are found by what people call their columns', async () => {
    const paths = async (filter: string): Promise<unknown> => requests(filter, 'path');
    expect(await paths('client = 192.0.2.7 and method = GET')).toEqual([['/index.html']]);
    expect(await paths('uri ~ "login"')).toEqual([['/login']]);
    expect(await paths('ua ~ "Firefox"')).toEqual([['/login']]);
    expect(await paths('host in 2001:db8::/32')).toEqual([['/login']]);
    expect(await paths('referer is not absent')).toEqual([['/login']]);
    expect(await paths('args = "a=1" and bytes = 500')).toEqual([['/index.html']]);
    expect(await paths('agent_kind = tool')).toEqual([['/index.html']]);
    expect(await paths('duration > 1s')).toEqual([]);
    expect(await requests('path is absent', 'request', 'status')).toEqual([['\\x16\\x03', 400]]);
  });

  it('are tagged through a filter', async () => {
    const writers = createWriteHandlers(test.writer, test.reader);
    await writers['tag.add'](checked('tag.add', { target: { type: 'filter', kind: 'request', filter: 'status >= 400' }, name: 'failed' }));
    test.reader.refresh();
    expect(await requests('tag = failed', 'status')).toEqual([[400], [401]]);
  });

  it('are written as CSV', async () => {
    const path = join(test.folder, 'requests.csv');
    await runTableExport(
      test.reader,
      checked('table.export', { table: 'connections', kind: 'request', path, filter: 'status = 200' }),
      quiet,
    );
    const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
    expect(header).toContain('orig_h');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('/index.html');
  });

  it('stand beside connections: one host is one row', async () => {
    await add('conn.log', conn);
    expect(await hosts()).toEqual([
      ['192.0.2.7', 2, 1, 746, 1],
      ['192.0.2.53', 0, 1, 10, 0],
      ['2001:db8::1', 1, 0, 20, 1],
    ]);
    expect(await hosts('resp_p = 53')).toEqual([
      ['192.0.2.7', 0, 1, 20, 0],
      ['192.0.2.53', 0, 1, 10, 0],
    ]);
  });
});
