import { describe, expect, it } from 'vitest';
import { averagePathLength, IsolationForest } from '../learn/isolation/isolation-forest.ts';
import { Matrix } from '../learn/matrix.ts';
import { unwatched } from '../learn/pace.ts';
import { Random } from '../shared/random.ts';
import { flaggedRows } from './anomalies.ts';
import { stabilityOf, stabilityWords } from './anomalies-stability.ts';

/** Normal rows; the last `far` of them lie far away from all, and from each other. */
function cloud(rows: number, columns: number, far: number): Matrix {
  const random = new Random(3);
  const values = Float32Array.from({ length: rows * columns }, (_, i) => random.normal() * (i >= (rows - far) * columns ? 40 : 1));
  return Matrix.fromRows(values, columns);
}

async function searched(matrix: Matrix, trees: number, threshold?: number): Promise<ReturnType<typeof stabilityOf>> {
  const forest = await new IsolationForest({ nEstimators: trees, seed: 5 }).fit(matrix);
  const scores = await forest.scoreSamples(matrix);
  const flagged = flaggedRows(scores);
  const above =
    threshold === undefined ? flagged : { threshold, rows: Uint32Array.from(scores.keys()).filter((row) => scores[row] > threshold) };
  return stabilityOf(forest, matrix, above, averagePathLength(256), unwatched());
}

describe('the stability of what is flagged', () => {
  it('is that of each half of the trees as a forest of its own', async () => {
    const matrix = cloud(1000, 6, 8);
    expect(await searched(matrix, 200)).toEqual({ rows: 8, held: 8, trees: 100 });
    // a border in the midst of ordinary rows: many are above it in one half and below it in the other
    const doubtful = await searched(matrix, 20, 0.48);
    expect(doubtful?.held).toBeLessThan(0.8 * (doubtful?.rows ?? 0));
    expect(doubtful?.held).toBeGreaterThan(8);
  });

  it('is nothing of one tree, or where nothing is flagged', async () => {
    const matrix = cloud(300, 3, 4);
    expect(await searched(matrix, 1)).toBeNull();
    expect(await searched(matrix, 10, 1)).toBeNull();
  });

  it('says what rests on the seed only where few hold', () => {
    expect(stabilityWords({ rows: 23, held: 9, trees: 100 }, 'connection', 23)).toMatch(
      /^Of the 23 connections flagged, 9 \(39\.1 %\) score above .* \(100 trees\): .* Another seed lists others/,
    );
    expect(stabilityWords({ rows: 23, held: 22, trees: 100 }, 'connection', 23)).not.toContain('Another seed');
    expect(stabilityWords({ rows: 2000, held: 1900, trees: 100 }, 'host', 9000)).toMatch(/^Of 2,000 of the 9,000 hosts flagged, 1,900 /);
  });
});
