import { expect, it } from 'vitest';
import type { LearnedSummaries, LearnedTask } from '../shared/run-outcome.ts';
import { askedThen } from './run-defaults.ts';

const summaryOf = (task: LearnedTask, parameters: object): LearnedSummaries[LearnedTask] =>
  ({ task, parameters }) as unknown as LearnedSummaries[LearnedTask];

it('a model of before sides were learned is trained again without them', () => {
  const request = { model: 'tree', parameters: { maxDepth: 3 } };
  const before = summaryOf('train', { maxDepth: 3, ccpAlpha: 0 });
  expect(askedThen(request, before)).toEqual({ model: 'tree', parameters: { maxDepth: 3, absentValues: 'left' } });
  for (const absentValues of ['learned', 'left'])
    expect(askedThen(request, summaryOf('train', { maxDepth: 3, absentValues }))).toBe(request);
  expect(askedThen(request, summaryOf('anomalies', {}))).toBe(request);
});

it('a tree that was pruned before both ends of its way were tried is pruned again as it was', () => {
  const request = { model: 'tree', parameters: {}, tune: { search: 'grid', values: { ccpAlpha: ['auto', 0.5], maxDepth: [3] } } };
  const summary = summaryOf('train', { absentValues: 'learned' });
  expect(askedThen(request, summary, { tuning: { scoring: 'macroF1', trials: [] } })).toEqual({
    ...request,
    tune: { ...request.tune, values: { ccpAlpha: ['auto then', 0.5], maxDepth: [3] } },
  });
  expect(askedThen(request, summary, { tuning: { scoring: 'macroF1', trials: [], edge: null } })).toBe(request);
  const plain = { ...request, tune: null };
  expect(askedThen(plain, summary, { tuning: null })).toBe(plain);
});
