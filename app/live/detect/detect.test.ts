import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { access } from '../../formats/access.ts';
import { parseFilter } from '../../query/parse.ts';
import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import { windowsOf } from '../windows/testing.ts';
import { LEAST_WINDOWS } from './baselines.ts';
import { History } from './history.ts';
import { LiveDetectors } from './live-detectors.ts';
import { alertsOf, alertsWithRestores, madeWindows, planted, type MadeRequest } from './testing.ts';

const MINUTE = 60e6;

function reread(history: History, most: number): History {
  const out = new ByteWriter();
  history.write(out);
  return new History(most).read(new ByteReader(out.done(), 'A history'));
}

describe('incidents of the generator', () => {
  it.each([
    ['access', 'brute-force', 'brute-force', '203.0.113.50'],
    ['access', 'scan', 'scan', '203.0.113.91'],
    ['access', 'flood', 'flood', 'all'],
    ['access', 'exfiltration', 'exfiltration', '203.0.113.120'],
    ['access', 'web-attack', 'baseline', '203.0.113.77'],
    ['zeek-conn', 'scan', 'scan', '10.20.1.66'],
    ['zeek-conn', 'exfiltration', 'exfiltration', '10.20.1.42'],
  ] as const)('%s, %s: raised within two windows, and nothing else in six hours', async (kind, scenario, detector, subject) => {
    const { windows, incident } = await planted(kind, scenario, 7);
    const { first, last } = incident ?? { first: 0, last: 0 };
    const alerts = alertsOf(windows);
    const [alert] = alerts.filter((one) => one.detector === detector && one.subject === subject);
    expect(alert).toBeDefined();
    // the incident's begin lies in this window or the one before
    expect(alert.window.end - first).toBeLessThanOrEqual(2 * MINUTE);
    expect(alert.window.end).toBeGreaterThan(first);
    const away = alerts.filter(({ window }) => window.end <= first || window.start > last + 5 * MINUTE);
    expect(away).toEqual([]);
    expect(alert.why).toMatch(/last \d+ windows/);
    expect(alert.figures.length).toBeGreaterThan(0);
    expect(() => parseFilter(alert.filter)).not.toThrow();
    expect(alert.filter).toContain(subject === 'all' ? 'ts >= ' : `orig_h = ${subject} and ts >= `);
  });

  it.each([
    ['access', 11],
    ['access', 12],
    ['access', 13],
    ['zeek-conn', 11],
    ['zeek-conn', 12],
  ] as const)('%s without any, seed %i: no alert in six hours', async (kind, seed) => {
    const { windows } = await planted(kind, null, seed);
    expect(windows.length).toBeGreaterThan(300);
    expect(alertsOf(windows)).toEqual([]);
  });

  it('what is attacked for long is not learned: it is raised to the end', async () => {
    const { windows, incident } = await planted('access', 'brute-force', 7, 60_000);
    const { first, last } = incident ?? { first: 0, last: 0 };
    const raised = alertsOf(windows).filter(({ detector }) => detector === 'brute-force');
    expect(raised.length).toBeGreaterThanOrEqual(Math.floor((last - first) / MINUTE) - 1);
  });

  it('the same windows, the same alerts, with the state saved and restored between any two', async () => {
    const { windows } = await planted('access', 'web-attack', 7);
    const alerts = alertsWithRestores(windows);
    expect(alerts.length).toBeGreaterThan(0);
    expect(alerts).toEqual(alertsOf(windows));
  });
});

