import { describe, expect, it } from 'vitest';
import type { RecordTable } from '../columns/types.ts';
import type { AnomalyRequest } from '../contract/models.ts';
import { buildMatrix } from '../features/build-matrix.ts';
import { recipeNamed } from '../features/recipes.ts';
import { selectRows } from '../features/selection.ts';
import { connColumns, everyRow, memoryTable, type Value } from '../features/testing.ts';
import { Pace } from '../learn/pace.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import { findAnomalies } from './anomalies.ts';
import { deviantWords, peersOf } from './anomalies-words.ts';

type Rec = Readonly<Record<string, Value>>;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const base: AnomalyRequest = { of: 'hosts', recipe: '', features: [], where: '', seed: 1, trees: 100, sample: 256, limit: 50 };
const search = (table: RecordTable, change: Partial<AnomalyRequest>): ReturnType<typeof findAnomalies> =>
  findAnomalies({ sources: [{ table, filter: everyRow }], request: { ...base, ...change }, threads: 1, createThread: null }, quiet);
const find = (rows: readonly Rec[], change: Partial<AnomalyRequest>): ReturnType<typeof findAnomalies> =>
  search(memoryTable(rows, { columns: connColumns }), change);

function plainMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Few hosts begin anything, hundreds only answer; one beginner is hardly ever answered. */
const STRANGE = '10.0.0.66';
const random = new Random(4);
const shares = new Map(Array.from({ length: 30 }, (_, i) => [`10.0.1.${i}`, Math.round(2 + 6 * random.float())]));
const office = [...shares, [STRANGE, 80] as const].flatMap(([orig_h, silent]) =>
  Array.from({ length: 100 }, (_, i): Rec => ({
    ...{ ts: Math.round(random.float() * 3600e6), orig_h, resp_h: `192.0.2.${random.below(250)}`, resp_p: 443, proto: 'tcp' },
    ...{ duration: 1e6, orig_bytes: 900, resp_bytes: i < silent ? 0 : 4000, conn_state: 'SF', orig_pkts: 9, resp_pkts: i < silent ? 0 : 9 },
  })),
);

