import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { parquet } from './parquet.ts';
import { MemorySink } from './testing.ts';
import type { ReaderFigures } from './types.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** What DuckDB writes for a query. */
async function written(query: string, how = ''): Promise<Uint8Array> {
  const path = join(folder, `${++files}.parquet`);
  const database = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await database.connect();
  try {
    await connection.run("set timezone='UTC'");
    await connection.run(`copy (${query}) to '${path}' (format parquet${how})`);
    return readFileSync(path);
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

interface Read {
  readonly kind: string;
  readonly options: FormatOptions;
  readonly figures: ReaderFigures;
  readonly rows: readonly Record<string, Cell>[];
  readonly sink: MemorySink;
  readonly remarks: readonly string[];
}

async function read(bytes: Uint8Array, options: FormatOptions = {}, name = 'x.parquet'): Promise<Read> {
  const file = { length: bytes.length, read: (start: number, end: number) => Promise.resolve(Uint8Array.from(bytes.subarray(start, end))) };
  const table = await parquet.open(file, options, name);
  const sink = new MemorySink();
  const figures = await table.read(sink, table.rows, () => undefined);
  const rows = sink.records.map((record) => Object.fromEntries([...record].filter(([, cell]) => cell !== null)));
  return { kind: table.kind, options: table.options, figures, rows, sink, remarks: table.remarks(figures.tallies) };
}

const flows = `select timestamp '2024-04-19 20:00:00.123456' + to_seconds(i) as start_time, '10.0.0.' || (i % 250) as src_ip, '192.0.2.1' as dst_ip,
  (40000 + i % 1000)::usmallint as src_port, 443::int as dst_port, case when i % 2 = 0 then 6 else 58 end as protocol, (i * 1000)::ubigint as bytes,
  i / 4 as score, i % 3 = 0 as flagged, 'flow ' || i as note from range(0, 2500) t(i)`;

describe('Parquet', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4_raw', 'brotli'])('takes connections, packed with %s', async (packed) => {
    const { kind, figures, rows } = await read(await written(flows, `, compression ${packed}, row_group_size 2048`));
    expect(kind).toBe('connection');
    expect(figures).toMatchObject({ rows: 2500, rejected: 0, lines: 2500, comments: 0 });
    const first = Date.UTC(2024, 3, 19, 20) * 1000 + 123_456;
    expect([figures.first, figures.last]).toEqual([first, first + 2499e6]);
    expect(rows[2499]).toEqual({
      ts: first + 2499e6,
      orig_h: '10.0.0.249',
      resp_h: '192.0.2.1',
      orig_p: 40_499,
      resp_p: 443,
      proto: 'icmp',
      ip_proto: 58,
      orig_ip_bytes: 2_499_000,
      score: 2499 / 4,
      flagged: 1,
      note: 'flow 2499',
      _line: 2500,
    });
  });

  it('keeps every digit, whatever the type', async () => {
    const query = `select * from (values
      (9007199254740993::bigint, 0.1::decimal(5,2), 12345678901234567890.123456789::decimal(38,9), 0.1::float, 1e300::double, '007', date '2024-02-29',
       timestamptz '2024-04-19 20:00:00+02', timestamp_ns '2024-04-19 20:00:00.123456789', time '01:02:03.5', ['a,b', null, 'c'], {'x': 1, 'y': 'z'}, true, 'a\\x00b'::blob, 255::utinyint, uuid '00112233-4455-6677-8899-aabbccddeeff'),
      (-3::bigint, null, -1::decimal(38,9), 'nan'::float, 'inf'::double, null, null, null, null, null, [], null, false, null, null, null))
      t(big, price, exact, single, wide, code, day, zoned, nano, clock, list, record, yes, bytes, small, id)`;
    const { kind, rows, sink, remarks } = await read(await written(query), {}, 'odd things.parquet');
    expect(kind).toBe('odd_things');
    expect(rows).toEqual([
      {
        big_text: '9007199254740993',
        price: 0.1,
        exact: '12345678901234567890.123456789',
        single: 0.1,
        wide: 1e300,
        code: '007',
        day: '2024-02-29',
        zoned: Date.UTC(2024, 3, 19, 18) * 1000,
        nano: Date.UTC(2024, 3, 19, 20) * 1000 + 123_457,
        clock: 3_723_500_000,
        list: 'a\\x2cb,-,c',
        record: '{"x":1,"y":"z"}',
        yes: 1,
        bytes: 'a\\x00b',
        small: 255,
        id: '00112233-4455-6677-8899-aabbccddeeff',
        _line: 1,
      },
      { big: -3, exact: '-1.000000000', wide_text: 'Infinity', yes: 0, _line: 2 },
    ]);
    expect(sink.specs.get('price')?.type).toBe('double');
    expect(sink.specs.get('list')?.type).toBe('vector');
    expect(remarks).toEqual([
      'Rounded to microseconds: 1 time with more digits.',
      '1 value of big is no number; it is kept as text in big_text.',
      '1 value of wide is no number; it is kept as text in wide_text.',
    ]);
  });

  it('keeps bytes that are no UTF-8 to be told apart, in lists and records too, and says in how many rows', async () => {
    const query = String.raw`select * from (values
      ('a', '\xFF\xFE\x00z'::blob, ['\xE9'::blob, 'ok'::blob], {'x': '\x80'::blob}), ('b', '\x80abc'::blob, ['ok'::blob], {'x': 'ok'::blob}),
      ('c', '\xEF\xBF\xBD'::blob, null, null), ('d', '\xEF\xBB\xBFok'::blob, null, null))
      t(name, raw, list, record)`;
    const { rows, remarks } = await read(await written(query));
    expect(rows.map(({ raw, list, record }) => [raw, list, record])).toEqual([
      ['\\xff\\xfe\\x00z', '\\xe9,ok', JSON.stringify({ x: '\\x80' })],
      ['\\x80abc', 'ok', '{"x":"ok"}'],
      ['\ufffd', undefined, undefined],
      ['\ufeffok', undefined, undefined],
    ]);
    expect(remarks).toEqual([expect.stringMatching(/^2 rows hold bytes that are no UTF-8.* each such byte is kept as \\xHH/)]);
  });

  it('takes times without a zone in the zone that a person names', async () => {
    const bytes = await written(flows);
    const { figures } = await read(bytes, { timeZone: 'Europe/Berlin' });
    expect(figures.first).toBe(Date.UTC(2024, 3, 19, 18) * 1000 + 123_456);
  });

  it('takes a mapping before its own guess, and gives one that reads the same', async () => {
    const query = `select 'x' || i as a, '10.0.0.1' as "first address", '10.0.0.2' as "second address", 1713556800 + i as seen from range(0, 3) t(i)`;
    const bytes = await written(query);
    const mapping = {
      columns: [
        { from: 'a', to: 'label' },
        { from: 'seen', to: 'ts' },
      ],
      kind: 'connection',
    };
    const { kind, rows, options } = await read(bytes, { mapping });
    expect(kind).toBe('connection');
    expect(rows[1]).toEqual({ label: 'x1', orig_h: '10.0.0.1', resp_h: '10.0.0.2', ts: 1_713_556_801e6, _line: 2 });
    expect((await read(bytes, options)).rows).toEqual(rows);
    expect((await read(bytes, options)).options).toEqual(options);
    await expect(read(bytes, { mapping: { columns: [{ from: 'nothing', to: 'x' }] } })).rejects.toThrow(/no column "nothing"/);
  });

  it('rejects a row without what a connection needs', async () => {
    const query = `select * from (values (timestamp '2024-04-19 20:00:00', '10.0.0.1', '10.0.0.2'), (null, '10.0.0.1', '10.0.0.2'),
      (timestamp '2024-04-19 20:00:00', 'host', '10.0.0.2'), (timestamp '2024-04-19 20:00:01', '10.0.0.1', '10.0.0.2')) t(ts, src, dst)`;
    const { figures, sink } = await read(await written(query), {
      mapping: { kind: 'connection', columns: [{ from: 'src', to: 'orig_h' }] },
    });
    expect(figures).toMatchObject({ rows: 2, rejected: 2, lines: 4 });
    expect(sink.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'MISSING'],
      [3, 'BAD_ADDRESS'],
    ]);
    expect(sink.rejects[1]?.text).toContain('src=host');
  });

  it('takes a file without rows, and refuses what is cut or damaged', async () => {
    const empty = await read(await written('select 1 as a, 2 as b where false'));
    expect(empty.figures).toMatchObject({ rows: 0, lines: 0, first: null });
    const bytes = await written(flows);
    for (const cut of [4, 100, bytes.length - 1, bytes.length - 300]) {
      await expect(read(bytes.subarray(0, cut))).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    }
    const hurt = Uint8Array.from(bytes);
    hurt.fill(0xff, 10, 2000);
    await expect(read(hurt)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });
});

