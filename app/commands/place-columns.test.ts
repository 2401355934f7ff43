import { expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { ImportBench, longLog } from '../import/testing-import.ts';
import { flatTable } from './export-tables.ts';
import { checked } from './testing.ts';

const bench = new ImportBench();

it('a table for another program names the evidence, as one with all columns does, where its column is chosen', async () => {
  await bench.run([bench.file('conn.log', longLog(3))]);
  const reader = openCaseForReading(bench.writer.path);
  try {
    const table = await flatTable(
      reader,
      checked('table.export', {
        table: 'connections',
        format: 'csv',
        path: 'a.csv',
        columns: ['uid', 'evidence', 'line', 'id', 'offset', '_evidence'],
      }),
    );
    expect(table.columns.map(({ name }) => name)).toEqual(['uid', 'evidence', 'line', 'id', 'offset', '_evidence']);
    const text = longLog(3);
    expect([...table.rows]).toEqual([0, 1, 2].map((i) => [`C${i}`, 'conn.log', 9 + i, i, text.indexOf(text.split('\n')[8 + i]), 1]));
  } finally {
    reader.close();
  }
});
