import { describe, expect, it } from 'vitest';
import { exponential, LEAST_EXPONENT, logarithm } from './mixture-math.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';

const { get, set, constant, advance, vector } = op;

/** Applies code to four values after four, in place: local 2 is the value, local 3 the result. */
function mapper(code: Code): (values: Float32Array) => Float32Array {
  const body = [
    op.loop([
      set(2, vector.load(get(0))),
      code,
      vector.store(get(0), get(3)),
      advance(0, constant(16)),
      advance(1, constant(-4)),
      op.again(op.greater(get(1), constant(0))),
    ]),
  ];
  const bytes = moduleBytes(
    { name: 'map', parameters: ['i32', 'i32'], results: [], locals: ['v128', 'v128', 'v128', 'v128'], body },
    65_536,
  );
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
  const map = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports['map'] as (
    at: number,
    n: number,
  ) => void;
  return (values) => {
    const room = new Float32Array(memory.buffer, 0, values.length);
    room.set(values);
    map(0, values.length);
    return room.slice();
  };
}

const exp = mapper(exponential(3, 2, 4));
const log = mapper(logarithm(3, 2, 4, 5));
const COUNT = 400_000;

describe('the mixture kernel’s exponential', () => {
  it('differs from Math.exp by at most 1.5e-7 of the value, from -28 to 0', () => {
    const values = Float32Array.from({ length: COUNT }, (_, i) => (i / COUNT) * LEAST_EXPONENT * 0.9999);
    let worst = 0;
    exp(values).forEach((found, i) => (worst = Math.max(worst, Math.abs(found / Math.exp(values[i]) - 1))));
    expect(worst).toBeLessThan(1.5e-7);
    expect(worst).toBeGreaterThan(0);
  });

  it('is one at zero, and nothing below the least exponent', () => {
    expect([...exp(Float32Array.of(0, -0, -1e-30, -28.001))]).toEqual([1, 1, 1, 0]);
    expect([...exp(Float32Array.of(-29, -100, -1e30, Number.NEGATIVE_INFINITY))]).toEqual([0, 0, 0, 0]);
  });
});

describe('the mixture kernel’s logarithm', () => {
  it('differs from Math.log by at most 1e-7 from 1 to 2, and by 1.5e-7 of the value to 70,000', () => {
    const near = Float32Array.from({ length: COUNT }, (_, i) => 1 + i / COUNT);
    let worst = 0;
    log(near).forEach((found, i) => (worst = Math.max(worst, Math.abs(found - Math.log(near[i])))));
    expect(worst).toBeLessThan(1e-7);
    const far = Float32Array.from({ length: COUNT }, (_, i) => 2 * 35_000 ** (i / COUNT));
    worst = 0;
    log(far).forEach((found, i) => (worst = Math.max(worst, Math.abs(found / Math.log(far[i]) - 1))));
    expect(worst).toBeLessThan(1.5e-7);
    expect([...log(Float32Array.of(1, 1, 1, 1))]).toEqual([0, 0, 0, 0]);
  });
});
