import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadataAsync } from 'hyparquet';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import type { Progress } from '../shared/progress.ts';
import type { FlatColumn, FlatTable } from './flat-table.ts';
import { writeParquet } from './parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-parquet-'));
const silent: Progress = { report: () => undefined, stopped: () => false };
let duck: Awaited<ReturnType<DuckDBInstance['connect']>>;
beforeAll(async () => {
  duck = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => {
  duck.closeSync();
  rmSync(folder, { recursive: true });
});

const columns: readonly FlatColumn[] = [
  { name: 'ts', type: 'time' },
  { name: 'took', type: 'interval' },
  { name: 'count', type: 'count' },
  { name: 'mixed', type: 'count', whole: false },
  { name: 'score', type: 'double' },
  { name: 'door', type: 'port' },
  { name: 'yes', type: 'bool' },
  { name: 'place', type: 'addr' },
  { name: 'word "x", y', type: 'string' },
  { name: 'list', type: 'vector' },
];
const start = 1_713_556_800_000_001;

/** Every seventh row has no values. */
function* rowsOf(count: number): Generator<readonly Cell[]> {
  for (let i = 0; i < count; i++) {
    if (i % 7 === 3) yield columns.map(() => null);
    else
      yield [
        start + i,
        i * 3,
        i,
        i / 2,
        i / 8,
        i % 65_536,
        i % 2,
        `10.0.${(i >> 8) % 256}.${i % 256}`,
        i % 5 === 0 ? '' : `=${i} é\0`,
        'a,b',
      ];
  }
}

const table = (rows: number): FlatTable => ({ kind: 'things', columns, total: rows, rows: rowsOf(rows) });
/** The whole file. */
function arrayBufferOf(path: string): ArrayBuffer {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
const ask = async (sql: string): Promise<unknown[]> => (await duck.runAndReadAll(sql)).getRowsJS()[0] ?? [];

describe('a Parquet file', () => {
  it('of a wide table is written column by column, in groups of fewer rows, and says the same by rows', async () => {
    const wide = Array.from({ length: 300 }, (_, i): FlatColumn => ({ name: `c${i}`, type: i % 2 === 0 ? 'count' : 'string' }));
    const cell = (row: number, column: number): Cell =>
      column % 2 === 0 ? row * 300 + column : (row + column) % 11 === 0 ? null : `${row} ${column}`;
    const total = 150;
    const rows = Array.from({ length: total }, (_, row) => wide.map((_column, column) => cell(row, column)));
    const asked: number[] = [];
    const cells = (column: number, from: number, to: number): Cell[] => {
      asked.push(to - from);
      return Array.from({ length: to - from }, (_, i) => cell(from + i, column));
    };
    const [byColumns, byRows] = [join(folder, 'columns.parquet'), join(folder, 'rows.parquet')];
    const one = await writeParquet(byColumns, { kind: 'things', columns: wide, total, rows: [], cells }, silent, 20_000);
    const other = await writeParquet(byRows, { kind: 'things', columns: wide, total, rows }, silent, 20_000);
    expect(one).toEqual({ ...other, rows: total });
    const { row_groups: groups } = await parquetMetadataAsync(arrayBufferOf(byColumns));
    expect(groups.map((group) => Number(group.num_rows))).toEqual([66, 66, 18]);
    expect(Math.max(...asked)).toBe(66);
    expect(await ask(`select count(*), sum(c298), count(c299), max(c1) from '${byColumns}'`)).toEqual([
      150n,
      rows.reduce((sum, row) => sum + BigInt(Number(row[298])), 0n),
      BigInt(rows.filter((row) => row[299] !== null).length),
      rows
        .map((row) => String(row[1] ?? ''))
        .sort()
        .at(-1),
    ]);
  });

  it('has the types that its columns have', async () => {
    const path = join(folder, 'types.parquet');
    await writeParquet(path, table(10), silent);
    const rows = (await duck.runAndReadAll(`describe select * from '${path}'`)).getRowsJS();
    expect(rows.map(([name, type]) => [name, type])).toEqual([
      ['ts', 'TIMESTAMP WITH TIME ZONE'],
      ['took', 'DOUBLE'],
      ['count', 'BIGINT'],
      ['mixed', 'DOUBLE'],
      ['score', 'DOUBLE'],
      ['door', 'BIGINT'],
      ['yes', 'BOOLEAN'],
      ['place', 'VARCHAR'],
      ['word "x", y', 'VARCHAR'],
      ['list', 'VARCHAR'],
    ]);
    const first = await ask(
      `select epoch_us(ts), took, count, mixed, score, door, yes, place, "word ""x"", y", list from '${path}' where count = 2`,
    );
    expect(first.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell))).toEqual([
      start + 2,
      0.000006,
      2,
      1,
      0.25,
      2,
      false,
      '10.0.0.2',
      '=2 é\0',
      'a,b',
    ]);
  });

  it('holds every row in groups of 32,768, and nothing for what is absent', async () => {
    const path = join(folder, 'groups.parquet');
    const count = 32_768 * 2 + 17;
    const written = await writeParquet(path, table(count), silent);
    expect(written).toMatchObject({ rows: count, bytes: statSync(path).size });
    const bytes = readFileSync(path);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const metadata = await parquetMetadataAsync(buffer);
    expect(metadata.row_groups.map(({ num_rows: rows }) => Number(rows))).toEqual([32_768, 32_768, 17]);
    const present = Array.from({ length: count }, (_, i) => i).filter((i) => i % 7 !== 3);
    const sum = (of: (i: number) => number): number => present.reduce((all, i) => all + of(i), 0);
    const found = await ask(
      `select count(*), count(ts), sum(count), sum(score), sum(door), sum(yes::int), count(distinct place), count("word ""x"", y") filter ("word ""x"", y" = '') from '${path}'`,
    );
    expect(found.map(Number)).toEqual([
      count,
      present.length,
      sum((i) => i),
      sum((i) => i / 8),
      sum((i) => i % 65_536),
      sum((i) => i % 2),
      new Set(present.map((i) => i % 65_536)).size,
      present.filter((i) => i % 5 === 0).length,
    ]);
  });

  it('of no rows can be read', async () => {
    const path = join(folder, 'none.parquet');
    expect((await writeParquet(path, table(0), silent)).rows).toBe(0);
    expect(await ask(`select count(*) from '${path}'`)).toEqual([0n]);
  });

  it('that is not finished is none: what was there stays', async () => {
    const path = join(folder, 'kept.parquet');
    writeFileSync(path, 'mine');
    let asked = 0;
    const stopping: Progress = { report: () => undefined, stopped: () => ++asked > 20 };
    await expect(writeParquet(path, table(200_000), stopping)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(writeParquet(join(folder, 'no', 'x.parquet'), table(10), silent)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'no'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
