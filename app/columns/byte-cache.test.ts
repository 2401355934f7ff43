import { expect, it } from 'vitest';
import { ByteCache } from './byte-cache.ts';

it('forgets what was not used for longest, and never holds more than its limit but for one value', () => {
  const cache = new ByteCache<string>(100);
  cache.set(1, 'one', 40);
  cache.set(2, 'two', 40);
  expect(cache.get(1)).toBe('one');
  cache.set(3, 'three', 40);
  expect([cache.get(1), cache.get(2), cache.get(3)]).toEqual(['one', undefined, 'three']);
  expect(cache.bytes).toBe(80);
  cache.set(3, 'again', 10);
  expect(cache.bytes).toBe(50);
  cache.set(4, 'large', 500);
  expect([cache.get(1), cache.get(3), cache.get(4), cache.bytes]).toEqual([undefined, undefined, 'large', 500]);
  cache.set(5, 'small', 1);
  expect([cache.get(4), cache.get(5), cache.bytes]).toEqual([undefined, 'small', 1]);
});

it('forgets what is told to go', () => {
  const cache = new ByteCache<string>(100);
  for (const key of [1, 2, 3, 4]) cache.set(key, String(key), 10);
  cache.keep((key) => key % 2 === 0);
  expect([cache.get(1), cache.get(2), cache.get(3), cache.get(4), cache.bytes]).toEqual([undefined, '2', undefined, '4', 20]);
});
