import { describe, expect, it } from 'vitest';
import { Args, UsageError, type OptionSpecs } from './args.ts';
import { calibrationFrom, gridFrom, labelFrom, parametersFrom, parameterValue, tuneFrom } from './commands/train-options.ts';

const specs: OptionSpecs = {
  label: { type: 'string', about: '' },
  tags: { type: 'string', multiple: true, optional: true, about: '' },
  ...Object.fromEntries(
    ['tune', 'search', 'trials', 'prune', 'grid', 'calibrate'].map((name) => [name, { type: 'string', about: '' } as const]),
  ),
  random: { type: 'string', about: '' },
  scoring: { type: 'string', about: '' },
  'grid-folds': { type: 'string', about: '' },
};
const args = (...words: readonly string[]): Args => new Args(['a.flowcase', ...words], specs);

describe('parameters in the terminal', () => {
  it.each([
    ['20', 20],
    ['-0.5', -0.5],
    ['1e-3', 0.001],
    ['none', null],
    ['true', true],
    ['entropy', 'entropy'],
    ['', ''],
  ])('%s', (text, value) => expect(parameterValue(text)).toBe(value));

  it('have short names too', () => {
    expect(parametersFrom(['depth=20', 'trees=50', 'criterion=gini'])).toEqual({ maxDepth: 20, nEstimators: 50, criterion: 'gini' });
    expect(() => parametersFrom(['depth'])).toThrow(UsageError);
    expect(() => parametersFrom(['=3'])).toThrow(UsageError);
  });

  it('make a grid', () => {
    expect(gridFrom(' maxDepth=15,20, none ; criterion=gini,entropy;', 'tune')).toEqual({
      maxDepth: [15, 20, null],
      criterion: ['gini', 'entropy'],
    });
    expect(() => gridFrom(';', 'tune')).toThrow(UsageError);
    expect(tuneFrom(args('--grid', 'depth=1,2', '--random', '1'), 'forest')).toMatchObject({ search: 'random', iterations: 1, folds: 3 });
    expect(tuneFrom(args('--tune', 'leaf=1..3', '--search', 'random', '--trials', '2'), 'forest')).toMatchObject({
      ...{ search: 'random', iterations: 2, values: { minSamplesLeaf: [1, 2, 3] } },
    });
    expect(tuneFrom(args('--prune', 'auto'), 'tree')).toMatchObject({ search: 'grid', values: { ccpAlpha: ['auto'] } });
    expect(calibrationFrom(args('--calibrate', 'isotonic'))).toEqual({ calibration: 'isotonic' });
    expect(calibrationFrom(args())).toEqual({});
    expect(() => calibrationFrom(args('--calibrate', 'luck'))).toThrow('sigmoid or isotonic');
    expect(() => tuneFrom(args('--prune', 'auto'), 'forest')).toThrow('forests are not pruned');
    expect(() => tuneFrom(args('--tune', 'leaf=3..1'), 'tree')).toThrow('no range');
    expect(() => tuneFrom(args('--tune', 'leaf=1', '--grid', 'leaf=1'), 'tree')).toThrow('the same');
    expect(() => tuneFrom(args('--tune', 'leaf=1', '--trials', '3', '--search', 'grid'), 'tree')).toThrow('--search random');
    expect(tuneFrom(args(), 'forest')).toBeNull();
    expect(() => tuneFrom(args('--random', '3'), 'forest')).toThrow('--random goes with --tune');
    expect(() => tuneFrom(args('--grid', 'depth=1', '--scoring', 'luck'), 'forest')).toThrow('not "luck"');
  });
});

describe('where classes come from', () => {
  it('is a column, all tags, or some', () => {
    expect(labelFrom(args('--label', 'class'))).toEqual({ type: 'column', column: 'class' });
    expect(labelFrom(args('--tags'))).toEqual({ type: 'tags', tags: [] });
    expect(labelFrom(args('--tags', '--grid', 'depth=1'))).toEqual({ type: 'tags', tags: [] });
    expect(labelFrom(args('--tags', 'bad,good'))).toEqual({ type: 'tags', tags: ['bad', 'good'] });
    expect(() => labelFrom(args())).toThrow(UsageError);
    expect(() => labelFrom(args('--label', 'class', '--tags'))).toThrow(UsageError);
  });
});
