import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { ColumnEncoder } from '../encode.ts';
import type { Segment } from '../segment.ts';
import { numberBytes } from './number-bytes.ts';
import { FEWEST_ROWS } from './number-kernels.ts';
import { numberModule } from './number-module.ts';

/** Columns of every encoding: `range` of the numbers, how many of a hundred are absent, and what makes them odd. */
const column = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: FEWEST_ROWS, max: FEWEST_ROWS + 70 }),
  range: fc.constantFrom(1, 2, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 48, 2 ** 52),
  from: fc.constantFrom(0, -5, 7, 1_713_139_187_000_000, -(2 ** 40)),
  absent: fc.constantFrom(0, 0, 5, 100),
  shape: fc.constantFrom(
    'random',
    'rising',
    'rising fast',
    'sequence',
    'halves',
    'minus zero',
    'infinite',
    'decimals',
    'rarely decimals',
    'long decimals',
  ),
});

function valuesOf({ seed, rows, range, from, absent, shape }: typeof column extends fc.Arbitrary<infer T> ? T : never): Float64Array {
  const random = new Random(seed);
  let rising = from;
  const values = Float64Array.from({ length: rows }, (_, i) => {
    if (shape === 'rising' || shape === 'rising fast') return (rising += random.below(shape === 'rising' ? 256 : 60_000));
    if (shape === 'sequence') return from + 3 * i;
    const whole = from + Math.floor(random.float() * range);
    if (shape === 'decimals') return whole / 1000;
    if (shape === 'rarely decimals') return random.below(200) === 0 ? whole / 1e5 : Math.round(whole / 1e3) / 10;
    if (shape === 'long decimals') return whole / 7;
    return whole + (shape === 'halves' ? 0.5 : 0);
  });
  if (shape === 'minus zero') values[random.below(rows)] = -0;
  if (shape === 'infinite') values[random.below(rows)] = Infinity;
  for (let i = 0; i < rows; i++) if (random.below(100) < absent) values[i] = NaN;
  return values;
}

const plain = (segment: Segment): unknown => ({
  ...segment,
  min: (segment.min ?? 0) + 0,
  max: (segment.max ?? 0) + 0,
  data: Buffer.from(segment.data).toString('hex'),
});

describe('encoding in WebAssembly', () => {
  it('gives the segments that encoding without it gives, byte by byte', () => {
    const encoder = new ColumnEncoder();
    const seen = new Set<string>();
    fc.assert(
      fc.property(column, (about) => {
        const values = valuesOf(about);
        const there = plain(encoder.numbers(values, about.rows));
        const segment = encoder.plainNumbers(values, about.rows);
        seen.add(segment.encoding);
        expect(there).toEqual(plain(segment));
      }),
      { numRuns: 400 },
    );
    for (const encoding of [
      'absent',
      'sequence',
      'offset8',
      'offset16',
      'offset32',
      'offset48',
      'delta8',
      'delta16',
      'decimal8',
      'decimal16',
      'decimal32',
      'decimal48',
      'float64',
    ])
      expect(seen).toContain(encoding);
  });

  it('is of the bytes that are kept: after a change, node tools/kernel-bytes.ts', () => {
    expect(Buffer.from(numberModule()).toString('base64')).toBe(numberBytes);
  });

  it('takes a whole chunk', () => {
    const values = Float64Array.from({ length: 65_536 }, (_, i) => (i % 7 === 0 ? NaN : (i * 2_654_435_761) % 2 ** 40));
    const encoder = new ColumnEncoder();
    const there = plain(encoder.numbers(values, 65_536));
    expect(there).toEqual(plain(encoder.plainNumbers(values, 65_536)));
  });
});
