import { describe, expect, it } from 'vitest';
import { IsolationForest } from '../../app/learn/isolation/isolation-forest.ts';
import { rankCorrelation } from '../../app/learn/metrics/ranks.ts';
import { heapRows, matrixOf } from '../../bench/lib/learn-data.ts';
import { askPeer, peerVersion } from '../../bench/lib/python-peer.ts';

const haveScikitLearn = peerVersion() !== null;

describe('isolation forest beside scikit-learn', () => {
  it.skipIf(!haveScikitLearn)('ranks seeded rows as it does (skipped where Python has no scikit-learn)', async () => {
    const rows = heapRows(2000, 6, 4, 31);
    const forests = 10;
    const theirs = askPeer('isolation', { trees: 100, forests, whole: true }, { x: rows }) as { readonly scores: readonly number[] };
    const ours = new Float64Array(2000);
    for (let seed = 0; seed < forests; seed++) {
      const matrix = matrixOf(rows);
      const scores = await (await new IsolationForest({ seed }).fit(matrix)).scoreSamples(matrix);
      scores.forEach((score, row) => (ours[row] += score / forests));
    }
    expect(rankCorrelation(ours, theirs.scores)).toBeGreaterThan(0.99);
    expect(Math.max(...ours.map((score, row) => Math.abs(score - theirs.scores[row])))).toBeLessThan(0.03);
  });
});
