import { describe, expect, it } from 'vitest';
import type { RecordTable } from '../columns/types.ts';
import type { ClusterRequest } from '../contract/runs.ts';
import { connColumns, everyRow, memoryTable, type Value } from '../features/testing.ts';
import { createThread } from '../learn/testing.ts';
import type { RowFilter } from '../columns/scan/slices.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { cluster } from './cluster.ts';

type Rec = Readonly<Record<string, Value>>;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const request: ClusterRequest = {
  of: 'connections',
  method: 'kmeans',
  k: 5,
  seed: 1,
  recipe: 'conn-v1',
  where: '',
  covariance: 'full',
  scaling: null,
  features: [],
  window: null,
  starts: null,
  tune: null,
};

const run = (
  table: RecordTable,
  change: Partial<ClusterRequest> = {},
  { filter = everyRow, threads = 1, progress = quiet }: { filter?: RowFilter; threads?: number; progress?: Progress } = {},
): Promise<RunOutcome> =>
  cluster(
    { sources: [{ table, filter }], request: { ...request, ...change }, threads, createThread: threads > 1 ? createThread : null },
    progress,
  );

/** Offices browse; one host calls home every minute; one uploads at night; one knocks on every port. */
function traffic(rows: number): Rec[] {
  const random = new Random(9);
  const size = (middle: number): number => Math.round(middle * Math.exp(random.normal()));
  const browsing = Array.from({ length: rows }, (): Rec => {
    const dns = random.float() < 0.4;
    return {
      ts: Math.round(random.float() * 86_400e6),
      orig_h: `10.0.0.${1 + random.below(30)}`,
      resp_h: `192.0.2.${random.below(200)}`,
      resp_p: dns ? 53 : 443,
      proto: dns ? 'udp' : 'tcp',
      duration: size(dns ? 20_000 : 3_000_000),
      orig_bytes: size(dns ? 40 : 2000),
      resp_bytes: size(dns ? 120 : 30_000),
      conn_state: 'SF',
      orig_pkts: 1 + size(dns ? 1 : 12),
      resp_pkts: 1 + size(dns ? 1 : 25),
    };
  });
  const beacon = Array.from({ length: 400 }, (_, i): Rec => ({
    ...browsing[0],
    ts: (i * 60 + random.float() * 3) * 1e6,
    orig_h: '10.0.0.77',
    resp_h: '203.0.113.9',
    resp_p: 443,
    proto: 'tcp',
    duration: 200_000,
    orig_bytes: 412 + random.below(6),
    resp_bytes: 900,
    orig_pkts: 6,
    resp_pkts: 5,
  }));
  const scan = Array.from({ length: 300 }, (_, i): Rec => ({
    ts: 5e9 + i * 1e4 * (1 + random.float()),
    orig_h: '10.0.0.66',
    resp_h: `10.0.1.${i % 250}`,
    resp_p: 1 + i,
    proto: 'tcp',
    duration: null,
    orig_bytes: null,
    resp_bytes: null,
    conn_state: 'S0',
    orig_pkts: 1,
    resp_pkts: 0,
  }));
  const failures = Array.from({ length: 100 }, (_, i): Rec => ({
    ...scan[i],
    ts: random.float() * 86_400e6,
    orig_h: `10.0.0.${1 + (i % 30)}`,
    resp_p: 443,
  }));
  const upload = Array.from({ length: 6 }, (_, i): Rec => ({
    ...browsing[1],
    ts: 7.2e9 + i * 9e7,
    orig_h: '10.0.0.42',
    resp_h: '198.51.100.7',
    resp_p: 443,
    proto: 'tcp',
    duration: 9e8,
    orig_bytes: 2e9,
    resp_bytes: 5e5,
    orig_pkts: 1.4e6,
    resp_pkts: 7e5,
  }));
  return [...browsing, ...beacon, ...scan, ...failures, ...upload];
}

