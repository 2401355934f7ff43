import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../learn/pace.ts';
import { buildMatrix, type FeatureMatrix } from './build-matrix.ts';
import { groupConnections, quartileSpread, quantile } from './groups.ts';
import { recipeNamed } from './recipes.ts';
import { recordId, selectRows } from './selection.ts';
import { connColumns, everyRow, memoryTable, type Value } from './testing.ts';
import { clusterNames, clusterWords, deviations } from './words.ts';

type Rec = Readonly<Record<string, Value>>;
const pace = unwatched();
const conn = (fields: Rec = {}): Rec => ({
  ts: 0,
  orig_h: '10.0.0.1',
  resp_h: '10.0.0.2',
  resp_p: 443,
  proto: 'tcp',
  duration: 1_000_000,
  orig_bytes: 100,
  resp_bytes: 300,
  conn_state: 'SF',
  orig_pkts: 3,
  resp_pkts: 4,
  ...fields,
});

async function build(records: readonly Rec[], columns = connColumns): Promise<FeatureMatrix> {
  const table = memoryTable(records, { columns, chunkRows: 7 });
  return buildMatrix(await selectRows(table, everyRow, pace), recipeNamed('conn-v1'), pace);
}

/** The raw value of a feature as the matrix tells it: (value - mean) / scale × weight undone. */
function raw({ matrix, used }: FeatureMatrix, name: string, row: number): number {
  const column = used.findIndex(({ spec }) => spec.name === name);
  const { mean, scale, spec } = used[column];
  return mean + (matrix.get(row, column) * scale) / spec.weight;
}

