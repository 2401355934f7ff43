import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeIds32, decodeNumbers } from '../decode.ts';
import { ColumnEncoder } from '../encode.ts';
import { packedIds, packedNumbers } from '../packed.ts';
import { compress, type Segment } from '../segment.ts';
import type { PackedNumbers } from '../types.ts';
import { numberIn, wideIds, wideNumbers } from './packed-rows.ts';

const encoder = new ColumnEncoder();
const stored = (segment: Segment): Segment => compress({ ...segment, data: new Uint8Array(segment.data) });

const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const lists = fc.oneof(
  ...[0, 3, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1].flatMap((max) => [
    fc.array(whole(max), { minLength: 1, maxLength: 200 }),
    fc.array(fc.oneof(whole(max), fc.constant(NaN)), { minLength: 1, maxLength: 200 }),
    fc
      .tuple(fc.maxSafeInteger(), fc.array(fc.oneof(whole(max), fc.constant(NaN)), { minLength: 1, maxLength: 200 }))
      .map(([base, offsets]) => offsets.map((x) => base + x)),
  ]),
  fc.array(fc.double(), { minLength: 1, maxLength: 200 }),
  fc.array(fc.constantFrom(0.1, NaN), { minLength: 1, maxLength: 20 }),
);
/** Some of the rows, ascending; null for all. */
const chosen = fc.option(fc.array(fc.boolean(), { minLength: 200, maxLength: 200 }));

function rowsOf(kept: boolean[] | null, length: number): Uint32Array | null {
  return kept === null ? null : Uint32Array.from([...Array(length).keys()].filter((i) => kept[i]));
}

it('numbers are the same packed, widened and decoded', () => {
  fc.assert(
    fc.property(lists, chosen, fc.constantFrom(NaN, 0), (values, kept, gap) => {
      const segment = stored(encoder.numbers(Float64Array.from(values), values.length));
      const decoded = decodeNumbers(segment);
      const packed: PackedNumbers = packedNumbers(segment);
      const rows = rowsOf(kept, values.length);
      const expected = [...(rows ?? values.keys())].map((i) => (Number.isNaN(decoded[i]) ? gap : decoded[i]));
      const wide = wideNumbers(packed, rows, expected.length, new Float64Array(values.length + 3), gap);
      expect([...wide.subarray(0, expected.length)]).toEqual(expected);
      const single = values.map((_, i) => numberIn(packed, i));
      expect(single).toEqual([...decoded]);
    }),
    { numRuns: 2000 },
  );
});

it('ids are the same packed, widened and decoded', () => {
  const ids = fc.oneof(...[0, 3, 255, 256, 65_535, 65_536, 2 ** 31].map((max) => fc.array(whole(max), { minLength: 1, maxLength: 200 })));
  fc.assert(
    fc.property(ids, whole(2 ** 20), chosen, whole(7), (offsets, base, kept, shift) => {
      const values = Uint32Array.from(offsets, (x) => base + x);
      const segment = stored(encoder.ids(values, values.length));
      expect([...decodeIds32(segment)]).toEqual([...values]);
      const rows = rowsOf(kept, values.length);
      const expected = [...(rows ?? values.keys())].map((i) => values[i] + shift);
      const wide = wideIds(packedIds(segment), rows, expected.length, new Uint32Array(values.length + 3), shift);
      expect([...wide.subarray(0, expected.length)]).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
