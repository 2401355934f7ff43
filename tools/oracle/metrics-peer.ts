import type { MetricCase, MetricFigures } from '../../app/learn/metrics/testing.ts';
import { askPeer } from '../../bench/lib/python-peer.ts';

/** The same figures by scikit-learn. @throws where Python or scikit-learn is missing */
export function theirFigures(of: MetricCase): MetricFigures {
  const { rows, columns, classes } = of;
  const one = (values: Uint16Array | Float64Array): { values: Uint16Array | Float64Array; shape: number[] } => ({ values, shape: [rows] });
  return askPeer(
    'metrics',
    {},
    {
      x: { values: of.x, shape: [rows, columns] },
      probabilities: { values: of.probabilities, shape: [rows, classes] },
      clusters: one(of.clusters),
      y: one(of.y),
      predicted: one(of.predicted),
      binary: one(of.binary),
      score: one(of.score),
    },
  ) as MetricFigures;
}
