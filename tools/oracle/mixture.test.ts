import { describe, expect, it } from 'vitest';
import { covarianceTypes } from '../../app/contract/runs.ts';
import { differences, matrixOfCase, mixtureCases, ourMixture, worstDifference } from '../../app/learn/mixture-testing.ts';
import { peerVersion } from '../../bench/lib/python-peer.ts';
import { theirMixtures } from './mixture-peer.ts';

const haveScikitLearn = peerVersion() !== null;

describe('Gaussian mixture beside scikit-learn', () => {
  it.skipIf(!haveScikitLearn).each(mixtureCases)('is the same on $name (skipped where Python has no scikit-learn)', async (of) => {
    const matrix = matrixOfCase(of);
    for (const [i, theirs] of theirMixtures(matrix, of).entries()) {
      const covariance = covarianceTypes[i];
      for (const twin of [false, true]) {
        const ours = await ourMixture(matrix, of, covariance, twin);
        const found = await differences(ours, matrix, { name: of.name, covariance, ...theirs }, twin);
        expect(Object.entries(found).filter(([, difference]) => !(difference < (twin ? 1e-7 : 2e-5)))).toEqual([]);
        // single rows that lie between two components feel the last digit most
        expect(worstDifference(await ours.predictProba(matrix, { twin }), theirs.probabilities)).toBeLessThan(twin ? 1e-7 : 1e-3);
        expect(worstDifference(await ours.scoreSamples(matrix, { twin }), theirs.samples)).toBeLessThan(twin ? 1e-7 : 1e-5);
      }
    }
  });
});
