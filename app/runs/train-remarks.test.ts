import { describe, expect, it } from 'vitest';
import type { TrainRequest } from '../contract/models.ts';
import { connColumns, column, everyRow, memoryTable } from '../features/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { LearningOutcome } from '../shared/run-outcome.ts';
import type { TagSource } from './train-labels.ts';
import { wilson } from './train-test-words.ts';
import { trainModel, type TrainDetail } from './train.ts';

const quiet: Progress = { report: () => undefined, stopped: () => false };
const noTags: TagSource = { names: [], mask: () => null, ofHost: () => [] };
const usual: TrainRequest = {
  ...{ of: 'connections', model: 'forest', label: { type: 'column', column: 'class' }, recipe: 'conn-v1', features: [], where: '' },
  ...{ seed: 1, split: 'random', test: 0.25, folds: 0, parameters: { nEstimators: 5 }, tune: null, keepLeaks: false },
};

type Row = Readonly<Record<string, string | number | null>>;

/** Connections that say little of their class. */
function records(rows: number, of: (i: number) => Row): Row[] {
  const random = new Random(3);
  return Array.from({ length: rows }, (_, i) => ({
    ...{ ts: 1e15 + i * 7e6, orig_h: '10.0.0.1', resp_h: `192.0.2.${i % 7}`, resp_p: 443, proto: 'tcp', conn_state: 'SF' },
    ...{ duration: random.below(1e6), orig_bytes: random.below(4000), resp_bytes: random.below(9000) },
    ...of(i),
  }));
}

const columns = [...connColumns, column('class', 'string', 'term'), column('extra', 'count')];

async function train(
  rows: readonly Row[],
  change: Partial<TrainRequest> = {},
  tags = noTags,
  of = columns,
): Promise<LearningOutcome<'train'>> {
  const sources = [{ table: memoryTable(rows, { columns: of }), filter: everyRow }];
  return trainModel({ sources, request: { ...usual, ...change }, tags, program: 'test', threads: 1, createThread: null }, quiet);
}

const remarks = async (...asked: Parameters<typeof train>): Promise<string> => (await train(...asked)).summary.remarks.join('\n');

describe('a training whose figures flatter says so', () => {
  const byHost = records(400, (i) => ({ orig_h: `10.0.0.${i % 20}`, class: i % 2 === 0 ? 'good' : 'bad' }));
  const words = 'a random split has the same hosts on both sides and flatters. --split host';

  it('where a random split or a cross-validation by chance has the same hosts on both sides, and hosts are of one class each', async () => {
    expect(await remarks(byHost)).toContain(words);
    expect(await remarks(byHost, { model: 'tree', parameters: {}, test: 0, folds: 3 })).toContain(words);
    expect(await remarks(byHost, { model: 'tree', parameters: {}, test: 0 })).not.toContain(words);
    expect(await remarks(byHost, { split: 'host' })).not.toContain(words);
  });

  it('but not where hosts are of all classes, have one row each, or where there is one only', async () => {
    const mixed = records(400, (i) => ({ orig_h: `10.0.0.${i % 20}`, class: (i * 7) % 3 === 0 ? 'good' : 'bad' }));
    const single = records(200, (i) => ({ orig_h: `10.0.0.${i}`, class: i % 2 === 0 ? 'good' : 'bad' }));
    const one = records(200, (i) => ({ class: i % 2 === 0 ? 'good' : 'bad' }));
    // most rows are of hosts that are good alone, and yet the bad ones are no hosts of their own
    const few = records(400, (i) => ({ orig_h: i % 20 === 0 ? '10.0.1.1' : `10.0.0.${i % 20}`, class: i % 40 === 0 ? 'bad' : 'good' }));
    for (const rows of [mixed, single, one, few]) expect(await remarks(rows)).not.toContain(words);
  });

  it('where one host is of all classes, and the others tell theirs', async () => {
    const rows = records(900, (i) => ({
      orig_h: i % 3 === 0 ? '10.0.9.9' : `10.0.0.${i % 20}`,
      class: i % 3 === 0 ? `c${(i * 7) % 4}` : `c${i % 20 < 14 ? 0 : i % 4}`,
    }));
    const said = await remarks(rows, { model: 'tree', parameters: {} });
    expect(said).toMatch(/^Answering with the most frequent class of the host alone is right in 0\.\d{3}, the model in 0\.\d{3}, always/m);
    expect(said).toContain(words);
  });

  it.each(['host', 'time'] as const)('out of bag, where it is split by %s', async (split) => {
    expect(await remarks(byHost, { split })).toContain(`out-of-bag figures are not parted by ${split}`);
    expect(await remarks(byHost, { split, model: 'tree', parameters: {} })).not.toContain('out-of-bag');
  });
});

