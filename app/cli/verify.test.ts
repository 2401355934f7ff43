import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import type { VerifyResult } from '../contract/case.ts';
import { Args } from './args.ts';
import { CliContext } from './command.ts';
import { reportCommands } from './commands/report.ts';
import type { CliHost, CliIo } from './io.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'a.flowcase'), '');

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

async function run(...args: string[]): Promise<{ readonly exit: number; readonly out: string }> {
  const out: string[] = [];
  const host = {
    invoke: () => Promise.resolve({}),
    runJob: () => Promise.resolve(result),
    close: () => Promise.resolve(),
  } as unknown as CliHost;
  const io: CliIo = {
    openHost: () => host,
    out: (text) => out.push(text),
    input: () => Readable.from([]),
    err: () => undefined,
    isTerminal: false,
    cwd: folder,
    onInterrupt: () => undefined,
  };
  const command = reportCommands.find(({ name }) => name === 'verify');
  if (command === undefined) throw new Error('there is no such command');
  const exit = await command.run(new CliContext(new Args(['a.flowcase', ...args], command.options), io));
  return { exit, out: out.join('') };
}

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
