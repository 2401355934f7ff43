import { describe, expect, it } from 'vitest';
import type { FittedFeature } from '../features/fitted.ts';
import type { TreeDrawing, TreeSplit } from '../learn/trees/describe.ts';
import { rulesOf, stepWords, treeNode } from './tree-words.ts';

const feature = (name: string, title: string, kind: FittedFeature['kind'], how = name): FittedFeature => ({
  ...{ name, title, how, kind, made: null, log: false, shift: 0, divisor: 1, weight: 1, fill: null, mean: 0, scale: 1 },
});
const names = {
  features: [
    feature('bytes', 'Bytes', 'measure'),
    feature('failed', 'Failed', 'flag'),
    feature('duration', 'Duration', 'measure', 'milliseconds'),
  ],
  classes: ['bad', 'good'],
};
const leaf = (bad: number, good: number): TreeDrawing => ({
  ...{
    node: 0,
    depth: 0,
    rows: bad + good,
    counts: [bad, good],
    impurity: 0,
    prediction: good > bad ? 1 : 0,
    split: null,
    hiddenLeaves: 0,
  },
});
const fork = (
  column: number,
  threshold: number | null,
  left: TreeDrawing,
  right: TreeDrawing,
  more: Partial<TreeSplit> = {},
): TreeDrawing => ({
  ...leaf(left.counts[0] + right.counts[0], left.counts[1] + right.counts[1]),
  split: { feature: column, threshold, left, right, absent: 'left', absentSeen: threshold === null, ...more },
});
/** Bytes at most 1,150.5? Then: above 100? ...; else: failed? or duration absent? */
const tree = fork(0, 1150.5, fork(0, 100, leaf(0, 3), leaf(20, 10)), fork(1, 0.5, fork(2, null, leaf(0, 7), leaf(2, 0)), leaf(40, 0)));

describe('a tree in words', () => {
  it('is one rule per leaf, the largest first, with what is asked twice joined', () => {
    expect(rulesOf(tree, names)).toEqual([
      'bad (100.0 % of 40): Bytes above 1,150.5; Failed: yes',
      'bad (66.7 % of 30): Bytes above 100 and at most 1,150.5',
      'good (100.0 % of 7): Bytes above 1,150.5; Failed: no; Duration not known',
      'good (100.0 % of 3): Bytes at most 100',
      'bad (100.0 % of 2): Bytes above 1,150.5; Failed: no; Duration known',
    ]);
    expect(rulesOf(leaf(1, 0), names)).toEqual(['bad (100.0 % of 1): always']);
  });

  it('is in the units of the log where the recipe takes logarithms itself', () => {
    const logged = { ...names, features: [feature('orig_bytes', 'Bytes sent', 'measure', 'log(1 + orig_bytes)')] };
    expect(rulesOf(fork(0, Math.log1p(147.5), leaf(1, 0), leaf(0, 2)), logged)).toEqual([
      'good (100.0 % of 2): Bytes sent above 147.5',
      'bad (100.0 % of 1): Bytes sent at most 147.5',
    ]);
    const { question } = treeNode(fork(0, Math.log1p(147.5), leaf(1, 0), leaf(0, 2)), logged);
    expect(question).toMatchObject({ threshold: Math.log1p(147.5), words: 'Bytes sent at most 147.5' });
    expect(question?.value).toBeCloseTo(147.5, 9);
    const step = { feature: 0, threshold: Math.log1p(147.5), went: 'left', value: Math.log1p(33) } as Parameters<typeof stepWords>[1];
    expect(stepWords(logged.features[0], step)).toBe('Bytes sent at most 147.5: 33');
  });

  it('is nested nodes with shares and questions', () => {
    const node = treeNode(tree, names);
    expect(node).toMatchObject({
      rows: 82,
      predicted: 'bad',
      question: { feature: 'bytes', threshold: 1150.5, value: 1150.5, absentSeen: false, words: 'Bytes at most 1,150.5' },
    });
    expect(node.shares[0]).toBeCloseTo(62 / 82, 12);
    expect(node.question?.more.question).toMatchObject({
      feature: 'failed',
      words: 'Failed: no',
      less: { question: { threshold: null, value: null } },
    });
  });

  it('tells a step with what the row has', () => {
    const [bytes, failed, duration] = names.features;
    expect(stepWords(bytes, { feature: 0, threshold: 1150.5, went: 'right', value: 5600 })).toBe('Bytes above 1,150.5: 5,600');
    expect(stepWords(failed, { feature: 1, threshold: 0.5, went: 'left', value: 0 })).toBe('Failed: no');
    expect(stepWords(duration, { feature: 2, threshold: -Infinity, went: 'left', value: Number.NaN })).toBe('Duration not known');
    expect(stepWords(duration, { feature: 2, threshold: 40, went: 'left', value: Number.NaN })).toBe(
      'Duration at most 40 ms or not known: not known',
    );
    expect(stepWords(failed, { feature: 1, threshold: 0.5, went: 'right', value: Number.NaN })).toBe('Failed: yes or not known: not known');
  });

  it('says where absent values went, where there were any', () => {
    const seen = (absent: 'left' | 'right'): Partial<TreeSplit> => ({ absent, absentSeen: true });
    const inner = fork(2, 40, leaf(5, 0), leaf(0, 4), seen('right'));
    const asked = fork(1, 0.5, fork(0, null, leaf(1, 0), leaf(2, 0)), leaf(8, 0), seen('left'));
    const absent = fork(2, 90, inner, asked, seen('left'));
    expect(rulesOf(absent, names)).toEqual([
      'bad (100.0 % of 8): Duration above 90 ms; Failed: yes',
      'bad (100.0 % of 5): Duration at most 40 ms',
      'good (100.0 % of 4): Duration above 40 ms and at most 90 ms or not known',
      'bad (100.0 % of 2): Duration above 90 ms; Failed: no or not known; Bytes known',
      'bad (100.0 % of 1): Duration above 90 ms; Failed: no or not known; Bytes not known',
    ]);
    const { question } = treeNode(absent, names);
    expect(question).toMatchObject({ absent: 'less', absentSeen: true, words: 'Duration at most 90 ms or not known' });
    expect(question?.less.question).toMatchObject({ absent: 'more', words: 'Duration at most 40 ms' });
    // an absent value that was seen nowhere goes somewhere all the same, and no rule is longer for it
    expect(treeNode(tree, names).question).toMatchObject({ absent: 'less', words: 'Bytes at most 1,150.5' });
  });
});