describe('a test that says less than it seems to says so', () => {
  const words = /the same in every feature as a row that was learned from/;
  const bare = (i: number): Row => ({ duration: 1000 + (i % 3), orig_bytes: 40, resp_bytes: 90, ts: 1e15 });

  it('where rows of it were learned from, with what is told of the others', async () => {
    // nine of ten are one of three connections; of the others a class is told by chance
    const rows = records(800, (i) => ({
      ...(i % 10 === 0 ? { duration: 1e6 + i * 97 } : bare(i)),
      ts: 1e15,
      class: i % 2 === 0 ? 'a' : 'b',
    }));
    const { summary, detail } = await train(rows, { recipe: 'numeric-v1', features: ['duration', 'orig_bytes'] });
    const said = /^(\d+) of the 200 test rows \(([\d.]+) %\) are the same .* Of the (\d+) others it tells ([\d.]+) % right\.$/m;
    const [, again, , others, right] = said.exec(summary.remarks.join('\n')) ?? [];
    expect(Number(again) + Number(others)).toBe(200);
    expect(Number(again)).toBeGreaterThan(160);
    const { accuracy } = (detail as { figures: { accuracy: number }[] }).figures[0];
    // right ones of the others, and of those that are met again, are those of all
    const met = (accuracy * 200 - (Number(right) / 100) * Number(others)) / Number(again);
    expect(met).toBeGreaterThanOrEqual(0);
    expect(met).toBeLessThanOrEqual(1);
    expect(
      await remarks(
        records(800, (i) => ({ class: i % 2 === 0 ? 'a' : 'b', extra: i })),
        { recipe: 'numeric-v1' },
      ),
    ).not.toMatch(words);
    const same = records(800, (i) => ({ ...bare(0), class: i % 2 === 0 ? 'a' : 'b', resp_h: 'x', orig_h: `h${i % 2}` }));
    expect(await remarks(same, { recipe: 'numeric-v1', features: ['duration', 'orig_bytes'], test: 0 })).not.toMatch(words);
  });

  it('where it has few rows, with the interval that these leave open', async () => {
    expect(wilson(10, 10)).toEqual([expect.closeTo(0.7225, 4), expect.closeTo(1, 12)]);
    expect(wilson(0, 1)).toEqual([expect.closeTo(0, 12), expect.closeTo(0.7935, 4)]);
    expect(wilson(81, 263)).toEqual([expect.closeTo(0.2553, 4), expect.closeTo(0.3662, 4)]);
    const few = records(120, (i) => ({ class: i % 2 === 0 ? 'a' : 'b', extra: i % 2 }));
    const change = { recipe: 'numeric-v1', model: 'tree', parameters: {}, keepLeaks: true } as const;
    expect(await remarks(few, change)).toContain(
      'The test has 30 rows only: its accuracy of 1.000 stands for anything from 0.886 to 1.000 (95 %, Wilson).',
    );
    expect(
      await remarks(
        records(480, (i) => ({ class: i % 2 === 0 ? 'a' : 'b', extra: i })),
        change,
      ),
    ).not.toContain('Wilson');
  });

  it('where columns were left out that give the label away, and features are made of them', async () => {
    const ports = records(400, (i) => ({
      class: i % 2 === 0 ? 'web' : 'names',
      resp_p: i % 2 === 0 ? 80 : 53,
      proto: i % 3 === 0 ? 'udp' : 'tcp',
    }));
    const said = await remarks(ports, { recipe: 'conn-v2' });
    expect(said).toContain('resp_p is a copy of the label');
    expect(said).toMatch(/Made of resp_p too, and kept: port_web, port_names, .*repeats/);
    expect(said).not.toMatch(/Made of .*hour/);
    expect(await remarks(records(400, (i) => ({ class: i % 2 === 0 ? 'a' : 'b' })))).not.toContain('Made of');
  });

  it('but not where a feature only has such a word in its name', async () => {
    const flows = records(400, (i) => ({ class: (i * 7) % 3 === 0 ? 'a' : 'b', 'flow label': i % 90, 'flow label 2': i % 90 }));
    const of = [...columns, column('flow label', 'count'), column('flow label 2', 'count')];
    const said = await remarks(flows, { recipe: 'numeric-v1', features: ['flow label', 'flow label 2', 'duration'] }, noTags, of);
    expect(said).not.toContain('give the label away');
    expect(said).toContain('Features left out: flow label 2 (the same as flow label in every record).');
  });
});

