import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FlowcaseError } from '../../app/errors.ts';
import { Caller } from '../worker/rpc.ts';
import { Keeper } from './keeper.ts';
import type { Thread } from './thread.ts';

interface Echo {
  say(input: string): string;
}

/** A thread that answers with its number, until the test lets it die. */
class MadeThread implements Thread<Echo> {
  readonly caller: Caller<Echo>;
  readonly died: Promise<FlowcaseError>;
  stopped = false;
  #die: (error: FlowcaseError) => void = () => undefined;

  constructor(number: number) {
    let answer: (message: unknown) => void = () => undefined;
    this.caller = new Caller<Echo>(
      {
        shared: false,
        post: (message) => {
          const { ask, input } = message as { readonly ask: number; readonly input: string };
          queueMicrotask(() => answer({ answer: ask, output: `${input} ${number}` }));
        },
        listen: (listener) => (answer = listener),
      },
      () => undefined,
    );
    this.died = new Promise((resolve) => (this.#die = resolve));
  }

  die(): void {
    this.#die(new FlowcaseError('PROCESS_DIED', 'The thread ended unexpectedly.'));
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }
}

const full = (): FlowcaseError => new FlowcaseError('WRITE_FAILED', 'There is no room on the disk.');
const damaged = (): FlowcaseError => new FlowcaseError('CASE_DAMAGED', 'The case is damaged.');

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => vi.useRealTimers());

/** A keeper whose threads cannot be started for these reasons, in this order; null: it can. */
async function kept(outcomes: readonly (FlowcaseError | null)[]): Promise<{
  readonly keeper: Keeper<Echo>;
  readonly threads: MadeThread[];
  readonly troubles: (readonly [string, boolean])[];
  readonly starts: () => number;
  readonly settle: () => Promise<void>;
}> {
  const threads: MadeThread[] = [];
  const troubles: (readonly [string, boolean])[] = [];
  let starts = 0;
  const keeper = new Keeper<Echo>({
    begin: () => {
      const failure = outcomes[starts++] ?? null;
      if (failure !== null) return Promise.reject(failure);
      const thread = new MadeThread(starts);
      threads.push(thread);
      return Promise.resolve(thread);
    },
    trouble: (message, fatal) => troubles.push([message, fatal]),
  });
  const settle = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
  };
  await keeper.ready().catch(() => undefined);
  return { keeper, threads, troubles, starts: () => starts, settle };
}

describe('a thread that dies', () => {
  it('is started again, and said to be back', async () => {
    const { keeper, threads, troubles, settle } = await kept([]);
    expect(await keeper.call('say', 'one')).toBe('one 1');
    threads[0].die();
    await settle();
    expect(await keeper.call('say', 'two')).toBe('two 2');
    expect(troubles).toEqual([['The thread ended unexpectedly.', false]]);
  });

  it('and cannot come back for a reason that passes is tried again with what is asked next, a second later and not before', async () => {
    const { keeper, threads, troubles, starts, settle } = await kept([null, full(), full(), null]);
    threads[0].die();
    await settle();
    expect(troubles).toEqual([['There is no room on the disk.', true]]);
    await expect(keeper.call('say', 'soon')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await vi.advanceTimersByTimeAsync(900);
    await expect(keeper.call('say', 'soon')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(starts()).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    // it still cannot, and is tried once for however many ask at once
    const asked = await Promise.allSettled(['a', 'b', 'c'].map((word) => keeper.call('say', word)));
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(starts()).toBe(3);
    await settle();
    await vi.advanceTimersByTimeAsync(1100);
    expect(await keeper.call('say', 'at last')).toBe('at last 4');
    expect(starts()).toBe(4);
    // from here on it is kept as before
    threads[1].die();
    await settle();
    expect(await keeper.call('say', 'again')).toBe('again 5');
    expect(troubles.at(-1)).toEqual(['The thread ended unexpectedly.', false]);
  });

  it('and cannot come back for a reason that stays is given up', async () => {
    const { keeper, threads, troubles, starts, settle } = await kept([null, damaged()]);
    threads[0].die();
    await settle();
    expect(troubles).toEqual([['The case is damaged.', true]]);
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(keeper.call('say', 'x')).rejects.toMatchObject({ code: 'CASE_DAMAGED' });
    expect(starts()).toBe(2);
  });

  it('four times within a minute is given up, and one that dies now and then is not', async () => {
    const often = await kept([]);
    for (let death = 0; death < 4; death++) {
      often.threads[death].die();
      await often.settle();
    }
    expect(often.troubles.map(([, fatal]) => fatal)).toEqual([false, false, false, true]);
    expect(often.troubles[3][0]).toMatch(/4 times within a minute: close the case and open it again/);
    await expect(often.keeper.call('say', 'x')).rejects.toMatchObject({ code: 'PROCESS_DIED' });

    const seldom = await kept([]);
    for (let death = 0; death < 8; death++) {
      seldom.threads[death].die();
      await seldom.settle();
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(seldom.troubles.every(([, fatal]) => !fatal)).toBe(true);
    expect(await seldom.keeper.call('say', 'x')).toBe('x 9');
  });

  it('while it is closed is neither said nor started again', async () => {
    const { keeper, threads, troubles, starts, settle } = await kept([]);
    await keeper.close();
    expect(threads[0].stopped).toBe(true);
    threads[0].die();
    await settle();
    expect(troubles).toEqual([]);
    expect(starts()).toBe(1);
  });
});

it('one that never began says why to whoever waits for it', async () => {
  const { keeper, starts } = await kept([damaged()]);
  await expect(keeper.ready()).rejects.toMatchObject({ code: 'CASE_DAMAGED' });
  await expect(keeper.call('say', 'x')).rejects.toMatchObject({ code: 'CASE_DAMAGED' });
  expect(starts()).toBe(1);
});
