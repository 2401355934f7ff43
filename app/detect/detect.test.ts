import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../features/build-matrix.ts';
import { recipeNamed } from '../features/recipes.ts';
import { selectRows } from '../features/selection.ts';
import { everyRow, memoryTable, type Value } from '../features/testing.ts';
import { unwatched } from '../learn/pace.ts';
import { failingHosts } from './failing-hosts.ts';
import { farFromCluster } from './far-from-cluster.ts';
import { knownMeans } from './known-means.ts';
import { firstToLookAt, oddClusters } from './odd-cluster.ts';
import { regularCalls } from './regular-calls.ts';
import type { Grouping } from './types.ts';

type Rec = Readonly<Record<string, Value>>;
const pace = unwatched();

/** A grouping as these labels and z say it; centres are the means. */
async function grouping(records: readonly Rec[], labels: readonly number[], z: readonly number[]): Promise<Grouping> {
  const selection = await selectRows(memoryTable(records), everyRow, pace);
  const built = await buildMatrix(selection, recipeNamed('conn-v1'), pace, { markAbsent: true });
  const { matrix } = built;
  const k = Math.max(...labels) + 1;
  const centres = new Float64Array(k * matrix.columns);
  const sizes = Array.from({ length: k }, (_, c) => labels.filter((label) => label === c).length);
  labels.forEach((label, row) => {
    for (let c = 0; c < matrix.columns; c++) centres[label * matrix.columns + c] += matrix.get(row, c) / sizes[label];
  });
  const clusters = sizes.map((size, c) => {
    const own = records.filter((_, row) => labels[row] === c);
    const profile = new Array<number>(built.features.length).fill(0);
    built.used.forEach(({ index, spec }, column) => (profile[index] = centres[c * matrix.columns + column] / spec.weight));
    const originators = new Set(own.map(({ orig_h }) => orig_h)).size;
    const said = { typical: null, typicalHost: null, separates: [], purity: null, words: '' };
    const rest = { ...said, responders: 1, bytes: 0, first: null, last: null, spread: 1 };
    return { cluster: c + 1, autoName: `name ${c + 1}`, size, share: size / records.length, profile, originators, ...rest };
  });
  const distance = new Float32Array(records.length);
  const known = await knownMeans(built, Uint16Array.from(labels), k, pace);
  return {
    ...built,
    of: 'connections',
    selection,
    k,
    centres,
    labels: Uint16Array.from(labels),
    distance,
    z: Float32Array.from(z),
    clusters,
    known,
  };
}

const calls = (host: string, count: number, fields: (i: number) => Rec): Rec[] =>
  Array.from({ length: count }, (_, i) => ({ orig_h: host, resp_h: '192.0.2.1', resp_p: 443, ts: i ** 3 * 1e6, ...fields(i) }));