describe('a feature that gives the label away without being a copy of it', () => {
  const random = new Random(5);
  const noisy = records(1200, (i) => ({
    class: i % 3 === 0 ? 'bad' : 'good',
    extra: (i % 3 === 0 ? 5000 : 1000) + random.below(900) + (random.below(50) === 0 ? 3000 : 0),
  }));
  const change = { recipe: 'numeric-v1', model: 'tree', parameters: {} } as const;

  it('is named and kept', async () => {
    const { summary, detail } = await train(noisy, change);
    expect(summary.remarks.join('\n')).toMatch(
      /`extra` alone tells 9\d % of the rows' classes .*make sure that it does not give the label away/,
    );
    expect((detail as { features: { name: string; dropped: string | null }[] }).features).toContainEqual(
      expect.objectContaining({ name: 'extra', dropped: null }),
    );
  });

  it('is not named where it tells something only, or is no better than a guess', async () => {
    const some = noisy.map((row, i) => ({ ...row, extra: i % 5 === 0 ? 1 : row.extra }));
    expect(await remarks(some, change)).not.toContain('alone tells');
    expect(
      await remarks(
        noisy.map((row) => ({ ...row, extra: 1 })),
        change,
      ),
    ).not.toContain('alone tells');
  });

  it('is named too where it is the number or the time of the record', async () => {
    const at = (i: number): number => 3 * i + random.below(3);
    expect(
      await remarks(
        noisy.map((row, i) => ({ ...row, extra: at(i) })),
        change,
      ),
    ).toContain('extra (goes with the number of the record)');
    const shuffled = noisy.map((row, i) => ({ ...row, ts: 1e15 + ((i * 7) % 1200) * 1e6, extra: (i * 7) % 1200 }));
    expect(await remarks(shuffled, change)).toContain('extra (goes with the time of the record)');
    expect(await remarks(noisy, change)).not.toContain('goes with');
  });
});

describe('a split that leaves a side without a class', () => {
  const two = records(100, (i) => ({ orig_h: `10.0.0.${i % 2}`, class: i % 2 === 0 ? 'good' : 'bad' }));
  const three = records(400, (i) => ({
    ts: 1e15 + i * 1e6,
    orig_h: `10.0.0.${i % 20}`,
    class: i < 200 ? `c${i % 2}` : i < 390 ? 'late' : 'last',
  }));

  it.each(['host', 'time'] as const)('is refused where one class is all that is learned from (%s)', async (split) => {
    const rows = split === 'host' ? two : records(100, (i) => ({ class: i < 90 ? 'good' : 'bad' }));
    await expect(train(rows, { split })).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringMatching(
        /puts one class only, “(good|bad)”, into what is learned from.*(Tag|Label) more|another split/,
      ) as string,
    });
  });

  it('says which classes the test, or what is learned from, has not', async () => {
    const found = await remarks(three, { split: 'time' });
    expect(found).toContain('Not in the test, so that its figures say nothing of them: c0, c1.');
    expect(found).toContain('Never learned from, so that every row of them is told wrong: last.');
    expect(await remarks(three)).not.toMatch(/Not in the test|Never learned/);
  });

  it('says how large the test became where it is far from what was asked for', async () => {
    const large = records(400, (i) => ({
      orig_h: i % 20 < 9 ? '10.0.0.1' : i % 20 < 18 ? '10.0.0.2' : '10.0.0.3',
      class: i % 3 === 0 ? 'a' : 'b',
    }));
    expect(await remarks(large, { split: 'host' })).toMatch(
      /The test has (45\.0|55\.0|10\.0) % of the rows where 25 % were asked for: hosts stay whole/,
    );
    expect(await remarks(three, { split: 'host' })).not.toContain('were asked for');
  });
});

