import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filledIn, lastDue, nextDue } from './clock.ts';

const at = (text: string): number => Date.parse(text) * 1000;
const words = (time: number | null): string | null => (time === null ? null : new Date(time / 1000).toISOString());

describe('when work is due', () => {
  it.each([
    ['0 3 * * *', 'UTC', '2026-11-21T12:00:00Z', '2026-11-22T03:00:00.000Z'],
    ['0 3 * * *', 'Europe/Berlin', '2026-11-21T12:00:00Z', '2026-11-22T02:00:00.000Z'],
    ['@hourly', 'UTC', '2026-11-21T12:00:00Z', '2026-11-21T13:00:00.000Z'],
    ['30 4 * * 1', 'UTC', '2026-11-21T12:00:00Z', '2026-11-23T04:30:00.000Z'],
    ['0 0 29 2 *', 'UTC', '2026-11-21T12:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 30 2 *', 'UTC', '2026-11-21T12:00:00Z', null],
  ])('%s in %s comes after %s at %s', (cron, zone, after, wanted) => {
    expect(words(nextDue({ cron, zone }, at(after)))).toBe(wanted);
  });

  it('is made up for once, however often it was missed', () => {
    const nightly = { cron: '0 3 * * *', zone: 'UTC' };
    expect(words(lastDue(nightly, at('2026-11-10T03:00:00Z'), at('2026-11-21T12:00:00Z')))).toBe('2026-11-21T03:00:00.000Z');
    expect(lastDue(nightly, at('2026-11-21T03:00:00Z'), at('2026-11-21T12:00:00Z'))).toBeNull();
    expect(words(lastDue(nightly, at('2026-11-20T12:00:00Z'), at('2026-11-21T03:00:00Z')))).toBe('2026-11-21T03:00:00.000Z');
  });

  it('is never before it is next, nor next before it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
        fc.constantFrom('*/7 * * * *', '0 3 * * *', '15 */5 * * 1-5'),
        (seconds, cron) => {
          const now = seconds * 1e6;
          const when = { cron, zone: 'America/New_York' };
          const next = nextDue(when, now) ?? Infinity;
          expect(next).toBeGreaterThan(now);
          expect(lastDue(when, now, next)).toBe(next);
          expect(lastDue(when, next, next)).toBeNull();
        },
      ),
    );
  });

  it.each([
    ['61 * * * *', 'UTC'],
    ['* * * * * *', 'UTC'],
    ['every night', 'UTC'],
    ['0 3 * * *', 'Mars/Olympus'],
  ])('%s in %s is refused', (cron, zone) => {
    expect(() => nextDue({ cron, zone }, 0)).toThrow(/is no time/);
  });
});

it('a path may hold the time at which it was due, on the clock of the zone', () => {
  expect(filledIn('/r/{date}-{time}-{week}-{other}.pdf', at('2026-12-31T23:30:00Z'), 'Europe/Berlin')).toBe(
    '/r/2027-01-01-0030-2026-W53-{other}.pdf',
  );
});
