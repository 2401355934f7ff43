import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSummary, FeatureInfo } from '../../../app/contract.ts';
import { shownRows } from './bars.ts';
import { curveTable, curveWords } from './curve.ts';
import { bins } from './histogram.ts';
import { clusterName, inThoseThatHaveIt, mostDifferent, profileMost, sigma, usedFeatures } from './profile.ts';
import { rhythmWords } from './rhythm.ts';

const feature = (name: string, dropped: string | null = null): FeatureInfo => ({
  name,
  title: name,
  how: '',
  absent: 0,
  mean: 0,
  scale: 1,
  dropped,
});
const cluster = (profile: readonly number[], name = ''): ClusterSummary => ({
  cluster: 1,
  name,
  autoName: 'auto',
  suspect: false,
  size: 1,
  share: 1,
  profile,
  words: '',
  originators: 1,
  responders: 1,
  spread: 0,
  bytes: 0,
  first: null,
  last: null,
  typical: null,
  typicalHost: null,
  separates: [],
  purity: null,
  tags: [],
});

describe('bins', () => {
  it('no value is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (values, count) => {
          const data = bins(values, count);
          expect(data).not.toBeNull();
          const inside = data?.counts.reduce((sum, one) => sum + one, 0) ?? 0;
          expect(inside + (data?.below ?? 0) + (data?.above ?? 0)).toBe(values.length);
        },
      ),
    );
  });
  it('one value many times is one bin; none is none', () => {
    expect(bins([60, 60, 60], 24)?.counts).toEqual([3]);
    expect(bins([Number.NaN], 24)).toBeNull();
    expect(bins([], 24)).toBeNull();
    expect(bins([0, 5e-324], 24)?.counts).toEqual([2]);
  });
  it('a stray value does not squash the rest', () => {
    const data = bins([...Array.from({ length: 200 }, (_, at) => at), 1e9], 10);
    expect(data?.above).toBe(2);
    expect((data?.step ?? 0) * 10).toBeLessThan(201);
  });
});

describe('profiles', () => {
  const features = [feature('a'), feature('b', 'constant'), feature('c')];
  it('leaves dropped features out, keeps places', () => {
    expect(usedFeatures(features).map((column) => column.index)).toEqual([0, 2]);
    expect(mostDifferent(cluster([0.2, 9, -3]), features, 5).map((entry) => entry.feature.name)).toEqual(['c', 'a']);
    expect(mostDifferent(cluster([0.01, 9, Number.NaN]), features, 5)).toEqual([]);
  });
  it('says of how many rows a figure is, where some of the cluster have no value, and none of what nobody has', () => {
    const holed = { size: 1200, known: [1, null, 1100] };
    expect([0, 1, 2].map((index) => inThoseThatHaveIt(holed, index))).toEqual([
      ' in the one that has it',
      '',
      ' in the 1,100 that have it',
    ]);
    expect(inThoseThatHaveIt({ size: 1200 }, 2)).toBe('');
    expect(mostDifferent({ ...cluster([]), profile: [null, 0, -3] }, features, 5).map((entry) => entry.index)).toEqual([2]);
    expect(profileMost([{ ...cluster([]), profile: [null, -2] }])).toBe(2);
  });
  it('the scale is neither blind nor dazzled', () => {
    expect(profileMost([cluster([0.1, 0, 0.2])])).toBe(1);
    expect(profileMost([cluster([100, Number.NaN])])).toBe(4);
    expect(profileMost([])).toBe(1);
  });
  it('writes deviations with a true minus and no sign on nothing', () => {
    expect([-4.13, 0.04, -0.04, 1, Number.NaN].map((value) => sigma(value))).toEqual(['−4.1', '0.0', '0.0', '1.0', '–']);
    expect(sigma(0.94, true)).toBe('+0.9');
    expect(clusterName(cluster([], ''))).toBe('auto');
    expect(clusterName(cluster([], 'beacon'))).toBe('beacon');
  });
});

it('says why k, and what was not defined', () => {
  const curve = [
    { k: 2, inertia: 900, silhouette: 0.4 },
    { k: 3, inertia: 500, silhouette: null },
  ];
  expect(curveWords(curve, 2)).toContain('k = 2 was chosen from 2 to 3 with silhouette 0.40.');
  expect(curveTable(curve).rows[1]).toEqual(['3', '500', 'not defined']);
  expect(curveWords(curve, 9)).toBe('');
});

it('says when a host is awake', () => {
  const rhythm = new Float64Array(168);
  expect(rhythmWords(rhythm)).toBe('');
  rhythm[24 + 9] = 30;
  rhythm[5 * 24 + 9] = 10;
  expect(rhythmWords(rhythm)).toBe('75.0 % between 07 and 19 h on workdays; the busiest hour is Tue 09 h with 30.');
});

it('shows the first bars, or all', () => {
  const rows = Array.from({ length: 5 }, (_, at) => ({ key: String(at), label: '', value: at }));
  expect(shownRows(rows, 2, false)).toHaveLength(2);
  expect(shownRows(rows, 2, true)).toHaveLength(5);
  expect(shownRows(rows, 2, false, (row) => row === rows[4])).toEqual([rows[0], rows[4]]);
  expect(shownRows(rows, 2, false, (row) => row === rows[1])).toEqual([rows[0], rows[1]]);
});