describe('conn-v1', () => {
  it('computes each feature as its description says', async () => {
    const built = await build([
      conn({ resp_p: 53, proto: 'udp', ts: 6 * 3_600_000_000 }),
      conn({ orig_bytes: 1000, resp_bytes: 0, duration: 2_000_000, conn_state: 'S0', resp_pkts: 0, orig_pkts: 9, resp_h: '10.0.0.3' }),
      conn({ resp_p: 22 }),
      conn({ resp_p: 3, proto: 'icmp', orig_h: '::1' }),
      conn({ resp_p: 50_000 }),
    ]);
    expect(raw(built, 'orig_bytes', 0)).toBeCloseTo(Math.log1p(100), 5);
    expect(raw(built, 'orig_bytes', 1)).toBeCloseTo(Math.log1p(1000), 5);
    expect(raw(built, 'duration', 1)).toBeCloseTo(Math.log1p(2000), 5);
    expect(raw(built, 'rate', 1)).toBeCloseTo(Math.log1p(500), 5);
    expect(raw(built, 'balance', 0)).toBeCloseTo(0.5, 5);
    expect(raw(built, 'balance', 1)).toBeCloseTo(-1, 5);
    const flags = (name: string): number[] => [0, 1, 2, 3, 4].map((row) => Math.abs(Math.round(raw(built, name, row))));
    expect(flags('port_web')).toEqual([0, 1, 0, 0, 0]);
    expect(flags('port_names')).toEqual([1, 0, 0, 0, 0]);
    expect(flags('port_system')).toEqual([0, 0, 1, 0, 0]);
    expect(flags('proto_udp')).toEqual([1, 0, 0, 0, 0]);
    expect(flags('proto_icmp')).toEqual([0, 0, 0, 1, 0]);
    expect(flags('failed')).toEqual([0, 1, 0, 0, 0]);
    expect(flags('unanswered')).toEqual([0, 1, 0, 0, 0]);
    expect(raw(built, 'hour_sin', 0)).toBeCloseTo(1, 5);
    expect(raw(built, 'hour_cos', 1)).toBeCloseTo(1, 5);
  });

  it('standardises: mean 0, standard deviation the weight, absent values 0', async () => {
    const built = await build(Array.from({ length: 40 }, (_, i) => conn({ orig_bytes: i % 10 === 0 ? null : i * i, ts: i * 1e9 })));
    const column = built.used.findIndex(({ spec }) => spec.name === 'orig_bytes');
    const values = Array.from({ length: 40 }, (_, row) => built.matrix.get(row, column));
    expect(values.filter((_, i) => i % 10 === 0)).toEqual([0, 0, 0, 0]);
    const present = values.filter((_, i) => i % 10 !== 0);
    expect(present.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 4);
    expect(present.reduce((a, b) => a + b * b, 0) / present.length).toBeCloseTo(1, 5);
    expect(built.features.find(({ name }) => name === 'orig_bytes')).toMatchObject({ absent: 4, dropped: null });
  });

  it('names what is left out, and why', async () => {
    const records = Array.from({ length: 9 }, (_, i) => conn({ orig_bytes: i, resp_bytes: null, ts: i }));
    const { features, used, matrix } = await build(
      records,
      connColumns.filter(({ name }) => name !== 'duration' && name !== 'conn_state'),
    );
    const dropped = new Map(features.map((feature) => [feature.name, feature.dropped]));
    expect(dropped.get('orig_bytes')).toBeNull();
    expect(dropped.get('duration')).toBe('the log has no column duration');
    expect(dropped.get('failed')).toBe('the log has no column conn_state');
    expect(dropped.get('resp_bytes')).toBe('absent in every record');
    expect(dropped.get('port_web')).toBe('the same in every record (1)');
    expect(matrix.columns).toBe(used.length);
  });

  it('sees the only regular caller among connections that come once', async () => {
    const once = Array.from({ length: 40 }, (_, i) => conn({ orig_h: `10.1.0.${i}`, ts: i * 7e6 }));
    const clock = Array.from({ length: 20 }, (_, i) => conn({ ts: i * 60e6 }));
    const built = await build([...once, ...clock]);
    const column = built.used.findIndex(({ spec }) => spec.name === 'interval_spread');
    expect(built.matrix.get(0, column)).toBe(0);
    expect(built.matrix.get(40, column)).toBeCloseTo(-1, 6);
    expect(raw(built, 'interval_spread', 40)).toBeCloseTo(0, 6);
  });

  it('takes a log with no column that it knows', async () => {
    const built = await build([{}, {}], []);
    expect(built.used).toEqual([]);
    expect(built.matrix.columns).toBe(1);
    expect([...built.matrix.values]).toEqual(new Array<number>(4).fill(0));
  });

  it('lets nothing into the matrix that is not finite, whatever the log says', async () => {
    const wild = fc.oneof(
      fc.constantFrom(null, 0, -1, 1, 65_535, 18_446_744_073_709_552_000, 1e308, Number.MAX_VALUE, -1e300, 5e-324),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const word = fc.constantFrom(null, 'tcp', 'udp', 'icmp', 'SF', 'S0', '__proto__', 'toString', '');
    const record = fc.record(Object.fromEntries(connColumns.map(({ name, dictionary }) => [name, dictionary === null ? wild : word])));
    const columns = fc.subarray([...connColumns]);
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), columns, async (records, some) => {
        const { matrix, features } = await build(records, some);
        expect(matrix.values.every((value) => Number.isFinite(value))).toBe(true);
        for (const { mean, scale, absent } of features) {
          expect(Number.isFinite(mean) && Number.isFinite(scale)).toBe(true);
          expect(absent).toBeLessThanOrEqual(records.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is asked for by name, and says which there are', () => {
    expect(() => recipeNamed('conn-v9')).toThrow(/conn-v9.*conn-v1/);
  });
});

describe('groups of connections', () => {
  it('tell a clock from chance, even with a night in between and rows out of order', async () => {
    const clock = Array.from({ length: 30 }, (_, i) => conn({ ts: (i * 60 + (i % 3) + (i > 15 ? 40_000 : 0)) * 1e6 }));
    const chance = Array.from({ length: 30 }, (_, i) => conn({ orig_h: '10.0.0.9', ts: i ** 3 * 1e6, orig_bytes: i * i * 50 }));
    const few = Array.from({ length: 7 }, (_, i) => conn({ orig_h: '10.0.0.8', ts: i * 1e6 }));
    const table = memoryTable([...clock.reverse(), ...chance, ...few], { chunkRows: 11 });
    const groups = await groupConnections(await selectRows(table, everyRow, pace), pace);
    expect([groups.count, ...groups.sizes]).toEqual([3, 30, 30, 7]);
    expect(groups.intervalSpread[0]).toBeLessThan(0.05);
    expect(groups.intervalSpread[1]).toBeGreaterThan(0.5);
    expect(groups.intervalSpread[2]).toBeNaN();
    expect(groups.sizeSpread[0]).toBe(0);
    expect(groups.sizeSpread[1]).toBeGreaterThan(0.5);
    expect([...groups.order.subarray(0, 30)]).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('are the triples, whatever they hash to', async () => {
    const some = fc.constantFrom('a', 'b', 'c', null);
    const record = fc.record({ orig_h: some, resp_h: some, resp_p: fc.constantFrom(1, 2, null) });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 60 }), async (records) => {
        const selection = await selectRows(memoryTable(records, { chunkRows: 9 }), everyRow, pace);
        const { of, count, sizes, order } = await groupConnections(selection, pace);
        const keys = records.map(({ orig_h, resp_h, resp_p }) => JSON.stringify([orig_h, resp_h, resp_p]));
        expect(count).toBe(new Set(keys).size);
        records.forEach((_, i) => expect(sizes[of[i]]).toBe(keys.filter((key) => key === keys[i]).length));
        expect([...order].sort((a, b) => a - b)).toEqual(records.map((_, i) => i));
      }),
    );
  });

  it('have quartiles as R and numpy compute them', () => {
    expect(quantile(Float64Array.of(1, 2, 3, 4), 0.25)).toBe(1.75);
    expect(quartileSpread(Float64Array.of(4, 1, 3, 2), 4)).toBeCloseTo(1.5 / 5, 12);
    expect(quartileSpread(Float64Array.of(0, 0, 0), 3)).toBe(0);
    expect(quartileSpread(Float64Array.of(1, 2), 3)).toBeNaN();
  });
});

describe('a selection', () => {
  it('holds what the filter lets through, and knows the records by their ids', async () => {
    const table = memoryTable(
      Array.from({ length: 25 }, () => conn()),
      { chunkRows: 10, firstId: 1000 },
    );
    const filter = {
      everything: false,
      mask: (chunk: { readonly id: number; readonly rows: number }): Uint8Array | null =>
        chunk.id === 2 ? null : Uint8Array.from({ length: chunk.rows }, (_, i) => (i === 3 || i === 4 ? 1 : 0)),
    };
    const selection = await selectRows(table, filter, pace);
    expect(selection.rows).toBe(4);
    expect([0, 1, 2, 3].map((row) => recordId(selection, row))).toEqual([1003, 1004, 1023, 1024]);
  });
});

describe('words', () => {
  it('say what sets a cluster apart, the strongest first, and names differ', async () => {
    const built = await build([
      ...Array.from({ length: 10 }, () => conn()),
      ...Array.from({ length: 10 }, () => conn({ orig_bytes: 1e6, conn_state: 'REJ' })),
    ]);
    const { used, matrix } = built;
    const mean = (from: number): Float64Array => Float64Array.from({ length: matrix.columns }, (_, c) => matrix.get(from, c));
    const list = deviations(used, mean(10), new Float64Array(matrix.columns));
    expect(clusterWords(list)).toMatch(/^Sends more than others \(bytes sent \+1\.0 σ\), all failed \(50\.0 % of all\)/);
    const names = clusterNames([list, list, []]);
    expect(new Set(names).size).toBe(3);
    expect(names[2]).toBe('Typical');
    expect(clusterWords([])).toMatch(/average/);
  });
});
