import { DuckDBInstance } from '@duckdb/node-api';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import { isPlace } from '../columns/types.ts';
import type { FormatOptions, Preview } from '../contract/formats.ts';
import { formats } from '../formats/registry.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import { importFiles } from './import-files.ts';
import { tarOf, zipOf } from '../original/packed/testing.ts';
import { previewFile } from './preview.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

let files = 0;
function written(name: string, bytes: string | Uint8Array): string {
  const folder = join(scratch.path, String(++files));
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const preview = (
  path: string,
  more: { format?: string; member?: string; options?: FormatOptions; records?: number } = {},
): Promise<Preview> => previewFile({ path, records: 20, ...more });

describe('a preview', () => {
  it.each(formats.map((format) => [format.id, format] as const))('of %s shows what an import gives', async (id, format) => {
    const path = written('some.log', format.example);
    const found = await preview(path);
    expect(found).toMatchObject({ path, format: id, whole: true, timeZone: 'UTC', rejects: [] });
    expect(found.candidates[0]?.id).toBe(id);
    const writer = createCase(join(scratch.path, `${++files}.flowcase`), caseFields);
    try {
      const { evidence } = await importFiles(
        writer,
        { paths: [path], force: false, format: id, options: found.options },
        { report: () => undefined, stopped: () => false },
      );
      const [one] = evidence;
      expect(one).toMatchObject({ kind: found.kind, formatTitle: found.title, first: found.first, last: found.last, ...found.figures });
      expect(one?.options).toMatchObject(found.options);
      const reader = openCaseForReading(writer.path);
      const columns = reader.table(found.kind).columns.map(({ name }) => name);
      expect(columns.filter((name) => !isPlace(name)).sort()).toEqual(found.columns.map(({ name }) => name).sort());
      reader.close();
    } finally {
      writer.close();
    }
  });

  it('says that a mapping is of no use to a log that names its columns, and uses it for JSON', async () => {
    const mapping = { columns: [{ from: 'uid', to: 'id' }] };
    expect((await preview(written('conn.log', zeekConn.example), { options: { mapping } })).remarks.join()).toContain('was not used');
    const json = formats.find(({ id }) => id === 'zeek-json')?.example ?? '';
    const found = await preview(written('conn.json', json), { options: { mapping } });
    expect(found).toMatchObject({ format: 'json', kind: 'connection', remarks: [] });
    expect(found.columns.find(({ name }) => name === 'id')?.from).toBe('uid');
  });

  it.skipIf(process.platform === 'win32')('refuses a pipe in the words of an import, and does not wait for it', async () => {
    const path = join(scratch.path, 'pipe');
    spawnSync('mkfifo', [path]);
    await expect(preview(path)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: `${path} is a pipe, not a file. Write what it gives into a file and import that.`,
    });
  });

  it('of an archive shows the first file in it that is a log, or the one that is asked for', async () => {
    const [conn, access] = ['zeek-conn', 'access'].map((id) => formats.find((format) => format.id === id)?.example ?? '');
    const inside = { 'readme.txt': 'words', 'a/conn.log.gz': gzipSync(conn), 'access.log': access };
    for (const [name, bytes] of [
      ['a.zip', zipOf(inside)],
      ['a.tar', await tarOf(inside)],
      ['a.tar.gz', gzipSync(await tarOf(inside))],
    ] as const) {
      const path = written(name, bytes);
      const members = Object.keys(inside);
      expect(await preview(path)).toMatchObject({ path, format: 'zeek-conn', archive: { member: 'a/conn.log.gz', members } });
      expect(await preview(path, { member: 'access.log' })).toMatchObject({ format: 'access', archive: { member: 'access.log' } });
      await expect(preview(path, { member: 'readme.txt' })).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
      await expect(preview(path, { member: 'none' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    }
    await expect(preview(written('words.zip', zipOf({ a: 'x', b: 'y' })))).rejects.toThrow(/None of the 2 files/);
  });

  it('reads the beginning of a long file, packed or not, and no part of a line', async () => {
    const [head, rows] = [zeekConn.example.split('\n').slice(0, 8), zeekConn.example.split('\n').slice(8, 10)];
    const log = `${[...head, ...Array.from({ length: 20_000 }, (_, i) => rows[i % 2])].join('\n')}\n`;
    for (const bytes of [Buffer.from(log), gzipSync(log)]) {
      const found = await preview(written('conn.log', bytes), { records: 3 });
      expect(found).toMatchObject({ format: 'zeek-conn', whole: false, rejects: [] });
      expect(found.records).toHaveLength(3);
      expect(found.figures.rows).toBeGreaterThan(1000);
      expect(found.figures.rejected).toBe(0);
    }
  });

  it('names the first of two columns that become one', async () => {
    const path = written('two.csv', 'time;dst;a;b\n2024-02-01 10:00:00;192.0.2.1;10.0.0.1;\n2024-02-01 10:00:00;192.0.2.1;;10.0.0.2\n');
    const columns = ['a', 'b'].map((from) => ({ from, to: 'orig_h' }));
    const found = await preview(path, { options: { mapping: { columns } } });
    expect(found.columns.find(({ name }) => name === 'orig_h')?.from).toBe('a');
    expect(found.figures).toMatchObject({ rows: 2, rejected: 0 });
  });

  it('shows rejects with their lines, and what a person said of the file', async () => {
    const path = written('export.csv', 'when;who;where;n\n01/02/2024 10:00;10.0.0.1;192.0.2.1;5\nbad\n');
    const found = await preview(path, { options: { timeZone: '+02:00', mapping: { columns: [{ from: 'n', to: 'orig_bytes' }] } } });
    expect(found).toMatchObject({
      format: 'csv',
      kind: 'connection',
      timeZone: '+02:00',
      figures: { rows: 1, rejected: 1, comments: 1, lines: 3 },
    });
    expect(found.rejects).toEqual([{ line: 3, reason: 'TOO_FEW_FIELDS', what: '1 field where the header names 4', text: 'bad' }]);
    expect(found.columns.map(({ name, from }) => [name, from])).toEqual([
      ['ts', 'when'],
      ['orig_h', 'who'],
      ['resp_h', 'where'],
      ['orig_bytes', 'n'],
    ]);
    expect(found.records).toEqual([[Date.UTC(2024, 1, 1, 8) * 1000, '10.0.0.1', '192.0.2.1', 5]]);
    expect(found.options.mapping).toMatchObject({ delimiter: ';', header: true, kind: 'connection', timeFormat: '%d/%m/%Y %H:%M' });
  });

  it('of Parquet shows the same, and its import keeps the ledger and the row of each record', async () => {
    const path = join(scratch.path, 'flows.parquet');
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    await connection.run(
      `copy (select to_timestamp(1713556800 + i) as ts, '10.0.0.1' as src, '10.0.0.2' as dst, i as n from range(0, 1500) t(i)) to '${path}' (format parquet)`,
    );
    connection.closeSync();
    database.closeSync();
    const found = await preview(path, { records: 2 });
    expect(found).toMatchObject({
      format: 'parquet',
      kind: 'connection',
      whole: false,
      figures: { rows: 1000, rejected: 0, comments: 0, lines: 1000 },
    });
    expect(found.records).toEqual([
      [1_713_556_800e6, '10.0.0.1', '10.0.0.2', 0],
      [1_713_556_801e6, '10.0.0.1', '10.0.0.2', 1],
    ]);
    const writer = createCase(join(scratch.path, 'parquet.flowcase'), caseFields);
    try {
      const request = { paths: [path], force: false, options: found.options };
      const { evidence } = await importFiles(writer, request, { report: () => undefined, stopped: () => false });
      expect(evidence[0]).toMatchObject({ rows: 1500, rejected: 0, comments: 0, lines: 1500, format: 'parquet', status: 'complete' });
      const again = await importFiles(writer, request, { report: () => undefined, stopped: () => false });
      expect(again.skipped).toHaveLength(1);
    } finally {
      writer.close();
    }
  });

  it('says clearly what it cannot show', async () => {
    await expect(preview(scratch.path)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('is a folder') as string,
    });
    await expect(preview(join(scratch.path, 'nothing'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(preview(written('a', ''))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
    await expect(preview(written('b', 'Dear diary\n'))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
    await expect(preview(written('c', 'a,b\n1,2\n'), { format: 'nothing' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const bad = { mapping: { columns: [{ from: 'x', to: 'y' }] } };
    await expect(preview(written('d', 'a,b\n1,2\n'), { options: bad })).rejects.toThrow(/d: The table has no column "x"/);
  });
});
