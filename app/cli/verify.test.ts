import { expect, it } from 'vitest';
import type { VerifyResult } from '../contract/case.ts';
import { reportCommands } from './commands/report.ts';
import { CliBench, type Ran } from './testing.ts';

const same = { sha256: 'ab'.repeat(32), row: true, records: true };
const result: VerifyResult = {
  ok: false,
  at: 1_700_000_000_000_000,
  evidence: [
    { ...same, id: 3, name: 'conn.log', path: '/logs/conn.log', match: true, message: '/logs/conn.log is the file that was imported.' },
    { ...same, id: 4, name: 'dns.log in a.zip', path: '/logs/a.zip', match: null, message: 'The original was not found.' },
    { ...same, id: 9, name: 'conn.log', path: '/old/conn.log', match: false, message: '/old/conn.log differs.' },
  ],
  custody: { entries: 7, ok: true, head: 'cd'.repeat(32), message: 'All are as they were.' },
};

const bench = new CliBench();
const run = (...args: string[]): Promise<Ran> => bench.run(reportCommands, 'verify', args, () => result);

it('names each piece of evidence by its number, and ends with 3 where something differs', async () => {
  const { exit, out } = await run();
  expect(exit).toBe(3);
  expect(out.trimEnd().split('\n')).toEqual([
    'ok         evidence 3 (conn.log): /logs/conn.log is the file that was imported.',
    'not found  evidence 4 (dns.log in a.zip): The original was not found.',
    'DIFFERENT  evidence 9 (conn.log): /old/conn.log differs.',
    'ok         custody log: All are as they were.',
    '3 pieces of evidence: 1 as imported, 1 DIFFERENT, 1 not found; records ok; custody log ok',
  ]);
});

it('gives number, name, hash and result of each as JSON', async () => {
  const { out } = await run('--json');
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    evidence: result.evidence.map(({ id, name, sha256, match }) => ({ id, name, sha256, match })),
    custody: { entries: 7, ok: true },
  });
});
