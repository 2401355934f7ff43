import { expect, it } from 'vitest';
import { NO_CLASS } from '../learn/types.ts';
import { truthWords } from './classify-words.ts';

it('what a prediction is compared with is said in one sentence that counts every labelled row', () => {
  const codes = Uint16Array.of(0, 1, NO_CLASS, 1);
  expect(truthWords(null, 'forest')).toEqual([]);
  expect(truthWords({ codes, unknown: 0 }, 'forest')).toEqual([
    'The figures are over the 3 rows that have the label; where the forest learned from some of these, they flatter it.',
  ]);
  expect(truthWords({ codes, unknown: 1 }, 'tree')).toEqual([
    'The figures are over the 3 rows whose label the tree learned, without 1 row whose label it never saw; where it learned from some of these, they flatter it.',
  ]);
  expect(truthWords({ codes: new Uint16Array(4).fill(NO_CLASS), unknown: 2 }, 'tree')).toEqual([
    'There are no figures: 2 rows have the label, and the tree never saw what it says of them.',
  ]);
});
