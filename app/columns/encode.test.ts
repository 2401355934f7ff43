import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIds32, decodeNumbers, decodeText } from './decode.ts';
import { ColumnEncoder } from './encode.ts';
import { compress, type Segment } from './segment.ts';

const encoder = new ColumnEncoder();

/** What a case keeps: the bytes leave the encoder's memory. */
function stored(segment: Segment): Segment {
  return { ...segment, data: Buffer.from(segment.data) };
}

function encodeNumbers(values: readonly number[]): Segment {
  const padded = Float64Array.from([...values, 4711, NaN]);
  return stored(encoder.encode({ storage: 'number', values: padded }, values.length));
}

const special = fc.constantFrom(
  0,
  -0,
  1,
  -1,
  2 ** 31,
  2 ** 32,
  2 ** 48,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 + 2,
  1e300,
  -1e300,
  Infinity,
  -Infinity,
  5e-324,
  0.1,
  NaN,
);
const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
/** As logs write them. */
const decimals = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(9, 255, 65_535, 2 ** 32, 2 ** 45, 2 ** 50))
  .chain(([places, max]) =>
    fc.array(
      fc.oneof(
        fc.integer({ min: -9, max }).map((n) => n / 10 ** places + 0),
        fc.constant(NaN),
      ),
      { minLength: 1, maxLength: 200 },
    ),
  );
const columns = fc.oneof(
  decimals,
  fc.array(special, { minLength: 1, maxLength: 200 }),
  fc.array(fc.double(), { minLength: 1, maxLength: 200 }),
  ...[3, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 48, 2 ** 53 - 1].flatMap((max) => [
    fc.array(whole(max), { minLength: 1, maxLength: 200 }),
    fc
      .tuple(fc.maxSafeInteger(), fc.array(whole(max), { minLength: 1, maxLength: 200 }))
      .map(([base, offsets]) => offsets.map((x) => base + x)),
    fc.array(fc.oneof(whole(max), fc.constant(NaN)), { minLength: 1, maxLength: 200 }),
    fc.tuple(whole(2 ** 50), fc.array(whole(max), { minLength: 1, maxLength: 200 })).map(([base, steps]) => {
      let value = base;
      return steps.map((step) => (value += step));
    }),
  ]),
);