describe('figures over folds', () => {
  it('say how many folds tested one class alone', async () => {
    const rows = records(400, (i) => ({ class: i < 200 ? `c${i % 2}` : 'late' }));
    const change = { split: 'time', folds: 3, model: 'tree', parameters: {} } as const;
    const { detail } = await train(
      rows.map((row, i) => ({ ...row, class: i < 250 ? `c${i % 2}` : 'late' })),
      { ...change, test: 0 },
    );
    expect((detail as TrainDetail).crossValidation).toMatchObject({ folds: 3, oneClass: 1 });
    const mixed = await train(rows, { ...change, split: 'random' });
    expect((mixed.detail as TrainDetail).crossValidation).toMatchObject({ folds: 3, oneClass: 0 });
  });

  it('of a search name the classes that no fold could ask about', async () => {
    const rows = records(400, (i) => ({ class: i < 6 ? `rare${i >> 1}` : `c${i % 2}` }));
    const tune = { search: 'grid', values: { maxDepth: [1, 2] }, iterations: 2, folds: 5, scoring: 'macroF1' } as const;
    const { summary, detail } = await train(rows, { model: 'tree', parameters: {}, tune });
    expect((detail as TrainDetail).tuning?.unscored).toEqual(['rare0', 'rare1', 'rare2']);
    expect(summary.remarks.join('\n')).toContain(
      'The search could not ask about rare0, rare1, rare2, which have too few rows for its folds: its macroF1 is over the other classes, and not comparable with the figures above.',
    );
    const all = await train(rows.slice(6), { model: 'tree', parameters: {}, tune });
    expect((all.detail as TrainDetail).tuning?.unscored).toEqual([]);
    expect(all.summary.remarks.join('\n')).not.toContain('The search');
  });
});

describe('tags as classes', () => {
  const rows = records(100, (i) => ({ orig_h: `10.0.0.${i % 10}` }));
  const tagged = (names: readonly string[], byHost: Readonly<Record<string, string>>): TagSource => ({
    names,
    mask: (name, _kind, chunk) => Uint8Array.from({ length: chunk.rows }, (_, i) => (byHost[`10.0.0.${i % 10}`] === name ? 1 : 0)),
    ofHost: (host) => (host in byHost ? [byHost[host]] : []),
  });
  const label = { type: 'tags', tags: [] } as const;

  it('counts those that carry the one tag there is', async () => {
    const one = tagged(['bad'], { '10.0.0.3': 'bad' });
    await expect(train(rows, { label }, one)).rejects.toThrow('The tags give one class only, “bad”, to 10 of 100 records.');
    await expect(train(rows, { label, of: 'hosts', recipe: '' }, one)).rejects.toThrow(/one class only, “bad”, to 1 of \d+ hosts\./);
  });

  it('count a row without a class and one with several of them once each', async () => {
    const both = (names: readonly string[], byHost: Readonly<Record<string, readonly string[]>>): TagSource => ({
      names,
      mask: (name, _kind, chunk) =>
        Uint8Array.from({ length: chunk.rows }, (_, i) => Number(byHost[`10.0.0.${i % 10}`]?.includes(name) ?? false)),
      ofHost: (host) => byHost[host] ?? [],
    });
    const tags = both(['bad', 'good'], {
      ...{ '10.0.0.1': ['bad'], '10.0.0.2': ['bad'], '10.0.0.3': ['good'], '10.0.0.4': ['good'], '10.0.0.5': ['bad', 'good'] },
    });
    const said = await remarks(rows, { label }, tags);
    expect(said).toContain('50 connections without a class took no part.');
    expect(said).toContain('10 connections with several of the tags took no part.');
    const ofHosts = await remarks(rows, { label, of: 'hosts', recipe: '', model: 'tree', parameters: {}, test: 0 }, tags);
    expect(ofHosts).toMatch(/12 hosts without a class took no part\./);
    expect(ofHosts).toContain('1 host with several of the tags took no part.');
  });

  it('label hosts, and say what is missing where every class has one', async () => {
    const two = tagged(['bad', 'good'], { '10.0.0.3': 'bad', '10.0.0.4': 'good' });
    const change = { label, of: 'hosts', recipe: '', model: 'tree', parameters: {} } as const;
    await expect(train(rows, change, two)).rejects.toThrow(
      'Every class has fewer than 2 rows (bad, good): none can be both learned from and asked about. Give more rows a class, or keep none for a test.',
    );
    const { summary } = await train(rows, { ...change, test: 0 }, two);
    expect(summary.classes).toEqual([
      { name: 'bad', count: 1 },
      { name: 'good', count: 1 },
    ]);
  });
});
