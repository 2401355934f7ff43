import { expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { everyRow } from '../columns/scan/slices.ts';
import { buildMatrix } from '../features/build-matrix.ts';
import { recipeNamed } from '../features/recipes.ts';
import { selectRows } from '../features/selection.ts';
import { ImportBench } from '../import/testing-import.ts';
import { unwatched } from '../learn/pace.ts';

const bench = new ImportBench();
const pace = unwatched();

const request = (path: string): string => `10.0.0.1 - - [19/Apr/2024:20:00:00 +0000] "GET ${path} HTTP/1.1" 200 5 "-" "a"\n`;
const odd = request('/caf\xe9/\xff?q=\xfc%20');

it.each([
  ['among paths that are all different, which are kept as texts', (i: number) => request(`/page/${i}?q=${i}`), 'text'],
  ['among paths that repeat, which are kept once', (i: number) => request(`/page/${i % 3}?q=${i % 3}`), 'dictionary'],
] as const)('figures of a request whose bytes are no UTF-8 are the same, %s', async (_, other, storage) => {
  const log = [odd, ...Array.from({ length: 200 }, (_, i) => other(i))].join('');
  await bench.run([bench.file('access.log', Buffer.from(log, 'latin1'))]);
  const reader = openCaseForReading(bench.writer.path);
  try {
    const table = reader.table('request');
    expect(['path', 'query'].map((name) => table.column(name)?.storage)).toEqual([storage, storage]);
    const selection = await selectRows(table, everyRow, pace);
    const { matrix, used } = await buildMatrix(selection, recipeNamed('request-v1'), pace, { scaling: 'none' });
    const figure = (name: string): number =>
      matrix.get(
        0,
        used.findIndex(({ spec }) => spec.name === name),
      );
    expect(
      ['path_length', 'path_special', 'query_length', 'query_special'].map(figure).map((value) => Math.round(value * 1e4) / 1e4),
    ).toEqual([13, Math.round((2 / 13) * 1e4) / 1e4, 9, Math.round((1 / 9) * 1e4) / 1e4]);
  } finally {
    reader.close();
  }
});
