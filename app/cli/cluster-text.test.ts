import { expect, it } from 'vitest';
import type { ClusterSummary, RunDetail, RunSummary } from '../contract.ts';
import { agreementText, clustersText, curveText, measuresText } from './commands/cluster-text.ts';

const run = {
  of: 'connections',
  window: null,
  rows: 5000,
  k: 3,
  silhouette: 0.4284,
  silhouetteSample: 3998,
  daviesBouldin: 1.0666,
  calinskiHarabasz: 9012.4,
  inertia: 44_644.2,
  logLikelihood: null,
  bic: null,
  aic: null,
  kTrials: { rows: 5000, starts: 4 },
} as RunSummary;
const cluster = {
  cluster: 1,
  size: 4000,
  words: 'Is shorter.',
  typical: 17,
  typicalHost: null,
  separates: [
    { feature: 'duration', effect: -1.234 },
    { feature: 'bytes', effect: 2 },
  ],
  purity: { label: 'Benign\u001b[2J', share: 0.9 },
} as unknown as ClusterSummary;
const features: RunDetail['features'] = [
  { name: 'duration', title: 'duration in s', how: 'as it is', absent: 0, mean: 0, scale: 1, dropped: null },
];

it('the measures of a run are those that it has', () => {
  expect(measuresText(run)).toBe('silhouette 0.428 (3,998 of the rows), Davies-Bouldin 1.067, Calinski-Harabasz 9,012, inertia 44,644');
  const mixture = { ...run, silhouette: null, inertia: null, logLikelihood: -1.5, bic: -2_212_354.2, aic: 12.5 };
  expect(measuresText(mixture)).toBe(
    'silhouette not defined, Davies-Bouldin 1.067, Calinski-Harabasz 9,012, log-likelihood of a row -1.5000, BIC −2,212,354, AIC 12.500',
  );
});

it('clusters have their typical member, label and effects, and log text is not interpreted', () => {
  const text = clustersText({
    run,
    clusters: [cluster, { ...cluster, cluster: 2, typicalHost: '10.0.0.1', purity: null, separates: [] }],
    features,
  });
  expect(text).toMatch(/cluster +connections +typical +label +effects +what it is/);
  expect(text).toMatch(/1 +4,000 +record 17 +Benign.*90.0 % +duration in s −1\.23, bytes \+2\.00 +Is shorter\./);
  expect(text).toMatch(/2 +4,000 +10\.0\.0\.1 +- +- +Is shorter/);
  expect(text).not.toContain('\u001b');
  expect(clustersText({ run, clusters: [{ ...cluster, purity: null }], features })).not.toContain('label');
});

it('the curve marks the k that is kept, and has the BIC of mixtures', () => {
  const curve = [2, 3].map((k) => ({ k, inertia: 900 / k, silhouette: k === 2 ? null : 0.5 }));
  const text = curveText({ run, curve });
  expect(text).toContain('each on 5,000 rows with 4 starts:');
  expect(text).toMatch(/2 +450 +-/);
  expect(text).toMatch(/3 +300 +0\.500 +kept/);
  expect(text).not.toContain('BIC');
  expect(curveText({ run, curve: curve.map((one) => ({ ...one, bic: -1234.5 * one.k })) })).toMatch(/3 +300 +0\.500 +−3,704 +kept/);
});

it('agreement with labels is told where there are any, and on how many rows', () => {
  expect(agreementText(run)).toEqual([]);
  expect(agreementText({ ...run, labelAgreement: null })).toEqual([]);
  expect(agreementText({ ...run, labelAgreement: { column: 'class', rows: 40, ari: -0.01, nmi: 0.5 } })).toEqual([
    'against class on 40 of 5,000 rows: adjusted Rand index -0.010, normalised mutual information 0.500',
  ]);
});
