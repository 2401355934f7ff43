import { describe, expect, it } from 'vitest';
import { kmeansModule } from './kmeans-module.ts';
import { op, moduleBytes, signed, unsigned } from './wasm-encoder.ts';

describe('the WebAssembly encoder', () => {
  it('writes LEB128 as the specification has it', () => {
    expect(unsigned(0)).toEqual([0]);
    expect(unsigned(624_485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(signed(-123_456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(63)).toEqual([63]);
    expect(signed(64)).toEqual([0xc0, 0]);
    expect(signed(-64)).toEqual([0x40]);
    expect(signed(0xffff)).toEqual([0xff, 0xff, 0x03]);
  });

  it('makes a module that runs', () => {
    const { get, constant } = op;
    const body = [op.multiply(op.add(get(0), constant(-3)), constant(1000))];
    const bytes = moduleBytes({ name: 'f', parameters: ['i32'], results: ['i32'], locals: [], body }, 65_536);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const f = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports['f'] as (x: number) => number;
    expect(f(45)).toBe(42_000);
  });

  it('makes the same kernel every time, one for each rest of k and number of columns', () => {
    expect(kmeansModule(3, 15)).toEqual(kmeansModule(3, 15));
    for (const columns of [1, 40, 200])
      for (const rest of [0, 7]) expect(() => new WebAssembly.Module(kmeansModule(rest, columns))).not.toThrow();
  });
});
