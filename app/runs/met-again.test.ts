import { expect, it } from 'vitest';
import { Matrix } from '../learn/matrix.ts';
import { unwatched } from '../learn/pace.ts';
import { metAgain, verdictWith } from './met-again.ts';

const matrix = new Matrix(2, 1);
const pace = unwatched();

it('a run that came out the same is confirmed by a tool that says the same, and by no other', async () => {
  const again = await metAgain({ id: 1, fingerprint: 'f' }, 'f', matrix, pace);
  expect(again.words).toContain('met again bit for bit');
  expect([verdictWith(true, again), verdictWith(false, again), verdictWith(true, null)]).toEqual(['agrees', 'differs', 'agrees']);
});

it('a run that came out otherwise on the same records differs, whatever the other tool says', async () => {
  const again = await metAgain({ id: 1, fingerprint: 'f', changedSince: () => null }, 'g', matrix, pace);
  expect(again.words).toContain('NOT met again');
  expect([verdictWith(true, again), verdictWith(false, again)]).toEqual(['differs', 'differs']);
});

it('a run over records that are not the same any more is not confirmed, and not contradicted', async () => {
  const again = await metAgain({ id: 1, fingerprint: 'f', changedSince: () => 'The case has changed since.' }, 'g', matrix, pace);
  expect(again.words).toBe(' The case has changed since. That run is not confirmed, and not contradicted.');
  expect([verdictWith(true, again), verdictWith(false, again)]).toEqual(['not confirmed', 'differs']);
});
