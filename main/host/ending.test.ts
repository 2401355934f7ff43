import { expect, it } from 'vitest';
import { endAll } from './ending.ts';
import { Jobs } from './jobs.ts';

const job = { command: 'evidence.import', title: 'Import of conn.log', lane: 'none', ofCase: true } as const;
const jobs = (): Jobs => new Jobs({ emit: () => undefined, log: () => undefined });

it('everything ends in order where it can', async () => {
  const done: string[] = [];
  const some = jobs();
  some.start(job, ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))));
  const step = (name: string) => (): Promise<void> => Promise.resolve(void done.push(name));
  expect(await endAll(60_000, some, step('in order'), step('cut'))).toEqual([]);
  expect(done).toEqual(['in order']);
});

it('what does not end is cut off after its time, and named', async () => {
  let cut = 0;
  const endless = jobs();
  endless.start(job, () => new Promise(() => undefined));
  const never = (): Promise<void> => new Promise(() => undefined);
  const cutting = (): Promise<void> => {
    cut++;
    return Promise.resolve();
  };
  expect(await endAll(20, endless, never, cutting)).toEqual(['Import of conn.log']);
  expect(await endAll(20, jobs(), never, cutting)).toEqual(['closing the case']);
  expect(cut).toBe(2);
});