describe('the peers of what is strange', () => {
  it('are those that have the value: hosts that never begin anything have no share of unanswered connections', async () => {
    const table = memoryTable(office, { columns: connColumns });
    const { findings, summary, hostAssignment } = await search(table, { features: ['unanswered_share', 'connections_out'] });
    const why = findings.find(({ host }) => host === STRANGE)?.why ?? '';
    const labels = hostAssignment?.labels ?? [];
    const dictionary = table.dictionary('host');
    const ordinary = Array.from(hostAssignment?.hosts ?? [], (id) => dictionary.textOf(id)).filter((_, row) => labels[row] === 1);
    const plain = ordinary.flatMap((host) => (shares.get(host) ?? Number.NaN) / 100).filter((share) => !Number.isNaN(share));
    const median = plainMedian(plain);
    const z = (0.8 - median) / (1.4826 * plainMedian(plain.map((one) => Math.abs(one - median))));
    expect(plain.length).toBeGreaterThan(9);
    expect(summary.rows).toBeGreaterThan(200);
    expect(why).toContain(
      `Unanswered 0.8 (median of the ${plain.length} of its ${summary.rows - summary.flagged} peers that have it ${Number(median.toPrecision(3))}, robust z +${z.toFixed(1)})`,
    );
  });

  it('are told of in the units of the log, whatever the recipe works with', async () => {
    const table = memoryTable(office, { columns: connColumns });
    const pace = new Pace(quiet);
    const built = await buildMatrix(await selectRows(table, everyRow, pace), recipeNamed('conn-v1'), pace, {
      absent: 'neutral',
      markAbsent: true,
    });
    const column = built.used.findIndex(({ spec }) => spec.name === 'resp_bytes');
    const peers = peersOf(built, new Uint8Array(built.matrix.rows), new Random(1));
    const silent = office.findIndex(({ resp_bytes }) => resp_bytes === 0);
    const found = deviantWords(built, column, Uint32Array.of(silent), peers);
    expect(found?.words).toEqual(['0 B', '3.9 KiB']);
    expect(found?.value).toBeCloseTo(0, 6);
    expect(found?.typical).toBeCloseTo(4000, 0);
    expect(found?.said).toMatch(/^Bytes received 0 B \(median of its peers 3\.9 KiB, /);
  });

  it.each(['conn-v1', 'conn-v2'])(
    'and of two values it is their middle, not that of their logarithms, and says that it is a median (%s)',
    async (name) => {
      const pace = new Pace(quiet);
      const rows = [
        ...office.map((row, i) => ({ ...row, orig_bytes: i % 2 === 0 ? 5 : 6 })),
        { ...office[0], orig_bytes: 5e3 },
        { ...office[0], orig_bytes: 7e3 },
      ];
      const table = memoryTable(rows, { columns: connColumns });
      const built = await buildMatrix(await selectRows(table, everyRow, pace), recipeNamed(name), pace, {
        absent: 'neutral',
        markAbsent: true,
      });
      const flagged = Uint8Array.from(rows, (_, row) => Number(row >= office.length));
      const column = built.used.findIndex(({ spec }) => spec.name === 'orig_bytes');
      const found = deviantWords(built, column, Uint32Array.of(office.length, office.length + 1), peersOf(built, flagged, new Random(1)));
      expect([found?.value, found?.typical]).toEqual([6e3, 5.5]);
      expect(found?.said).toMatch(/^Bytes sent 5\.9 KiB in the median of the 2 \(median of its peers /);
    },
  );

  it('of nothing nothing is left, whatever the arithmetic', async () => {
    const pace = new Pace(quiet);
    const rows = office.map((row, i) => ({ ...row, resp_pkts: i % 3 === 0 ? 1 + (i % 7) : 0, resp_bytes: i === 0 ? 8e8 : 0 }));
    const table = memoryTable(rows, { columns: connColumns });
    for (const name of ['conn-v1', 'conn-v2', 'numeric-v1']) {
      const built = await buildMatrix(await selectRows(table, everyRow, pace), recipeNamed(name), pace, {
        absent: 'neutral',
        markAbsent: true,
      });
      const column = built.used.findIndex(({ spec }) => spec.name === 'resp_bytes');
      const found = deviantWords(
        built,
        column,
        Uint32Array.of(0),
        peersOf(
          built,
          Uint8Array.from(rows.keys(), (row) => Number(row === 0)),
          new Random(1),
        ),
      );
      expect([name, found?.typical, found?.words[1]]).toEqual([name, 0, '0 B']);
      // a float32 of a logarithm has seven digits or a little less
      expect(Math.abs((found?.value ?? 0) / 8e8 - 1)).toBeLessThan(1e-5);
    }
  });

  it('no reason is a value near the peers', async () => {
    const { findings } = await find(office, {});
    const said = findings.flatMap(({ why }) => [...why.matchAll(/robust z [+−]([\d.,]+)/g)].map(([, z]) => Number(z.replaceAll(',', ''))));
    expect(said.length).toBeGreaterThan(0);
    expect(Math.min(...said)).toBeGreaterThanOrEqual(2);
  });

  it('what the strange row does not have is no reason', async () => {
    const rows = office.map((row, i) => ({ ...row, duration: 1e6 + i * 1e3 }));
    const pace = new Pace(quiet);
    const table = memoryTable([...rows, { ...rows[0], duration: null }, { ...rows[0], duration: 1e12 }], { columns: connColumns });
    const selection = await selectRows(table, everyRow, pace);
    const built = await buildMatrix(selection, recipeNamed('conn-v2'), pace, { features: ['duration'], markAbsent: true });
    const peers = peersOf(built, new Uint8Array(rows.length + 2), new Random(1));
    expect([peers.rows, peers.known[0]]).toEqual([rows.length + 2, rows.length + 1]);
    const said = [0, 1].map((i) => deviantWords(built, 0, Uint32Array.of(rows.length + i), peers)?.feature ?? null);
    expect(said).toEqual([null, 'duration']);
  });

  it('are no measure where few of them have the value, and a measure that is no robust z has its own name', async () => {
    const pace = new Pace(quiet);
    const said = async (durations: readonly (number | null)[]): Promise<ReturnType<typeof deviantWords>> => {
      const rows = durations.map((duration, i): Rec => ({ ...office[i], duration }));
      const table = memoryTable(rows, { columns: connColumns });
      const selection = await selectRows(table, everyRow, pace);
      const built = await buildMatrix(selection, recipeNamed('conn-v2'), pace, { features: ['duration'], markAbsent: true });
      const last = rows.length - 1;
      const flagged = Uint8Array.from(rows, (_, row) => Number(row === last));
      return deviantWords(built, 0, Uint32Array.of(last), peersOf(built, flagged, new Random(1)));
    };
    const one = await said([...new Array<null>(500).fill(null), 2e6, 9e9]);
    expect(one?.said).toMatch(/\(only 1 of its 501 peers has it, too few to measure by\)$/);
    expect(one).toMatchObject({ deviation: null, typical: null, few: 1 });
    const alike = await said([...new Array<number>(500).fill(1e6), ...new Array<number>(20).fill(2e6), 9e9]);
    expect(alike?.said).toMatch(/\(median of its peers .*, as 96\.2 % of them have it, z by the mean distance \+[\d.,]+\)$/);
    expect(alike?.few).toBeUndefined();
    const spread = await said([...Array.from({ length: 500 }, (_, i) => 1e6 + i * 1e3), 9e9]);
    expect(spread?.said).toMatch(/robust z \+/);
  });

  it('keep to a time of day or week that is told as a moment, and not by the sine of its angle', async () => {
    const MINUTE = 60e6;
    const monday = Date.UTC(2024, 0, 1) * 1000;
    // an office that works on weekdays from 13:00 to 14:40, and one connection on a Sunday at 03:12
    const times = Array.from({ length: 500 }, (_, i) => monday + ((i % 5) * 1440 + 780 + (i % 100)) * MINUTE);
    const rows = [...times, monday + (6 * 1440 + 192) * MINUTE].map((ts, i): Rec => ({ ...office[i], ts }));
    const selection = await selectRows(memoryTable(rows, { columns: connColumns }), everyRow, new Pace(quiet));
    const built = await buildMatrix(selection, recipeNamed('conn-v2'), new Pace(quiet), { markAbsent: true });
    const peers = peersOf(
      built,
      Uint8Array.from(rows, (_, row) => Number(row === 500)),
      new Random(1),
    );
    const said = (name: string): ReturnType<typeof deviantWords> =>
      deviantWords(
        built,
        built.used.findIndex(({ spec }) => spec.name === name),
        Uint32Array.of(500),
        peers,
      );
    const both = ['hour_sin', 'hour_cos'].map((name) => said(name));
    expect(both[0]?.said).toMatch(/^Hour of day 03:12 UTC \(its peers about 13:(49|50), \+\d+\.\d circular standard deviations\)$/);
    expect(both[1]?.said).toBe(both[0]?.said);
    expect(both[0]).toMatchObject({ title: 'Hour of day', words: ['03:12', expect.stringMatching(/^1[34]:/)] });
    // by hand: 100 places of a minute each
    const angles = Array.from({ length: 500 }, (_, i) => ((780 + (i % 100)) / 1440) * 2 * Math.PI);
    const mean = (of: (angle: number) => number): number => angles.reduce((sum, angle) => sum + of(angle), 0) / angles.length;
    const [y, x] = [mean(Math.sin), mean(Math.cos)];
    const apart = Math.abs((192 / 1440) * 2 * Math.PI - (Math.atan2(y, x) + 2 * Math.PI));
    const z = Math.min(apart, 2 * Math.PI - apart) / Math.sqrt(-2 * Math.log(Math.hypot(x, y)));
    expect(both[0]?.deviation).toBeCloseTo(z, 3);
    // from Monday to Friday in the middle of the week, give or take a day and a half: a Sunday is no more than two of these away, or a little
    expect(said('weekday_sin')?.said ?? 'Day of week Sunday 03:12 UTC').toMatch(/^Day of week Sunday 03:12 UTC/);
  });
});
