import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import { verifyCase } from '../case/verify.ts';
import { generatorOf } from '../generate/registry.ts';
import { sampleOptions } from '../generate/sample.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles } from '../import/import-files.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet: Progress = { report: () => undefined, stopped: () => false };

it('a case with compressed columns is smaller, says the same, and verifies', async () => {
  const log = join(scratch.path, 'conn.log');
  const blocks: Uint8Array[] = [];
  await generatorOf('zeek-conn').generate({ ...sampleOptions, rows: 20_000, seed: 3 }, (block) => void blocks.push(block.slice()));
  writeFileSync(log, Buffer.concat(blocks));
  const made = await Promise.all(
    [false, true].map(async (compress) => {
      const path = join(scratch.path, `${String(compress)}.flowcase`);
      const writer = createCase(path, caseFields);
      const { evidence } = await importFiles(writer, { paths: [log], force: false, compress }, quiet);
      writer.close();
      const reader = openCaseForReading(path);
      const { columns, rows } = reader.sql('SELECT * FROM connections ORDER BY ts, uid LIMIT 5000');
      const said = JSON.stringify([columns, [...rows]]);
      const { ok } = await verifyCase(reader, {}, quiet);
      reader.close();
      return { said, ok, rows: evidence[0]?.rows, bytes: statSync(path).size };
    }),
  );
  const [plain, packed] = made;
  expect(packed).toEqual({ ...plain, bytes: packed?.bytes });
  expect([plain?.rows, plain?.ok]).toEqual([20_000, true]);
  expect(packed?.bytes).toBeLessThan((plain?.bytes ?? 0) * 0.85);
});
