import { describe, expect, it } from 'vitest';
import { Calibration, calibrationMethods } from '../../app/learn/calibration.ts';
import { saidShares } from '../../app/learn/calibration-testing.ts';
import { askPeer, peerVersion } from '../../bench/lib/python-peer.ts';

const haveScikitLearn = peerVersion() !== null;

describe.skipIf(!haveScikitLearn)('calibration beside scikit-learn (skipped where Python has no scikit-learn)', () => {
  it.each([2, 3, 7].flatMap((classes) => calibrationMethods.map((method) => [classes, method] as const)))(
    'of %i classes by %s',
    (classes, method) => {
      const learned = saidShares(600, classes, 1);
      const asked = saidShares(300, classes, 2);
      const matrix = (values: Float32Array): { values: Float32Array; shape: number[] } => ({
        values,
        shape: [values.length / classes, classes],
      });
      const { probabilities } = askPeer(
        'calibration',
        { method },
        {
          x: matrix(learned.shares),
          y: { values: learned.y, shape: [learned.y.length] },
          z: matrix(asked.shares),
        },
      ) as { readonly probabilities: readonly (readonly number[])[] };
      const ours = asked.shares.slice();
      Calibration.fit(method, learned.shares, learned.y, classes).apply(ours);
      const furthest = Math.max(...probabilities.flat().map((value, at) => Math.abs(value - (ours[at] ?? Number.NaN))));
      // they stop where the gradient is small enough, we where nothing moves
      expect(furthest).toBeLessThan(method === 'sigmoid' ? 1e-4 : 1e-6);
    },
  );
});
