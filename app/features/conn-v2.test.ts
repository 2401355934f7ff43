import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../learn/pace.ts';
import { applyRecipe, buildMatrix, type FeatureMatrix } from './build-matrix.ts';
import { isLocalAddress, isManyAddress } from './ends.ts';
import { recipeNamed } from './recipes.ts';
import { selectRows } from './selection.ts';
import { column, connColumns, everyRow, memoryTable, type MemoryColumn, type Value } from './testing.ts';

const pace = unwatched();
const columns = [
  ...connColumns,
  column('orig_p', 'port'),
  column('service', 'string', 'term'),
  column('history', 'string', 'term'),
  column('missed_bytes', 'count'),
  column('local_orig', 'bool'),
];
const first = {
  ts: 4 * 86_400e6 + 6 * 3_600e6,
  orig_h: '10.0.0.1',
  orig_p: 40_000,
  resp_h: '8.8.8.8',
  resp_p: 53,
  proto: 'udp',
  service: 'dns',
  duration: 2_000_000,
  orig_bytes: 100,
  resp_bytes: 300,
  orig_pkts: 4,
  resp_pkts: 3,
  conn_state: 'SF',
  history: 'Dd',
  missed_bytes: 0,
  local_orig: null,
};
const second = {
  ...first,
  ts: 0,
  orig_h: 'fe80::1',
  orig_p: 53,
  resp_h: '224.0.0.251',
  resp_p: 50_000,
  proto: 'tcp',
  service: null,
  duration: null,
  orig_bytes: -8,
  resp_bytes: 0,
  orig_pkts: 0,
  resp_pkts: 0,
  conn_state: 'S0',
  history: 'ShAT^',
  missed_bytes: 9,
  local_orig: 0,
};

async function build(records: readonly Readonly<Record<string, Value>>[], of: readonly MemoryColumn[] = columns): Promise<FeatureMatrix> {
  const selection = await selectRows(memoryTable(records, { columns: of, chunkRows: 3 }), everyRow, pace);
  return buildMatrix(selection, recipeNamed('conn-v2'), pace, { scaling: 'none' });
}

