import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { scratchFolder } from '../../app/case/testing.ts';
import { openLog } from './log.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

it('holds what went wrong, and none of the secrets in it', () => {
  const log = openLog(scratch.path);
  log('live.watch: Error: no answer\n    at connect (kafka://soc:hunter2@broker:9092/access)\n    authorization: Bearer hunter2');
  log(`trouble: ${JSON.stringify({ sasl: { username: 'soc', password: 'hunter2' } })}`);
  const written = readFileSync(join(scratch.path, 'flowcase.log'), 'utf8');
  expect(written).toContain('live.watch: Error: no answer');
  expect(written).toContain('{"sasl":{"username":"soc","password":"…"}}');
  expect(written).not.toContain('hunter2');
});
