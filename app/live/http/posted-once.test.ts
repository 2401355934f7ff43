import { afterAll, expect, it } from 'vitest';
import { createCase } from '../../case/open.ts';
import { caseFields, scratchFolder } from '../../case/testing.ts';
import type { IngestAnswer } from '../../contract/live.ts';
import { PostedOnce, requestOf, type Keep } from './posted-once.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const HOUR = 60 * 60 * 1000;
const request = (body: string): string => requestOf({ source: 'shop', type: 'text/plain', format: undefined }, Buffer.from(body));
const answer = { accepted: 1, rejected: 0, comments: 0, format: 'access', formatTitle: 'Access', recognised: true };

it('remembers an answer for a day, and no longer; what was not committed it does not remember', async () => {
  const writer = createCase(`${scratch.path}/posted.flowcase`, caseFields);
  const { live } = writer;
  let now = 1_800_000_000_000;
  let taken = 0;
  const once = new PostedOnce(live, () => now);
  const commit = (keep: Keep): void =>
    live.commit((transaction) => transaction.state(...keep({ rows: 1, rejected: 0, comments: 0, format: 'access', title: 'Access' })));
  const post = (body: string, take: (keep: Keep) => void = commit): Promise<IngestAnswer> =>
    once.answer({ key: 'write a', request: request(body) }, (keep) => {
      taken++;
      take(keep(true));
      return Promise.resolve(answer);
    });
  const lost = (keep: Keep): void => {
    commit((batch) => {
      keep(batch);
      throw new Error('the disk is full');
    });
  };
  await expect(post('one', lost)).rejects.toThrow('full');
  expect(await post('one')).toEqual(answer);
  expect(taken).toBe(2);
  for (const hours of [1, 22, 0.9]) {
    now += hours * HOUR;
    once.tidy();
    expect(await post('one')).toEqual(answer);
    await expect(post('two')).rejects.toMatchObject({ details: { idempotency: 'otherRequest' } });
  }
  expect(taken).toBe(2);
  now += 0.2 * HOUR;
  expect(await post('two')).toEqual(answer);
  expect(taken).toBe(3);
  now += 26 * HOUR;
  once.tidy();
  now -= 26 * HOUR;
  expect(await post('one')).toEqual(answer);
  expect(taken).toBe(4);
  writer.close();
});
