import { expect, it } from 'vitest';
import type { ClusterRequest } from '../contract/runs.ts';
import { everyRow, memoryTable, type Value } from '../features/testing.ts';
import { Random } from '../shared/random.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { cluster } from './cluster.ts';

/** Two kinds of connections; half of the second kind, and all of a third, lack bytes and state. */
const random = new Random(3);
const size = (middle: number): number => Math.round(middle * Math.exp(random.normal() / 4));
const records = Array.from({ length: 600 }, (_, i): Readonly<Record<string, Value>> => {
  const [first, lacking] = [i < 240, i >= 480 || (i >= 240 && i % 2 === 0)];
  return {
    ts: i ** 2 * 1e6,
    orig_h: `10.0.0.${i % 40}`,
    resp_h: `192.0.2.${i % 37}`,
    resp_p: i >= 480 ? 22 : first ? 443 : 53,
    proto: first || i >= 480 ? 'tcp' : 'udp',
    duration: size(first ? 4e6 : 3e4),
    orig_bytes: lacking ? null : size(first ? 200 : 90_000),
    resp_bytes: size(first ? 40_000 : 300),
    conn_state: lacking ? null : i % 4 === 1 && !first ? 'S0' : 'SF',
    orig_pkts: size(first ? 40 : 3),
    resp_pkts: size(first ? 60 : 2),
  };
});

async function run(change: Partial<ClusterRequest>): Promise<RunOutcome> {
  const usual = { of: 'connections', method: 'kmeans', k: 3, seed: 1, recipe: 'conn-v2', where: '', covariance: 'diag' } as const;
  const rest = { scaling: null, features: [], window: null, starts: null, tune: null };
  const source = { table: memoryTable(records), filter: everyRow };
  const input = { sources: [source], request: { ...usual, ...rest, ...change }, threads: 1, createThread: null };
  return cluster(input, { report: () => undefined, stopped: () => false });
}

const known = (list: readonly (typeof records)[number][], column: string): readonly number[] =>
  list.flatMap((record) => (record[column] === null ? [] : [Number(record[column])]));
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
const deviation = (list: readonly number[]): number => Math.sqrt(mean(list.map((value) => (value - mean(list)) ** 2)));

const asked: readonly (readonly [string, Partial<ClusterRequest>])[] = [
  ['k-means', {}],
  ['a mixture', { method: 'gmm' }],
  ['columns as they are', { scaling: 'none' }],
];

it.each(asked)('figures of clusters are of the rows that have a value, set beside all that have one: %s', async (_name, change) => {
  const { clusters, features, assignments } = await run(change);
  const labels = assignments.flatMap((one) => [...one.labels]);
  const at = features.findIndex(({ name }) => name === 'orig_bytes');
  const own = (value: number): number => (change.scaling === 'none' ? value : Math.log1p(value));
  const all = known(records, 'orig_bytes').map(own);
  let lacked = 0;
  for (const one of clusters) {
    const members = records.filter((_, i) => labels[i] === one.cluster);
    const bytes = known(members, 'orig_bytes').map(own);
    if (bytes.length === 0) expect(one.profile[at]).toBeNull();
    else expect(one.profile[at]).toBeCloseTo((mean(bytes) - mean(all)) / deviation(all), 3);
    if (bytes.length < members.length) {
      expect(one.known?.[at]).toBe(bytes.length);
      lacked++;
    }
    for (const [words, share] of one.words.matchAll(/(all|none|[\d.]+ %) failed[^(]*/gi)) {
      const states = members.filter(({ conn_state }) => conn_state !== null);
      const failed = states.filter(({ conn_state }) => conn_state === 'S0').length / states.length;
      expect(share.toLowerCase()).toBe(failed === 1 ? 'all' : failed === 0 ? 'none' : `${(failed * 100).toFixed(1)} %`);
      if (states.length < members.length) expect(words).toContain(`of the ${states.length} of which it is known`);
    }
    // no cluster is far from all in everything, and bytes that few have are said to be of these
    for (const [sigma] of one.words.matchAll(/[\d.]+(?= σ)/g)) expect(Number(sigma)).toBeLessThan(5);
    if (one.words.includes('bytes sent') && bytes.length < members.length)
      expect(one.words).toContain(`) in the ${bytes.length} that have it`);
  }
  expect(lacked).toBeGreaterThan(0);
  if (change.scaling === undefined) expect(clusters.some(({ words }) => /that have it|of which it is known/.test(words))).toBe(true);
});

it('one cluster is told apart from none', async () => {
  const { clusters } = await run({ k: 1 });
  expect(clusters.map(({ words }) => words)).toEqual(['The only cluster: there is no other to tell it from.']);
});

it('hosts that are looked at in windows of time are windows of hosts, wherever rows are counted', async () => {
  const { clusters, odd, summary } = await run({ of: 'hosts', recipe: 'host-v1', window: 3_600e6, k: 40 });
  expect(summary.rows).toBeGreaterThan(100);
  const said = [...summary.remarks, odd?.why ?? '', ...clusters.map(({ words }) => words)].join(' ');
  expect(said).not.toMatch(/\d hosts?\b/);
  expect(await run({ of: 'hosts', recipe: 'host-v1', k: 500 })).toMatchObject({
    summary: {
      remarks: expect.arrayContaining([
        expect.stringMatching(/^k = 500 was asked for, but there are only \d+ hosts that differ /),
      ]) as string[],
    },
  });
  expect(await run({ of: 'hosts', recipe: 'host-v1', window: 3_600e6 * 24 * 365, features: ['connections_out'], k: 500 })).toMatchObject({
    summary: { remarks: expect.arrayContaining([expect.stringMatching(/^k = 500 .* only \d+ windows of hosts that differ /)]) as string[] },
  });
});
