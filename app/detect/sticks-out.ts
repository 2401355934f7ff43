import { deviationWords, deviations, type Deviation } from '../features/words.ts';
import type { Grouping } from './types.ts';

/** So many features are said of what lies far away. */
const SAID = 3;

/**
 * In what these rows differ most from their clusters: their mean of each feature against the mean of their own clusters, both of the rows that
 * have a value. A feature that none of them has is no difference. `known`: how many of them have it, where others have not.
 */
export function sticksOut({ matrix, absent, centres, labels, used, known }: Grouping, rows: Uint32Array): readonly Deviation[] {
  const { columns, values } = matrix;
  const [own, reference] = [new Float64Array(columns), new Float64Array(columns)];
  const having = new Uint32Array(columns);
  for (const row of rows) {
    for (let c = 0; c < columns; c++) {
      if (absent?.has(row, c) === true) continue;
      having[c]++;
      own[c] += values[matrix.offset(row, c)];
      reference[c] += known.of(labels[row], c)?.mean ?? centres[labels[row] * columns + c];
    }
  }
  // of none the mean is NaN, which is nothing worth saying
  for (let c = 0; c < columns; c++) [own[c], reference[c]] = [own[c] / having[c], reference[c] / having[c]];
  return deviations(used, own, reference)
    .slice(0, SAID)
    .map((one) => {
      const there = having[used.indexOf(one.feature)];
      return there < rows.length ? { ...one, known: there, lacking: true } : one;
    });
}

/** "What sticks out: sends far more than its cluster (bytes sent +2.6 σ) in the 3 that have it." `inThem`: which rows these are, where not all. */
export function sticksOutWords(grouping: Grouping, rows: Uint32Array, differs: readonly Deviation[], inThem = ''): string {
  if (differs.length === 0) return 'No single feature sticks out; it is the combination.';
  return `What sticks out${inThem}: ${differs.map((one) => wordsOf(grouping, rows, one)).join(', ')}.`;
}

function wordsOf({ used, labels, known }: Grouping, rows: Uint32Array, one: Deviation): string {
  const column = used.indexOf(one.feature);
  if (one.feature.spec.kind !== 'flag') return deviationWords(one, 'its cluster', 'of its cluster');
  if (one.known !== undefined) return deviationWords(one, 'its cluster', 'of those of its cluster');
  const whole = rows.every((row) => known.of(labels[row], column) === null);
  return deviationWords(one, 'its cluster', whole ? 'of its cluster' : 'of those of its cluster of which it is known');
}
