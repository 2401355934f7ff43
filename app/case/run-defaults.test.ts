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
