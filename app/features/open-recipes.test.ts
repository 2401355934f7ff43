import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { unwatched } from '../learn/pace.ts';
import { buildMatrix, type FeatureMatrix } from './build-matrix.ts';
import { recipeNamed } from './recipes.ts';
import { selectRows } from './selection.ts';
import { column, everyRow, memoryTable, type MemoryColumn, type Value } from './testing.ts';
import type { MatrixOptions } from './types.ts';

const pace = unwatched();
type Rec = Readonly<Record<string, Value>>;

async function build(
  recipe: string,
  records: readonly Rec[],
  columns: readonly MemoryColumn[],
  options: MatrixOptions = {},
): Promise<FeatureMatrix> {
  const table = memoryTable(records, { columns, chunkRows: 7, kind: 'table' });
  return buildMatrix(await selectRows(table, everyRow, pace), recipeNamed(recipe), pace, options);
}

const said = ({ features }: FeatureMatrix): Record<string, string | null> =>
  Object.fromEntries(features.map(({ name, dropped }) => [name, dropped]));
const used = (matrix: FeatureMatrix): string[] => matrix.used.map(({ spec }) => spec.name);

const csv: readonly MemoryColumn[] = [
  column('id', 'count'),
  column('row', 'count'),
  column('when', 'time'),
  column('port', 'port'),
  column('Label', 'count'),
  column('level', 'double'),
  column('on', 'bool'),
  column('same', 'count'),
  column('never', 'count'),
  column('word', 'string', 'term'),
  column('_line', 'count'),
];
// ids are all different, in no order
const table = (rows: number): Rec[] =>
  Array.from({ length: rows }, (_, i) => ({
    id: (i * 7919) % 104_729,
    row: 10 + i * 2,
    when: i * 1e6,
    port: i % 9,
    Label: i % 2,
    level: Math.sin(i),
    on: i % 3 === 0 ? 1 : 0,
    same: 5,
    never: null,
    word: `w${i % 3}`,
    _line: i,
  }));

describe('numeric-v1', () => {
  it('takes every column that is a quantity, and says why it does not take the others', async () => {
    const matrix = await build('numeric-v1', table(40), csv);
    expect(used(matrix)).toEqual(['level', 'on']);
    expect(said(matrix)).toEqual({
      level: null,
      on: null,
      same: 'the same in every record (5)',
      never: 'absent in every record',
      id: 'an identifier: every record has its own',
      row: 'it numbers the records',
      when: 'a moment: what happened then would be learned, not what it was',
      port: 'a port is a name, not a quantity',
      Label: 'a label by its name',
      _line: 'its place in the log, not what it says',
    });
    expect(matrix.used[1].spec.kind).toBe('flag');
  });

  it('takes what is named all the same, in the order of the names: numbers as they are, texts as categories', async () => {
    const matrix = await build('numeric-v1', table(40), csv, { features: ['word', 'port', 'level', 'port'], scaling: 'none' });
    expect(used(matrix)).toEqual(['word=w0', 'word=w1', 'word=w2', 'port', 'level']);
    expect([3, 4, 5].map((row) => matrix.matrix.get(row, 3))).toEqual([3, 4, 5]);
    expect([0, 1, 2, 3].map((row) => matrix.matrix.get(row, 0))).toEqual([1, 0, 0, 1]);
  });

  it('refuses a name that is nothing, and an empty list', async () => {
    await expect(build('numeric-v1', table(9), csv, { features: ['level', 'nonsense'] })).rejects.toThrow(/nonsense/);
    await expect(build('numeric-v1', table(9), csv, { features: [] })).rejects.toBeInstanceOf(FlowcaseError);
    await expect(build('numeric-v1', table(9), csv, { window: 1e6 })).rejects.toThrow(/windows/);
  });
});