describe('made-up traffic', () => {
  /** So many requests a minute of ordinary clients, at two services. */
  const ordinary = (from: number, to: number, services = ['a.example', 'b.example']): MadeRequest[] =>
    Array.from({ length: (to - from) * 60 }, (_, i): MadeRequest => [
      from + i / 60,
      `10.0.0.${i % 30}`,
      services[i % services.length],
      i % 50 === 0 ? 404 : 200,
      `/${i % 17}`,
    ]);
  const mixed = (...parts: readonly MadeRequest[][]): MadeRequest[] => parts.flat().sort((a, b) => a[0] - b[0]);
  const attack = (from: number, to: number): MadeRequest[] =>
    Array.from({ length: (to - from) * 90 }, (_, i): MadeRequest => [from + i / 90, '203.0.113.9', 'a.example', 401, '/login']);

  it('says nothing before it has learned', () => {
    const detectors = new LiveDetectors();
    expect(detectors.learning).toEqual({ have: 0, need: LEAST_WINDOWS });
    expect(alertsOf(madeWindows(mixed(ordinary(0, 19), attack(12, 19))), detectors)).toEqual([]);
    expect(detectors.learning).toEqual({ have: 19, need: LEAST_WINDOWS });
  });

  it('a service that always talks falls silent, and the rest goes on', () => {
    const alerts = alertsOf(madeWindows([...ordinary(0, 40), ...ordinary(40, 45, ['a.example'])]));
    expect(alerts.map(({ detector, subject }) => `${detector} ${subject}`)).toEqual(Array<string>(5).fill('silence b.example'));
    expect(alerts[0]).toMatchObject({
      window: { start: 40 * MINUTE, end: 41 * MINUTE },
      figures: [{ name: 'records', value: 0 }],
      records: 0,
    });
    expect(alerts[0].filter).toContain('vhost = b.example and ts >= 1970-01-01T00:40');
  });

  it('a source that always talks had a gap; one with gaps is not always talking', () => {
    const gap = alertsOf(madeWindows([...ordinary(0, 40), ...ordinary(55, 60)]));
    expect(gap.map(({ detector, subject, window }) => [detector, subject, window])).toEqual([
      ['silence', 'all', { start: 40 * MINUTE, end: 55 * MINUTE }],
    ]);
    expect(alertsOf(madeWindows(Array.from({ length: 40 }, (_, i) => ordinary(i * 10, i * 10 + 1)).flat()))).toEqual([]);
  });

  it('a server that fails for many is told of the server, one client that fails is not', () => {
    const failing = ordinary(40, 43).map(([minute, client, service, , path], i): MadeRequest => [
      minute,
      client,
      service,
      i % 2 === 0 ? 500 : 200,
      path,
    ]);
    const alerts = alertsOf(madeWindows([...ordinary(0, 40), ...failing]));
    expect(alerts.map(({ detector, subject }) => `${detector} ${subject}`)).toContain('error-burst all');
    const one = alertsOf(madeWindows(mixed(ordinary(0, 43), attack(40, 43))));
    expect([...new Set(one.map(({ detector, subject }) => `${detector} ${subject}`))]).toEqual(['brute-force 203.0.113.9']);
  });

  it('what a person switched off is not said', () => {
    const windows = madeWindows(mixed(ordinary(0, 43), attack(40, 43)));
    expect(alertsOf(windows, new LiveDetectors(['brute-force', 'baseline', 'flood', 'isolation']))).toEqual([]);
  });

  it('grows slowly, and is followed', () => {
    const rising = Array.from({ length: 200 }, (_, minute) =>
      Array.from({ length: Math.round(60 * 1.012 ** minute) }, (_, i): MadeRequest => [
        minute + i / 10_000,
        `10.0.${i % 5}.${i % 40}`,
        'a.example',
        200,
        `/${i % 17}`,
      ]),
    );
    expect(alertsOf(madeWindows(rising.flat()))).toEqual([]);
  });
});

describe('what is usual', () => {
  it('keeps quantiles, and lets in what was flagged no further than a hundredth above the highest', () => {
    const history = new History(120);
    for (let i = 0; i < 100; i++) history.push(9 + (i % 23), false);
    expect(history.usual()).toMatchObject({ windows: 100 });
    expect(history.usual().low).toBeCloseTo(10, 0);
    expect(history.usual().highest).toBeCloseTo(31, 0);
    for (let i = 0; i < 20; i++) history.push(100_000, true);
    expect(history.usual().highest).toBeLessThan(32 * 1.01 ** 21);
    history.push(100_000, false);
    expect(history.usual().highest).toBeGreaterThan(99_000);
  });

  it('keeps small whole numbers as they are: what is just at a limit is not beyond it', () => {
    for (let value = 0; value <= 256; value++) {
      const history = new History(3);
      history.push(value, false);
      expect(history.high).toBe(value);
    }
  });

  it('has the quantiles of the last windows, whatever came before and however often it was written and read', () => {
    const values = fc.array(fc.tuple(fc.oneof(fc.nat(20), fc.double({ min: 0, max: 1e12, noNaN: true })), fc.boolean()), {
      maxLength: 100,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), values, (most, pushed) => {
        let history = new History(most);
        let kept: number[] = [];
        for (const [value, again] of pushed) {
          history.push(value, false);
          kept = [...kept, value].slice(-most);
          if (again) history = reread(history, most);
        }
        const sorted = kept.sort((a, b) => a - b);
        const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
        const { windows, ...usual } = history.usual();
        expect(windows).toBe(kept.length);
        const exact = { low: at(0.05), middle: at(0.5), high: at(0.95), highest: at(1) };
        for (const [name, value] of Object.entries({ ...usual, lowest: history.lowest })) {
          const wanted = { ...exact, lowest: at(0) }[name] ?? Number.NaN;
          expect(Math.abs(value - wanted)).toBeLessThanOrEqual((1 + wanted) * 0.0014 * (1 + 1e-9));
        }
      }),
    );
  });
});

const shared = join(import.meta.dirname, '../../../../shared/data/web');

describe.skipIf(!existsSync(shared))('real logs (skipped where ../shared/data is missing)', () => {
  it('of an ordinary site raise nothing', () => {
    const log = gunzipSync(readFileSync(join(shared, 'apache_combined_10k.log.gz')));
    const windows = windowsOf(access, log, {}, [1000]);
    expect(windows.length).toBe(84);
    expect(alertsOf(windows)).toEqual([]);
  });

  it('a scanner behind an hour of ordinary traffic is raised at once', () => {
    const base = gunzipSync(readFileSync(join(shared, 'apache_combined_10k.log.gz')));
    const ordinary = windowsOf(access, base, {}, [1000]);
    // this log is not in order of time
    const scanned = windowsOf(access, gunzipSync(readFileSync(join(shared, 'scan_acunetix.log.gz'))), { lateness: 7200 }, [1000]);
    const after = ordinary[ordinary.length - 1].end - scanned[0].start;
    const moved = scanned.map((window) => ({ ...window, start: window.start + after, end: window.end + after }));
    const alerts = alertsOf([...ordinary, ...moved]);
    expect(alerts.length).toBeGreaterThan(0);
    expect(alerts[0].window.end).toBeLessThanOrEqual(moved[1].end);
  });
});
