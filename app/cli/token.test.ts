import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findToken, readTokens } from '../api/tokens.ts';
import type { CliIo } from './io.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-token-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** One command line in the folder. */
async function cli(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const io: Partial<CliIo> = {
    cwd: folder,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    onInterrupt: () => undefined,
  };
  return { code: await runCli(args, io as CliIo), out, err };
}

describe('flowcase token', () => {
  it('makes, lists and removes tokens, and shows a secret once', async () => {
    const made = await cli('token', 'add', 'board', '--token-file', 'k', '--scope', 'write', '--days', '2', '--json');
    const { token, scope, expires } = JSON.parse(made.out) as Record<string, string>;
    expect(made.code).toBe(0);
    expect(scope).toBe('write');
    expect(expires).toMatch(/Z$/);
    expect(findToken(readTokens(at('k')), token, Date.now() * 1000)?.name).toBe('board');
    expect(readFileSync(at('k'), 'utf8')).not.toContain(token.slice(9));
    expect((await cli('token', 'add', 'board', '--token-file', 'k')).err).toContain('already');
    await cli('token', 'add', 'second', '--token-file', 'k');
    const listed = await cli('token', 'list', '--token-file', 'k');
    expect(listed.out).toContain('second');
    expect(listed.out).not.toContain(token);
    expect((await cli('token', 'remove', 'board', '--token-file', 'k')).code).toBe(0);
    expect(readTokens(at('k')).map(({ name }) => name)).toEqual(['second']);
    expect((await cli('token', 'remove', 'board', '--token-file', 'k')).code).toBe(1);
  });

  it('says what is wrong with a command line', async () => {
    for (const args of [
      ['list'],
      ['add', '--token-file', 'k'],
      ['make', '--token-file', 'k'],
      ['add', 'a', '--token-file', 'k', '--scope', 'all'],
      ['add', '-', '--token-file', 'k'],
      ['list', 'x', '--token-file', 'k'],
      ['add', 'a', '--token-file', 'k', '--days', '0'],
    ])
      expect((await cli('token', ...args)).code, args.join(' ')).toBe(2);
  });
});
