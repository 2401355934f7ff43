import { describe, expect, it } from 'vitest';
import { access } from '../../formats/access.ts';
import { downSample, mergeWindows } from './merge-windows.ts';
import { packWindow, unpackWindow } from './pack-window.ts';
import { pathTemplate } from './text-keys.ts';
import { fingerprint, formatOf, generated, windowsOf } from './testing.ts';

const site = await generated('access', { rows: 6000, days: 1 / 12, seed: 5 });
const office = await generated('zeek-conn', { rows: 6000, days: 1 / 12, seed: 6 });
const logs = { access: site.log, 'zeek-conn': office.log };

describe('stored windows', () => {
  it.each(['access', 'zeek-conn'] as const)('%s: wider ones have the figures of windows that were that wide', (kind) => {
    const options = { lateness: 3600 };
    const minutes = windowsOf(formatOf(kind), logs[kind], options, [500]);
    const before = minutes.map(fingerprint);
    const hours = windowsOf(formatOf(kind), logs[kind], { ...options, width: 3600 }, [500]);
    // who called whom is for whoever looks at a window as it closes
    expect(downSample(minutes, 3600)).toEqual(hours.map((window) => ({ ...window, calls: [] })));
    // what was merged is as it was
    expect(minutes.map(fingerprint)).toEqual(before);
  });

  it('come back as they were, or with the heaviest keys and a bound for the rest', () => {
    const [window] = downSample(windowsOf(access, logs.access, {}, [500]), 3600);
    expect(unpackWindow(packWindow(window, 1_000_000))).toEqual(window);
    const short = unpackWindow(packWindow(window, 10));
    expect(short.whole).toEqual(window.whole);
    const clients = window.dimensions[0].keys;
    expect(short.dimensions[0]).toEqual({ dimension: 'client', keys: clients.slice(0, 10), bound: clients[10].records });
    expect(() => unpackWindow(packWindow(window).subarray(0, 500))).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }));
  });

  it('of several sources are one; such as overlap are refused', () => {
    const one = windowsOf(access, logs.access, {}, [500]);
    const other = one.map((window) => ({ ...window, source: 2 }));
    const both = mergeWindows([one[5], other[5]], one[5].start, one[5].end);
    expect(both).toMatchObject({ source: null, whole: { records: one[5].whole.records * 2, peers: one[5].whole.peers } });
    expect(() => downSample(windowsOf(access, logs.access, { width: 300, step: 60 }, [500]), 3600)).toThrow(/overlap/);
    expect(() => mergeWindows([], 0, 1)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

it.each([
  ['/', '/'],
  ['/items/4711', '/items/*'],
  ['/items/4711/reviews/2', '/items/*/reviews/*'],
  ['/articles/logs-12.html', '/articles/logs-12.html'],
  ['/u/6f9619ff-8b86-d011-b42d-00cf4fc964ff', '/u/*'],
  ['/facade/deface', '/facade/deface'],
  ['/session/dGhpcyBpcyBhIHRlc3Qgd2l0aCA0NzEx', '/session/*'],
  [`/${'a/'.repeat(40)}`, `/${'a/'.repeat(10)}a…`],
])('the kind of %s is %s', (path, template) => {
  expect(pathTemplate(path)).toBe(template);
});
