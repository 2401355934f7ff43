import { NO_CLASS } from '../types.ts';

/** How often each value of one labelling meets each of another: rows × columns, row by row. */
export interface ContingencyTable {
  readonly rows: number;
  readonly columns: number;
  readonly counts: Float64Array;
  /** Rows counted. */
  readonly total: number;
}

/** Two labellings of the same rows beside each other. */
export interface Agreement {
  /** Rows that have both labels. */
  readonly rows: number;
  /** Adjusted Rand index (Hubert and Arabie 1985): 1 for the same partition, about 0 for chance. */
  readonly adjustedRandIndex: number;
  /** Mutual information over the mean of both entropies: 0..1. */
  readonly normalisedMutualInformation: number;
  /** Share of rows that belong to the most frequent class of their cluster: 0..1; never falls when a cluster is split. */
  readonly purity: number;
}

/** Classes by clusters. Rows that have NO_CLASS on either side are left out. */
export function contingencyTable(classes: Uint16Array, clusters: Uint16Array): ContingencyTable {
  const rows = codes(classes);
  const columns = codes(clusters);
  const counts = new Float64Array(rows * columns);
  let total = 0;
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] === NO_CLASS || clusters[i] === NO_CLASS) continue;
    counts[classes[i] * columns + clusters[i]]++;
    total++;
  }
  return { rows, columns, counts, total };
}

/** Every figure of agreement between known classes and clusters (or between the clusters of two runs). */
export function agreement(classes: Uint16Array, clusters: Uint16Array): Agreement {
  const table = contingencyTable(classes, clusters);
  return {
    rows: table.total,
    adjustedRandIndex: adjustedRandIndex(table),
    normalisedMutualInformation: normalisedMutualInformation(table),
    purity: purity(table),
  };
}

/** By pairs of rows, as scikit-learn counts them; 1 where both put everything together, or nothing. */
export function adjustedRandIndex(table: ContingencyTable): number {
  const { counts, total } = table;
  const { byRow, byColumn } = margins(table);
  const squares = (of: Float64Array): number => of.reduce((sum, count) => sum + count * count, 0);
  const both = squares(counts);
  const together = both - total;
  const onlyFirst = squares(byRow) - both;
  const onlySecond = squares(byColumn) - both;
  const apart = total * total - onlyFirst - onlySecond - both;
  if (onlyFirst === 0 && onlySecond === 0) return 1;
  return (
    (2 * (together * apart - onlyFirst * onlySecond)) /
    ((together + onlyFirst) * (onlyFirst + apart) + (together + onlySecond) * (onlySecond + apart))
  );
}

/** 1 where both put every row together. */
export function normalisedMutualInformation(table: ContingencyTable): number {
  const { counts, total, columns } = table;
  const { byRow, byColumn } = margins(table);
  const entropies = [entropy(byRow, total), entropy(byColumn, total)];
  if (entropies[0] === 0 && entropies[1] === 0) return 1;
  let mutual = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const expected = (byRow[Math.floor(i / columns)] / total) * byColumn[i % columns];
    mutual += (counts[i] / total) * Math.log(counts[i] / expected);
  }
  return Math.min(1, Math.max(0, mutual) / ((entropies[0] + entropies[1]) / 2));
}

/** Of no rows: 1. */
export function purity({ counts, columns, total }: ContingencyTable): number {
  const most = new Float64Array(columns);
  for (let i = 0; i < counts.length; i++) most[i % columns] = Math.max(most[i % columns], counts[i]);
  return total === 0 ? 1 : most.reduce((sum, count) => sum + count, 0) / total;
}

function margins({ rows, columns, counts }: ContingencyTable): { readonly byRow: Float64Array; readonly byColumn: Float64Array } {
  const byRow = new Float64Array(rows);
  const byColumn = new Float64Array(columns);
  for (let i = 0; i < counts.length; i++) {
    byRow[Math.floor(i / columns)] += counts[i];
    byColumn[i % columns] += counts[i];
  }
  return { byRow, byColumn };
}

function entropy(counts: Float64Array, total: number): number {
  return counts.reduce((sum, count) => (count === 0 || count === total ? sum : sum - (count / total) * Math.log(count / total)), 0);
}

/** The highest code that is used, and one. */
function codes(labels: Uint16Array): number {
  let most = -1;
  for (const label of labels) if (label !== NO_CLASS && label > most) most = label;
  return most + 1;
}
