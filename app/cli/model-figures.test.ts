import { describe, expect, it } from 'vitest';
import type { ModelDetail } from '../contract.ts';
import { rulesText } from './commands/model-words.ts';
import { modelJson, modelText } from './commands/train.ts';
import { baselineOf, definedFigures } from '../contract/class-figures.ts';
import { nameCell } from './values.ts';

describe('figures', () => {
  it('of classes that nothing speaks of are no figures', () => {
    const classes = [
      { name: 'a', precision: 0, recall: 0.5, f1: 0, support: 2 },
      { name: 'b', precision: 0, recall: 0, f1: 0, support: 0 },
    ];
    expect(
      definedFigures({
        classes,
        confusion: [
          [0, 2],
          [0, 0],
        ],
      }),
    ).toEqual([
      { name: 'a', precision: null, recall: 0.5, f1: 0, support: 2 },
      { name: 'b', precision: 0, recall: null, f1: 0, support: 0 },
    ]);
    const none = [{ name: 'c', precision: 0, recall: 0, f1: 0, support: 0 }];
    expect(definedFigures({ classes: none, confusion: [[0]] })).toEqual([
      { name: 'c', precision: null, recall: null, f1: null, support: 0 },
    ]);
  });
});

it('a very long class is told by its beginning and its end, and no name of a log moves the cursor', () => {
  const [one, other] = ['first', 'second'].map((end) => nameCell(`${'a class whose name goes on and on '.repeat(9)}${end}`));
  expect([one.length, other.length, one === other]).toEqual([100, 100, false]);
  expect([one.startsWith('a class whose'), one.endsWith(' on first')]).toEqual([true, true]);
  expect(nameCell('Malicious-DDoS')).toBe('Malicious-DDoS');
  expect(nameCell('\u001b[31mred')).not.toContain('\u001b');
});

describe('figures of folds', () => {
  const crossValidation = { folds: 3, accuracy: [0.9, 0.1], macroF1: [0.654, 0.395], oneClass: 1 } as const;
  it('are told from those over the rows of all folds together', () => {
    const figures = detail.figures.map((one) => ({ ...one, on: 'cross-validation' as const }));
    const text = modelText({ ...detail, figures, crossValidation });
    expect(text).toMatch(/^cross-validation, pooled /m);
    expect(text).toContain(
      'fold by fold (3 folds): accuracy 0.900 ± 0.100, macro F1 0.654 ± 0.395 (mean of the figures of each ± their standard deviation, divided by 3; the table is of the rows of all folds together)',
    );
    expect(text).toContain('1 fold tested one class alone: its macro F1 is of that class only');
    expect(modelText({ ...detail, crossValidation: { ...crossValidation, oneClass: 0 } })).not.toContain('one class alone');
  });
  it('of a search say which classes they leave out', () => {
    const tuning = { scoring: 'macroF1', trials: [], unscored: ['a', 'b'] } as const;
    expect(modelText({ ...detail, tuning })).toContain('the score is not over 2 classes with too few rows for the folds: a, b');
    expect(modelText({ ...detail, tuning: { ...tuning, unscored: [] } })).not.toContain('too few rows');
  });
});

describe('the baseline of an accuracy', () => {
  const of = (supports: readonly number[]): Parameters<typeof baselineOf>[0] => ({
    classes: supports.map((support, code) => ({ name: `c${code}`, precision: null, recall: null, f1: null, support })),
  });
  it('is the share of the most frequent class among the rows that were asked about, the first of equals', () => {
    expect(baselineOf(of([99, 346, 45]))).toEqual({ name: 'c1', share: 346 / 490 });
    expect(baselineOf(of([0, 2, 2]))).toEqual({ name: 'c1', share: 0.5 });
    expect(baselineOf(of([0, 0]))).toBeNull();
  });
  it('stands beside the accuracy', () => {
    const figures = detail.figures.map((one) => ({ ...one, ...of([1, 3]) }));
    expect(modelText({ ...detail, figures })).toContain('always saying “c1” on the test rows: accuracy 0.750');
    // so does whose rows they are
    const hosts = { learned: 83, tested: 36, largest: { host: '192.0.2.1', share: 0.614 }, alone: 0.75 };
    const told = modelText({ ...detail, figures, hosts });
    expect(told).toContain('learned from 83 hosts, tested on 36; 61.4 % of the test is of 192.0.2.1');
    expect(told).not.toContain('host alone');
    expect(modelText({ ...detail, run: { ...detail.run, split: 'random' }, hosts })).toContain(
      'answering by the host alone on the test rows: accuracy 0.750',
    );
    expect([modelJson({ ...detail, hosts }), modelJson(detail)]).toMatchObject([{ hosts }, { hosts: null }]);
    // two wrong of twelve thousand are not none
    const nearly = figures.map((one) => ({ ...one, accuracy: 0.99983 }));
    expect(modelText({ ...detail, figures: nearly })).toMatch(/on the test rows +2 +> 0\.999 /);
    expect(modelJson({ ...detail, figures })).toMatchObject({ baseline: { name: 'c1', share: 0.75 } });
  });
});

