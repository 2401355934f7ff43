import { expect, it } from 'vitest';
import { kindFrom } from './kinds.ts';

it('takes kinds in the plural or as they are', () => {
  expect(['connections', 'requests', 'connection', 'dns', 'known-things'].map(kindFrom)).toEqual([
    'connection',
    'request',
    'connection',
    'dns',
    'known-things',
  ]);
  expect(() => kindFrom('DNS log')).toThrow(/no kind of record/);
});