describe('a run', () => {
  const records = traffic(6000);
  const table = memoryTable(records, { chunkRows: 2500, firstId: 500 });

  it('says everything that a case keeps, and it fits together', async () => {
    const outcome = await run(table, { k: 7 });
    const { summary, clusters, features, centres, assignments, scatter } = outcome;
    expect(summary).toMatchObject({ rows: records.length, k: 7, requestedK: 7, seed: 1, converged: true });
    expect(summary.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(summary.input).toMatch(/^[0-9a-f]{64}$/);
    expect(centres).toHaveLength(7 * features.filter(({ dropped }) => dropped === null).length);
    expect(clusters.map(({ cluster }) => cluster)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(clusters.map(({ size }) => size)).toEqual(clusters.map(({ size }) => size).sort((a, b) => b - a));
    expect(clusters.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const labels = assignments.flatMap((one) => [...one.labels]);
    clusters.forEach(({ cluster, size, profile, known, typical, originators, bytes }) => {
      const members = records.filter((_, i) => labels[i] === cluster);
      expect(members).toHaveLength(size);
      expect(profile).toHaveLength(features.length);
      profile.forEach((value, at) => expect(value === null ? known?.[at] : Number.isFinite(value)).toBe(value === null ? 0 : true));
      expect(labels[(typical ?? 0) - 500]).toBe(cluster);
      expect(originators).toBe(new Set(members.map(({ orig_h }) => orig_h)).size);
      expect(bytes).toBe(members.reduce((sum, { orig_bytes, resp_bytes }) => sum + Number(orig_bytes) + Number(resp_bytes), 0));
    });
    expect(scatter.id).toHaveLength(records.length);
    expect(new Set(scatter.id).size).toBe(records.length);
    scatter.id.forEach((id, i) => expect(scatter.cluster[i]).toBe(labels[id - 500]));
  });

  it('has distances whose z has mean 0 and deviation 1 in every cluster', async () => {
    const { assignments, clusters } = await run(table);
    const [labels, z, distance] = [
      assignments.flatMap((a) => [...a.labels]),
      assignments.flatMap((a) => [...a.z]),
      assignments.flatMap((a) => [...a.distance]),
    ];
    clusters.forEach(({ cluster, spread }) => {
      const own = z.filter((_, i) => labels[i] === cluster);
      expect(own.reduce((a, b) => a + b, 0) / own.length).toBeCloseTo(0, 3);
      expect(own.reduce((a, b) => a + b * b, 0) / own.length).toBeCloseTo(1, 3);
      const far = distance.filter((_, i) => labels[i] === cluster);
      expect(far.reduce((a, b) => a + b, 0) / far.length).toBeCloseTo(spread, 4);
    });
  });

  it('gives the same fingerprint again, with any number of threads, and another with another seed', async () => {
    const first = await run(table);
    for (const threads of [1, 2, 3]) {
      const again = await run(table, {}, { threads });
      expect({ ...again, summary: { ...again.summary, seconds: 0 } }).toEqual({ ...first, summary: { ...first.summary, seconds: 0 } });
    }
    const other = await run(memoryTable(records.slice(1), { chunkRows: 2500 }));
    expect(other.summary.fingerprint).not.toBe(first.summary.fingerprint);
    expect(other.summary.input).not.toBe(first.summary.input);
  });

  it('puts the beacon in a cluster of its own, points at it, and finds scan and upload', async () => {
    const { assignments, odd, clusters, findings } = await run(table, { k: 7 });
    const labels = assignments.flatMap((one) => [...one.labels]);
    const beacon = new Set(labels.slice(6000, 6400));
    expect([...beacon]).toHaveLength(1);
    expect(clusters[[...beacon][0] - 1]).toMatchObject({ size: 400, originators: 1, responders: 1 });
    expect(odd?.cluster).toBe([...beacon][0]);
    expect(odd?.why).toMatch(/^Comes at regular intervals/);
    const clock = findings.find(({ title }) => title.startsWith('Calls like a clock'));
    expect(clock?.why).toMatch(
      /^10\.0\.0\.77 called 203\.0\.113\.9:443 400 times in 6 h 38 m, sending 412 to 417 bytes each in nine of ten\. Its median interval is 59\.9 s, the middle half 59\.1 s to 1 m 01 s; 399 of the 399/,
    );
    expect(clock).toMatchObject({ kind: 'odd-cluster', host: '10.0.0.77', severity: 'high' });
    // every call, not the hundred that are shown
    expect(clock?.ids).toHaveLength(400);
    expect(findings.find(({ title }) => title === 'Fills a cluster of failures')).toMatchObject({ host: '10.0.0.66', severity: 'high' });
    const far = findings.filter(({ kind }) => kind === 'far-from-cluster');
    expect(far[0]).toMatchObject({ host: '10.0.0.42', title: 'Unlike its cluster' });
    expect(far[0].why).toMatch(/10\.0\.0\.42: the 3 farthest of its 6 connections lie on average \+[\d.]+ σ/);
    expect(new Set(far[0].records)).toEqual(new Set([6800, 6801, 6802, 6803, 6804, 6805].map((i) => i + 500)));
    for (const finding of findings) {
      expect(finding.records.length).toBe(Math.min(100, finding.ids.length));
      expect([...finding.ids]).toEqual(expect.arrayContaining([...finding.records]));
      expect(finding.severity).not.toBe('critical');
      expect(Number.isFinite(finding.score)).toBe(true);
    }
  });

  it('chooses k where it is asked to, keeps the curve, and says why', async () => {
    const { summary, curve } = await run(table, { k: 'auto' });
    expect(summary.requestedK).toBe('auto');
    expect(curve.map(({ k }) => k)).toContain(summary.k);
    expect(summary.remarks[0]).toContain(`k = ${summary.k}`);
  });

  it.each([1, 2, 3, 4])('keeps the clustering that was tried, seed %d', async (seed) => {
    const { summary, curve, scatter } = await run(table, { k: 'auto', seed });
    expect(summary.kTrials).toEqual({ rows: table.rows, starts: 4 });
    expect(curve.find(({ k }) => k === summary.k)?.inertia).toBe(summary.inertia);
    expect(summary.remarks[1]).toMatch(/^The clustering that is kept, on all 6,806 rows: inertia [\d,]+, silhouette 0\.\d\d/);
    expect(scatter.id.length).toBeGreaterThan(0);
    const mixture = await run(table, { k: 'auto', seed, method: 'gmm', covariance: 'diag' });
    const tried = mixture.curve.find(({ k }) => k === mixture.summary.k)?.bic ?? 0;
    expect((mixture.summary.bic ?? 0) / tried).toBeCloseTo(1, 12);
  });

  it('takes only what the filter lets through', async () => {
    const filter: RowFilter = {
      ...everyRow,
      everything: false,
      mask: (chunk) => (chunk.id === 2 ? null : Uint8Array.from({ length: chunk.rows }, (_, i) => i % 2)),
    };
    const { summary, assignments } = await run(table, {}, { filter });
    expect(assignments.map(({ chunk }) => chunk)).toEqual([1, 3]);
    expect(summary.rows).toBe(1250 + 903);
    const [first] = assignments;
    expect(first.labels).toHaveLength(2500);
    expect([first.labels[0], first.distance[0], first.z[0]]).toEqual([0, Number.NaN, Number.NaN]);
    expect(first.labels[1]).toBeGreaterThan(0);
  });

  it('tells where it is, and stops when it is told to', async () => {
    const notes: string[] = [];
    let asked = 0;
    const progress: Progress = {
      report: (_, __, ___, note) => void notes.push(note),
      stopped: () => notes.some((note) => note.startsWith('k-means')) && ++asked > 2,
    };
    await expect(run(table, {}, { progress })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(notes.length).toBeGreaterThan(10);
  });
});

describe('runs from before', () => {
  it('repeat: k-means over conn-v1 gives the fingerprints that it gave when there was nothing else', async () => {
    const random = new Random(9);
    const records = Array.from({ length: 9000 }, (_, i): Rec => ({
      ts: i * 1e6 + random.below(1e6),
      orig_h: `10.0.0.${random.below(30)}`,
      resp_h: `192.0.2.${random.below(200)}`,
      resp_p: [53, 443, 80][random.below(3)],
      proto: random.below(2) === 1 ? 'udp' : 'tcp',
      duration: random.below(1e7),
      orig_bytes: random.below(1e5),
      resp_bytes: random.below(1e6),
      conn_state: ['SF', 'S0', 'REJ'][random.below(3)],
      orig_pkts: 1 + random.below(20),
      resp_pkts: random.below(30),
    }));
    const before = memoryTable(records, { chunkRows: 2500, firstId: 500 });
    const { summary } = await run(before, { k: 9, seed: 3 });
    expect(summary).toMatchObject({
      fingerprint: 'f178f59de05d8ce684fca59eebb490957111ccfa4d45474704b9235fa62f00ad',
      input: 'f0a446df871eb897e0e67f81fe3e6932dafcadd078eeffb11d5d9a133ceb4cf9',
    });
  });
});

describe('a run at the edges', () => {
  it('has nothing to do without rows, and says what to do', async () => {
    await expect(run(memoryTable([]))).rejects.toMatchObject({
      code: 'NOTHING_TO_CLUSTER',
      message: expect.stringContaining('Import') as string,
    });
    const none: RowFilter = { ...everyRow, everything: false, mask: () => null };
    const some = memoryTable([{ ts: 1 }]);
    await expect(run(some, { where: 'orig_p = 1' }, { filter: none })).rejects.toMatchObject({
      code: 'NOTHING_TO_CLUSTER',
      message: expect.stringContaining('orig_p = 1') as string,
    });
    await expect(run(some, { recipe: 'x' })).rejects.toMatchObject({ code: 'PARAMETER' });
  });

  it.each([
    ['one row', [{ ts: 5, orig_h: 'a', orig_bytes: 3 }]],
    ['rows that are all alike', new Array<Rec>(9).fill({ ts: 5, orig_h: 'a', orig_bytes: 3 })],
    ['rows that say nothing', new Array<Rec>(4).fill({})],
  ])('makes one cluster of %s', async (_, records) => {
    const { summary, clusters, centres, scatter, assignments, odd } = await run(memoryTable(records), { k: 7 });
    expect(summary).toMatchObject({ k: 1, requestedK: 7, silhouette: null, inertia: 0, rows: records.length });
    expect(summary.remarks.join(' ')).toMatch(/k = 7 was asked for, but all [a-z]+ are alike .* k = 1/);
    expect(clusters).toHaveLength(1);
    expect(clusters[0]).toMatchObject({ size: records.length, spread: 0, share: 1 });
    expect(centres).toHaveLength(0);
    expect([...assignments[0].z]).toEqual(new Array<number>(records.length).fill(0));
    expect(scatter.id).toHaveLength(records.length);
    expect(scatter.variance).toBe(0);
    expect(odd).toBeNull();
    expect((await run(memoryTable(records), { k: 'auto' })).summary.k).toBe(1);
  });

  it('takes a log with any of the columns', async () => {
    const records = traffic(300);
    for (const { name } of connColumns) {
      const without = await run(memoryTable(records, { columns: connColumns.filter((column) => column.name !== name) }));
      const alone = await run(memoryTable(records, { columns: connColumns.filter((column) => column.name === name) }));
      expect(without.summary.rows).toBe(records.length);
      expect(
        without.features.filter(({ dropped }) => dropped?.includes(name) === true).length + Number(name === 'resp_pkts'),
      ).toBeGreaterThan(0);
      expect(alone.clusters.length).toBeGreaterThan(0);
    }
  });

  it('takes hosts whose names are words of the language', async () => {
    const words = ['__proto__', 'constructor', 'toString', '<script>alert(1)</script>'];
    const records = traffic(200).map((record, i) => ({ ...record, orig_h: words[i % 4], conn_state: '__proto__' }));
    const { clusters } = await run(memoryTable(records), { k: 3 });
    expect(clusters[0].originators).toBe(4);
  });
});
