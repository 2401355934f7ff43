import { describe, expect, it } from 'vitest';
import { addedTo, familyStem, sameFamily } from './rotated-names.ts';

describe('the beginning that all names of a log have', () => {
  it.each([
    ['access.log', 'access'],
    ['access.log.1', 'access'],
    ['access.log.11', 'access'],
    ['access.log.2.gz', 'access'],
    ['access.log-20261121.zst', 'access'],
    ['access-20261121.log', 'access'],
    ['access20261121.log', 'access'],
    ['access.log.old', 'access'],
    ['access.log~', 'access'],
    ['conn.log.8.gz', 'conn'],
    ['conn.11:00:00-12:00:00.log.gz', 'conn'],
    ['app-2026-11-21.1.log', 'app'],
    ['server.log.2026-11-21', 'server'],
    ['www.example.com.log.3', 'www.example.com'],
    ['eth0.log', 'eth0'],
    ['messages', 'messages'],
    ['messages.1', 'messages'],
    ['2026-11-21', '2026'],
  ])('of %s is %s', (name, stem) => {
    expect(familyStem(name)).toBe(stem);
    expect(name.startsWith(stem)).toBe(true);
  });
});

describe('names', () => {
  it('are of one family where rotation made one of the other, or both of a third', () => {
    expect(sameFamily('a.log', 'a.log.1')).toBe(true);
    expect(sameFamily('a.log.1.gz', 'a.log.2.gz')).toBe(true);
    expect(sameFamily('a.log.3', 'a-20261121.log')).toBe(false);
    expect(sameFamily('a.log', 'ab.log')).toBe(false);
    expect(addedTo('a.log', 'a.log.1.gz')).toBe('.1');
  });
});
