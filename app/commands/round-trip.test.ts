import { DuckDBInstance } from '@duckdb/node-api';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TableFormat } from '../contract/acts.ts';
import type { Evidence } from '../contract/case.ts';
import { tableFormats } from '../contract/acts.ts';
import type { Cell, ColumnType } from '../contract/records.ts';
import { access } from '../formats/access.ts';
import { connectionFields } from '../formats/fields.ts';
import { requestFields } from '../formats/request-fields.ts';
import type { LogFormat } from '../formats/types.ts';
import { vpcFlow } from '../formats/vpc.ts';
import { zeekJson } from '../formats/zeek-json.ts';
import { zeekConn, zeekTsv } from '../formats/zeek-tsv.ts';
import { importFiles } from '../import/import-files.ts';
import { cellReader, columnsOf } from './columns.ts';
import { runTableExport } from './jobs.ts';
import { caseOf, checked, haveShared, quiet, sharedLog, type TestCase } from './testing.ts';

const known: ReadonlySet<string> = new Set([...connectionFields, ...requestFields].map(({ name }) => name));

interface Content {
  /** Columns that hold anything, by name. */
  readonly types: Readonly<Record<string, ColumnType>>;
  /** In the order of their texts. */
  readonly rows: readonly string[];
}

/** Everything that the case keeps of a kind. `origin`: the columns that an export has beside those of the log. */
function contentOf({ reader }: TestCase, kind: string, origin: boolean, only?: readonly string[]): Content {
  reader.refresh();
  const table = reader.table(kind);
  const columns = columnsOf(table)
    .filter(({ name }) => only?.includes(name) ?? true)
    .filter(({ name }) => !origin || (name !== 'evidence' && name !== 'line'))
    .map(({ name, type }) => ({ name, type, read: cellReader(table, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const present = new Set<string>();
  const rows = table.chunks.flatMap((chunk) =>
    Array.from({ length: chunk.rows }, (_, i) => {
      const cells = columns.flatMap(({ name, read }): [string, Cell][] => {
        const cell = read(chunk, i);
        return cell === null ? [] : [[name, cell]];
      });
      for (const [name] of cells) present.add(name);
      return JSON.stringify(cells);
    }),
  );
  return {
    types: Object.fromEntries(columns.filter(({ name }) => present.has(name)).map(({ name, type }) => [name, type])),
    rows: rows.sort(),
  };
}

/** A CSV tells texts from numbers, and no more of texts. */
function asCsvSays({ types, rows }: Content): Content {
  return {
    types: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, type === 'enum' && !known.has(name) ? 'string' : type])),
    rows,
  };
}

/** Exports the records of a log's kind and imports what was written, as it is, into a case of its own. */
async function thereAndBack(
  log: string,
  kind: string,
  format: TableFormat,
): Promise<{ readonly before: Content; readonly after: Content }> {
  const [from, to] = [await caseOf(log), await caseOf()];
  try {
    const [first] = from.writer.evidence();
    expect(first?.kind).toBe(kind);
    const path = join(to.folder, `${kind}.${format}`);
    const written = await runTableExport(from.reader, checked('table.export', { table: 'connections', kind, path, format }), quiet);
    expect(written.rows).toBe(first?.rows);
    const { evidence, refused } = await importFiles(to.writer, { paths: [path], force: false }, quiet);
    expect(refused).toEqual([]);
    const same: Partial<Evidence> = { kind, rows: first?.rows, rejected: 0, first: first?.first, last: first?.last };
    expect(evidence[0]).toMatchObject({ format, ...same });
    const before = contentOf(from, kind, false);
    return { before: format === 'csv' ? asCsvSays(before) : before, after: contentOf(to, kind, true) };
  } finally {
    from.close();
    to.close();
  }
}

async function withLog(text: string, work: (path: string) => Promise<void>): Promise<void> {
  const { folder, close } = await caseOf();
  try {
    const path = join(folder, 'some.log');
    writeFileSync(path, text);
    await work(path);
  } finally {
    close();
  }
}

/** A log with a column of each type, of a kind that nobody knows. */
const strange = [
  '#separator \\x09',
  '#path\tstrange-things',
  '#fields\tts\twhen\ttook\thow_many\tscore\tdoor\tyes\tplace\tnet\tsort\tword\tsome\tlist',
  '#types\ttime\ttime\tinterval\tcount\tdouble\tport\tbool\taddr\tsubnet\tenum\tstring\tset[string]\tvector[string]',
  '1713556800.500000\t1713556801.000001\t0.000001\t7\t1.0\t443\tT\t2001:db8::1\t10.0.0.0/8\tA::b\tx\ta,b\tc',
  '1713556802.500000\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-',
  '1713556801.500000\t0.000000\t90000.000000\t0\t0.5\t0\tF\t10.0.0.1\t10.0.0.0/24\tC\t\\x2d\t(empty)\t(empty)',
].join('\n');

it('Parquet keeps the kind and every type of a log that nobody knows, absent and empty apart', () =>
  withLog(`${strange}\n`, async (path) => {
    const { before, after } = await thereAndBack(path, 'strange-things', 'parquet');
    expect(Object.keys(before.types)).toHaveLength(13);
    expect(before.rows.join()).toContain('["some",""]');
    expect(after).toEqual(before);
  }));

/** Splunk's and Elasticsearch's own names, one that this program has, and one that stands for a place of its own. */
const underlined =
  'src_ip,_time,_raw,_index,_line,_id,word\n' +
  Array.from({ length: 4 }, (_, i) => `10.0.0.${i},2024-04-19 20:00:0${i},raw ${i},main,at ${i},x${i},one\n`).join('');

it.each(tableFormats)('columns of a log whose names begin with _ are in its export as %s, and come back from it', (format) =>
  withLog(underlined, async (path) => {
    const { before, after } = await thereAndBack(path, 'some', format);
    expect(Object.keys(before.types).sort()).toEqual(['_id', '_index', '_line_2', '_raw', 'orig_h', 'ts', 'word']);
    expect(after).toEqual(before);
  }),
);

describe.each(tableFormats)('what Flowcase wrote as %s imports by itself as the same records, of the same types', (format) => {
  it.each([
    ['connection', zeekConn],
    ['connection', zeekJson],
    ['connection', vpcFlow],
    ['dns', zeekTsv],
    ['request', access],
  ] satisfies [string, LogFormat][])('%s of $1.id', (kind, { example }) =>
    withLog(example, async (path) => {
      const { before, after } = await thereAndBack(path, kind, format);
      expect(after).toEqual(before);
    }),
  );

  it('texts that a spreadsheet would run, that look like something else, with quotes, commas and blanks', () => {
    const head = zeekConn.example.split('\n').slice(0, 8);
    const texts = [
      '=1+1',
      '+x',
      "'=1",
      "''-1",
      '@a',
      ' =b',
      'a,b',
      'say "x"',
      ' a ',
      '1',
      '007',
      '-5',
      "'",
      '"',
      'T',
      '10.0.0.1',
      'null',
      '1e5',
    ];
    const rows = texts.map(
      (text, i) => `171355680${i % 10}.00000${i % 7}\tC${i}\t10.0.0.1\t${i}\t192.0.2.1\t443\ttcp\t${text}\t1.5\t1\t2\tSF`,
    );
    return withLog(`${[...head, ...rows].join('\n')}\n`, async (path) => {
      const { before, after } = await thereAndBack(path, 'connection', format);
      expect(after).toEqual(before);
    });
  });

  it.skipIf(!haveShared).each([
    ['zeek/rita-server/hour-2024-04-19T20/conn.log.gz', 'connection'],
    ['zeek/iot23-malware-34-1/conn.log.labeled.gz', 'connection'],
    ['zeek/rita-proxy_rolling/dns.16-00-00-17-00-00.log.gz', 'dns'],
    ['tstat/v3.3.0/log_tcp_complete.gz', 'connection'],
    ['web/apache_combined_10k.log.gz', 'request'],
    ['web/attacks_crowdsec.log', 'request'],
    ['malformed/csv_injection_access.log', 'request'],
    ['malformed/huge_numbers_conn.log', 'connection'],
  ])('%s (needs ../shared/data)', async (log, kind) => {
    const { before, after } = await thereAndBack(sharedLog(log), kind, format);
    expect(after.types).toEqual(before.types);
    expect(after.rows).toEqual(before.rows);
  });
});

it.each(tableFormats)('chosen columns of requests as %s are requests again', (format) =>
  withLog(access.example, async (path) => {
    const [from, to] = [await caseOf(path), await caseOf()];
    try {
      const out = join(to.folder, `chosen.${format}`);
      const columns = ['ts', 'orig_h', 'method', 'path', 'status', 'agent'];
      await runTableExport(
        from.reader,
        checked('table.export', { table: 'connections', kind: 'request', path: out, format, columns }),
        quiet,
      );
      const { evidence } = await importFiles(to.writer, { paths: [out], force: false }, quiet);
      expect(evidence[0]).toMatchObject({ kind: 'request', rejected: 0 });
      expect(contentOf(to, 'request', false)).toEqual(contentOf(from, 'request', false, columns));
    } finally {
      from.close();
      to.close();
    }
  }),
);

it.skipIf(!haveShared).each([
  ['zeek/rita-server/hour-2024-04-19T20/conn.log.gz', 'connection'],
  ['web/apache_combined_10k.log.gz', 'request'],
  ['zeek/rita-proxy_rolling/dns.16-00-00-17-00-00.log.gz', 'dns'],
])('DuckDB finds in the Parquet of %s what the case has (needs ../shared/data)', async (log, kind) => {
  const test = await caseOf(sharedLog(log));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const path = join(test.folder, 'all.parquet');
    await runTableExport(test.reader, checked('table.export', { table: 'connections', kind, path, format: 'parquet' }), quiet);
    const table = test.reader.table(kind);
    for (const { name, type } of columnsOf(table)) {
      const read = cellReader(table, name);
      const cells = table.chunks.flatMap((chunk) => Array.from({ length: chunk.rows }, (_, i) => read(chunk, i)));
      const measure = measureOf(type);
      const sql = `select count(*) as rows, count("${name}") as present, count(distinct "${name}") as kinds, ${measure.sql(`"${name}"`)} as amount from '${path}'`;
      const [found] = (await duck.runAndReadAll(sql)).getRowObjectsJS();
      const present = cells.filter((cell) => cell !== null);
      expect({ name, rows: Number(found.rows), present: Number(found.present), kinds: Number(found.kinds) }).toEqual({
        name,
        rows: cells.length,
        present: present.length,
        kinds: new Set(present).size,
      });
      const amount = present.reduce<number>((sum, cell) => sum + measure.of(cell), 0);
      expect(Math.abs(Number(found.amount ?? 0) - amount)).toBeLessThanOrEqual(Math.abs(amount) * 1e-12);
    }
    const types = (await duck.runAndReadAll(`describe select * from '${path}'`)).getRowObjectsJS();
    expect(types.find(({ column_name: name }) => name === 'ts')?.column_type).toBe('TIMESTAMP WITH TIME ZONE');
  } finally {
    duck.closeSync();
    test.close();
  }
});

/** A sum over a column's values, by DuckDB and by hand. */
function measureOf(type: ColumnType): { readonly sql: (column: string) => string; readonly of: (cell: Cell) => number } {
  if (type === 'time') return { sql: (column) => `sum(epoch_us(${column}))`, of: Number };
  if (type === 'interval') return { sql: (column) => `sum(round(${column} * 1e6))`, of: Number };
  if (type === 'bool') return { sql: (column) => `sum(${column}::int)`, of: Number };
  if (['count', 'int', 'double', 'port'].includes(type)) return { sql: (column) => `sum(${column})`, of: Number };
  return { sql: (column) => `sum(strlen(${column}))`, of: (cell) => Buffer.byteLength(String(cell)) };
}