describe('conn-v2', () => {
  it('computes each feature as its description says', async () => {
    const built = await build([first, second]);
    const value = (name: string): number[] => {
      const at = built.used.findIndex(({ spec }) => spec.name === name);
      return at < 0 ? [] : [0, 1].map((row) => built.matrix.get(row, at));
    };
    const none = Number.NaN;
    expect(value('orig_bytes')).toEqual([100, none]);
    expect(value('duration')).toEqual([2000, none]);
    expect(value('rate')).toEqual([200, none]);
    expect(value('orig_rate')).toEqual([50, none]);
    expect(value('packet_rate')).toEqual([3.5, none]);
    expect(value('orig_payload')).toEqual([25, none]);
    expect(value('balance')).toEqual([0.5, none]);
    expect(value('out_in')[0]).toBeCloseTo(Math.log(101 / 301), 6);
    expect(value('packet_balance')[0]).toBeCloseTo(-1 / 7, 6);
    expect(value('missed_bytes')).toEqual([0, 9]);
    expect(value('port_well_known')).toEqual([1, 0]);
    expect(value('port_ephemeral')).toEqual([0, 1]);
    expect(value('port_names')).toEqual([1, 0]);
    expect(value('orig_port_low')).toEqual([0, 1]);
    expect(value('failed')).toEqual([0, 1]);
    expect(value('unanswered')).toEqual([0, 1]);
    expect(value('history_data_sent')).toEqual([1, 0]);
    expect(value('history_syn_ack')).toEqual([0, 1]);
    expect(value('history_repeated')).toEqual([0, 1]);
    expect(value('history_turned')).toEqual([0, 1]);
    expect(value('history_length')).toEqual([2, 5]);
    expect(value('orig_local')).toEqual([1, 0]);
    expect(value('resp_local')).toEqual([]);
    expect(value('resp_many')).toEqual([0, 1]);
    expect(value('hour_sin')[0]).toBeCloseTo(1, 6);
    // 5 January 1970 was a Monday; 1 January a Thursday
    expect(value('weekday_sin')[0]).toBeCloseTo(Math.sin((0.25 / 7) * 2 * Math.PI), 6);
    expect(value('weekday_cos')[1]).toBeCloseTo(Math.cos((3 / 7) * 2 * Math.PI), 6);
    expect(value('proto=tcp')).toEqual([0, 1]);
    expect(value('service=dns')).toEqual([1, 0]);
    expect(value('resp_p=53')).toEqual([1, 0]);
  });

  it('takes logarithms where it scales, and has the names that detectors ask for', async () => {
    const table = memoryTable([first, second, first], { columns });
    const { fitted } = await buildMatrix(await selectRows(table, everyRow, pace), recipeNamed('conn-v2'), pace);
    const bytes = fitted.features.find(({ name }) => name === 'missed_bytes');
    expect(bytes).toMatchObject({ log: true, mean: Math.log1p(9) / 3, how: 'log(1 + missed_bytes); weight 0.35' });
    const names = new Set(recipeNamed('conn-v2').features.map(({ name }) => name));
    expect(['interval_spread', 'failed', 'balance', 'orig_bytes'].every((name) => names.has(name))).toBe(true);
  });

  it('names what a log does not have', async () => {
    const { features } = await build([first, second], connColumns);
    const dropped = new Map(features.map(({ name, dropped: why }) => [name, why]));
    expect(dropped.get('history_syn')).toBe('the log has no column history');
    expect(dropped.get('missed_bytes')).toBe('the log has no column missed_bytes');
    expect(dropped.get('service')).toBe('the log has no column service');
    expect(dropped.get('orig_local')).toBe('the same in every record (1)');
  });

  it('puts nothing that is not finite into the matrix, and fits what it was fitted on, whatever the log says', async () => {
    const wild = fc.oneof(
      fc.constantFrom(null, 0, -1, 1, 65_535, 18_446_744_073_709_552_000, 1e308, -1e300),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const word = fc.constantFrom(null, 'tcp', 'icmp', 'SF', 'ShADadFf', '10.0.0.1', 'ff02::fb', '__proto__', '');
    const record = fc.record(Object.fromEntries(columns.map(({ name, dictionary }) => [name, dictionary === null ? wild : word])));
    const some = fc.subarray([...columns]);
    const scaling = fc.constantFrom('standard' as const, 'robust' as const, 'log' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 25 }), some, scaling, async (records, of, chosen) => {
        const selection = await selectRows(memoryTable(records, { columns: of, chunkRows: 6 }), everyRow, pace);
        const { matrix, fitted } = await buildMatrix(selection, recipeNamed('conn-v2'), pace, { scaling: chosen });
        expect(matrix.values.every((value) => Number.isFinite(value))).toBe(true);
        const again = await applyRecipe(selection, fitted, pace);
        expect([...again.matrix.values]).toEqual([...matrix.values]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('ends', () => {
  it.each([
    ['10.1.2.3', 1, 0],
    ['172.16.0.1', 1, 0],
    ['172.32.0.1', 0, 0],
    ['192.168.1.1', 1, 0],
    ['192.169.1.1', 0, 0],
    ['100.64.0.1', 1, 0],
    ['100.128.0.1', 0, 0],
    ['169.254.9.9', 1, 0],
    ['127.0.0.1', 1, 0],
    ['8.8.8.8', 0, 0],
    ['239.255.255.250', 0, 1],
    ['255.255.255.255', 0, 1],
    ['::1', 1, 0],
    ['fd12:3456::1', 1, 0],
    ['fe80::1', 1, 0],
    ['2001:db8::1', 0, 0],
    ['ff02::1', 0, 1],
    ['::ffff:10.0.0.1', 1, 0],
    ['example.org', Number.NaN, Number.NaN],
    ['999.1.1.1', Number.NaN, Number.NaN],
  ])('%s', (text, local, many) => {
    expect([isLocalAddress(text), isManyAddress(text)]).toEqual([local, many]);
  });
});
