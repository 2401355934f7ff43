import { describe, expect, it } from 'vitest';
import { curveTable, curveWords } from '../../charts/curve.ts';
import type { ClusterSummary, FeatureInfo, RunSummary } from '../../../../app/contract.ts';
import { likenessWords } from '../../../../app/contract/likeness.ts';
import { rowsWords } from '../../../../app/contract/row-words.ts';
import { comparisonWords, membersFacts, readK, readSeed, runFacts, separatingWords } from './words.ts';

const run = {
  id: 2,
  of: 'hosts',
  method: 'gmm',
  covariance: 'diag',
  window: null,
  rows: 214,
  recipe: 'host-v1',
  seed: 1,
  requestedK: 'auto',
  silhouette: 0.26,
  silhouetteSample: 214,
  iterations: 12,
  converged: true,
  bic: -115_795.2,
  seconds: 0.5,
} as unknown as RunSummary;

describe('a run in words', () => {
  it('speaks of what its rows are', () => {
    expect(rowsWords({ of: 'requests', window: null }, 1)).toBe('1 request');
    expect(rowsWords({ of: 'hosts', window: 3.6e9 }, 1204)).toBe('1,204 windows of hosts');
    expect(runFacts(run)).toEqual([
      '214 hosts · diag covariance · recipe host-v1 · seed 1 · k automatic',
      '12 iterations, settled within the tolerance · silhouette 0.26 on 214 · BIC −115,795 · 500 ms',
    ]);
    const cluster = { size: 12, originators: 1, responders: 3 } as ClusterSummary;
    expect(membersFacts(cluster)).toBe('12 records, one originator, 3 responders');
    expect(membersFacts(cluster, 'requests')).toBe('12 requests of 1 client');
  });

  it('says how alike two are', () => {
    expect([1, 0.999, 0.95, 0.7, 0.4, 0.2, 0, -0.1].map(likenessWords)).toEqual([
      'the same groups',
      'nearly the same groups',
      'nearly the same groups',
      'different groups (much alike)',
      'different groups (alike in part)',
      'different groups (little in common)',
      'different groups (nothing in common but by chance)',
      'different groups (nothing in common but by chance)',
    ]);
    expect(comparisonWords({ a: 1, b: 2, rows: 10, onlyA: 0, onlyB: 3, ari: 0.4, nmi: 0.5, flows: [] })).toBe(
      '10 members in both, 3 only in the second: adjusted Rand index 0.400 (1: the same groups, 0: as if by chance), normalised mutual information 0.500. They are different groups (alike in part).',
    );
  });

  it('says what separates a cluster, by the features’ titles', () => {
    const features = [{ name: 'fan_out', title: 'Fan-out', how: 'hosts called' }] as unknown as readonly FeatureInfo[];
    const separates = [
      { feature: 'fan_out', effect: -2.534 },
      { feature: 'gone', effect: 1 },
    ];
    expect(separatingWords({ separates } as unknown as ClusterSummary, features)).toEqual([
      { title: 'Fan-out', how: 'hosts called', words: '−2.53' },
    ]);
  });

  it('takes whole numbers in their range', () => {
    expect([readK('7'), readK('0'), readK('1001'), readK('x')].map(({ k }) => k)).toEqual([7, null, null, null]);
    expect([readSeed('0'), readSeed('4294967295'), readSeed('4294967296')].map(({ seed }) => seed)).toEqual([0, 0xffff_ffff, null]);
  });
});

describe('why this k', () => {
  const kmeans = [
    { k: 2, inertia: 10, silhouette: 0.5 },
    { k: 3, inertia: 6, silhouette: 0.61 },
  ];
  const mixture = [
    { k: 1, inertia: 10, silhouette: null, bic: -90.4 },
    { k: 2, inertia: 6, silhouette: 0.4, bic: -100.4 },
  ];

  it('is the silhouette and the bend for k-means, BIC for mixtures', () => {
    expect(curveWords(kmeans, 3)).toContain('with silhouette 0.61. Inertia falls');
    expect(curveWords(mixture, 2)).toContain('from 1 to 2 by BIC (−100)');
    expect(curveTable(kmeans).head.map(({ title }) => title)).toEqual(['k', 'inertia', 'silhouette']);
    expect(curveTable(mixture).head.map(({ title }) => title)).toEqual(['k', 'BIC', 'inertia', 'silhouette']);
    expect(curveTable(mixture).rows[0]).toEqual(['1', '−90', '10', 'not defined']);
  });
});
