import { describe, expect, it } from 'vitest';
import { KMeans } from '../../app/learn/kmeans.ts';
import { rowsOf } from '../../app/learn/testing.ts';
import { dataset } from '../../app/learn/testing-datasets.ts';
import { askPeer, peerVersion } from '../../bench/lib/python-peer.ts';

const haveScikitLearn = peerVersion() !== null;

interface Found {
  readonly inertia: number;
  readonly iterations: number;
  readonly centers: readonly number[];
  readonly labels: readonly number[];
}

describe('k-means beside scikit-learn', () => {
  it.skipIf(!haveScikitLearn).each([
    ['iris', false, 3],
    ['wine', true, 3],
    ['breast-cancer', true, 2],
    ['digits', false, 10],
  ] as const)('goes its way on %s from the same centres (skipped where Python has no scikit-learn)', async (name, standardised, k) => {
    const { matrix } = dataset(name, standardised);
    const rows = rowsOf(matrix);
    const init = Float64Array.from(Array.from({ length: k }, (_, i) => rows[Math.floor(((i + 0.5) / k) * rows.length)]).flat());
    const x = { values: Float32Array.from(rows.flat()), shape: [matrix.rows, matrix.columns] };
    const theirs = askPeer('kmeans', { k, tolerance: 0, whole: true }, { x, init: { values: init, shape: [k, matrix.columns] } }) as Found;
    const ours = await new KMeans({ nClusters: k, init, tol: 0 }).fit(matrix);
    expect(Array.from(ours.labels_)).toEqual(theirs.labels);
    expect(Math.abs(ours.inertia_ / theirs.inertia - 1)).toBeLessThan(1e-5);
    const worst = ours.clusterCenters_.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs.centers[i])), 0);
    expect(worst).toBeLessThan(1e-4);
  });
});