const tstat: readonly MemoryColumn[] = [
  column('ts', 'time'),
  column('last', 'time'),
  column('orig_h', 'addr', 'host'),
  column('resp_h', 'addr', 'host'),
  column('orig_p', 'port'),
  column('resp_p', 'port'),
  column('orig_bytes', 'count'),
  column('c_bytes_uniq', 'count'),
  column('c_isint', 'count'),
  column('c_first', 'double'),
  column('con_t', 'count'),
  column('class', 'string', 'term'),
];
const flows = Array.from({ length: 30 }, (_, i): Rec => ({
  ts: i * 1e6,
  last: i * 1e6 + 5,
  orig_h: '10.0.0.1',
  resp_h: '192.0.2.1',
  orig_p: 50_000 + i,
  resp_p: [443, 8080, 50_000][i % 3],
  orig_bytes: i === 7 ? 1e9 : i,
  c_bytes_uniq: i === 7 ? 1e9 : 2 * i,
  c_isint: i % 2,
  c_first: i < 3 ? null : i / 7,
  con_t: [0, 1, 8192][i % 3],
  class: `class:${i % 4}`,
}));

describe('tstat-v1', () => {
  it('takes what Tstat measured, ports by role and codes as flags, and no moments', async () => {
    const matrix = await build('tstat-v1', flows, tstat);
    expect(used(matrix)).toEqual([
      'port_well_known',
      'port_registered',
      'port_ephemeral',
      'orig_bytes',
      'c_bytes_uniq',
      'c_isint',
      'c_first',
      'con_t=0',
      'con_t=1',
      'con_t=8192',
    ]);
    expect(matrix.fitted.features.filter(({ log }) => log).map(({ name }) => name)).toEqual(['orig_bytes', 'c_bytes_uniq']);
    const { ts, last, resp_p, con_t, p2p_t } = said(matrix);
    expect([ts, last]).toEqual(new Array(2).fill('a moment: what happened then would be learned, not what it was'));
    expect([resp_p, con_t, p2p_t]).toEqual(['a port is a name, not a quantity', undefined, 'the log has no column p2p_t']);
  });

  it("knows columns by Tstat's names too, and gives them plain for trees", async () => {
    const matrix = await build('tstat-v1', flows, tstat, { features: ['c_bytes_all', 'c_bytes_uniq', 'c_first'], scaling: 'none' });
    expect(used(matrix)).toEqual(['orig_bytes', 'c_bytes_uniq', 'c_first']);
    expect([0, 1, 2].map((at) => matrix.matrix.get(7, at))).toEqual([1e9, 1e9, 1]);
    expect(matrix.matrix.get(0, 2)).toBeNaN();
  });
});

describe('categories', () => {
  const words = [column('ts', 'time'), column('service', 'string', 'term')];
  const named = async (services: readonly Value[]): Promise<string[]> => {
    const found = await build(
      'conn-v2',
      services.map((service, ts) => ({ ts, service })),
      words,
      { features: ['service'], scaling: 'none' },
    );
    return used(found).map((name) => name.replace('service=', ''));
  };

  it('are the most frequent values; the rest is joined, absence is one of them', async () => {
    const many = Array.from({ length: 300 }, (_, i) =>
      i < 100 ? 'http' : i < 180 ? null : i < 250 ? 'dns' : i < 290 ? `rare${i}` : 'ssl',
    );
    expect(await named(many)).toEqual(['http', '(absent)', 'dns', 'ssl', 'others']);
    expect(await named(Array.from({ length: 100 }, (_, i) => `s${i % 30}`))).toHaveLength(13);
  });

  it('say nothing twice, and a hostile text is a text', async () => {
    expect(await named(['http', 'http', 'dns'])).toEqual(['http']);
    expect(await named([...new Array<string>(200).fill('http'), 'dns'])).toEqual(['http']);
    expect(await named(['__proto__', '__proto__', 'constructor', '', ''])).toEqual(['', '__proto__', 'constructor']);
  });
});
