import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { generatorOf } from '../../generate/registry.ts';
import { formatById } from '../../formats/registry.ts';
import { parseFilter } from '../../query/parse.ts';
import { Random } from '../../shared/random.ts';
import { formatOf, windowsOf } from '../windows/testing.ts';
import type { ClosedWindow } from '../windows/types.ts';
import { LiveDetectors } from './live-detectors.ts';
import { LEAST_CALLS } from './rhythm.ts';
import { alertsOf, alertsWithRestores, madeCalls, planted, type MadeCall } from './testing.ts';
import type { NewAlert } from './types.ts';

const MINUTE = 60e6;
const HOUR = 3600;

const beacons = (windows: readonly ClosedWindow[], detectors = new LiveDetectors()): NewAlert[] =>
  alertsOf(windows, detectors).filter(({ detector }) => detector === 'beacon');

/** One host calls one address so often, every so many seconds give or take. */
function calling(
  { orig = '10.0.0.7', resp = '203.0.113.9', port = 443, from = 0 }: { orig?: string; resp?: string; port?: number; from?: number },
  count: number,
  period: number,
  jitter: (i: number) => number = () => 0,
): MadeCall[] {
  return Array.from({ length: count }, (_, i) => [from + (i + 0.5) * period + jitter(i), orig, resp, port]);
}

/** What others do meanwhile, by chance: a window each minute at least. */
function others(seconds: number, seed: number, hosts = 20): MadeCall[] {
  const random = new Random(seed);
  return Array.from({ length: Math.ceil(seconds / 3) }, (_, i) => {
    const orig = `10.0.1.${random.below(hosts)}`;
    return [i * 3 + random.float(), orig, `198.51.100.${random.below(40)}`, 443];
  });
}

describe('a backdoor of the generator that calls home every minute', () => {
  it.each([7, 8, 9])('seed %i: is raised with its 21st call, goes on to its last one, and nothing else is', async (seed) => {
    const { windows, incident } = await planted('zeek-conn', 'beacon', seed);
    const { first, last } = incident ?? { first: 0, last: 0 };
    const alerts = alertsOf(windows);
    expect(new Set(alerts.map(({ detector, subject }) => `${detector} ${subject}`))).toEqual(
      new Set(['beacon 10.20.1.77 → 203.0.113.247:443']),
    );
    const [alert] = alerts;
    expect(alert.window.end - first).toBeLessThanOrEqual((LEAST_CALLS + 1) * MINUTE);
    // one a window, and the first 20 windows are only learned from
    expect(alert).toMatchObject({ host: '10.20.1.77', severity: 'medium', records: LEAST_CALLS + 1 });
    expect(alert.why).toMatch(/^10\.20\.1\.77 called 203\.0\.113\.247:443 2\d times in \d+ m.*the median is (1 m|59|60)/);
    expect(() => parseFilter(alert.filter)).not.toThrow();
    expect(alert.filter).toContain('resp_h = 203.0.113.247 and resp_p = 443 and ts >= ');
    // one window after the other, and every call is told of once
    expect(alerts.map(({ window }) => window.start)).toEqual(
      windows.filter(({ end }) => end >= alert.window.end).map(({ start }) => start),
    );
    expect(alerts.at(-1)).toMatchObject({ severity: 'high' });
    expect(alerts.reduce((sum, { records }) => sum + records, 0)).toBe(Math.round((last - first) / MINUTE) + 1);
  });

  it.each([21, 22, 23])('seed %i: of traffic without one nothing is raised in six hours', async (seed) => {
    const { windows } = await planted('zeek-conn', null, seed);
    expect(alertsOf(windows)).toEqual([]);
  });
});

it('a little that goes out every hour (tstat’s drip) is raised with its 20th call', async () => {
  const blocks: Uint8Array[] = [];
  const options = { rows: 20_000, days: 1, seed: 7, scenarios: ['drip'] };
  const truth = await generatorOf('tstat').generate(options, (block) => void blocks.push(block.slice()));
  const [{ facts }] = truth.incidents as readonly { readonly facts: { readonly connections: number } }[];
  expect(facts.connections).toBeGreaterThanOrEqual(LEAST_CALLS);
  const log = Buffer.concat(blocks);
  const alerts = beacons(windowsOf(formatById('tstat'), log, { lateness: 120 }, [5000]));
  expect(new Set(alerts.map(({ subject }) => subject)).size).toBe(1);
  expect(alerts[0].why).toMatch(/median is (1 h|59 m|60 m)/);
  expect(alerts[0].why).toMatch(/sending about 25\d\.\d KiB each/);
});

