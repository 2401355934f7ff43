import { expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { withPatience, type Clock } from './patience.ts';

const away = new FlowcaseError('REMOTE_UNREACHABLE', 'The broker does not answer.');

/** Work that fails until a time, on a clock that does not wait. */
function bench(
  backAt: number,
  error: Error = away,
): { readonly run: () => Promise<string>; readonly pauses: number[]; readonly said: string[] } {
  let time = 0;
  const pauses: number[] = [];
  const said: string[] = [];
  const clock: Clock = {
    now: () => time,
    wait: (milliseconds) => {
      pauses.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
  };
  const work = (): Promise<string> => (time >= backAt ? Promise.resolve('acknowledged') : Promise.reject(error));
  const patience = { waiting: (words: string) => void said.push(words), stopped: new AbortController().signal };
  return { run: () => withPatience(work, patience, clock), pauses, said };
}

it('waits for a broker that is away, later and later, and says so', async () => {
  const { run, pauses, said } = bench(20_000);
  expect(await run()).toBe('acknowledged');
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000]);
  expect(said[0]).toMatch(/does not answer\. Tried again in .+, for .+ at most\.$/);
});

it('gives up after three minutes', async () => {
  const { run, pauses } = bench(Infinity);
  await expect(run()).rejects.toBe(away);
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(180_000);
});

it('does not ask again what was refused', async () => {
  const refused = new FlowcaseError('REMOTE_REFUSED', 'The broker refuses.');
  const { run, pauses } = bench(Infinity, refused);
  await expect(run()).rejects.toBe(refused);
  expect(pauses).toEqual([]);
});

it('ends where it is stopped', async () => {
  const stop = new AbortController();
  const run = withPatience(() => Promise.reject(away), { waiting: () => stop.abort(), stopped: stop.signal });
  await expect(run).rejects.toBe(away);
});
