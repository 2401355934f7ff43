import { describe, expect, it } from 'vitest';
import { onceIfPossible } from './wasm-code.ts';

describe('kernels that a machine may not run', () => {
  it('are made once, are none where they cannot be compiled, and hide no other mistake', () => {
    let made = 0;
    const there = onceIfPossible(() => ++made);
    expect([there(), there(), made]).toEqual([1, 1, 1]);
    expect(onceIfPossible(() => new WebAssembly.Module(Uint8Array.of(0)))()).toBeNull();
    const wrong = onceIfPossible(() => {
      throw new TypeError('a mistake');
    });
    expect(wrong).toThrow('a mistake');
  });
});
