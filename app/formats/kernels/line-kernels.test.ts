import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineBytes } from './line-bytes.ts';
import { lineKernels, type LineKernels } from './line-kernels.ts';
import { lineModule } from './line-module.ts';
import { ENDS, FLAG, LEFT, LINES, VALUES } from './map.ts';

const kernels = lineKernels() as LineKernels;

/** One word a line, as the scan leaves them. */
function lay(words: readonly string[]): void {
  const { bytes, ends } = kernels;
  let at = LINES;
  ends[0] = at - 1;
  for (const [i, word] of words.entries()) {
    bytes.set(Buffer.from(`${word}\n`), at);
    at += word.length + 1;
    ends[i + 1] = at - 1;
  }
}

const similar = Array.from({ length: 1800 }, (_, i) => `203.0.${113 + (i >> 8)}.${i & 255}`);
const long = Array.from({ length: 1800 }, (_, i) => `a word of more than thirty-two bytes: ${i % 1000}${'x'.repeat(i % 23)}`);

describe('the kernels that read lines', () => {
  it('fit into their part of the memory', () => {
    expect(LEFT).toBeGreaterThanOrEqual(0);
  });

  it('are the bytes that are kept: after a change, node tools/kernel-bytes.ts', () => {
    expect(Buffer.from(lineModule()).toString('base64')).toBe(lineBytes);
  });

  it.each([
    ['addresses that are much alike', similar],
    ['long words that differ at their ends', long],
  ])('find every word again that they were told of: %s', (_, words) => {
    kernels.claim({});
    const distinct = [...new Set(words)];
    lay(distinct);
    const find = (kind: number): number => kernels.words(ENDS + 4, 4, distinct.length, VALUES, kind, 0, 0);
    expect(find(1)).toBe(distinct.length);
    for (const [i, word] of distinct.entries()) kernels.keep(kernels.ends[i] + 1, word.length, 1, i + 1);
    expect(find(1)).toBe(0);
    expect([...kernels.ids(VALUES, distinct.length)]).toEqual(distinct.map((_word, i) => i + 1));
    expect(find(0)).toBe(distinct.length);
    kernels.claim({});
    expect(find(1)).toBe(distinct.length);
  });
});

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength: least, maxLength: most });
const count = digits(1, 16);
const decimal = fc
  .tuple(fc.constantFrom('', '', '', '-'), digits(1, 9), fc.constantFrom('.', '.', '.', ''), digits(0, 7))
  .map((parts) => parts.join(''));
const usual = fc.tuple(digits(1, 8), digits(6, 6)).map((parts) => parts.join('.'));
/** What stands for absent, and what is no number at all. */
const strange = fc.constantFrom(
  '-',
  '---',
  'nan',
  '-nan',
  '',
  '.',
  '1.',
  '.5',
  '--1',
  '+1',
  '1e3',
  '12:34',
  '1/2',
  '0x1',
  '1 2',
  '1.2.3',
  '9'.repeat(40),
);

/** A column of them as a kernel's reading would be, told by JavaScript: its numbers up to the first that is none of its own. */
function told(words: readonly string[], none: number, own: (word: string) => boolean): number[] {
  const absent = new Set(['-', '---', 'nan', '-nan']);
  const bad = words.findIndex((word) => !absent.has(word) && !own(word));
  return words.slice(0, bad < 0 ? words.length : bad).map((word) => (absent.has(word) || Number(word) === none ? NaN : Number(word) + 0));
}

const columns = [
  {
    name: 'counts',
    words: [count, digits(1, 4), strange],
    limit: 99_999_999,
    own: (word: string) => /^\d{1,15}$/.test(word) && Number(word) <= 99_999_999,
  },
  {
    name: 'decimals',
    words: [decimal, usual, strange],
    limit: Infinity,
    own: (word: string) => /^-?\d+(\.\d{1,6})?$/.test(word) && word.replace('-', '').length <= 16 && word.replace(/\D/g, '').length <= 15,
  },
] as const;

describe.each(columns)('the kernel of $name', ({ name, words, limit, own }) => {
  it.each([NaN, 0, 7])('reads what JavaScript reads, exactly, up to the first that it leaves to others (absent: %d)', (none) => {
    const [odd, plain, not] = words;
    const word = fc.oneof({ weight: 4, arbitrary: odd }, { weight: 40, arbitrary: plain }, { weight: 1, arbitrary: not });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (all) => {
        lay(all);
        const rows = kernels.run[name](ENDS + 4, 4, all.length, VALUES, FLAG.words, limit, none);
        const bits = (values: readonly number[] | Float64Array): bigint[] => [...new BigUint64Array(Float64Array.from(values).buffer)];
        expect(bits(kernels.numbers(VALUES, rows))).toEqual(bits(told(all, none, own)));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
