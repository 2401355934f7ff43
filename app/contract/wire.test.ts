import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { decodeFrame, encodeFrame } from './wire.ts';

const array = fc.oneof(
  fc.uint8Array(),
  fc.uint16Array(),
  fc.uint32Array(),
  fc.float32Array({ noNaN: false }),
  fc.float64Array({ noNaN: false }),
);
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'arrays', 'value', 'path', 'toString'));
const { message } = fc.letrec((tie) => ({
  message: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    array,
    fc.array(tie('message'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('message')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('frames', () => {
  it('say every message again, with its arrays and odd numbers, whatever its keys', () => {
    fc.assert(
      // not toStrictEqual: it takes an own key "constructor" for the object's class
      fc.property(message, (value) => isDeepStrictEqual(decodeFrame(encodeFrame(value)), value)),
      { numRuns: 500 },
    );
  });

  it('are decoded without copying the arrays where they begin at a multiple of 8, and rightly where they do not', () => {
    const value = { x: Float64Array.of(1, 2, 3), note: 'odd', y: Uint16Array.of(7), z: Float32Array.of(0.5) };
    const frame = encodeFrame(value);
    const decoded = decodeFrame(frame.buffer) as typeof value;
    expect(decoded.x.buffer).toBe(frame.buffer);
    expect(decoded.y.buffer).toBe(frame.buffer);
    for (let shift = 1; shift < 8; shift++) {
      const shifted = new Uint8Array(frame.length + shift);
      shifted.set(frame, shift);
      expect(decodeFrame(shifted.subarray(shift))).toStrictEqual(value);
      const pooled = Buffer.alloc(frame.length + shift);
      pooled.set(frame, shift);
      expect(isDeepStrictEqual(decodeFrame(pooled.subarray(shift)), value)).toBe(true);
    }
  });

  it('carry views of a larger buffer as what they show', () => {
    const whole = Float64Array.from({ length: 100 }, (_, i) => i);
    const decoded = decodeFrame(encodeFrame([whole.subarray(10, 20)])) as Float64Array[];
    expect(decoded).toStrictEqual([whole.slice(10, 20)]);
    expect(encodeFrame(whole.subarray(0, 1)).length).toBeLessThan(200);
  });

  it('do not take a key for a prototype', () => {
    const decoded = decodeFrame(encodeFrame(JSON.parse('{"__proto__": {"polluted": 1}}'))) as object;
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect('polluted' in decoded).toBe(false);
  });

  it('are refused when they are cut off, changed or something else, and never crash the other end', () => {
    const frame = encodeFrame({ name: 'records.query', list: [Float64Array.of(1, 2), Number.NaN], text: 'x' });
    for (let length = 0; length < frame.length; length += 3) {
      expect(() => decodeFrame(frame.slice(0, length)), `${length} bytes`).toThrow(FlowcaseError);
    }
    const changed = fc.array(fc.tuple(fc.nat(frame.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changed, (changes) => {
        const other = frame.slice();
        for (const [at, byte] of changes) other[at] = byte;
        try {
          decodeFrame(other);
        } catch (error) {
          expect(error).toBeInstanceOf(FlowcaseError);
        }
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => decodeFrame(bytes)).toThrow(FlowcaseError);
      }),
    );
  });

  it('do not carry what the other end could not make again', () => {
    expect(() => encodeFrame({ x: new BigInt64Array(1) })).toThrow(TypeError);
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => encodeFrame(circle)).toThrow(TypeError);
  });
});
