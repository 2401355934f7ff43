import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServeBench } from './testing-serve.ts';

/** `flowcase serve` as a program of its own. */
const bench = new ServeBench();
const children: ChildProcessByStdio<null, Readable, Readable>[] = [];

beforeAll(async () => {
  await (await bench.withCase(200)).close();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await bench.close();
});

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has written so far. */
  readonly out: () => string;
  readonly err: () => string;
}

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), 'serve', ...args], {
    cwd: bench.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FLOWCASE_DATA: join(bench.folder, 'data') },
  });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return { child, out: () => out, err: () => err };
}

interface Said {
  readonly address: string;
  readonly api: string;
  readonly tokens: { readonly read: string; readonly write?: string };
}

async function said(started: Started): Promise<Said> {
  while (!started.out().endsWith('}\n')) {
    if (started.child.exitCode !== null) throw new Error(started.err());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return JSON.parse(started.out()) as Said;
}

it.each(['SIGINT', 'SIGTERM'] as const)('answers until it is told to end by %s, and leaves one file', async (signal) => {
  const started = start('a.flowcase', '--json', '--log');
  const { api, tokens } = await said(started);
  const answer = await fetch(`${api}/case`, { headers: { Authorization: `Bearer ${tokens.read}` } });
  expect(await answer.json()).toMatchObject({ connections: 200, readOnly: false });
  const tagged = await fetch(`${api}/taggings`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokens.write ?? ''}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ target: { type: 'filter', kind: 'connection', filter: 'resp_p = 443' }, name: signal }),
  });
  expect(tagged.status).toBe(200);
  started.child.kill(signal);
  const [code] = (await once(started.child, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect(readdirSync(bench.folder).filter((name) => name.startsWith('a.flowcase'))).toEqual(['a.flowcase']);
  expect(started.err()).toContain('"url":"/api/v1/case"');
  expect(started.err()).not.toContain(tokens.read);
});

it('serves a case that is open elsewhere for reading only, and says so where it is not asked to', async () => {
  const first = start('a.flowcase', '--json');
  await said(first);
  const refused = start('a.flowcase', '--json');
  const [code] = (await once(refused.child, 'exit')) as [number | null];
  expect(code).toBe(1);
  expect(refused.err()).toContain('--read-only');
  const reading = start('a.flowcase', '--json', '--read-only');
  expect(Object.keys((await said(reading)).tokens)).toEqual(['read']);
});

it.each([
  [['--host', '0.0.0.0'], 2, 'openssl req'],
  [['--tls-cert', 'c.pem'], 2, '--tls-cert and --tls-key go together'],
  [['--tls-cert', 'c.pem', '--tls-key', 'k.pem'], 1, 'c.pem cannot be read'],
  [['--port', '70000'], 2, '--port takes a number'],
  [['--rate', '0'], 2, '--rate takes a whole number from 1'],
  [['--files', 'nowhere'], 1, '--files takes a folder'],
  [['--allow-origin', 'board'], 2, '--allow-origin takes an address'],
] as const)('%j is refused in words', async (args, exit, words) => {
  const refused = start('a.flowcase', '--read-only', ...args);
  const [code] = (await once(refused.child, 'exit')) as [number | null];
  expect(refused.err()).toContain(words);
  expect(code).toBe(exit);
  expect(refused.out()).toBe('');
});