describe('hosts unlike their clusters', () => {
  it('are scored by the mean z of their √n farthest connections, three at least', async () => {
    const records = [...calls('one', 1, () => ({})), ...calls('three', 3, () => ({})), ...calls('many', 16, () => ({}))];
    const z = [9, 4, 4, 4, ...Array.from({ length: 16 }, (_, i) => (i < 4 ? 6 : -1))];
    const found = await farFromCluster(await grouping(records, new Array<number>(20).fill(0), z), 100, pace);
    expect(found.map(({ host, score, severity }) => [host, score, severity])).toEqual([
      ['many', 6, 'medium'],
      ['three', 4, 'low'],
    ]);
    expect(found[0].records.slice(0, 4)).toEqual([4, 5, 6, 7]);
    expect(found[0].why).toMatch(/^many: the 4 farthest of its 16 connections lie on average \+6\.0 σ .* cluster 1 \(name 1\)/);
    expect(found[0].causes?.path).toBeNull();
    for (const { typical, deviation, words } of found[0].causes?.features ?? []) {
      expect(words).toHaveLength(2);
      expect(typical).not.toBeNull();
      expect(Math.abs(deviation ?? 0)).toBeGreaterThan(0);
    }
    expect(found[1].why).toMatch(/^three: its 3 connections lie on average \+4\.0 σ/);
  });

  it('are told by what the log has of them: an absent value is no measurement, and stands at the mean of all', async () => {
    const large = calls('y', 200, (i) => ({ orig_h: `h${i % 40}`, orig_bytes: 1e6 + i, resp_bytes: 500, conn_state: 'SF' }));
    const small = calls('x', 400, (i) => ({
      orig_h: `g${i % 40}`,
      orig_bytes: 50 + (i % 9),
      resp_bytes: 500,
      conn_state: i % 2 === 0 ? 'S0' : 'SF',
    }));
    const odd = (fields: (i: number) => Rec): Rec[] => calls('odd', 3, (i) => ({ resp_bytes: 9e6, conn_state: 'SF', ...fields(i) }));
    const why = async (records: readonly Rec[]): Promise<string> => {
      const all = [...records, ...large, ...small];
      const labels = all.map((_, row) => (row < records.length + large.length ? 0 : 1));
      const [found] = await farFromCluster(
        await grouping(all, labels, [...records.map(() => 9), ...new Array<number>(600).fill(0)]),
        9,
        pace,
      );
      expect(found.host).toBe('odd');
      // the figures say what the words say
      for (const { feature, known, value, words } of found.causes?.features ?? []) {
        expect(found.why.includes(' in the one that has it') && feature === 'orig_bytes').toBe(known === 1 && feature === 'orig_bytes');
        // bytes, and not the logarithms that the recipe works with
        if (feature === 'orig_bytes') expect([value, ...words]).toEqual([60, '60 B', expect.stringMatching(/^[89]\d\d\.\d KiB$/)]);
      }
      return found.why;
    };
    expect(await why(odd(() => ({ orig_bytes: 60 })))).toMatch(/sends far less than its cluster \(bytes sent −[\d.]+ σ\)[,.]/);
    expect(await why(odd(() => ({ orig_bytes: null })))).not.toContain('bytes sent');
    expect(await why(odd((i) => ({ orig_bytes: i === 1 ? 60 : null })))).toMatch(/\(bytes sent −[\d.]+ σ\) in the one that has it[,.]/);
  });

  it('are set beside those of their cluster that have a value: shares are of these', async () => {
    const state = (i: number): string | null => (i < 100 ? 'SF' : null);
    const home = calls('y', 200, (i) => ({ orig_h: `h${i % 40}`, conn_state: state(i) }));
    const others = calls('x', 400, (i) => ({ orig_h: `g${i % 40}`, conn_state: 'S0' }));
    const odd = (of: (i: number) => string | null): Rec[] => calls('odd', 3, (i) => ({ conn_state: of(i) }));
    const found = async (records: readonly Rec[]): Promise<Awaited<ReturnType<typeof farFromCluster>>[number]> => {
      const labels = [...records, ...home].map(() => 0).concat(others.map(() => 1));
      const z = [...records.map(() => 9), ...new Array<number>(600).fill(0)];
      return (await farFromCluster(await grouping([...records, ...home, ...others], labels, z), 9, pace))[0];
    };
    const all = await found(odd(() => 'S0'));
    // 3 of the 103 of the cluster that have a state, and not of its 203
    expect(all.why).toContain('all failed (2.91 % of those of its cluster of which it is known)');
    const some = await found(odd((i) => (i < 2 ? 'S0' : null)));
    expect(some.why).toContain('all failed of the 2 of which it is known (1.96 % of those of its cluster of which it is)');
    const failed = some.causes?.features.find(({ feature }) => feature === 'failed');
    expect(failed).toMatchObject({ measure: 'share', known: 2, words: ['all', '1.96 %'] });
    const none = await found(odd(() => null));
    expect(none.why).not.toContain('failed');
    expect(none.causes?.features.map(({ feature }) => feature)).not.toContain('failed');
  });

  it('list their farthest connections first, a hundred at most, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 300 }), async (z) => {
        const records = calls('a', z.length, () => ({}));
        const [found] = await farFromCluster(
          await grouping(
            records,
            new Array<number>(z.length).fill(0),
            z.map((value) => value + 5),
          ),
          5,
          pace,
        );
        const expected = z.map((_, row) => row).sort((a, b) => z[b] - z[a] || a - b);
        expect(found.records).toEqual(expected.slice(0, 100));
      }),
      { numRuns: 40 },
    );
  });

  it('are no more than asked for, and never critical', async () => {
    const records = Array.from({ length: 30 }, (_, i) => calls(`h${i}`, 3, () => ({}))).flat();
    const found = await farFromCluster(await grouping(records, new Array<number>(90).fill(0), new Array<number>(90).fill(50)), 7, pace);
    expect(found).toHaveLength(7);
    expect(new Set(found.map(({ severity }) => severity))).toEqual(new Set(['high']));
  });
});

