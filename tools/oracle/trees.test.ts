import { describe, expect, it } from 'vitest';
import { dataset } from '../../app/learn/testing-datasets.ts';
import { rowsOf } from '../../app/learn/testing.ts';
import { RandomForest } from '../../app/learn/trees/random-forest.ts';
import { comparedFigures, furthest, inPeerShape, untied } from '../../app/learn/trees/testing.ts';
import { askPeer, peerVersion } from '../../bench/lib/python-peer.ts';
import { theirTrees } from './trees-peer.ts';

const haveScikitLearn = peerVersion() !== null;

describe('trees beside scikit-learn', () => {
  it.skipIf(!haveScikitLearn)(
    'ask the same where no two questions are equally good (skipped where Python has no scikit-learn)',
    async () => {
      const theirs = theirTrees();
      for (const [i, of] of untied.entries()) {
        const own = await inPeerShape(of);
        expect(theirs[i].stable).toBe(true);
        const { same, near } = comparedFigures(of);
        for (const name of same) expect(own[name]).toEqual(theirs[i][name]);
        for (const name of ['impurity', 'importances', 'alphas'] as const) expect(furthest(own[name], theirs[i][name])).toBeLessThan(1e-12);
        for (const name of near) expect(furthest(own[name], theirs[i][name])).toBeLessThan(1e-7);
      }
    },
    120_000,
  );

  it.skipIf(!haveScikitLearn)('in forests lean on the same columns (skipped where Python has no scikit-learn)', async () => {
    const { matrix, y, classes } = dataset('breast-cancer');
    const x = { values: Float32Array.from(rowsOf(matrix).flat()), shape: [matrix.rows, matrix.columns] };
    const labels = { values: y, shape: [matrix.rows] };
    const asked = { forest: true, trees: 1000, outOfBag: true };
    const theirs = askPeer('forest', asked, { x, y: labels, test: x, truth: labels }) as { importance: number[]; outOfBag: number };
    const model = await new RandomForest({ nEstimators: 1000, oobScore: true }).fit(matrix, y, classes);
    expect(furthest([...model.featureImportances_], theirs.importance)).toBeLessThan(0.015);
    expect(Math.abs((model.outOfBag_?.score ?? 0) - theirs.outOfBag)).toBeLessThan(0.01);
  });
});
