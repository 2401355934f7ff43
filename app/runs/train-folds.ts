import type { Split } from '../learn/validation/splits.ts';
import { shortList } from './train-split.ts';
import type { Tuned } from './train-tuning.ts';
import type { Lesson, TrainDetail } from './train.ts';

/** How many of these splits test rows of one class alone: an F1 over one class is all or nothing. */
export function foldsOfOneClass(splits: readonly Split[], codes: Uint16Array): number {
  return splits.filter(({ test }) => test.every((row) => codes[row] === codes[test[0]])).length;
}

/** The classes that are learned from and that no fold of a search asks about, because they have too few rows for it. */
export function unscoredClasses({ split, splitter, labels: { codes, classes } }: Lesson, folds: number): readonly string[] {
  const asked = new Set<number>();
  for (const { test } of splitter.foldsOf(split.train, folds)) for (const row of test) asked.add(codes[row]);
  const learned = new Set(Array.from(split.train, (row) => codes[row]));
  return classes.filter((_, code) => learned.has(code) && !asked.has(code));
}

/** What is kept of a search. */
export function searchOf({ scoring, trials, edge }: Tuned, unscored: readonly string[]): NonNullable<TrainDetail['tuning']> {
  return { scoring, trials, unscored, ...(edge === undefined ? {} : { edge }) };
}

/** What must be known to read the scores of a search. */
export function searchWords(searched: TrainDetail['tuning']): readonly string[] {
  if (searched === null) return [];
  const { scoring, edge, unscored = [] } = searched;
  const which = unscored.length === 1 ? 'which has' : 'which have';
  return [
    ...(edge === undefined || edge === null ? [] : [edge]),
    ...(unscored.length === 0
      ? []
      : [
          `The search could not ask about ${shortList(unscored)}, ${which} too few rows for its folds: its ${scoring} is over the other classes, and not comparable with the figures above.`,
        ]),
  ];
}
