import type { Random } from '../shared/random.ts';
import { distinctRows } from './distinct.ts';
import type { Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';
import { sampleRows } from './sample.ts';

/** Starting centres are drawn from at most this many rows: more change the result little and cost as much as the passes themselves. */
const START_ROWS = 65_536;

/**
 * Starting centres by greedy k-means++ (Arthur and Vassilvitskii 2007, with 2 + ln k candidates a step as scikit-learn does), drawn from a
 * seeded sample of at most 65,536 rows. `k` must not be larger than the number of distinct rows.
 * @returns k × columns, row by row
 */
export async function kmeansPlusPlus(matrix: Matrix, k: number, random: Random, pace: Pace): Promise<Float64Array> {
  const { columns } = matrix;
  const sample = sampleRows(matrix.rows, START_ROWS, random);
  const rows = new Float64Array(sample.length * columns);
  const { values } = matrix;
  for (let i = 0; i < sample.length; i++) {
    for (let c = 0, at = matrix.offset(sample[i], 0); c < columns; c++, at += 4) rows[i * columns + c] = values[at];
  }
  const centres = new Float64Array(k * columns);
  const take = (centre: number, from: number): void => centres.set(rows.subarray(from * columns, (from + 1) * columns), centre * columns);
  take(0, random.below(sample.length));
  const nearest = new Float64Array(sample.length).fill(Number.POSITIVE_INFINITY);
  let total = approach(rows, columns, centres, 0, nearest);
  const candidates = 2 + Math.floor(Math.log(k));
  for (let centre = 1; centre < k; centre++) {
    if (total === 0) {
      // The sample has no more distinct rows, but the matrix does.
      fillWithDistinct(matrix, centres, centre, k);
      return centres;
    }
    let best: { total: number; nearest: Float64Array; row: number } | null = null;
    for (let trial = 0; trial < candidates; trial++) {
      const row = drawByWeight(nearest, random.float() * total);
      const after = nearest.slice();
      take(centre, row);
      const left = approach(rows, columns, centres, centre, after);
      if (best === null || left < best.total) best = { total: left, nearest: after, row };
      if (pace.due) await pace.breathe();
    }
    if (best === null) break;
    take(centre, best.row);
    nearest.set(best.nearest);
    total = best.total;
  }
  return centres;
}

/** Lowers every row's squared distance to that to the new centre, where it is nearer. Returns the sum. */
function approach(rows: Float64Array, columns: number, centres: Float64Array, centre: number, nearest: Float64Array): number {
  const from = centre * columns;
  let total = 0;
  for (let i = 0, at = 0; i < nearest.length; i++) {
    let distance = 0;
    for (let c = 0; c < columns; c++) {
      const delta = rows[at++] - centres[from + c];
      distance += delta * delta;
    }
    if (distance < nearest[i]) nearest[i] = distance;
    total += nearest[i];
  }
  return total;
}

/** The first row at which the sum of the weights so far exceeds `at`. */
function drawByWeight(weights: Float64Array, at: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i];
    last = i;
    if (sum > at) return i;
  }
  return last;
}

function fillWithDistinct(matrix: Matrix, centres: Float64Array, from: number, k: number): void {
  const { columns } = matrix;
  const row = new Float64Array(columns);
  let centre = from;
  for (const candidate of distinctRows(matrix, k)) {
    if (centre === k) return;
    matrix.copyRow(candidate, row);
    const known = (other: number): boolean => row.every((value, c) => value === centres[other * columns + c]);
    if (Array.from({ length: centre }, (_, i) => i).some(known)) continue;
    centres.set(row, centre++ * columns);
  }
}
