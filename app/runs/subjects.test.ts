import { describe, expect, it } from 'vitest';
import { recordKindOf, type ClusterRequest, type Subject } from '../contract/runs.ts';
import { everyRow, memoryTable, requestColumns, type Value } from '../features/testing.ts';
import { Matrix } from '../learn/matrix.ts';
import { unwatched } from '../learn/pace.ts';
import { createThread } from '../learn/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { cluster } from './cluster.ts';
import { crosscheckClusters } from './crosscheck-clusters.ts';
import { mahalanobis } from './mixture-distance.ts';
import type { LearningSource } from './sources.ts';
import { umapPicture } from './umap-picture.ts';

type Rec = Readonly<Record<string, Value>>;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const base: ClusterRequest = {
  ...{ of: 'connections', method: 'kmeans', k: 3, seed: 1, recipe: '', where: '' },
  ...{ covariance: 'full', scaling: null, features: [], window: null, starts: null, tune: null },
};

const random = new Random(3);
const connections = Array.from({ length: 900 }, (_, i): Rec => ({
  ts: i * 10e6,
  orig_h: `10.0.0.${i % 40}`,
  resp_h: `192.0.2.${i % 40 < 20 ? i % 3 : i % 90}`,
  resp_p: i % 40 < 20 ? 443 : 1000 + random.below(500),
  proto: 'tcp',
  duration: Math.round(1e5 * Math.exp(random.normal())),
  orig_bytes: Math.round(100 * Math.exp(random.normal() + (i % 40 < 20 ? 4 : 0))),
  resp_bytes: Math.round(100 * Math.exp(random.normal())),
  conn_state: i % 40 < 20 ? 'SF' : 'REJ',
}));
const requests = Array.from({ length: 600 }, (_, i): Rec => ({
  ts: i * 1e6,
  orig_h: `198.51.100.${i % 30}`,
  method: i % 3 === 0 ? 'POST' : 'GET',
  path: i % 3 === 0 ? '/login' : `/a/${i}`,
  status: i % 3 === 0 ? 401 : 200,
  bytes: 100 + random.below(5000),
  agent: i % 3 === 0 ? 'curl/8' : 'Mozilla/5.0',
}));
const tables = {
  connection: memoryTable(connections, { chunkRows: 400, firstId: 1000 }),
  request: memoryTable(requests, { columns: requestColumns, chunkRows: 250, kind: 'request' }),
};
const sourcesOf = (of: Subject): readonly LearningSource[] =>
  of === 'hosts' ? [{ table: tables.connection, filter: everyRow }] : [{ table: tables[recordKindOf(of)], filter: everyRow }];

const run = (change: Partial<ClusterRequest>, threads = 1, progress = quiet): Promise<RunOutcome> => {
  const request = { ...base, ...change };
  return cluster({ sources: sourcesOf(request.of), request, threads, createThread: threads > 1 ? createThread : null }, progress);
};
const still = ({ summary, ...rest }: RunOutcome): unknown => ({ ...rest, summary: { ...summary, seconds: 0 } });

