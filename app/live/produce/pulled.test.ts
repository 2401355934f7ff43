import { describe, expect, it } from 'vitest';
import { pulled } from './pulled.ts';

async function numbers(push: (item: number) => Promise<void>, seen: string[], count: number): Promise<void> {
  try {
    for (let i = 0; i < count; i++) {
      await push(i);
      seen.push(`taken ${i}`);
    }
  } finally {
    seen.push('ended');
  }
}

describe('what is pushed as an iterator', () => {
  it('comes in order, each after the one before was worked on', async () => {
    const seen: string[] = [];
    for await (const item of pulled<number>((push) => numbers(push, seen, 3))) seen.push(`got ${item}`);
    expect(seen).toEqual(['got 0', 'taken 0', 'got 1', 'taken 1', 'got 2', 'taken 2', 'ended']);
  });

  it('ends who pushes when nobody takes any more', async () => {
    const seen: string[] = [];
    for await (const item of pulled<number>((push) => numbers(push, seen, 100))) if (item === 1) break;
    expect(seen).toEqual(['taken 0', 'ended']);
  });

  it('gives on the error of who pushes, after what came before it', async () => {
    const got: number[] = [];
    const reading = (async () => {
      for await (const item of pulled<number>(async (push) => {
        await push(1);
        throw new Error('torn');
      }))
        got.push(item);
    })();
    await expect(reading).rejects.toThrow('torn');
    expect(got).toEqual([1]);
  });
});
