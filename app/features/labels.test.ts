import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../learn/pace.ts';
import { Random } from '../shared/random.ts';
import { buildMatrix } from './build-matrix.ts';
import { isLabelName } from './label-names.ts';
import { NO_CLASS, labelsFromMarks, labelsOf, labelsOfHosts } from './labels.ts';
import { tells } from './copies.ts';
import { recipeNamed } from './recipes.ts';
import { selectRows } from './selection.ts';
import { column, connColumns, everyRow, memoryTable, type MemoryColumn, type Value } from './testing.ts';
import type { Labels, MatrixOptions, Selection } from './types.ts';
import { groupsByHost, timesOf } from './validation-groups.ts';

const pace = unwatched();
type Rec = Readonly<Record<string, Value>>;
const columns = [...connColumns, column('class', 'string', 'term'), column('kind', 'count'), column('note', 'string', 'text')];

async function selected(records: readonly Rec[], of: readonly MemoryColumn[] = columns): Promise<Selection> {
  return selectRows(memoryTable(records, { columns: of, chunkRows: 4 }), everyRow, pace);
}

describe('labels', () => {
  it('are the values of a column as they stand, in order', async () => {
    const records = ['class:b', 'class:a', null, 'class:b', 'Ä', 'class:a', 'class:b'].map((text, i) => ({
      class: text,
      kind: [10, 9, null][i % 3],
      note: text,
    }));
    const selection = await selected(records);
    const { classes, codes, counts, unlabelled, ambiguous, column: from } = await labelsOf(selection, 'class', pace);
    expect([classes, counts, from]).toEqual([['class:a', 'class:b', 'Ä'], [2, 3, 1], 'class']);
    expect([...codes]).toEqual([1, 0, NO_CLASS, 1, 2, 0, 1]);
    expect([unlabelled, ambiguous]).toEqual([1, 0]);
    const numbers = await labelsOf(selection, 'kind', pace);
    expect([numbers.classes, [...numbers.codes]]).toEqual([
      ['9', '10'],
      [1, 0, NO_CLASS, 1, 0, NO_CLASS, 1],
    ]);
    expect(await labelsOf(selection, 'note', pace)).toEqual({ classes, codes, counts, unlabelled, ambiguous, column: 'note' });
  });

  it('are refused with a word where there is nothing to tell apart', async () => {
    const many = await selected(Array.from({ length: 1001 }, (_, i) => ({ class: 'one', kind: i, note: null })));
    await expect(labelsOf(many, 'class', pace)).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringContaining('one class only, “one”') as string,
    });
    await expect(labelsOf(many, 'kind', pace)).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringContaining('more than 1,000 classes') as string,
    });
    await expect(labelsOf(many, 'note', pace)).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringContaining('no class') as string,
    });
    await expect(labelsOf(many, 'nowhere', pace)).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringContaining('nowhere') as string,
    });
    const enough = await selected(Array.from({ length: 1000 }, (_, i) => ({ kind: i })));
    expect((await labelsOf(enough, 'kind', pace)).classes).toHaveLength(1000);
  });

  it('come from marks of the caller; what has two is ambiguous', async () => {
    const selection = await selected(Array.from({ length: 6 }, (_, ts) => ({ ts })));
    const mark = (
      name: string,
      ids: readonly number[],
    ): { name: string; mask: (chunk: { firstRow: number; rows: number }) => Uint8Array | null } => ({
      name,
      mask: ({ firstRow, rows }) =>
        firstRow > 3 && name === 'bad' ? null : Uint8Array.from({ length: rows }, (_, i) => (ids.includes(firstRow + i) ? 1 : 0)),
    });
    const labels = await labelsFromMarks(selection, [mark('good', [0, 2, 4]), mark('bad', [1, 2]), mark('unused', [])], pace);
    expect(labels).toEqual({
      column: null,
      classes: ['bad', 'good'],
      codes: Uint16Array.of(1, 0, NO_CLASS, NO_CLASS, 1, NO_CLASS),
      counts: [1, 2],
      unlabelled: 2,
      ambiguous: 1,
    });
    await expect(labelsFromMarks(selection, [mark('good', [0])], pace)).rejects.toMatchObject({ code: 'PARAMETER' });
  });

  it('of hosts come by address', async () => {
    const { hosts } = await buildMatrix(
      await selected([
        { orig_h: 'a', resp_h: 'b' },
        { orig_h: 'c', resp_h: 'a' },
      ]),
      recipeNamed('host-v1'),
      pace,
    );
    if (hosts === null) throw new TypeError('rows are hosts');
    const labels = labelsOfHosts(hosts, (host) => ({ a: ['mine'], b: ['theirs'] })[host] ?? []);
    expect([...labels.codes]).toEqual([0, 1, NO_CLASS]);
    expect([labels.unlabelled, labels.ambiguous]).toEqual([1, 0]);
  });
});

