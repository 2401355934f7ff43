import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { buildClusters } from './build/clusters.ts';
import { gatherFacts } from './build/facts.ts';
import { buildMethod } from './build/method.ts';
import { Workbench } from './testing-case.ts';
import { connections, importConnections, lifelikeOutcome, runRequest } from './testing.ts';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
});
afterEach(() => bench.remove());

it('mixtures of hosts and second opinions are told as what they are', () => {
  const path = bench.makeCase((writer, at) => {
    importConnections(writer, 'conn.log', connections(300), []);
    const reader = openCaseForReading(at);
    const given = lifelikeOutcome(reader, 3);
    reader.close();
    const mixture = { inertia: null, logLikelihood: -4.25, bic: 12_345.6, aic: 12_000, covariance: 'diag' } as const;
    const apart = { daviesBouldin: 0.7512, calinskiHarabasz: 88.25, window: 3_600_000_000 };
    const hosts = { hosts: Uint32Array.of(1, 2, 1), windows: Float64Array.of(0, 0, 36e8), labels: Uint16Array.of(1, 2, 3) };
    writer.saveRun(
      { ...runRequest, of: 'hosts', method: 'gmm', k: 3 },
      {
        ...given,
        summary: { ...given.summary, ...mixture, ...apart, of: 'hosts', method: 'gmm', rows: 3 },
        assignments: [],
        hostAssignment: { ...hosts, distance: new Float32Array(3), z: new Float32Array(3) },
        scatter: {
          id: Float64Array.of(1, 2),
          x: new Float32Array(2),
          y: new Float32Array(2),
          cluster: Uint16Array.of(1, 2),
          variance: 0.5,
        },
      },
    );
    writer.saveCrosscheck({
      ...{ run: 1, tool: 'the plain float64 mixture', rows: 3, sampledFrom: null, seed: 1, ari: 1, equal: null, largestDifference: 0 },
      ...{ accuracy: null, seconds: { ours: 1, theirs: 2 }, words: 'It agrees on all 3 rows.', agrees: true },
    });
  });
  const reader = openCaseForReading(path);
  const facts = gatherFacts(reader);
  const told = JSON.stringify([buildMethod(facts), buildClusters(facts)]);
  reader.close();
  for (const words of [
    'Gaussian mixture: the rows are taken as drawn from k normal distributions',
    'Gaussian mixture, diag covariance, k-means start, Mahalanobis distance',
    '18, settled within the tolerance: the mean log-likelihood',
    '-4.2500, mean of a row',
    '12,346, 12,000 (the smaller the better)',
    '0.7512',
    '88.3',
    '3 hosts in windows of 1 h',
    'Checked with a second tool',
    'It agrees on all 3 rows.',
    'Run 1: 3 clusters of 3 windows of hosts',
    'Hosts in each cluster (log)',
  ])
    expect(told).toContain(words);
  expect(told).not.toContain('k-means: each row belongs');
});
