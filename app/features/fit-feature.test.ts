import { expect, it } from 'vitest';
import { fitFeature } from './fit-feature.ts';
import type { FeatureDescription } from './types.ts';

const requests: FeatureDescription = {
  name: 'requests',
  title: 'Requests',
  how: 'requests in which it is the client',
  kind: 'measure',
  weight: 1,
  neutral: null,
  log: 'always',
  needs: [],
  more: '',
  less: '',
  nameMore: '',
  nameLess: '',
};
const how = { scaling: 'standard', absent: 'neutral', noun: 'host' } as const;

// the sum of so many logarithms is rounded: their mean is none of them, and each would lie a deviation away from it
it.each([3, 100_200, 1_000_003])('leaves out what is the same in all of %d rows, also where some do not have it', (rows) => {
  const same = new Float64Array(rows).fill(1);
  expect(fitFeature(requests, same.slice(), how)).toMatchObject({ fitted: { scale: 0 }, info: { dropped: 'the same in every host (1)' } });
  same[1] = NaN;
  expect(fitFeature(requests, same.slice(), how).info.dropped).toContain('the same wherever it is known');
  same[0] = 2;
  expect(fitFeature(requests, same, how).info.dropped).toBeNull();
});