describe('what calls like a clock', () => {
  it('is raised with its 20th call whatever its interval, with a fifth of it by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 3600 }), fc.double({ min: 0, max: 0.1, noNaN: true }), fc.nat(), (period, jitter, seed) => {
        const random = new Random(seed);
        const from = 30 * 60;
        const calls = calling({ from }, 24, period, () => (random.float() * 2 - 1) * jitter * period);
        const traffic = [...calls, ...calling({ orig: '10.0.0.8', resp: '203.0.113.10' }, Math.ceil((from + 25 * period) / 59), 59)];
        const windows = madeCalls(traffic);
        const [alert] = beacons(windows).filter(({ host }) => host === '10.0.0.7');
        expect(alert.window.end / 1e6).toBeLessThanOrEqual(Math.ceil(calls[LEAST_CALLS - 1][0] / 60) * 60 + 60);
      }),
      { numRuns: 40 },
    );
  });

  it('is not what calls by chance, however often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), (mean, seed) => {
        const random = new Random(seed);
        let second = 0;
        const calls = Array.from({ length: 400 }, (): MadeCall => {
          second += -Math.log(1 - random.float()) * mean;
          return [second, '10.0.0.7', '203.0.113.9', 443];
        });
        expect(beacons(madeCalls(calls))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a clock that is set', { port: 123 }],
    ['a host of one’s own network that is looked after', { resp: '192.168.3.4' }],
    ['one of its own in IPv6', { resp: 'fd00::7' }],
    ['many at once', { resp: '239.255.255.250', port: 1900 }],
    ['everybody', { resp: '255.255.255.255', port: 9999 }],
    ['a host that is pinged', { port: 0 }],
  ])('%s: is no secret', (_, pair) => {
    const windows = madeCalls([...calling(pair, 120, 60), ...others(2 * HOUR, 1)]);
    expect(windows.length).toBeGreaterThan(100);
    expect(beacons(windows)).toEqual([]);
  });

  it('who calls in is none: programs that try passwords on a server do so like a clock', () => {
    const inward = Array.from({ length: 9 }, (_, i) => calling({ orig: `198.51.100.${i}`, resp: '203.0.113.80', port: 22 }, 60, 60)).flat();
    expect(beacons(madeCalls([...inward, ...others(HOUR, 9)]))).toEqual([]);
  });

  it('what lies in one’s own network the log says, where it does', () => {
    const out = calling({ orig: '192.0.2.80' }, 60, 60);
    const traffic = [...out, ...others(HOUR, 10)];
    expect(beacons(madeCalls(traffic))).toEqual([]);
    const own = (network: string) => (address: string) => address.startsWith(network);
    expect(beacons(madeCalls(traffic, {}, own('192.0.2.'))).at(-1)).toMatchObject({ host: '192.0.2.80' });
    expect(beacons(madeCalls(traffic, {}, own('10.')))).toEqual([]);
    expect(beacons(madeCalls(traffic, {}, () => true))).toEqual([]);
  });

  it('a service that a quarter of all hosts call is none, two hosts that are taken over are', () => {
    const hosts = (count: number): MadeCall[] =>
      Array.from({ length: count }, (_, i) => calling({ orig: `10.0.1.${i}` }, 60, 60, () => i)).flat();
    expect(beacons(madeCalls([...hosts(6), ...others(HOUR, 2)]))).toEqual([]);
    const two = beacons(madeCalls([...hosts(2), ...others(HOUR, 2)]));
    expect(new Set(two.map(({ host }) => host))).toEqual(new Set(['10.0.1.0', '10.0.1.1']));
  });

  it('is over when three intervals pass without it, and is told again when it is back', () => {
    const calls = [...calling({}, 40, 60), ...calling({ from: 3 * HOUR }, 40, 60)];
    const ends = beacons(madeCalls([...calls, ...others(4 * HOUR, 3)])).map(({ window }) => window.end / MINUTE);
    const pause = ends.findIndex((end, i) => i > 0 && end - ends[i - 1] > 1);
    expect(ends[pause - 1]).toBeLessThanOrEqual(44);
    expect(ends[pause]).toBeGreaterThanOrEqual(180);
    expect(ends.at(-1)).toBeGreaterThan(215);
  });

  it('the same windows, the same alerts, with the state saved and restored between any two', () => {
    const windows = madeCalls([...calling({}, 60, 60, (i) => (i % 5) - 2), ...others(HOUR, 4)]);
    const alerts = alertsWithRestores(windows);
    expect(alerts.length).toBeGreaterThan(30);
    expect(alerts).toEqual(alertsOf(windows));
  });

  it('is told by windows that overlap as by those that do not: each call counts once', () => {
    const traffic = [...calling({}, 60, 60), ...others(HOUR, 5)];
    const whole = beacons(madeCalls(traffic)).at(-1);
    const sliding = beacons(madeCalls(traffic, { width: 300, step: 60 })).at(-1);
    expect(sliding?.figures[0]).toEqual(whole?.figures[0]);
    expect(whole?.figures[0]).toMatchObject({ name: 'calls', value: 60 });
  });

  it('is remembered through a scan of thousands a minute, in a state that stays small', () => {
    const scan = Array.from({ length: 60_000 }, (_, i): MadeCall => [
      i * 0.06,
      '10.0.9.9',
      `203.${Math.floor(i / 250) % 200}.${i % 250}.1`,
      1 + (i % 60_000),
    ]);
    const windows = madeCalls([...calling({}, 60, 60), ...scan, ...others(HOUR, 6)]);
    const detectors = new LiveDetectors();
    expect(new Set(beacons(windows, detectors).map(({ host }) => host))).toEqual(new Set(['10.0.0.7']));
    expect(detectors.save().length).toBeLessThan(2_000_000);
  });

  it('leaves others to see what they see: a scan meanwhile is raised as without it', () => {
    const scan = Array.from({ length: 3000 }, (_, i): MadeCall => [2 * HOUR + i * 0.02, '10.0.1.3', `10.10.0.${i % 250}`, 1 + i]);
    const quiet = others(2 * HOUR + 120, 7);
    const loud = (windows: readonly ClosedWindow[]): string[] =>
      alertsOf(windows).flatMap(({ detector, subject, window }) => (detector === 'beacon' ? [] : [`${detector} ${subject} ${window.end}`]));
    const without = loud(madeCalls([...scan, ...quiet]));
    expect(without.length).toBeGreaterThan(0);
    expect(loud(madeCalls([...scan, ...quiet, ...calling({}, 122, 60)]))).toEqual(without);
  });

  it('what a person switched off is not said, and is known when it is on again', () => {
    const windows = madeCalls([...calling({}, 60, 60), ...others(HOUR, 8)]);
    const off = new LiveDetectors(['beacon']);
    expect(beacons(windows.slice(0, 40), off)).toEqual([]);
    const on = new LiveDetectors();
    on.restore(off.save());
    expect(beacons(windows.slice(40, 41), on)).toMatchObject([{ host: '10.0.0.7' }]);
  });
});

const shared = join(import.meta.dirname, '../../../../shared/data/zeek');

describe.skipIf(!existsSync(shared))('real logs (skipped where ../shared/data is missing)', () => {
  it.each([
    ['an hour behind a proxy', 'rita-proxy_rolling/conn.16-00-00-17-00-00.log.gz', 50],
    ['36 hours of a server on which hundreds try passwords like a clock', 'rita-server/conn.20240419T00-20240420T12.log.gz', 2000],
  ])('of %s: nothing calls out so', (_, name, least) => {
    const windows = windowsOf(formatOf('zeek-conn'), gunzipSync(readFileSync(join(shared, name))), { lateness: 60 }, [5000]);
    expect(windows.length).toBeGreaterThan(least);
    expect(windows.some(({ calls }) => calls.length > 0)).toBe(true);
    expect(beacons(windows)).toEqual([]);
  });
});
