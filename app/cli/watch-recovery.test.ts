import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EventName, Events, LiveStatus } from '../contract.ts';
import { FlowcaseError } from '../errors.ts';
import type { CliHost, CliIo } from './io.ts';
import { runCli } from './run-cli.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const status = (records: number, running = true): LiveStatus => ({
  at: 0,
  running,
  sources: [
    {
      ...{ id: 7, name: 'access.log', watch: { source: { type: 'file', path: '/logs/access.log', from: 'beginning' } } },
      ...{ state: running ? 'running' : 'ended', why: '', kind: 'request', format: 'access', formatTitle: 'Web access log', evidence: 1 },
      ...{ records, rejected: 0, bytes: 0, rate: 0, lagBytes: 0, lagRecords: 0, late: 0, early: 0, behind: null },
      ...{ lastRecord: null, lastCommit: null, errors: 0, error: '' },
    },
  ],
  rates: [],
  alerts: 0,
  learning: { have: 0, need: 20 },
  held: '',
  caseBytes: 0,
});

/** `flowcase watch` over a core whose writer dies when the test says so; `resumes`: what each attempt to go on fails with. */
function watching(resumes: readonly (FlowcaseError | null)[]): {
  readonly tell: <E extends EventName>(event: E, payload: Events[E]) => void;
  readonly tried: () => number;
  readonly err: () => string;
  readonly done: Promise<number>;
} {
  const listeners = new Map<string, ((payload: never) => void)[]>();
  let [tried, err, records] = [0, '', 3];
  const answers: Readonly<Record<string, () => unknown>> = {
    'case.open': () => ({}),
    'live.status': () => status(records),
    'live.watch': () => ({ id: 7 }),
    'live.resume': () => {
      const failure = resumes[tried++] ?? null;
      if (failure !== null) throw failure;
      records = 9;
      return { id: 7 };
    },
  };
  const host = {
    invoke: (name: string) => Promise.resolve().then(() => answers[name]?.()),
    on: (event: string, listener: (payload: never) => void) => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return () => undefined;
    },
    close: () => Promise.resolve(),
  } as unknown as CliHost;
  const io: CliIo = {
    cwd: '/',
    out: () => undefined,
    err: (text) => {
      err += text;
    },
    input: () => Readable.from([]) as AsyncIterable<Uint8Array>,
    isTerminal: false,
    openHost: () => host,
    onInterrupt: () => undefined,
  };
  return {
    tell: (event, payload) => listeners.get(event)?.forEach((listener) => listener(payload as never)),
    tried: () => tried,
    err: () => err,
    done: runCli(['watch', '/a.flowcase', '/logs/access.log'], io),
  };
}

const died = 'The case thread ended unexpectedly.';
const full = (): FlowcaseError => new FlowcaseError('WRITE_FAILED', 'There is no room on the disk.');

it('says that what writes the case died, and goes on with its sources at once where that is back', async () => {
  const run = watching([]);
  await vi.advanceTimersByTimeAsync(10);
  run.tell('live', status(3));
  run.tell('trouble', { message: died, fatal: false });
  await vi.advanceTimersByTimeAsync(10);
  expect(run.tried()).toBe(1);
  // once: it goes on
  await vi.advanceTimersByTimeAsync(60_000);
  expect(run.tried()).toBe(1);
  run.tell('live', status(9, false));
  expect(await run.done).toBe(0);
  expect(run.err()).toBe(`access.log: watched as Web access log\n${died}\naccess.log: ended\n`);
});

it('tries again every two seconds where it is not, says why once, and each reason that is new', async () => {
  const locked = new FlowcaseError('CASE_LOCKED', 'Another program writes this case.');
  const run = watching([full(), full(), locked, null]);
  await vi.advanceTimersByTimeAsync(10);
  run.tell('trouble', { message: died, fatal: true });
  await vi.advanceTimersByTimeAsync(1900);
  expect(run.tried()).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(run.tried()).toBe(1);
  await vi.advanceTimersByTimeAsync(6000);
  expect(run.tried()).toBe(4);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(run.tried()).toBe(4);
  run.tell('live', status(9, false));
  expect(await run.done).toBe(0);
  expect(run.err().split('\n').slice(0, 3)).toEqual([died, 'There is no room on the disk.', 'Another program writes this case.']);
});

it('one more death while it waits begins one row of attempts, not two', async () => {
  const run = watching([full(), full(), full(), full(), full(), full()]);
  await vi.advanceTimersByTimeAsync(10);
  run.tell('trouble', { message: died, fatal: true });
  await vi.advanceTimersByTimeAsync(1000);
  run.tell('trouble', { message: died, fatal: true });
  await vi.advanceTimersByTimeAsync(5100);
  expect(run.tried()).toBe(2);
  run.tell('live', status(3, false));
  await run.done;
  // and it is over with the watching
  await vi.advanceTimersByTimeAsync(60_000);
  expect(run.tried()).toBe(2);
});
