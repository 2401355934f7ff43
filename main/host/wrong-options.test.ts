import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CliIo } from '../../app/cli/io.ts';
import { runCli } from '../../app/cli/run-cli.ts';
import { generatorOf } from '../../app/generate/registry.ts';
import { createHost, type Host } from './host.ts';

let folder: string;
const hosts: Host[] = [];

function host(): Host {
  const made = createHost({ kind: 'local', version: '0.0.1', dataFolder: join(folder, 'data'), recordOpenings: false, who: 'Ada' });
  hosts.push(made);
  return made;
}

async function withLog(rows: number): Promise<Host> {
  const log = join(folder, 'log_tcp_complete');
  await generatorOf('tstat').generate({ rows, seed: 2 }, (block) => appendFileSync(log, block));
  const one = host();
  await one.invoke('case.create', { path: join(folder, 'a.flowcase'), name: 'a', number: '', examiner: '' });
  await one.runJob('evidence.import', { paths: [log] });
  return one;
}

/** One command line; what it printed as JSON, and its exit code. */
async function cli(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly json: Record<string, unknown>; readonly err: string }> {
  let [out, err] = ['', ''];
  const io: CliIo = {
    cwd: folder,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    input: () => Readable.from([]) as AsyncIterable<Uint8Array>,
    isTerminal: false,
    openHost: host,
    onInterrupt: () => undefined,
  };
  const code = await runCli([...args, '--json'], io);
  return { code, json: (out === '' ? {} : JSON.parse(out)) as Record<string, unknown>, err };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-options-'));
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

it('a wrong value of an option is wrong usage, in the words of the option; what the case has not is a failure', async () => {
  await (await withLog(300)).close();
  const train = ['train', 'a.flowcase', '--label', 'class', '--model', 'tree'];
  const cluster = ['cluster', 'a.flowcase'];
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [[...train, '--folds', '1'], '--folds takes a whole number from 2, or 0 for none, not "1"'],
    [[...train, '--folds', '101'], '--folds is not right: it takes at most 100.'],
    [[...train, '--seed', '4294967296'], '--seed is not right: it takes at most 4'],
    [[...train, '--param', 'nope=3'], '--param: A tree has no parameter “nope”.'],
    [[...train, '--param', 'maxDepth=0'], '--param: '],
    [[...train, '--grid', 'nope=1'], '--grid: A tree has no parameter “nope”.'],
    [[...train, '--grid', 'maxDepth=2', '--grid-folds', '101'], '--grid-folds is not right: it takes at most 100.'],
    [[...train, '--recipe', 'zz'], '--recipe: There is no feature recipe "zz".'],
    [[...cluster, '--recipe', 'zz'], '--recipe: There is no feature recipe "zz".'],
    [[...cluster, '--k', '1001'], '--k takes a whole number from 1 to 1000, or auto, not "1001"'],
    [[...cluster, '--window', '1h'], '--window goes with --of hosts'],
    [[...cluster, '--covariance', 'full'], '--covariance has no effect with --method kmeans'],
  ];
  for (const [args, words] of wrong) {
    const { code, err } = await cli(...args);
    expect([args.slice(2), code, err]).toEqual([args.slice(2), 2, expect.stringContaining(`flowcase ${args[0]}: ${words}`)]);
  }
  for (const args of [
    ['classify', 'a.flowcase', '--with', '999'],
    ['train', 'a.flowcase', '--tags'],
    ['train', 'a.flowcase', '--label', 'nothing'],
  ])
    expect([args, (await cli(...args)).code]).toEqual([args, 1]);
}, 180_000);
