import { afterEach, beforeEach, expect, it } from 'vitest';
import { TerminalBench } from './testing-terminal.ts';

let bench: TerminalBench;

beforeEach(() => {
  bench = new TerminalBench();
});
afterEach(() => bench.close());

it('a wrong value of an option is wrong usage, in the words of the option; what the case has not is a failure', async () => {
  await (await bench.withLog(300)).close();
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
    const { code, err } = await bench.cli(...args);
    expect([args.slice(2), code, err]).toEqual([args.slice(2), 2, expect.stringContaining(`flowcase ${args[0]}: ${words}`)]);
  }
  for (const args of [
    ['classify', 'a.flowcase', '--with', '999'],
    ['train', 'a.flowcase', '--tags'],
    ['train', 'a.flowcase', '--label', 'nothing'],
  ])
    expect([args, (await bench.cli(...args)).code]).toEqual([args, 1]);
}, 180_000);
