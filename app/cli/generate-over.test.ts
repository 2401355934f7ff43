import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { mustNotBeEvidence } from './commands/generate.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-generate-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('writes over what was generated, never over a log that was not', () => {
  const log = join(folder, 'conn.log');
  expect(() => mustNotBeEvidence(log)).not.toThrow();
  writeFileSync(log, 'evidence');
  expect(() => mustNotBeEvidence(log)).toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
  expect(readFileSync(log, 'utf8')).toBe('evidence');
  writeFileSync(`${log}.truth.json`, '{}');
  expect(() => mustNotBeEvidence(log)).not.toThrow();
});
