import { describe, expect, it } from 'vitest';
import type { ColumnInfo, KeptAlert, LiveWindow } from '../../../app/contract.ts';
import { alertsIn, barEnds, dimensionsOf, keyFilter, latestApart, statusClasses, sumKeys, WindowRing } from './live-windows.ts';

const minute = 60e6;
const window = (minutes: number, more: Partial<LiveWindow> = {}): LiveWindow => ({
  kind: 'request',
  start: minutes * minute,
  width: minute,
  records: 10,
  errors: 1,
  bytes: 100,
  clients: 2,
  p95: null,
  late: 0,
  top: {},
  ...more,
});
const starts = (windows: readonly LiveWindow[]): number[] => windows.map(({ start }) => start / minute);
const column = (name: string): ColumnInfo => ({ name, type: 'string', title: '', shown: true });

describe('the ring of windows', () => {
  it('takes what came since, replaces what was asked for again, and never grows beyond its size', () => {
    const ring = new WindowRing(3);
    expect(ring.from).toBeUndefined();
    expect(ring.take([window(1), window(2)])).toBe(true);
    expect(ring.from).toBe(2 * minute);
    expect(ring.take([window(2)])).toBe(false);
    expect(ring.take([window(2), window(3), window(4)])).toBe(true);
    expect(starts(ring.windows)).toEqual([2, 3, 4]);
    // minutes that were merged into an hour
    expect(ring.take([window(4, { width: 60 * minute, records: 600 })])).toBe(true);
    expect(ring.windows.at(-1)?.records).toBe(600);
    expect(ring.take([])).toBe(false);
  });
});

describe('windows that slide', () => {
  const sliding = [0, 1, 2, 3, 4].map((at) => window(at, { width: 2 * minute }));

  it('are drawn side by side', () => {
    expect(barEnds(sliding).map((end) => end / minute)).toEqual([1, 2, 3, 4, 6]);
  });
  it('are added up only where none covers another', () => {
    expect(starts(latestApart(sliding, 5))).toEqual([0, 2, 4]);
    expect(starts(latestApart([window(1), window(2), window(3)], 2))).toEqual([2, 3]);
  });
});

describe('alerts over windows', () => {
  const alert = (minutes: number, kind = 'request'): KeptAlert =>
    ({ kind, window: { start: minutes * minute, end: (minutes + 1) * minute } }) as unknown as KeptAlert;

  it('stand over the window that has their worst one, minutes that became an hour too', () => {
    const windows = [window(0, { width: 60 * minute }), window(60), window(61)];
    const [early, late, other, gone] = [alert(17), alert(61), alert(60, 'dns'), alert(62)];
    expect([...alertsIn(windows, [early, late, other, gone])]).toEqual([
      [0, [early]],
      [2, [late]],
    ]);
  });
});

describe('tops of windows', () => {
  const key = (name: string, records: number, errors = 0): { key: string; records: number; errors: number; bytes: number } => ({
    key: name,
    records,
    errors,
    bytes: records,
  });

  it('are summed by key, whatever a key is called', () => {
    const windows = [window(1, { top: { path: [key('__proto__', 3), key('/', 2)] } }), window(2, { top: { path: [key('/', 2, 1)] } })];
    expect(sumKeys(windows, 'path')).toEqual([key('/', 4, 1), key('__proto__', 3)].map((one) => ({ ...one })));
    expect(sumKeys(windows, 'toString')).toEqual([]);
  });

  it('put statuses into their classes, in their order', () => {
    expect(statusClasses([key('500', 1, 1), key('200', 5), key('204', 2), key('-', 1)]).map((one) => [one.key, one.records])).toEqual([
      ['-', 1],
      ['2xx', 7],
      ['5xx', 1],
    ]);
  });

  it('lead to their records, in the time of the windows', () => {
    const windows = [window(0), window(1)];
    const dims = new Map(dimensionsOf([window(0, { top: { path: [], status: [], service: [] } })], 'request').map((one) => [one.id, one]));
    const filter = (id: string, name: string, columns: string[]): string | null => {
      const info = dims.get(id);
      return info === undefined ? null : keyFilter(info, name, columns.map(column), windows);
    };
    const span = 'ts >= 1970-01-01T00:00:00Z and ts < 1970-01-01T00:02:00Z';
    expect(filter('path', '/a" or 1', ['path'])).toBe(`path = "/a\\" or 1" and ${span}`);
    expect(filter('status', '4xx', ['status'])).toBe(`status >= 400 and status < 500 and ${span}`);
    expect(filter('service', 'shop', ['resp_h'])).toBe(`resp_h = shop and ${span}`);
    expect(filter('service', 'shop', ['vhost', 'resp_h'])).toBe(`vhost = shop and ${span}`);
    expect(filter('service', '-', ['vhost'])).toBe(`vhost = absent and ${span}`);
    expect(filter('path', '/', ['other'])).toBeNull();
  });
});
