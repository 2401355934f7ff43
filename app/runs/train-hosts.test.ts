import { describe, expect, it } from 'vitest';
import type { ClassifierFigures } from '../contract/models.ts';
import { selectRows } from '../features/selection.ts';
import { connColumns, everyRow, memoryTable } from '../features/testing.ts';
import { unwatched } from '../learn/pace.ts';
import { fewHosts, hostAlone, hostsOfSplit } from './train-hosts.ts';
import { fewTested } from './train-test-words.ts';

/** Host and class of each row, and where it is. */
type Row = readonly [host: string | null, code: number, side: 'train' | 'test'];

async function parted(rows: readonly Row[]): Promise<Parameters<typeof hostsOfSplit>[0]> {
  const table = memoryTable(
    rows.map(([orig_h], ts) => ({ orig_h, ts })),
    { columns: connColumns },
  );
  const on = (side: string): Uint32Array => Uint32Array.from(rows.flatMap((row, at) => (row[2] === side ? [at] : [])));
  const codes = Uint16Array.from(rows, ([, code]) => code);
  const counts = [0, 1].map((code) => codes.filter((one) => one === code).length);
  return {
    from: await selectRows(table, everyRow, unwatched()),
    labels: { column: 'class', classes: ['a', 'b'], codes, counts, unlabelled: 0, ambiguous: 0 },
    split: { train: on('train'), test: on('test') },
  };
}

const times = (count: number, row: Row): Row[] => new Array<Row>(count).fill(row);
const figure = (accuracy: number): ClassifierFigures[] => [
  {
    ...{ on: 'test', rows: 1, accuracy, balancedAccuracy: 0, macroF1: 0, rocAuc: null, prAuc: null, logLoss: null },
    ...{ calibrationError: null, classes: [], confusion: [] },
  },
];

describe('whose rows a test is of', () => {
  const rows: Row[] = [
    ...times(6, ['h1', 0, 'train']),
    ...times(4, ['h2', 1, 'train']),
    ...times(1, [null, 1, 'train']),
    ...times(7, ['h3', 0, 'test']),
    ...times(2, ['h2', 1, 'test']),
    ...times(1, ['h4', 1, 'test']),
  ];

  it('is counted by hosts', async () => {
    expect(hostsOfSplit(await parted(rows))).toEqual({
      learned: 3,
      tested: 3,
      largest: { host: 'h3', share: 0.7 },
      // the largest class for h3, its own for h2, wrong for h4
      alone: 0.9,
    });
    expect(hostsOfSplit(await parted(rows.filter(([, , side]) => side === 'train')))).toBeNull();
  });

  it('is said where few hosts were kept apart, or one is most of them', async () => {
    const said = fewHosts(hostsOfSplit(await parted(rows)), { split: 'host' });
    expect(said).toEqual([expect.stringMatching(/^The test is of 3 hosts, and 70\.0 % of it is of h3: rows of a host are alike/)]);
    const many = Array.from({ length: 40 }, (_, i): Row => [`h${i}`, i % 2, 'test']);
    expect(fewHosts(hostsOfSplit(await parted(many)), { split: 'host' })).toEqual([]);
    expect(fewHosts(hostsOfSplit(await parted([...many, ...times(41, ['h1', 1, 'test'])])), { split: 'host' })).toHaveLength(1);
    expect(fewHosts(hostsOfSplit(await parted(rows)), { split: 'random' })).toEqual([]);
  });

  it('has no interval of independent rows where rows of a host go together', () => {
    expect(fewTested(40, 0.9, 3)).toEqual([
      'The test has 40 rows only, of 3 hosts: the rows of a host go together, so that they do not say how far its accuracy of 0.900 may be off.',
    ]);
    expect(fewTested(40, 0.9, 40)[0]).toContain('Wilson');
    expect(fewTested(40, 0.9, null)[0]).toContain('Wilson');
    expect(fewTested(400, 0.9, 3)).toEqual([]);
  });
});

describe('what a host alone tells', () => {
  it('is beside the model and the largest class, and needs more than chance', async () => {
    const sides = ['train', 'test'] as const;
    const told = await parted(
      sides.flatMap((side) => [...times(60, ['h1', 0, side]), ...times(20, ['h2', 1, side]), ...times(20, ['h1', 1, side])]),
    );
    expect(hostAlone(told, figure(0.9))).toEqual([
      expect.stringContaining('host alone is right in 0.800, the model in 0.900, always saying the largest class in 0.600: a random split'),
    ]);
    // the traffic tells far more than its host
    const less = await parted(
      sides.flatMap((side) => [...times(60, ['h1', 0, side]), ...times(5, ['h2', 1, side]), ...times(35, ['h1', 1, side])]),
    );
    expect(hostAlone(less, figure(1))).toEqual([]);
    const rarely = await parted(sides.flatMap((side) => [...times(60, ['h1', 0, side]), ...times(2, ['h2', 1, side])]));
    expect(hostAlone(rarely, figure(1))).toEqual([]);
  });

  it('is asked of the other rows of the host where there is no test', async () => {
    const single = await parted(Array.from({ length: 80 }, (_, i): Row => [`h${i}`, i % 2, 'train']));
    const outOfBag = figure(0.6).map((one) => ({ ...one, on: 'out-of-bag' as const }));
    expect(hostAlone(single, outOfBag)).toEqual([]);
    const shared = await parted(Array.from({ length: 80 }, (_, i): Row => [`h${i % 10}`, i % 2, 'train']));
    expect(hostAlone(shared, outOfBag)).toHaveLength(1);
    expect(hostAlone(shared, [])).toEqual([]);
  });
});
