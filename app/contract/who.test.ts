import { expect, it } from 'vitest';
import { whoWords } from './who.ts';

it.each([
  [{ account: 'mokafor', examiner: '' }, 'mokafor'],
  [{ account: 'mokafor', examiner: 'mokafor' }, 'mokafor'],
  [{ account: '', examiner: 'M. Okafor' }, 'M. Okafor'],
  [{ account: 'mokafor', examiner: 'M. Okafor' }, 'M. Okafor (account mokafor)'],
  [{ account: 'mokafor', examiner: '', token: 'nightly' }, 'mokafor (token nightly)'],
  [{ account: 'mokafor', examiner: 'M. Okafor', token: 'nightly' }, 'M. Okafor (account mokafor, token nightly)'],
])('%j acted as %s', (who, words) => {
  expect(whoWords(who)).toBe(words);
});
