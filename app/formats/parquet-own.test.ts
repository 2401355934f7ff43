import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { parquet } from './parquet.ts';
import { MemorySink } from './testing.ts';

/** A file with a column of numbers and one of texts, that says this of itself. */
async function read(said: string | null, options = {}): Promise<{ kind: string; types: (string | undefined)[]; rows: unknown }> {
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'took', data: [1.5, null], type: 'DOUBLE' },
        { name: 'word', data: ['-', ''], type: 'STRING' },
      ],
      ...(said === null ? {} : { kvMetadata: [{ key: 'flowcase', value: said }] }),
    }),
  );
  const file = { length: bytes.length, read: (start: number, end: number) => Promise.resolve(bytes.slice(start, end)) };
  const opened = await parquet.open(file, options, 'some.parquet');
  const sink = new MemorySink();
  await opened.read(sink, Infinity, () => undefined);
  const rows = sink.records.map((record) => Object.fromEntries([...record].filter(([, cell]) => cell !== null)));
  return { kind: opened.kind, types: ['took', 'word'].map((name) => sink.specs.get(name)?.type), rows };
}

const columns = [
  { from: 'took', to: 'took', type: 'interval' },
  { from: 'word', to: 'word', type: 'enum' },
];
const mine = JSON.stringify({ kind: 'things', columns });

describe('what a Parquet file of Flowcase’s says of itself', () => {
  it('is how it is read, texts exactly as they are', async () => {
    const { kind, types, rows } = await read(mine);
    expect({ kind, types }).toEqual({ kind: 'things', types: ['interval', 'enum'] });
    expect(rows).toEqual([
      { took: 1_500_000, word: '-', _line: 1 },
      { word: '', _line: 2 },
    ]);
  });

  it('comes behind what a person says', async () => {
    const { kind, types } = await read(mine, { mapping: { kind: 'others', columns: [{ from: 'took', to: 'took', type: 'double' }] } });
    expect({ kind, types }).toEqual({ kind: 'others', types: ['double', 'enum'] });
  });

  it('does not ask for connections that its columns are not', async () => {
    expect((await read(JSON.stringify({ kind: 'connection', columns }))).kind).toBe('some');
  });

  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['another shape', '[1]'],
    ['a kind that is none', JSON.stringify({ kind: '../x', columns })],
    ['a type that is none', JSON.stringify({ kind: 'things', columns: [{ from: 'took', to: 'took', type: '__proto__' }] })],
    ['other columns', JSON.stringify({ kind: 'things', columns: columns.slice(1) })],
  ])('is left aside where it is %s', async (_, said) => {
    const { kind, types, rows } = await read(said);
    expect({ kind, types }).toEqual({ kind: 'some', types: ['double', 'string'] });
    expect(rows).toEqual([{ took: 1.5, _line: 1 }, { _line: 2 }]);
  });
});
