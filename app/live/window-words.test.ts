import fc from 'fast-check';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { LiveWindow } from '../contract/live.ts';
import { windowWords } from './window-words.ts';
import { mergeWindows } from './windows/merge-windows.ts';
import { packWindow, unpackWindow } from './windows/pack-window.ts';
import { formatOf, generated, windowsOf } from './windows/testing.ts';
import type { ClosedWindow } from './windows/types.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const logs = {
  access: (await generated('access', { rows: 3000, days: 1 / 24, seed: 5 })).log,
  'zeek-conn': (await generated('zeek-conn', { rows: 3000, days: 1 / 24, seed: 6 })).log,
};

/** The same by unpacking everything, and merging what was unpacked. */
function plainWords(packed: readonly Uint8Array[], top: number): LiveWindow {
  const unpacked = packed.map(unpackWindow);
  const window = unpacked.length === 1 ? unpacked[0] : mergeWindows(unpacked, unpacked[0].start, unpacked[0].end);
  const { whole, kind, start, end, late } = window;
  const clients = window.dimensions.find(({ dimension }) => dimension === 'client' || dimension === 'originator');
  return {
    ...{ kind, start, width: end - start, records: whole.records, errors: whole.errors, bytes: whole.bytesIn + whole.bytesOut },
    clients: kind === 'request' || kind === 'connection' ? whole.peers : (clients?.keys.length ?? 0),
    ...{ p95: whole.latency?.p95 ?? null, late },
    top: Object.fromEntries(
      window.dimensions.map(({ dimension, keys }) => [
        dimension,
        keys.slice(0, top).map(({ key, records, errors, bytesIn, bytesOut }) => ({ key, records, errors, bytes: bytesIn + bytesOut })),
      ]),
    ),
  };
}

describe('windows as they are listed', () => {
  it.each(['access', 'zeek-conn'] as const)('%s: say what unpacking and merging them says', (kind) => {
    const windows = windowsOf(formatOf(kind), logs[kind], { width: 300 }, [500]);
    const wide = windowsOf(formatOf(kind), logs[kind], { width: 3600 }, [500]);
    // of other logs it is known who spoke with whom alone
    const others = windows.map((window): ClosedWindow => ({ ...window, kind: 'other', dimensions: window.dimensions.slice(0, 2) }));
    const groups = [windows, wide, ...(kind === 'access' ? [] : [others])];
    for (const group of groups) {
      fc.assert(
        fc.property(
          fc.array(fc.nat(group.length - 1), { minLength: 1, maxLength: 3 }),
          fc.constantFrom(0, 1, 10, 1000),
          fc.constantFrom(1, 5, 100),
          (chosen, top, keep) => {
            const packed = chosen.map((at) => packWindow(group[at], keep));
            expect(windowWords(packed, top)).toEqual(plainWords(packed, top));
          },
        ),
        { numRuns: 30, endOnFailure: true },
      );
    }
  });

  it('a dimension of which the log says nothing has no keys', () => {
    const [window] = windowsOf(formatOf('access'), logs.access, {}, [500]);
    const words = windowWords([packWindow(window)], 5);
    expect(words.top['service']).toEqual([]);
    expect(words.top['client']).toHaveLength(5);
  });

  it('those that are damaged are refused', () => {
    const [window] = windowsOf(formatOf('access'), logs.access, {}, [500]);
    const packed = packWindow(window);
    fc.assert(
      fc.property(fc.nat(packed.length - 1), (length) => {
        expect(() => windowWords([packed.subarray(0, length)], 5)).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }));
      }),
      { endOnFailure: true },
    );
    expect(() => windowWords([Buffer.concat([packed, Buffer.of(0)])], 5)).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }));
  });
});

it('the latest windows of a case are the last of all of them, of all sources together', () => {
  const writer = createCase(join(scratch.path, 'a.flowcase'), caseFields);
  const reader = openCaseForReading(writer.path);
  const one = fc.record({ source: fc.integer({ min: 1, max: 4 }), start: fc.nat(40), kind: fc.constantFrom('request', 'connection') });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), fc.nat(45), fc.nat(45), fc.nat(12), (windows, from, to, most) => {
      writer.live.commit((transaction) => {
        for (const window of windows) transaction.window({ ...window, width: 60, records: 1, figures: Uint8Array.of(window.start) });
      });
      const all = reader.liveWindows('request', 60, from, to);
      const starts = [...new Set(all.map(({ start }) => start))];
      const wanted = new Set(most === 0 ? [] : starts.slice(-most));
      expect(reader.liveWindows('request', 60, from, to, most)).toEqual(all.filter(({ start }) => wanted.has(start)));
    }),
    { endOnFailure: true },
  );
  reader.close();
  writer.close();
});
