import { describe, expect, it } from 'vitest';
import type { Crosscheck, CrosscheckVerdict } from '../contract/comparisons.ts';
import { crosscheckCommands } from './commands/crosscheck.ts';
import { CliBench, type Ran } from './testing.ts';

const opinion: Crosscheck = {
  ...{ id: 1, run: 7, created: 0, by: 'me', program: 'test', tool: 'ml-cart 2.1.1', rows: 9, sampledFrom: null, seed: 1 },
  ...{
    ari: null,
    equal: 0.3,
    largestDifference: null,
    accuracy: null,
    seconds: { ours: 1, theirs: 2 },
    words: 'What it says.',
    agrees: false,
  },
};

const bench = new CliBench();
const run = (found: Crosscheck, ...args: string[]): Promise<Ran> =>
  bench.run(crosscheckCommands, 'crosscheck', ['7', ...args], () => found);

describe.each([
  ['agrees', true, 0],
  ['differs', false, 3],
  ['not confirmed', false, 1],
] as const satisfies readonly (readonly [CrosscheckVerdict, boolean, number])[])(
  'a second opinion that comes to "%s"',
  (verdict, agrees, code) => {
    it('has an exit code, JSON and words that say the same', async () => {
      const { exit, out } = await run({ ...opinion, agrees, verdict });
      expect(exit).toBe(code);
      expect(out).toBe(`What it says.\n1.00 s here, 2.00 s there\nverdict: ${verdict}\n`);
      const json = await run({ ...opinion, agrees, verdict }, '--json');
      expect(json.exit).toBe(code);
      expect(JSON.parse(json.out)).toMatchObject({ agrees, verdict, created: '1970-01-01T00:00:00.000000Z' });
    });
  },
);

it('what an older program kept agrees or differs', async () => {
  expect(await run({ ...opinion, agrees: true })).toMatchObject({ exit: 0, out: expect.stringContaining('verdict: agrees') as string });
  expect(await run(opinion)).toMatchObject({ exit: 3, out: expect.stringContaining('verdict: differs') as string });
});

it('help says which code is what', () => {
  expect(crosscheckCommands[0].about).toMatch(/3 where a difference was found, 1 where .* neither confirmed nor contradicted/);
});
