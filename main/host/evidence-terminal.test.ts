import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TerminalBench } from './testing-terminal.ts';

let bench: TerminalBench;

beforeEach(() => {
  bench = new TerminalBench();
});
afterEach(() => bench.close());

it('evidence is listed and removed by its number; the custody log keeps both', async () => {
  const host = await bench.withLog(20);
  await host.close();
  const { json: listed } = await bench.cli('evidence', 'a.flowcase');
  expect(listed).toMatchObject({ evidence: [{ id: 1, name: 'log_tcp_complete', rows: 20 }] });
  expect((await bench.words('evidence', 'a.flowcase')).out).toContain('log_tcp_complete');

  const { code, json } = await bench.cli('remove-evidence', 'a.flowcase', '1');
  expect([code, json]).toMatchObject([0, { removed: { id: 1, name: 'log_tcp_complete', rows: 20 } }]);
  expect((await bench.cli('info', 'a.flowcase')).json).toMatchObject({ evidence: 0, connections: 0 });
  const { custody } = (await bench.cli('custody', 'a.flowcase')).json as { custody: { act: string; details: { evidence?: number } }[] };
  expect(custody.map(({ act }) => act).slice(-2)).toEqual(['evidence.imported', 'evidence.removed']);

  const again = await bench.words('remove-evidence', 'a.flowcase', '1');
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('no evidence 1 in this case')]);
  for (const args of [
    ['remove-evidence', 'a.flowcase'],
    ['remove-evidence', 'a.flowcase', 'x'],
    ['remove-evidence', 'a.flowcase', '1', '2'],
  ]) {
    expect((await bench.words(...args)).code).toBe(2);
  }
});

it('a folder of which nothing could be imported fails with a line that says why', async () => {
  await bench.words('new', 'a.flowcase');
  mkdirSync(bench.path('logs'));
  writeFileSync(bench.path('logs/notes.txt'), 'words\n');
  const { code, err } = await bench.words('import', 'a.flowcase', 'logs');
  expect(code).toBe(1);
  expect(err).toMatch(/The only file in .*logs is no log that Flowcase reads\. The first: .*notes\.txt/);
});