const detail: ModelDetail = {
  run: {
    ...{
      id: 1,
      created: 0,
      by: '',
      program: '',
      of: 'connections',
      recipe: 'r',
      where: '',
      seed: 1,
      rows: 4,
      seconds: 1,
      fingerprint: 'f',
    },
    ...{ input: 'i', remarks: ['A remark.'], task: 'train', model: 'tree', label: { type: 'column', column: 'c' }, split: 'host' },
    ...{ classes: [], testShare: 0.25, parameters: {}, accuracy: 0, macroF1: 0, sha256: 's' },
  },
  figures: [
    {
      ...{
        on: 'test',
        rows: 2,
        accuracy: 0,
        balancedAccuracy: 0,
        macroF1: 0,
        rocAuc: null,
        prAuc: null,
        logLoss: null,
        calibrationError: null,
      },
      classes: [
        { name: 'a', precision: 0, recall: 0, f1: 0, support: 2 },
        { name: 'b', precision: 0, recall: 0, f1: 0, support: 0 },
      ],
      confusion: [
        [0, 2],
        [0, 0],
      ],
    },
  ],
  importance: [],
  features: Array.from({ length: 7 }, (_, i) => ({
    name: `f${i}`,
    title: '',
    how: '',
    dropped: i === 0 ? null : `the reason ${'why '.repeat(30)}end`,
  })),
  ...{ crossValidation: null, tuning: null, tree: null, rules: [], size: { trees: 1, nodes: 1, depth: 1 } },
};

describe('a model in the terminal', () => {
  it('says how many of its rows have a class, and names no feature that it does not ask about', () => {
    const classes = [3, 1].map((count, i) => ({ name: `c${i}`, count }));
    expect(modelText({ ...detail, run: { ...detail.run, rows: 11_585, classes } })).toContain('recipe r, 4 of 11,585 rows, 2 classes');
    expect(modelText({ ...detail, run: { ...detail.run, classes } })).toContain('recipe r, 4 rows, 2 classes');
    expect(modelText(detail)).not.toContain('most important');
    const importance = [1, 0].map((impurity, i) => ({ feature: `f${i}`, title: '', impurity, permutation: null }));
    expect(modelText({ ...detail, importance })).toMatch(/^most important: f0 100\.0 %$/m);
  });

  it('shows what cannot be divided as no figure, and as null in JSON', () => {
    expect(modelText(detail)).toMatch(/^a +– +0\.000 +0\.000 +2 *$/m);
    expect(modelText(detail)).toMatch(/^b +0\.000 +– +0\.000 +0 *$/m);
    expect(modelJson(detail)).toMatchObject({
      figures: [
        {
          classes: [
            { precision: null, recall: 0 },
            { precision: 0, recall: null },
          ],
        },
      ],
    });
  });

  it('says how many features were left out, why the first were, and where all of them are', () => {
    const line =
      modelText(detail)
        .split('\n')
        .find((one) => one.includes('left out')) ?? '';
    expect(line).toMatch(
      /^6 features left out: f1 \(the reason .* end\); f2 \(.*; f3 \(the reason .*end\) and 3 others \(--json lists all\)$/,
    );
    const [first, ...rest] = detail.features;
    expect(modelText({ ...detail, features: [first] })).not.toContain('left out');
    expect(modelText({ ...detail, features: [first, rest[0]] })).toMatch(/1 feature left out: f1 \(the reason .* end\)$/m);
  });

  it('says which tree its rules are of, what they count, and how many there are beside them', () => {
    const rules = ['a (1 of 1): always', 'b'];
    const forest = { ...detail, run: { ...detail.run, model: 'forest' as const }, rules, size: { trees: 100, nodes: 900, depth: 5 } };
    expect(rulesText(forest)).toEqual([
      'Of the first of 100 trees, which have a vote each; rows count as often as it drew them.',
      ...rules,
    ]);
    const whole = { ...forest, run: { ...forest.run, parameters: { bootstrap: false } } };
    expect(rulesText(whole)[0]).toBe('Of the first of 100 trees, which have a vote each.');
    const many = Array<string>(200).fill('a');
    expect(rulesText({ ...forest, rules: many })[0]).toMatch(/drew them\. The 200 rules with most rows\.$/);
    const tree = { ...detail, rules, size: { trees: 1, nodes: 3, depth: 1 } };
    expect(rulesText(tree)).toEqual(rules);
    expect(rulesText({ ...tree, rules: many, size: { ...tree.size, nodes: 2401 } })[0]).toBe('The 200 rules with most rows, of 1,201.');
    expect(rulesText({ ...forest, rules: [] })).toEqual([]);
  });
});
