import { expect, it } from 'vitest';
import { retentionRules } from '../contract/live.ts';
import { readRules } from './rules.ts';

const stored = (rules: unknown): Uint8Array => Buffer.from(JSON.stringify(rules));

it('what an earlier version called hoursAfter are the days that it meant', () => {
  for (const hoursAfter of [3, null]) {
    const rules = readRules(stored({ windows: { width: 300 }, retention: { days: 30, bytes: null, hoursAfter } }));
    expect(rules).toMatchObject({ windows: { width: 300 }, retention: { days: 30, bytes: null, hourlyAfterDays: hoursAfter } });
    expect(rules.retention).not.toHaveProperty('hoursAfter');
  }
});

it('are read as they are written, and begin as they are at first', () => {
  expect(readRules(null).retention).toEqual(retentionRules.parse({}));
  const rules = readRules(stored({ retention: { days: 2, hourlyAfterDays: 5 } }));
  expect(rules.retention).toEqual({ days: 2, bytes: null, hourlyAfterDays: 5 });
  expect(readRules(stored(rules))).toEqual(rules);
});
