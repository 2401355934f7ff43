import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIds, encodeIds, sortedIds } from './varint.ts';

describe('ids as bytes', () => {
  const lists = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat())).map(sortedIds);

  it('come back', () => {
    fc.assert(
      fc.property(lists, (ids) => {
        expect([...decodeIds(encodeIds(ids))]).toEqual([...ids]);
      }),
    );
  });

  it('take one byte each where they are neighbours', () => {
    expect(encodeIds(Float64Array.from({ length: 1000 }, (_, i) => i)).length).toBe(1000);
  });

  it('are refused where they are not ascending integers, or cut', () => {
    expect(() => encodeIds(Float64Array.of(3, 3))).toThrow(RangeError);
    expect(() => encodeIds(Float64Array.of(-1))).toThrow(RangeError);
    expect(() => encodeIds(Float64Array.of(0.5))).toThrow(RangeError);
    expect(() => decodeIds(Uint8Array.of(1, 128))).toThrow(RangeError);
  });

  it('are sorted and freed of doubles', () => {
    expect([...sortedIds([5, 1, 5, 3, 1])]).toEqual([1, 3, 5]);
    expect([...sortedIds([])]).toEqual([]);
  });
});
