import { expect, it } from 'vitest';
import type { CliHost } from './io.ts';
import { StoppableHost } from './stoppable.ts';

const never = new Promise<never>(() => undefined);

/** A host that is made up: it answers as it is told, and a job of it ends when it is cancelled. */
function hostOf(answers: Readonly<Record<string, Promise<unknown>>>, jobs: (AbortSignal | undefined)[] = []): StoppableHost {
  return new StoppableHost({
    invoke: (name: string) => answers[name] ?? Promise.resolve(null),
    runJob: (_: string, __: unknown, ___: unknown, signal?: AbortSignal) => {
      jobs.push(signal);
      return Promise.resolve({});
    },
    close: () => Promise.resolve([]),
  } as unknown as CliHost);
}

it('a case that is being opened is opened, and nothing is done with it', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const host = hostOf({ 'case.open': promise });
  const opening = host.invoke('case.open', { path: '/a.flowcase' });
  host.stop();
  const soon = Promise.race([opening.catch(() => 'over'), new Promise((tell) => setTimeout(tell, 5, 'waits'))]);
  expect(await soon).toBe('waits');
  resolve({});
  await expect(opening).rejects.toMatchObject({ code: 'CANCELLED', message: expect.stringContaining('as it was before') as string });
  await expect(host.invoke('evidence.list', {})).rejects.toMatchObject({ code: 'CANCELLED' });
});

it('what only reads is not waited for; what is written is, and is known as kept', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const host = hostOf({ 'evidence.list': never, 'evidence.remove': promise });
  const reading = host.invoke('evidence.list', {});
  const writing = host.invoke('evidence.remove', { evidence: 1 });
  host.stop();
  await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  resolve(null);
  expect(await writing).toBeNull();
  expect(() => host.throwIfStopped()).toThrow('What was done before is kept.');
});

it('a job hears it whenever it comes', async () => {
  const jobs: (AbortSignal | undefined)[] = [];
  const host = hostOf({}, jobs);
  await host.runJob('evidence.import', { paths: ['/a.log'] });
  expect(jobs.map((signal) => signal?.aborted)).toEqual([false]);
  host.stop();
  await host.runJob('evidence.import', { paths: ['/a.log'] });
  expect(jobs.map((signal) => signal?.aborted)).toEqual([true, true]);
});
