import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase } from './open.ts';
import { caseFields, scratchFolder } from './testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

it.skipIf(process.platform === 'win32')('a new case and what lies beside it are for whoever made it alone', () => {
  const writer = createCase(join(scratch.path, 'a.flowcase'), caseFields);
  const holding = readdirSync(scratch.path).filter((name) => !name.endsWith('-lock'));
  expect(holding).toContain('a.flowcase-wal');
  for (const name of holding) expect([name, (statSync(join(scratch.path, name)).mode & 0o777).toString(8)]).toEqual([name, '600']);
  writer.close();
});
