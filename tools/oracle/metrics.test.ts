import { describe, expect, it } from 'vitest';
import { different, metricCase, ourFigures } from '../../app/learn/metrics/testing.ts';
import { peerVersion } from '../../bench/lib/python-peer.ts';
import { theirFigures } from './metrics-peer.ts';

const haveScikitLearn = peerVersion() !== null;

describe('metrics beside scikit-learn', () => {
  it.skipIf(!haveScikitLearn).each([11, 12, 13, 14])(
    'are the same to 1e-9, seed %i (skipped where Python has no scikit-learn)',
    async (seed) => {
      const of = metricCase(seed);
      expect(different(await ourFigures(of), theirFigures(of))).toEqual([]);
    },
  );
});