describe.each([
  ['connections', 'kmeans'],
  ['connections', 'gmm'],
  ['requests', 'kmeans'],
  ['requests', 'gmm'],
  ['hosts', 'kmeans'],
  ['hosts', 'gmm'],
] as const)('%s by %s', (of, method) => {
  const request = { of, method, covariance: 'diag' } as const;

  it('gives the same again with any number of threads, and labels for every row', async () => {
    const first = await run(request);
    expect(still(await run(request))).toEqual(still(first));
    expect(still(await run(request, 3))).toEqual(still(first));
    const { summary, clusters, assignments, hostAssignment } = first;
    const labels = of === 'hosts' ? [...(hostAssignment?.labels ?? [])] : assignments.flatMap((one) => [...one.labels]);
    expect(labels).toHaveLength(summary.rows);
    clusters.forEach(({ cluster: number, size }) => expect(labels.filter((label) => label === number)).toHaveLength(size));
    expect(assignments.length > 0).toBe(of !== 'hosts');
    expect(hostAssignment === null).toBe(of !== 'hosts');
    expect(clusters.every(({ typical, typicalHost }) => (of === 'hosts' ? typicalHost !== null : typical !== null))).toBe(true);
    expect(clusters.some(({ separates }) => separates.length > 0)).toBe(true);
    expect((await run({ ...request, seed: 2 })).summary.input).toBe(summary.input);
  });

  it('is confirmed by an independent implementation', async () => {
    const { summary } = await run(request);
    const input = { sources: sourcesOf(of), request: { ...base, ...request }, threads: 1, createThread: null };
    const of3 = { id: 7, k: summary.k, fingerprint: summary.fingerprint };
    const whole = await crosscheckClusters(input, of3, 0, quiet);
    expect(whole).toMatchObject({ run: 7, rows: summary.rows, sampledFrom: null, agrees: true, seed: 1 });
    expect(whole.ari).toBeGreaterThan(0.99);
    expect(whole.largestDifference).toBeLessThan(0.02);
    expect(whole.words.endsWith('; the centres are the same.') || whole.words.includes('; the centres are the same. ')).toBe(
      whole.largestDifference === 0,
    );
    expect(whole.words).not.toContain('0.0e+0');
    expect(whole.words).toMatch(/on all [\d,]+ rows, from the same [a-z ]+: (the same|nearly the same) groups\. [\d,]+ rows \(/);
    const most = Math.floor(summary.rows / 2);
    expect(await crosscheckClusters(input, of3, most, quiet)).toMatchObject({
      rows: most,
      sampledFrom: summary.rows,
      agrees: true,
      words: expect.stringContaining('(drawn with seed 1)') as string,
    });
  });
});

it('a check says where the run that is kept is another', async () => {
  const input = { sources: sourcesOf('connections'), request: base, threads: 1, createThread: null };
  const found = await crosscheckClusters(input, { id: 1, k: 3, fingerprint: 'f'.repeat(64) }, 0, quiet);
  expect(found).toMatchObject({ agrees: false, words: expect.stringContaining('NOT met again') as string });
});

it('rows of hosts sum up what their records say', async () => {
  const { clusters, hostAssignment, findings } = await run({ of: 'hosts', k: 2 });
  const bytes = (host: string): number =>
    connections
      .filter(({ orig_h, resp_h }) => orig_h === host || resp_h === host)
      .reduce((sum, { orig_bytes, resp_bytes }) => sum + Number(orig_bytes) + Number(resp_bytes), 0);
  const dictionary = tables.connection.dictionary('host');
  clusters.forEach(({ cluster: number, bytes: told, first, last, originators, size }) => {
    const hosts = [...(hostAssignment?.hosts ?? [])].filter((_, row) => hostAssignment?.labels[row] === number);
    const names = hosts.map((host) => dictionary.textOf(host));
    expect(told).toBe(names.reduce((sum, host) => sum + bytes(host), 0));
    const times = connections.filter(({ orig_h, resp_h }) => names.includes(String(orig_h)) || names.includes(String(resp_h)));
    expect([first, last]).toEqual([Number(times[0].ts), Number(times.at(-1)?.ts)]);
    expect(originators).toBe(size);
  });
  for (const { ids, host } of findings) {
    const own = connections.flatMap(({ orig_h, resp_h }, i) => (orig_h === host || resp_h === host ? [1000 + i] : []));
    expect([...ids]).toEqual(own);
  }
});

it('rows may be hosts in windows of time, and only the features that were asked for', async () => {
  const hour = 3_600_000_000;
  const { summary, hostAssignment, features } = await run({ of: 'hosts', window: hour, features: ['fan_out', 'bytes_out'] });
  expect(summary.window).toBe(hour);
  expect(new Set(hostAssignment?.windows)).toEqual(new Set([0, hour, 2 * hour]));
  expect(summary.rows).toBeGreaterThan(40);
  expect(features.map(({ name }) => name)).toEqual(['fan_out', 'bytes_out']);
  await expect(run({ window: hour })).rejects.toMatchObject({ code: 'PARAMETER' });
});

it('another scaling is another matrix, also without any', async () => {
  const inputs = new Set<string>();
  for (const scaling of ['standard', 'robust', 'none'] as const) inputs.add((await run({ scaling })).summary.input);
  expect(inputs.size).toBe(3);
});

it('distances of a mixture are in standard deviations of the component', async () => {
  const matrix = new Matrix(3, 2);
  [
    [4, 0],
    [2, 2],
    [0, 0],
  ].forEach((row, i) => row.forEach((value, c) => (matrix.values[matrix.offset(i, c)] = value)));
  const model = { components: 1, columns: 2, weights: Float64Array.of(1), means: Float64Array.of(0, 0) };
  const diag = { ...model, type: 'diag', covariances: Float64Array.of(4, 1) } as const;
  expect([...(await mahalanobis(matrix, diag, new Uint16Array(3), unwatched()))]).toEqual([2, Math.fround(Math.sqrt(5)), 0]);
  // xᵀ C⁻¹ x with C = [[2, 1], [1, 2]]: C⁻¹ = [[2, -1], [-1, 2]] / 3
  const full = { ...model, type: 'full', covariances: Float64Array.of(2, 1, 1, 2) } as const;
  const distance = await mahalanobis(matrix, full, new Uint16Array(3), unwatched());
  expect(distance[0] ** 2).toBeCloseTo(32 / 3, 4);
  expect(distance[1] ** 2).toBeCloseTo(8 / 3, 4);
});

describe('stopping', () => {
  /** Stops at the n-th time it is asked; counts how often it was asked after that. */
  async function stopAt(
    request: Partial<ClusterRequest>,
    n: number,
  ): Promise<{ readonly asked: number; readonly after: number; readonly code: string }> {
    let [asked, after] = [0, 0];
    const stopped = (): boolean => {
      asked++;
      if (asked > n) after++;
      return asked >= n;
    };
    const code = await run(request, 1, { report: () => undefined, stopped }).then(
      () => 'done',
      (error: unknown) => (error as { readonly code: string }).code,
    );
    return { asked, after, code };
  }

  it.each([{}, { method: 'gmm' }, { of: 'hosts' }, { of: 'requests', k: 'auto' }] as const)(
    'is heard wherever the run is: %j asks for nothing more once it was told',
    async (request) => {
      const { asked } = await stopAt(request, Number.POSITIVE_INFINITY);
      expect(asked).toBeGreaterThan(30);
      for (const share of [0.05, 0.3, 0.6, 0.9]) {
        const { code, after } = await stopAt(request, Math.ceil(asked * share));
        expect([code, after]).toEqual(['CANCELLED', 0]);
      }
    },
  );
});

it('UMAP draws the same picture again, of every cluster, and keeps heaps apart', async () => {
  const matrix = new Matrix(300, 4);
  const labels = new Uint16Array(300);
  for (let row = 0; row < 300; row++) {
    labels[row] = 1 + (row % 3);
    for (let c = 0; c < 4; c++) matrix.values[matrix.offset(row, c)] = random.normal() + (c + 1 === labels[row] ? 12 : 0);
  }
  const draw = (seed: number): ReturnType<typeof umapPicture> => umapPicture(matrix, labels, 3, (row) => row + 5, seed, unwatched());
  const first = await draw(1);
  expect(await draw(1)).toEqual(first);
  expect((await draw(2)).x).not.toEqual(first.x);
  expect(new Set(first.id).size).toBe(300);
  first.id.forEach((id, i) => expect(first.cluster[i]).toBe(labels[id - 5]));
  // the nearest other point in the picture is of the same cluster
  const near = [...first.id].filter((_, i) => {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    first.x.forEach((x, j) => {
      const distance = (x - first.x[i]) ** 2 + (first.y[j] - first.y[i]) ** 2;
      if (j !== i && distance < least) [least, best] = [distance, j];
    });
    return first.cluster[best] === first.cluster[i];
  });
  expect(near.length).toBeGreaterThan(295);
});
