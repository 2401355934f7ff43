import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClassifierFigures, ColumnInfo, LabelOverview, ModelDetail, ModelSummary, TagList } from '../../../../app/contract.ts';
import {
  classColumns,
  classesWords,
  confusionText,
  crossValidationWords,
  figuresWords,
  figuresSentence,
  labelColumns,
  largestClasses,
  modelFacts,
  modelTitle,
  otherwise,
  percentShort,
  predictedWords,
  readFolds,
  readParameters,
  readShare,
  tagsWords,
} from './words.ts';
import { readClusterGrid, readGrid } from '../parts/settings.ts';

const run = {
  id: 4,
  of: 'connections',
  model: 'forest',
  label: { type: 'column', column: 'class' },
  recipe: 'tstat-v1',
  rows: 20_000,
  classes: [
    { name: 'a', count: 1 },
    { name: 'b', count: 2 },
  ],
  seed: 1,
  split: 'host',
  testShare: 0.25,
  where: '',
  seconds: 4.35,
} as unknown as ModelSummary;

const classFigures = (name: string, f1: number, support: number): ClassifierFigures['classes'][number] => ({
  name,
  precision: f1,
  recall: f1,
  f1,
  support,
});
const figures = (classes: ClassifierFigures['classes'], accuracy: number, rows: number): ClassifierFigures =>
  // every class was answered
  ({ on: 'test', rows, accuracy, classes, confusion: classes.map(() => classes.map(() => 1)) }) as unknown as ClassifierFigures;

describe('a model in words', () => {
  it('says on which side of a question rows without a value are, as its rules do', () => {
    const leaf = { rows: 1, shares: [1], predicted: 'a', impurity: 0, question: null, hidden: 0 };
    const question = { feature: 'duration', title: 'Duration', threshold: 40, words: 'Duration at most 40 ms', less: leaf, more: leaf };
    expect(otherwise({ ...question, absent: 'more', absentSeen: true })).toBe('no or not known');
    // nobody lacked it, or what lacks it is asked for, or its words say so, or an older program kept it
    expect(otherwise({ ...question, absent: 'more', absentSeen: false })).toBe('no');
    expect(otherwise({ ...question, absent: 'more', absentSeen: true, threshold: null })).toBe('no');
    expect(otherwise({ ...question, absent: 'less', absentSeen: true })).toBe('no');
    expect(otherwise(question)).toBe('no');
  });

  it('says what it learned and how it was tested', () => {
    expect(modelTitle(run)).toBe('Run 4 · Random forest on class');
    expect(modelTitle({ ...run, model: 'tree', label: { type: 'tags', tags: ['\u202eevil'] } })).not.toContain('\u202e');
    expect(modelFacts(run)).toEqual([
      '20,000 connections · recipe tstat-v1 · 2 classes · seed 1',
      '25 % kept for the test, by host: no originator on both sides · 4.35 s',
    ]);
    expect(modelFacts({ ...run, of: 'hosts', rows: 1, testShare: 0, where: 'proto = tcp' })).toEqual([
      '1 host · recipe tstat-v1 · 2 classes · seed 1',
      'no test rows · 4.35 s · only proto = tcp',
    ]);
    expect(percentShort(0.125)).toBe('12.5 %');
  });

  it('names the weakest class, but not where every row is right, and none that has no row', () => {
    const said = figuresSentence(figures([classFigures('a', 0.9, 10), classFigures('b', 0.5, 5), classFigures('c', 0, 0)], 0.8, 15));
    expect(said).toBe(
      '12 of 15 rows right (80.0 %); always saying “a” would be 66.7 %. Weakest class: b, precision 50.0 %, recall 50.0 %.',
    );
    const never = figures([classFigures('a', 0.9, 10), classFigures('b', 0, 5)], 0.6, 15);
    expect(
      figuresSentence({
        ...never,
        confusion: [
          [10, 0],
          [5, 0],
        ],
      }),
    ).toContain('Weakest class: b, never answered, recall 0.0 %.');
    const [precision] = classColumns.filter(({ id }) => id === 'precision');
    expect([
      precision?.text({ ...classFigures('b', 0, 5), precision: null }),
      precision?.exact?.({ ...classFigures('b', 0, 5), precision: null }),
    ]).toEqual(['–', 'Not defined: no row was called so']);
    expect(figuresSentence(figures([classFigures('a', 1, 1), classFigures('b', 1, 1)], 1, 2))).toBe(
      '2 of 2 rows right (100.0 %); always saying “a” would be 50.0 %.',
    );
  });

  it('says votes, and what a calibrated forest makes of them', () => {
    const row = { id: 1, predicted: 'a', confidence: 0.8, second: null, label: null };
    const votes = [{ name: 'a', share: 0.8 }];
    expect(predictedWords({ row, votes, path: [] })).toBe('80.0 % of the votes are for it.');
    expect(predictedWords({ row: { ...row, confidence: 0.93 }, votes, path: [] })).toBe(
      'It is sure to 93.0 % (calibrated; 80.0 % of the votes are for it).',
    );
  });

  it('says the spread of a cross-validation', () => {
    expect(crossValidationWords(null)).toBe('');
    expect(crossValidationWords({ folds: 5, accuracy: [0.9, 0.01], macroF1: [0.8, 0.02] })).toBe(
      'Over 5 folds: accuracy 0.900 ± 0.010, macro-F1 0.800 ± 0.020.',
    );
  });

  it('says below the figures whose rows they are of, and what they leave out', () => {
    const detail = {
      run,
      hosts: { learned: 12, tested: 3, largest: { host: '192.0.2.7', share: 0.625 }, alone: 0.5 },
      crossValidation: { folds: 5, accuracy: [0.9, 0.01], macroF1: [0.8, 0.02], oneClass: 1 },
      tuning: { scoring: 'macroF1', trials: [], unscored: ['rare'] },
      ...{ figures: [], importance: [], features: [], tree: null, rules: [], size: { trees: 1, nodes: 1, depth: 0 } },
    } satisfies ModelDetail;
    expect(figuresWords(detail)).toBe(
      'Over 5 folds: accuracy 0.900 ± 0.010, macro-F1 0.800 ± 0.020. 1 fold tested one class alone: its macro F1 is of that class only. Learned from 12 hosts, tested on 3; 62.5 % of the test is of 192.0.2.7. The score is not over 1 class with too few rows for the folds: rare.',
    );
    expect(figuresWords({ ...detail, hosts: null, crossValidation: null, tuning: null })).toBe('');
  });

  it('tells nothing from next to nothing in the confusion', () => {
    expect([0, 0.001, 0.0049, 0.005, 0.5, 1].map(confusionText)).toEqual(['', '<1', '<1', '1', '50', '100']);
  });
});

