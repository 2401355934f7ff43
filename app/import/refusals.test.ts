import { expect, it } from 'vitest';
import { tooManyRejects } from './refusals.ts';

it.each([
  ['BAD_REQUEST', true],
  ['NO_TIME', false],
])('says how to give a format where the lines begin as requests do, and not else: %s', (reason, said) => {
  const first = [{ line: 1, reason, what: 'no request with a status and a size behind it' }];
  const { message } = tooManyRejects('a.log', { rows: 0, rejected: 1, recognised: false }, 0.5, { whole: true, first });
  expect(message.includes('--log-format')).toBe(said);
});
