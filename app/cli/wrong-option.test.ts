import { expect, it } from 'vitest';
import { wrongOption } from './wrong-option.ts';

const command = { name: 'train', options: { param: { type: 'string', about: '' }, grid: { type: 'string', about: '' } } } as const;
const error = { code: 'PARAMETER', message: 'Too small.', details: { name: 'maxDepth', value: 0, allowed: '1 to 9' } } as const;

it.each([
  [['--grid', 'depth=0'], '--grid: Too small.'],
  [['--grid=maxDepth=0', '--param', 'leaf=3'], '--grid: Too small.'],
  [['--grid', 'leaf=3', '--param', 'depth=0'], '--param: Too small.'],
  [['--param=depth=0'], '--param: Too small.'],
])('a parameter under a short name is told of in the option it stands in: %j', (args, words) => {
  expect(wrongOption(error, command, args)).toBe(words);
});
