import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobState } from '../../app/contract.ts';
import { FlowcaseError } from '../../app/errors.ts';
import { Jobs, type JobContext, type Lane } from './jobs.ts';
import { Rate } from './rate.ts';

const told: JobState[] = [];
const logged: string[] = [];
let jobs: Jobs;

beforeEach(() => {
  told.length = 0;
  logged.length = 0;
  jobs = new Jobs({ emit: (state) => told.push(state), log: (text) => logged.push(text) });
});
afterEach(() => vi.useRealTimers());

const named = (command: string, lane: Lane = 'none', ofCase = true) => ({ command, title: `Doing ${command}`, lane, ofCase });

/** Work that ends when it is let go, or is stopped. */
function gate(): {
  readonly work: (context: JobContext) => Promise<unknown>;
  readonly open: (result: unknown) => void;
  readonly begun: Promise<void>;
} {
  const end = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<undefined>();
  return {
    begun: begun.promise,
    open: end.resolve,
    work: ({ signal }) => {
      begun.resolve(undefined);
      signal.addEventListener('abort', () => end.reject(new FlowcaseError('CANCELLED', 'stopped')));
      return end.promise;
    },
  };
}

describe('jobs', () => {
  it('do not begin where they were cancelled before, in a busy lane either', async () => {
    const first = gate();
    const { ended: firstEnded } = jobs.start(named('first', 'case'), first.work);
    const begun: string[] = [];
    const work = (name: string) => (): Promise<unknown> => Promise.resolve(begun.push(name));
    for (const lane of ['case', 'none'] as const) {
      const { ended } = jobs.start(named(lane, lane), work(lane), AbortSignal.abort());
      expect(await ended).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    }
    expect(begun).toEqual([]);
    first.open(1);
    expect(await firstEnded).toMatchObject({ status: 'done' });
  });

  it('end with their result', async () => {
    const { id, ended } = jobs.start(named('a'), ({ report }) => {
      report(3, 10, 'rows', 'half way');
      return Promise.resolve({ rows: 10 });
    });
    const state = await ended;
    expect(state).toMatchObject({
      id,
      command: 'a',
      title: 'Doing a',
      status: 'done',
      done: 10,
      total: 10,
      result: { rows: 10 },
      error: null,
    });
    expect(state.ended).toBeGreaterThanOrEqual(state.started);
    expect(told.map(({ status }) => status)).toContain('running');
    expect(told.at(-1)).toEqual(state);
    expect(jobs.list()).toEqual([state]);
  });

  it('end with one error, and a defect in the log', async () => {
    const expected = await jobs.start(named('a'), () => Promise.reject(new FlowcaseError('FILE_EMPTY', 'It is empty.'))).ended;
    expect(expected).toMatchObject({ status: 'failed', error: { code: 'FILE_EMPTY', message: 'It is empty.' }, result: null });
    expect(logged).toEqual([]);
    const defect = await jobs.start(named('b'), () => Promise.reject(new TypeError('oh'))).ended;
    expect(defect).toMatchObject({ status: 'failed', error: { code: 'INTERNAL' } });
    expect(logged.join()).toContain('TypeError');
  });

  it('of one lane run one after the other, whatever becomes of the first; other lanes do not wait', async () => {
    const [first, second, other] = [gate(), gate(), gate()];
    const a = jobs.start(named('a', 'case'), first.work);
    const b = jobs.start(named('b', 'case'), second.work);
    const c = jobs.start(named('c', 'task'), other.work);
    await first.begun;
    await other.begun;
    expect(jobs.list().map(({ status }) => status)).toEqual(['running', 'queued', 'running']);
    jobs.cancel(a.id);
    await second.begun;
    expect((await a.ended).status).toBe('cancelled');
    second.open(1);
    other.open(2);
    expect((await b.ended).result).toBe(1);
    expect((await c.ended).result).toBe(2);
  });

  it('that wait for their turn end at once when they are stopped, and keep the order of the rest', async () => {
    const [first, second, third] = [gate(), gate(), gate()];
    const a = jobs.start(named('a', 'case'), first.work);
    const b = jobs.start(named('b', 'case'), second.work);
    const c = jobs.start(named('c', 'case'), third.work);
    jobs.cancel(b.id);
    expect(await b.ended).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    expect(jobs.list().map(({ status }) => status)).toEqual(['running', 'cancelled', 'queued']);
    first.open(null);
    await a.ended;
    third.open(null);
    expect((await c.ended).status).toBe('done');
  });

  it('of the case are stopped with it, others are not', async () => {
    const [ofCase, free] = [gate(), gate()];
    const a = jobs.start(named('a'), ofCase.work);
    const b = jobs.start(named('b', 'none', false), free.work);
    await jobs.cancelAll(true);
    expect((await a.ended).status).toBe('cancelled');
    expect(jobs.list()[1]?.status).toBe('running');
    await jobs.cancelAll(false);
    expect((await b.ended).status).toBe('cancelled');
  });

  it('that were stopped in the last moment and are done are done', async () => {
    const { ended } = jobs.start(named('a'), () => {
      jobs.cancel('job-1');
      return Promise.resolve(5);
    });
    expect(await ended).toMatchObject({ status: 'done', result: 5 });
  });

  it('that are not there cannot be stopped', () => {
    expect(() => jobs.cancel('job-9')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('tell their progress at most ten times a second, and the last of it', async () => {
    vi.useFakeTimers();
    const door = gate();
    const { ended } = jobs.start(named('a'), async (context) => {
      for (let i = 0; i < 1000; i++) {
        context.report(i, 1000, 'rows', '');
        await vi.advanceTimersByTimeAsync(1);
      }
      return door.work(context);
    });
    await door.begun;
    await vi.advanceTimersByTimeAsync(200);
    const running = told.filter(({ status }) => status === 'running');
    expect(running.length).toBeGreaterThan(5);
    expect(running.length).toBeLessThan(15);
    expect(running.at(-1)?.done).toBe(999);
    door.open(null);
    await ended;
  });

  it('are forgotten after fifty, but never while they run', async () => {
    const door = gate();
    const first = jobs.start(named('first'), door.work);
    for (let i = 0; i < 80; i++) await jobs.start(named('x'), () => Promise.resolve(i)).ended;
    expect(jobs.list().length).toBe(50);
    expect(jobs.list()[0]?.id).toBe(first.id);
    door.open(null);
    await first.ended;
  });
});

describe('a rate', () => {
  it('is told once it has settled, and leads to the seconds that are left', () => {
    const rate = new Rate();
    rate.take(0, 'rows', 0);
    rate.take(100, 'rows', 100);
    expect(rate.rate(100)).toBeNull();
    for (let now = 200; now <= 2000; now += 100) rate.take(now, 'rows', now);
    expect(rate.rate(2000)).toBeCloseTo(1000, 3);
    expect(rate.remaining(12_000, 2000)).toBeCloseTo(10, 3);
    expect(rate.remaining(null, 2000)).toBeNull();
  });

  it('begins again with another unit or another count', () => {
    const rate = new Rate();
    for (let now = 0; now <= 2000; now += 100) rate.take(now, 'bytes', now);
    rate.take(5, 'rows', 2100);
    expect(rate.rate(2100)).toBeNull();
  });
});