describe('numbers', () => {
  it('come back bit by bit, with their figures', () => {
    fc.assert(
      fc.property(columns, (values) => {
        const segment = encodeNumbers(values);
        expect([...decodeNumbers(segment)]).toEqual(values);
        const present = values.filter((value) => !Number.isNaN(value));
        expect(segment.absent).toBe(values.length - present.length);
        expect(segment.min).toEqual(present.length === 0 ? null : expect.closeTo(Math.min(...present), 0));
        expect([...decodeNumbers(compress(segment))]).toEqual(values);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['absent', [NaN, NaN], 0],
    ['constant', [5, 5, 5], 0],
    ['constant', [5, NaN, 5], 8],
    ['constant', [0.1, 0.1], 0],
    ['sequence', [7, 8, 9, 10], 0],
    ['sequence', [100, 97, 94], 0],
    ['offset8', [7, 8, 262], 3],
    ['offset16', [0, 65_535, 3], 6],
    ['offset32', [0, 70_000, 4, 2 ** 32 - 1], 16],
    ['offset48', [0, 2 ** 33, 2 ** 47], 18],
    ['delta8', [1_000_000, 1_000_100, 1_000_300, 1_090_000, 1_090_001].map((x, i) => x * 0 + 1_000_000 + i * 50_000 + (i % 3)), 5],
    ['delta16', [1_700_000_000_000_000, 1_700_000_000_060_000, 1_700_000_000_070_000, 1_700_000_000_070_000], 8],
    ['float64', [0, -0], 16],
    ['float64', [-0, -0], 16],
    ['float64', [1 / 3, NaN, Math.PI], 32],
    ['float64', [0.5, -0], 16],
    ['float64', [0.1 + 0.2, 0.5], 16],
    ['decimal8', [0.5, NaN, 0.25], 11],
    ['decimal16', [0.1, 6.55, 3.3], 6],
    ['decimal32', [-12.345678, 0, 99.9], 12],
    ['decimal48', [0, 0.000001, 4294.967296], 18],
    ['float64', [1, Infinity], 16],
  ] as const)('%s is chosen for %j', (encoding, values, bytes) => {
    const segment = encodeNumbers(values);
    expect([segment.encoding, segment.data.length]).toEqual([encoding, bytes]);
    expect([...decodeNumbers(segment)]).toEqual(values);
  });

  it('are read from bytes at any address', () => {
    const segment = encodeNumbers([0.5, 0.25, NaN, 3]);
    const shifted = new Uint8Array(segment.data.length + 3);
    shifted.set(segment.data, 3);
    expect([...decodeNumbers({ ...segment, data: shifted.subarray(3) })]).toEqual([0.5, 0.25, NaN, 3]);
  });

  it('of a cut or mislabelled segment are refused', () => {
    const segment = encodeNumbers([1, 2, 5, 900]);
    expect(() => decodeNumbers({ ...segment, data: segment.data.subarray(1) })).toThrow(RangeError);
    expect(() => decodeNumbers({ ...segment, encoding: 'text8' })).toThrow(RangeError);
    expect(() => decodeIds32({ ...segment, encoding: 'float64' })).toThrow(RangeError);
    expect(() => decodeText({ ...segment, encoding: 'offset8' })).toThrow(RangeError);
  });
});

describe('dictionary ids', () => {
  it('come back, with 0 for absent', () => {
    const ids = fc.oneof(...[0, 1, 255, 256, 65_536, 2 ** 32 - 1].map((max) => fc.array(whole(max), { minLength: 1, maxLength: 100 })));
    fc.assert(
      fc.property(ids, whole(70_000), (low, base) => {
        for (const values of [low, low.map((id) => Math.min(2 ** 32 - 1, id + base))]) {
          const segment = stored(encoder.encode({ storage: 'dictionary', values: Uint32Array.from([...values, 9]) }, values.length));
          expect([...decodeIds32(segment)]).toEqual(values);
          const present = values.filter((id) => id !== 0);
          expect(segment.absent).toBe(values.length - present.length);
          expect(segment.min).toBe(present.length === 0 ? null : Math.min(...present));
          expect(segment.max).toBe(present.length === 0 ? null : Math.max(...present));
        }
      }),
    );
  });
});

describe('text', () => {
  const encodeText = (texts: readonly (string | null)[]): Segment => {
    const bytes = texts.map((text) => Buffer.from(text ?? ''));
    let end = 0;
    const ends = Uint32Array.from(bytes, (text) => (end += text.length));
    const absent = Uint8Array.from(texts, (text) => (text === null ? 1 : 0));
    return stored(encoder.encode({ storage: 'text', ends, absent, bytes: Buffer.concat([...bytes, Buffer.from('beyond')]) }, texts.length));
  };
  const decode = (segment: Segment): (string | null)[] => {
    const { offsets, bytes, absent } = decodeText(segment);
    return Array.from({ length: segment.rows }, (_, i) =>
      absent?.[i] === 1 ? null : Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString(),
    );
  };

  it('comes back, empty ones and absent ones apart', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(''), fc.constant(null), fc.constant('a\0b')), {
      minLength: 1,
      maxLength: 100,
    });
    fc.assert(
      fc.property(texts, (values) => {
        expect(decode(encodeText(values))).toEqual(values);
        expect(decode(compress(encodeText(values)))).toEqual(values);
      }),
    );
  });

  it.each([
    ['text-fixed', ['abc', 'def'], 6],
    ['text-fixed', ['', ''], 0],
    ['absent', [null, null], 0],
    ['text8', ['a', ''], 3],
    ['text16', ['a', 'b'.repeat(256)], 261],
    ['text32', ['a', 'b'.repeat(65_536)], 65_545],
  ] as const)('%s is chosen by length', (encoding, values, bytes) => {
    const segment = encodeText(values);
    expect([segment.encoding, segment.data.length]).toEqual([encoding, bytes]);
    expect(decode(segment)).toEqual(values);
  });

  it('whose lengths do not fit its bytes is refused', () => {
    const segment = encodeText(['a', 'bcd']);
    expect(() => decodeText({ ...segment, data: segment.data.subarray(0, -1) })).toThrow(RangeError);
  });
});

it('zstd is kept only where it saves, and reads back', () => {
  const repetitive = encodeNumbers(Array.from({ length: 5000 }, (_, i) => i % 7));
  const packed = compress(repetitive);
  expect(packed.codec).toBe('zstd');
  expect(packed.data.length).toBeLessThan(repetitive.data.length / 4);
  expect([...decodeNumbers(packed)]).toEqual([...decodeNumbers(repetitive)]);
  expect(compress(encodeNumbers([1, 2, 4])).codec).toBe('none');
  expect(compress(encodeNumbers(Array.from({ length: 5000 }, (_, i) => (i % 7) + Math.PI))).codec).toBe('none');
});
