import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bearerOf, findToken, makeToken, readTokens, TokenStore, writeTokens } from './tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe('tokens', () => {
  it('are found by their secret alone, until their time is over, and are not kept as they are', () => {
    const [a, b] = [makeToken('a', 'read', null, 10), makeToken('b', 'write', 20, 10)];
    const tokens = [a.token, b.token];
    expect(a.secret).toMatch(/^flowcase_[\w-]{43}$/);
    expect(JSON.stringify(tokens)).not.toContain(a.secret.slice(9));
    expect(findToken(tokens, a.secret, 99)).toBe(a.token);
    expect(findToken(tokens, b.secret, 19)).toBe(b.token);
    expect(findToken(tokens, b.secret, 20)).toBeNull();
    for (const secret of ['', a.token.sha256, `${a.secret}x`, a.secret.slice(0, -1)]) expect(findToken(tokens, secret, 0)).toBeNull();
  });

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  a.b-c~d+e/f==', 'a.b-c~d+e/f=='],
    ['Bearer', null],
    ['Bearer a b', null],
    ['Basic abc', null],
    ['abc', null],
    [undefined, null],
  ])('a header %s says %s', (header, secret) => {
    expect(bearerOf(header)).toBe(secret);
  });

  it('lie in a file for their owner alone; one that others may read, or that is damaged, lets nobody in', () => {
    const { token } = makeToken('a', 'read', null, 10);
    writeTokens(at('t'), [token]);
    expect(statSync(at('t')).mode & 0o777).toBe(0o600);
    expect(readTokens(at('t'))).toEqual([token]);
    expect(readTokens(at('nothing'))).toEqual([]);
    for (const mode of [0o640, 0o604, 0o666]) {
      chmodSync(at('t'), mode);
      expect(() => readTokens(at('t'))).toThrow('chmod 600');
      expect(() => new TokenStore([], at('t'))).toThrow('chmod 600');
    }
    for (const text of ['', '[]', '{"flowcase":"tokens-1","tokens":[{"name":"a"}]}', '{"flowcase":"tokens-2","tokens":[]}']) {
      writeFileSync(at('damaged'), text, { mode: 0o600 });
      expect(() => readTokens(at('damaged')), text).toThrow('no file of tokens');
    }
  });
});