describe('groups for validation', () => {
  it('keep the rows of a host together, and know the time of each', async () => {
    const selection = await selected(['a', 'b', 'a', null, 'c', null].map((orig_h, i) => ({ orig_h, ts: i === 1 ? null : i })));
    expect([...groupsByHost(selection).of]).toEqual([0, 1, 0, 2, 3, 2]);
    expect(groupsByHost(selection).count).toBe(4);
    expect([...timesOf(selection)]).toEqual([0, Number.NaN, 2, 3, 4, 5]);
  });
});

describe('leaks', () => {
  const random = new Random(5);
  const names = ['web', 'mail', 'scan'];
  const wide = [
    ...columns,
    column('label', 'string', 'term'),
    column('Label', 'count'),
    column('service', 'string', 'term'),
    column('copy', 'count'),
    column('nearly', 'count'),
    column('real', 'double'),
  ];
  const records = Array.from({ length: 6000 }, (_, i): Rec => {
    const code = random.below(3);
    return {
      ts: i * 1e6,
      orig_h: `10.0.0.${random.below(50)}`,
      resp_h: '192.0.2.1',
      resp_p: [443, 25, 22][random.below(20) === 0 ? random.below(3) : code],
      class: names[code],
      Label: code === 2 ? 1 : 0,
      service: code === 0 ? null : ['', 'smtp', 'ssh'][code],
      copy: [7, 3, 9][code],
      nearly: random.below(50) === 0 ? 0 : [7, 3, 9][code],
      real: code + random.normal(),
    };
  });
  const dropped = async (recipe: string, options: MatrixOptions, target = 'class'): Promise<Map<string, string | null>> => {
    const selection = await selected(records, wide);
    const labels = await labelsOf(selection, target, pace);
    const { features } = await buildMatrix(selection, recipeNamed(recipe), pace, { labels, ...options });
    return new Map(features.map(({ name, dropped: why }) => [name, why]));
  };

  it('are copies of the label, columns named like one, and what is computed from it', async () => {
    const found = await dropped('numeric-v1', {});
    expect(found.get('copy')).toBe('a copy of the label: its 3 values tell the class of every record');
    expect(found.get('Label')).toBe('a label by its name');
    expect(found.get('nearly')).toBeNull();
    expect(found.get('real')).toBeNull();
    const named = await dropped('numeric-v1', { features: ['Label', 'class', 'copy', 'real'] });
    expect(named.get('Label')).toBe('Label is a label too, by its name');
    expect(named.get('class=web')).toBe('computed from the label itself (class)');
    expect(named.get('real')).toBeNull();
    const services = await dropped('conn-v2', {});
    expect(services.get('service=smtp')).toBe('service is a copy of the label: its 3 values tell the class of every record');
    expect(services.get('service=(absent)')).toBe(services.get('service=smtp'));
    expect(services.get('resp_p=443')).toBeNull();
    // what a recipe computes from traffic may tell everything
    expect(services.get('port_web')).toBeNull();
    const tags = { ...(await labelsOf(await selected(records, wide), 'class', pace)), column: null };
    const tagged = await buildMatrix(await selected(records, wide), recipeNamed('numeric-v1'), pace, { labels: tags });
    expect(tagged.features.find(({ name }) => name === 'copy')?.dropped).toBeNull();
    const ports = await dropped('conn-v2', {}, 'resp_p');
    expect(ports.get('port_web')).toBe('computed from the label itself (resp_p)');
    expect(ports.get('resp_p=443')).toBe('computed from the label itself (resp_p)');
    expect(ports.get('repeats')).toBe('computed from the label itself (resp_p)');
  });

  it('may stay where the caller insists', async () => {
    const found = await dropped('numeric-v1', { keepLeaks: ['copy'] });
    expect(found.get('copy')).toBeNull();
    const named = await dropped('numeric-v1', { features: ['class', 'copy'], keepLeaks: ['class'] });
    expect([named.get('class=web'), named.get('copy')?.slice(0, 7)]).toEqual([null, 'a copy ']);
  });

  it('are hours and weekdays that the records do not go round', async () => {
    const found = await dropped('conn-v2', {});
    expect(found.get('hour_sin')).toBe('the records span 1 h 39 m: it would be the moment itself');
    expect(found.get('weekday_cos')).toBe('the records span 1 h 39 m: it would be the moment itself');
    const selection = await selected(records, wide);
    const { features } = await buildMatrix(selection, recipeNamed('conn-v2'), pace);
    expect(features.find(({ name }) => name === 'hour_sin')?.dropped).toBeNull();
  });

  it('are told with figures: from 99.9 % right, and 1 % of the errors of guessing', () => {
    const codes = Uint16Array.from({ length: 10_000 }, (_, i) => (i % 100 < 60 ? 0 : 1));
    const labels: Labels = { column: null, classes: ['a', 'b'], codes, counts: [6000, 4000], unlabelled: 0, ambiguous: 0 };
    const wrong = (rows: number): Float64Array => Float64Array.from(codes, (code, i) => (i < rows ? 1 - code : code));
    expect(tells(wrong(10), labels)).toEqual({ values: 2, share: 0.999 });
    expect(tells(wrong(11), labels)).toBeNull();
    // rare classes: 99.9 % right is easy, and no copy
    const rare = Uint16Array.from({ length: 10_000 }, (_, i) => (i < 20 ? 1 : 0));
    expect(
      tells(
        Float64Array.from(rare, (code, i) => (i < 10 ? code : 0)),
        { ...labels, codes: rare, counts: [9980, 20] },
      ),
    ).toBeNull();
    expect(tells(Float64Array.from(rare), { ...labels, codes: rare, counts: [9980, 20] })).toEqual({ values: 2, share: 1 });
    // many values say a class each without being a copy
    expect(
      tells(
        Float64Array.from(codes, (code, i) => code * 10 + (i % 3)),
        labels,
      ),
    ).toBeNull();
    expect(tells(new Float64Array(10_000), labels)).toBeNull();
    // a class of nineteen records is not waited for
    const few = Uint16Array.from(codes, (code, i) => (i < 19 ? 2 : code));
    const three: Labels = { ...labels, classes: ['a', 'b', 'c'], codes: few, counts: [5981, 4000, 19] };
    expect(tells(Float64Array.from(codes), three)).toEqual({ values: 2, share: 1 });
  });

  it('are found by looking here and there as by looking at all', () => {
    const value = fc.constantFrom(0, 1, 2, Number.NaN);
    const row = fc.record({ value, code: fc.constantFrom(0, 1, NO_CLASS), wrong: fc.integer({ min: 0, max: 2000 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3000, size: 'max' }), fc.boolean(), (rows, copied) => {
        const codes = Uint16Array.from(rows, ({ code }) => code);
        const values = Float64Array.from(rows, ({ value: own, code, wrong }) => (copied ? (wrong === 0 ? 1 - code : code) : own));
        const of = [0, 1].map((code) => rows.filter((one) => one.code === code).length);
        const labels: Labels = { column: null, classes: ['a', 'b'], codes, counts: of, unlabelled: 0, ambiguous: 0 };
        const total = of[0] + of[1];
        const kept = new Map<number, number[]>();
        codes.forEach((code, i) => {
          if (code !== NO_CLASS) (kept.get(values[i]) ?? kept.set(values[i], [0, 0]).get(values[i]) ?? [])[code]++;
        });
        const wrong = total - [...kept.values()].reduce((sum, [a, b]) => sum + Math.max(a, b), 0);
        const isCopy = Math.min(...of) >= 20 && kept.size >= 2 && kept.size <= 4 && wrong * 1000 <= total && wrong * 100 <= Math.min(...of);
        expect(tells(values, labels)).toEqual(isCopy ? { values: kept.size, share: 1 - wrong / total } : null);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['label', 'Label', 'detailed-label', 'class', 'attack_cat', 'is_attack', 'target'])('%s names a label', (name) =>
    expect(isLabelName(name)).toBe(true),
  );
  it.each(['classes_seen', 'c_bytes_all', 'targets', 'proto', 'type', 'subclassed'])('%s does not', (name) =>
    expect(isLabelName(name)).toBe(false),
  );
});