describe('what may be learned', () => {
  const overview = (classes: LabelOverview['classes'], unlabelled = 0): LabelOverview =>
    ({ classes, unlabelled, rows: 10 + unlabelled }) as LabelOverview;

  it('lists the classes, at most twelve, and says when there are too few', () => {
    expect(
      classesWords(
        overview(
          [
            { name: 'a', count: 7 },
            { name: 'b', count: 3 },
          ],
          2,
        ),
      ),
    ).toBe('2 classes in 12 rows; 2 say nothing: a 7, b 3.');
    expect(classesWords(overview([{ name: 'a', count: 10 }]))).toContain('only “a”');
    expect(classesWords(overview([]))).toContain('says nothing in 10 rows');
    const many = Array.from({ length: 15 }, (_, at) => ({ name: `c${at}`, count: 1 }));
    expect(classesWords(overview(many))).toMatch(/c11 1 and 3 more\.$/);
  });

  it('asks for two tags at least', () => {
    const tags = ['beacon', 'harmless'].map((name, id) => ({ id, name })) as unknown as TagList['tags'];
    expect(tagsWords([], 'hosts')).toMatch(/^No hosts carry a tag/);
    expect(tagsWords(tags.slice(0, 1), 'connections')).toMatch(/^Only the tag “beacon”/);
    expect(tagsWords(tags, 'connections')).toContain('beacon, harmless.');
  });

  it('offers text columns, those that are usually labels first', () => {
    const columns = [
      { name: 'ts', type: 'time' },
      { name: 'uid', type: 'string' },
      { name: 'service', type: 'enum' },
      { name: 'class', type: 'string' },
    ] as unknown as readonly ColumnInfo[];
    expect(labelColumns(columns)).toEqual(['class', 'service', 'uid']);
  });
});

describe('what a person typed', () => {
  it('is read as parameters and as a grid, or refused with the word that is wrong', () => {
    expect(readParameters('maxDepth=20 criterion=entropy, bootstrap=false maxLeafNodes=none')).toEqual({
      parameters: { maxDepth: 20, criterion: 'entropy', bootstrap: false, maxLeafNodes: null },
      error: '',
    });
    expect(readParameters('maxDepth').error).toContain('“maxDepth”');
    expect(readParameters('__proto__=1').error).not.toBe('');
    expect(readGrid(' ')).toEqual({ values: null, error: '' });
    expect(readGrid('maxDepth=5,none criterion=gini,entropy').values).toEqual({ maxDepth: [5, null], criterion: ['gini', 'entropy'] });
    expect(readGrid('maxDepth=,').error).not.toBe('');
    expect(readGrid('maxDepth=2..4,9').values).toEqual({ maxDepth: [2, 3, 4, 9] });
    expect(readClusterGrid(' ')).toEqual({ values: null, error: '' });
    expect(readClusterGrid('k=2..4 covariance=full,diag').values).toEqual({ k: [2, 3, 4], covariance: ['full', 'diag'] });
    expect(['depth=3', 'k=0', 'k=many', 'covariance=round', 'k=4..2'].map((text) => readClusterGrid(text).error)).not.toContain('');
  });

  it('is read as a share and as folds', () => {
    expect(readShare('25')).toEqual({ share: 0.25, error: '' });
    expect(['', '-1', '91', 'x'].map((text) => readShare(text).error === '')).toEqual([false, false, false, false]);
    expect(['0', '2', '100'].map((text) => readFolds(text).error)).toEqual(['', '', '']);
    expect(['1', '101', '2.5', ''].map((text) => readFolds(text).error === '')).toEqual([false, false, false, false]);
  });
});

describe('the largest classes', () => {
  it('are those with the most rows, in the order of all', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 40 }), fc.nat(45), (supports, most) => {
        const classes = supports.map((support, at) => classFigures(String(at), 0.5, support));
        const places = largestClasses(classes, most);
        expect(places).toHaveLength(Math.min(most, classes.length));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        const least = Math.min(...places.map((place) => supports[place] ?? 0));
        supports.forEach((support, at) => {
          if (places.length > 0 && !places.includes(at)) expect(support).toBeLessThanOrEqual(least);
        });
      }),
    );
  });
});