describe('odd clusters', () => {
  const clock = calls('clock', 60, (i) => ({ resp_h: '203.0.113.9', ts: i * 60e6 + (i % 2) * 1e6, orig_bytes: 500 + (i % 5) }));
  const others = calls('other', 300, (i) => ({ orig_h: `h${i % 40}`, resp_h: `r${i % 37}`, orig_bytes: (i * 7919) % 5000 }));
  const labels = [...clock.map(() => 1), ...others.map(() => 0)];

  it('are pointed at for what they do, with figures from the records', async () => {
    const group = await grouping([...clock, ...others], labels, new Array<number>(360).fill(0));
    const odd = oddClusters(group);
    expect(firstToLookAt(odd, group)).toMatchObject({
      cluster: 2,
      why: expect.stringMatching(/^Comes at regular intervals.*60 connections/) as string,
    });
    const [found] = await regularCalls(group, odd, 10, pace);
    expect(found).toMatchObject({ subject: 'clock → 203.0.113.9:443', host: 'clock', severity: 'medium' });
    expect(found.why).toContain(
      'clock called 203.0.113.9:443 60 times in 59 m 01 s, sending 500 to 504 bytes each in nine of ten. Its median interval is 1 m 01 s, the middle half 59.0 s to 1 m 01 s; 59 of the 59 intervals (100.0 %) lie within a quarter of the median. It never paused',
    );
    expect(found.records).toHaveLength(60);
  });

  it('say of a clock that stood still most of the time that it did, and do not call it high', async () => {
    const minute = (i: number): number => i * 60e6;
    const steady = calls('steady', 120, (i) => ({ resp_h: '203.0.113.9', ts: minute(i), orig_bytes: 500 }));
    const paused = calls('paused', 120, (i) => ({ resp_h: '203.0.113.8', ts: minute(i) + Math.floor(i / 40) * 36_000e6, orig_bytes: 500 }));
    const rest = calls('other', 900, (i) => ({ orig_h: `h${i % 40}`, resp_h: `r${i % 37}`, orig_bytes: (i * 7919) % 5000 }));
    const group = await grouping(
      [...steady, ...paused, ...rest],
      [...steady, ...paused].map(() => 1).concat(rest.map(() => 0)),
      new Array<number>(1140).fill(0),
    );
    const found = await regularCalls(group, oddClusters(group), 10, pace);
    expect(found.map(({ host, severity }) => [host, severity])).toEqual([
      ['steady', 'high'],
      ['paused', 'medium'],
    ]);
    expect(found[1].why).toContain(
      '117 of the 119 intervals (98.3 %) lie within a quarter of the median. 2 intervals are more than three times as long, up to 10 h 01 m; without them 1 h 57 m remain of the 21 h 59 m: most of the time it called nothing.',
    );
  });

  it('are none where there is one cluster, or where the regular one is the normal case', async () => {
    const one = await grouping(
      [...clock, ...others],
      labels.map(() => 0),
      new Array<number>(360).fill(0),
    );
    expect(oddClusters(one)).toEqual([]);
    expect(firstToLookAt([], one)).toBeNull();
    const normal = await grouping([...clock, ...others.slice(0, 60)], labels.slice(0, 120), new Array<number>(120).fill(0));
    expect(oddClusters(normal).map(({ cluster }) => cluster)).not.toContain(1);
  });

  it('say of what they send only what those with a value send, and that it is more than they receive only where it is', async () => {
    const fine = calls('y', 480, (i) => ({ orig_h: `h${i % 10}`, conn_state: 'SF', orig_bytes: 90 + (i % 20), resp_bytes: 30_000 + i }));
    const labels = [...fine.map(() => 0), ...new Array<number>(60).fill(1)];
    const said = async (fields: (i: number) => Rec): Promise<string> => {
      const group = await grouping([...fine, ...calls('sender', 60, fields)], labels, new Array<number>(540).fill(0));
      return oddClusters(group).map(({ why }) => why)[0] ?? '';
    };
    const sends = /ends more than others, and more than it receives/;
    expect(await said((i) => ({ ts: i * 1e6, conn_state: 'REJ', orig_bytes: 5e6, resp_bytes: 40 }))).toMatch(sends);
    // less out of balance than others, and yet it receives more than it sends
    expect(await said((i) => ({ ts: i * 1e6, conn_state: 'REJ', orig_bytes: 5e6, resp_bytes: 6e6 }))).not.toMatch(/receives( little)?[,:]/);
  });

  it('say how many failed of those of which it is known: what stands in the matrix for an absent state is no fact', async () => {
    const scan = calls('scanner', 120, (i) => ({ resp_p: i + 1, conn_state: i < 100 ? 'S0' : null }));
    const fine = calls('y', 480, (i) => ({ orig_h: `h${i % 10}`, conn_state: i % 10 === 0 ? 'REJ' : 'SF' }));
    const labels = [...scan.map(() => 1), ...fine.map(() => 0)];
    const group = await grouping([...scan, ...fine], labels, new Array<number>(600).fill(0));
    const [odd] = oddClusters(group);
    expect(odd).toMatchObject({ cluster: 1, why: expect.stringContaining('ll of the 100 of which it is known failed') as string });
    // of a cluster all of which have a state nothing is said of those that do, whatever other clusters lack
    const whole = [
      ...calls('scanner', 120, (i) => ({ resp_p: i + 1, conn_state: 'S0' })),
      ...fine.map((one, i) => (i < 20 ? { ...one, conn_state: null } : one)),
    ];
    const [sure] = oddClusters(await grouping(whole, labels, new Array<number>(600).fill(0)));
    expect(sure).toMatchObject({ cluster: 1, why: expect.stringMatching(/(^|, )all failed, |^All failed, /) as string });
    // 100 of the scanner and 48 others, of the 580 that have a state
    expect(odd.why).toContain('All failed of the 100 of which it is known (25.5 % of all of which it is)');
  });

  it('say who fills them with failures by connections whose outcome is known alone', async () => {
    const scan = (states: (i: number) => string | null): Rec[] => calls('scanner', 120, (i) => ({ resp_p: i + 1, conn_state: states(i) }));
    const rest = calls('x', 40, (i) => ({ orig_h: `h${i % 10}`, conn_state: 'REJ' }));
    const fine = calls('y', 200, (i) => ({ orig_h: `h${i % 10}`, conn_state: 'SF' }));
    const found = async (records: readonly Rec[]): Promise<ReturnType<typeof failingHosts>> => {
      const labels = [...records, ...rest].map(() => 1).concat(fine.map(() => 0));
      return failingHosts(await grouping([...records, ...rest, ...fine], labels, new Array<number>(360).fill(0)), 10);
    };
    const [some] = await found(scan((i) => (i < 70 ? 'S0' : i < 80 ? 'SF' : null)));
    // 70 of the scanner and 40 others failed, of the 120 that have a state
    expect(some.why).toBe(
      'scanner began 120 of the 160 connections in cluster 2 (name 2), of which 91.7 % of the 120 whose outcome is known failed: 75.0 %, to 1 responder on 120 ports. Of its own 70 of the 80 whose outcome is known failed. The median originator there began 4.',
    );
    expect(await found(scan(() => null))).toEqual([]);
    expect(await found(scan((i) => (i < 55 ? 'S0' : 'SF')))).toEqual([]);
  });

  it('say who fills them with failures', async () => {
    const scan = calls('scanner', 120, (i) => ({ resp_p: i + 1, conn_state: 'S0' }));
    const rest = calls('x', 40, (i) => ({ orig_h: `h${i % 10}`, conn_state: 'REJ' }));
    const fine = calls('y', 200, (i) => ({ orig_h: `h${i % 10}`, conn_state: 'SF' }));
    const group = await grouping(
      [...scan, ...rest, ...fine],
      [...scan, ...rest].map(() => 1).concat(fine.map(() => 0)),
      new Array<number>(360).fill(0),
    );
    const found = failingHosts(group, 10);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ host: 'scanner', severity: 'high', score: 3 + 7 * 0.75 });
    expect(found[0].why).toBe(
      'scanner began 120 of the 160 connections in cluster 2 (name 2), of which 100.0 % failed: 75.0 %, to 1 responder on 120 ports. The median originator there began 4.',
    );
  });
});
