import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importFiles } from '../import/import-files.ts';
import { runCluster } from './jobs.ts';
import { caseOf, checked, quiet } from './testing.ts';

const here = { threads: 1, createThread: null, program: 'Flowcase test' };
const time = (second: number): string =>
  `10/Feb/2024:16:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000`;
const line = (client: number, second: number, target: string): string =>
  `192.0.2.${client} - - [${time(second)}] "GET ${target} HTTP/1.1" ${second % 7 === 0 ? 404 : 200} ${100 + second} "-" "curl/8.5.0"\n`;

/** One of each log stands in each case; how its texts are kept is told by the one that comes first. */
const logs = {
  'repeats.log': Array.from({ length: 300 }, (_, i) => line(i % 5, i, `/shop/${i % 4}?id=${i % 3}`)).join(''),
  'new.log': Array.from({ length: 300 }, (_, i) => line(i % 9, i, `/a/${i}/${'x'.repeat(i % 20)}?q=${i}&s=${(i * 7919) % 1000}%27`)).join(
    '',
  ),
};

async function result(names: readonly (keyof typeof logs)[], of: keyof typeof logs): Promise<unknown> {
  const test = await caseOf();
  try {
    for (const name of names) {
      const path = join(test.folder, name);
      writeFileSync(path, logs[name]);
      await importFiles(test.writer, { paths: [path], force: false }, quiet);
    }
    test.reader.refresh();
    const table = test.reader.table('request');
    const kept = ['path', 'query'].map((name) => table.column(name)?.storage);
    const where = `evidence = ${names.indexOf(of) + 1}`;
    const { summary } = await runCluster(test.reader, checked('cluster.run', { of: 'requests', k: 3, where }), here, quiet);
    return { kept, rows: summary.rows, fingerprint: summary.fingerprint, input: summary.input, remarks: summary.remarks };
  } finally {
    test.close();
  }
}

it.each(['repeats.log', 'new.log'] as const)('%s gives the same groups alone, before and after another log', async (log) => {
  const other = log === 'new.log' ? 'repeats.log' : 'new.log';
  const [alone, before, after] = [await result([log], log), await result([log, other], log), await result([other, log], log)];
  expect(before).toEqual(alone);
  expect({ ...(after as object), kept: null }).toEqual({ ...(alone as object), kept: null });
  expect((after as { kept: unknown }).kept).not.toEqual((alone as { kept: unknown }).kept);
});
