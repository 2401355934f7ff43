import { NEARLY_THE_SAME } from '../contract/likeness.ts';
import type { ContingencyTable } from '../learn/metrics/agreement.ts';

/**
 * How alike two groupings of the same rows are: `the same` where every row is in the same group, `nearly the same` where the adjusted Rand
 * index is NEARLY_THE_SAME or more, else `different`.
 */
export function likenessOf(matched: number, rows: number, ari: number): 'the same' | 'nearly the same' | 'different' {
  if (matched === rows) return 'the same';
  return ari >= NEARLY_THE_SAME ? 'nearly the same' : 'different';
}

/**
 * Rows in the same group where each cluster of one grouping is matched with one of the other so that these are as many as can be
 * (the assignment problem; Kuhn 1955, by shortest augmenting paths as Jonker and Volgenant 1987).
 */
export function rowsMatched({ rows, columns, counts }: ContingencyTable): number {
  const size = Math.max(rows, columns);
  const cost = (i: number, j: number): number => (i < rows && j < columns ? -counts[i * columns + j] : 0);
  const [byRow, byColumn] = [new Float64Array(size + 1), new Float64Array(size + 1)];
  const rowOf = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    rowOf[0] = row;
    const least = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(size + 1);
    const used = new Uint8Array(size + 1);
    let at = 0;
    while (rowOf[at] !== 0) {
      used[at] = 1;
      let [step, next] = [Number.POSITIVE_INFINITY, 0];
      for (let j = 1; j <= size; j++) {
        if (used[j] === 1) continue;
        const reduced = cost(rowOf[at] - 1, j - 1) - byRow[rowOf[at]] - byColumn[j];
        if (reduced < least[j]) [least[j], from[j]] = [reduced, at];
        if (least[j] < step) [step, next] = [least[j], j];
      }
      for (let j = 0; j <= size; j++) {
        if (used[j] === 1) {
          byRow[rowOf[j]] += step;
          byColumn[j] -= step;
        } else least[j] -= step;
      }
      at = next;
    }
    for (; at !== 0; at = from[at]) rowOf[at] = rowOf[from[at]];
  }
  let matched = 0;
  for (let j = 1; j <= size; j++) matched -= cost(rowOf[j] - 1, j - 1);
  return matched;
}
