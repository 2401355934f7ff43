import { afterEach, describe, expect, it, vi } from 'vitest';
import { Matrix } from '../learn/matrix.ts';
import { verdictOf } from './crosscheck-models.ts';
import { comparableParameters, leftAside, rowsWithinBound } from './second-trees.ts';

afterEach(() => vi.restoreAllMocks());

const lesson = (rows: number, columns: number, classes: number): Parameters<typeof rowsWithinBound>[1] => ({
  matrix: new Matrix(rows, columns),
  codes: Uint16Array.from({ length: rows }, (_, row) => row % classes),
  rows: Uint32Array.from({ length: rows }, (_, row) => row),
});
const tree = { model: 'tree', seed: 1, parameters: {} } as const;

describe('the rows that a second tool learns from', () => {
  it('are as many on a machine that is busy as on one that is not', () => {
    const asked = rowsWithinBound(tree, lesson(5000, 100, 8));
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 60_000));
    expect(rowsWithinBound(tree, lesson(5000, 100, 8))).toBe(asked);
    expect(asked).toBeGreaterThan(300);
    expect(asked).toBeLessThan(5000);
  });

  it('are fewer with more features, more classes and more trees, and never more than there are', () => {
    const rows = rowsWithinBound(tree, lesson(50_000, 20, 2));
    expect(rowsWithinBound(tree, lesson(50_000, 80, 2))).toBe(Math.floor(rows / 2));
    expect(rowsWithinBound(tree, lesson(50_000, 20, 9))).toBeLessThan(rows);
    const forest = { ...tree, model: 'forest', parameters: { nEstimators: 20, maxFeatures: 0.7 } } as const;
    expect(rowsWithinBound(forest, lesson(50_000, 20, 2))).toBeLessThan(rows / 3);
    expect(rowsWithinBound(tree, lesson(40, 20, 2))).toBe(40);
  });
});

it('what the second tool knows nothing of is no part of the check, and is named', () => {
  const asked = { ...tree, parameters: { ccpAlpha: 0.015_695_1, maxDepth: 7, minSamplesLeaf: 1, classWeight: null } };
  const same = { maxDepth: 7, minSamplesLeaf: 1, classWeight: null, maxFeatures: null, absentValues: 'left' };
  expect(comparableParameters(asked, 30)).toEqual({ ...same, ccpAlpha: 0 });
  expect(leftAside(asked, true)).toEqual(['ccpAlpha (0.0157)']);
  const learned = { ...asked, parameters: { ...asked.parameters, absentValues: 'learned' } };
  expect(comparableParameters(learned, 30)).toEqual({ ...same, ccpAlpha: 0 });
  expect(leftAside(learned, true)).toEqual(['ccpAlpha (0.0157)', 'absentValues (learned)']);
  expect(leftAside(learned, false)).toEqual(['ccpAlpha (0.0157)']);
});

it('two agree that are as often right and say the same of most rows; neither alone is agreement', () => {
  const bounds = { chance: 0.05, least: 0.75 };
  const same = { ours: 0.106, theirs: 0.096 };
  const said = (accuracy: typeof same, equal: number, turned: number): ReturnType<typeof verdictOf> =>
    verdictOf('other', accuracy, { equal, turned }, bounds);
  expect(said(same, 0.9, 0.95)).toMatchObject({ verdict: 'agrees', said: expect.stringMatching(/^They agree\. /) as string });
  expect(said(same, 0.257, 0.9)).toMatchObject({
    verdict: 'differs',
    said: expect.stringMatching(/^They do not agree: 75\.0 %/) as string,
  });
  expect(said(same, 0.257, 0.3)).toMatchObject({
    verdict: 'not confirmed',
    said: expect.stringMatching(/^Not confirmed.*30\.0 %/) as string,
  });
  expect(said({ ours: 0.706, theirs: 0.082 }, 0.9, 0.9)).toMatchObject({
    verdict: 'differs',
    said: expect.stringContaining('Flowcase is clearly better') as string,
  });
  expect(said({ ours: 0.106, theirs: 0.724 }, 0.9, 0.9).said).toContain('other is clearly better');
});
