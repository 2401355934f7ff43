import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../app/errors.ts';
import { Caller, serve, type Port, type ProgressReport } from './rpc.ts';

interface Sums {
  add(input: readonly number[]): number;
  count(input: { readonly to: number }): number;
  refuse(input: string): never;
  forever(input: null): null;
  bytes(input: Float64Array): Float64Array;
}

const ports: MessagePort[] = [];

function portOf(port: MessagePort, shared: boolean): Port {
  ports.push(port);
  return {
    shared,
    post: (message, transfer) => port.postMessage(message, transfer as readonly Transferable[]),
    listen: (listener) => port.on('message', listener),
  };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function connect(shared: boolean): { readonly caller: Caller<Sums>; readonly logged: string[] } {
  const { port1, port2 } = new MessageChannel();
  serve<Sums>(portOf(port1, shared), {
    add: (numbers) => numbers.reduce((sum, one) => sum + one, 0),
    async count({ to }, progress) {
      for (let i = 0; i < to; i++) {
        if (progress.stopped()) throw new FlowcaseError('CANCELLED', `stopped at ${i}`);
        progress.report(i, to, 'steps', 'counting');
        await pause(1);
      }
      return to;
    },
    refuse(what) {
      if (what === 'defect') throw new TypeError('x is not a function');
      throw new FlowcaseError('NOT_FOUND', 'There is no such thing.', { what });
    },
    forever: () => new Promise<null>(() => undefined),
    bytes: (array) => array.map((one) => one * 2),
  });
  const logged: string[] = [];
  return { caller: new Caller<Sums>(portOf(port2, shared), (text) => logged.push(text)), logged };
}

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

describe('calls between processes', () => {
  it('are answered, each with its own answer', async () => {
    const { caller } = connect(true);
    const answers = await Promise.all([caller.call('add', [1, 2]), caller.call('add', []), caller.call('add', [5])]);
    expect(answers).toEqual([3, 0, 5]);
  });

  it('bring errors over with code and details; a defect leaves its stack in the log alone', async () => {
    const { caller, logged } = connect(true);
    await expect(caller.call('refuse', 'this')).rejects.toMatchObject({ code: 'NOT_FOUND', details: { what: 'this' } });
    expect(logged).toEqual([]);
    const defect = await caller.call('refuse', 'defect').catch((error: unknown) => error);
    expect(defect).toMatchObject({ code: 'INTERNAL' });
    expect((defect as Error).message).not.toContain('rpc.test');
    expect(logged.join()).toContain('rpc.test');
  });

  it('that nothing answers are refused', async () => {
    const { caller } = connect(true);
    await expect(caller.call('missing' as 'add', [])).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it.each([true, false])('tell their progress and stop when they are asked to (shared memory: %s)', async (shared) => {
    const { caller } = connect(shared);
    const reports: ProgressReport[] = [];
    const stop = new AbortController();
    const progress = (report: ProgressReport): void => {
      reports.push(report);
      if (reports.length === 2) stop.abort();
    };
    await expect(caller.call('count', { to: 1_000_000 }, { progress, signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(reports[0]).toEqual({ done: 0, total: 1_000_000, unit: 'steps', note: 'counting' });
    await expect(caller.call('count', { to: 3 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await caller.call('count', { to: 3 })).toBe(3);
  });

  it('hand arrays over without copying where they are told to', async () => {
    const { caller } = connect(true);
    const array = Float64Array.of(1, 2, 3);
    const answer = caller.call('bytes', array, { transfer: [array.buffer] });
    expect(array.length).toBe(0);
    expect(await answer).toEqual(Float64Array.of(2, 4, 6));
  });

  it('end when the other end is gone: those that wait, and those that come after', async () => {
    const { caller } = connect(true);
    const waiting = caller.call('forever', null);
    caller.fail(new FlowcaseError('PROCESS_DIED', 'It ended.'));
    await expect(waiting).rejects.toMatchObject({ code: 'PROCESS_DIED' });
    await expect(caller.call('add', [1])).rejects.toMatchObject({ code: 'PROCESS_DIED' });
  });

  it('with something that cannot be cloned are refused at once', async () => {
    const { caller } = connect(true);
    await expect(caller.call('add', [(() => 1) as unknown as number])).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await caller.call('add', [1])).toBe(1);
  });
});