describe('a column that is no value of a table', () => {
  it('as a length of time is one, with months as text', async () => {
    const bytes = await written(
      "select timestamp '2024-04-19 20:00:00' as ts, i as n, case when i = 0 then interval 90 seconds when i = 1 then interval '2 days' when i = 2 then interval '3 months' end as wait from range(0, 4) t(i)",
    );
    const { rows, remarks } = await read(bytes);
    expect(rows.map(({ n, wait, wait_text }) => [n, wait, wait_text])).toEqual([
      [0, 90e6, undefined],
      [1, 172_800e6, undefined],
      [2, undefined, 'P3M0DT0S'],
      [3, undefined, undefined],
    ]);
    expect(remarks.join()).toContain('kept as text in wait_text');
  });

  it('that is kept in a way nobody here reads is left out, and named; the others come in', async () => {
    const bytes = await written('select i as n, 7::tinyint as odd from range(0, 3) t(i)', ', compression uncompressed');
    const { parquetMetadata } = await import('hyparquet');
    const metadata = parquetMetadata(Uint8Array.from(bytes).buffer);
    const at = Number(metadata.row_groups[0].columns[1].meta_data?.data_page_offset);
    // the header of its page: that it is of a kind (field 1, i32, zigzag) that there is not
    const bent = Uint8Array.from(bytes);
    expect(bent[at]).toBe(0x15);
    bent[at + 1] = 2 * 20;
    const { rows, remarks } = await read(bent);
    expect(rows.map(({ n, odd }) => [n, odd])).toEqual([0, 1, 2].map((n) => [n, undefined]));
    expect(remarks.join()).toMatch(/Left out: the column odd, whose values cannot be read \(.*unsupported/);
  });
});

it('takes a wide file, nested columns among the others, over several row groups', async () => {
  const columns = Array.from({ length: 200 }, (_, i) => (i % 50 === 7 ? `{'a': i, 'b': [i, ${i}]} as n${i}` : `i * 1000 + ${i} as n${i}`));
  const { rows, figures } = await read(await written(`select ${columns.join(', ')} from range(0, 5000) t(i)`, ', row_group_size 2048'));
  expect(figures).toMatchObject({ rows: 5000, rejected: 0 });
  for (const at of [0, 2047, 2048, 4999]) {
    for (const i of [0, 63, 64, 128, 199]) expect(rows[at][`n${i}`]).toBe(at * 1000 + i);
    for (const i of [7, 57, 157]) expect(JSON.parse(String(rows[at][`n${i}`]))).toEqual({ a: String(at), b: [String(at), String(i)] });
  }
});

it('says of its times and columns what is said of tables of text', async () => {
  const doubtful = `select '0' || (1 + i % 7) || '/03/2024 10:00:0' || (i % 10) as time, '10.0.0.1' as src, '10.0.0.2' as dst, 'x' as note from range(0, 20) t(i)`;
  const bytes = await written(doubtful);
  const { rows, remarks, options } = await read(bytes);
  expect(rows).toHaveLength(20);
  expect(remarks).toContainEqual(expect.stringMatching(/^Its times were read as .*; by themselves, day and month cannot be told apart\.$/));
  const { timeFormat } = options.mapping ?? {};
  expect((await read(bytes, { mapping: { timeFormat } })).remarks.join()).not.toContain('cannot be told apart');
  const said: FormatOptions = {
    mapping: { columns: [{ from: 'note', to: null }], timeFormat: '%Y/%m/%d', delimiter: ';', header: true },
  };
  expect((await read(bytes, said)).remarks).toEqual(
    expect.arrayContaining([
      'Left out, as was asked for: note.',
      expect.stringMatching(/^No column has times that are written as %Y\/%m\/%d, the time format that was given/),
      'What was said of delimiter and header was not used: Parquet files have none.',
    ]),
  );
  const clocks = `select '10:00:0' || (i % 10) as time, '10.0.0.1' as src, '10.0.0.2' as dst from range(0, 20) t(i)`;
  expect((await read(await written(clocks))).remarks.join()).toContain('has times of day (10:00:00, 10:00:01, 10:00:02) and no date');
});
