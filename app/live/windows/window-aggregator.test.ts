import fc from 'fast-check';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../../case/open.ts';
import { caseFields, scratchFolder } from '../../case/testing.ts';
import { accessJson } from '../../formats/access-json.ts';
import { access } from '../../formats/access.ts';
import { readLog } from '../../formats/testing.ts';
import { importFiles } from '../../import/import-files.ts';
import { foldTable } from './fold-table.ts';
import { BatchReader, fingerprint, formatOf, generated, pieces, windowsOf } from './testing.ts';
import type { ClosedWindow, WindowOptions } from './types.ts';
import { WindowAggregator } from './window-aggregator.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

const site = await generated('access', { rows: 4000, days: 1 / 24, seed: 3 });
const office = await generated('zeek-conn', { rows: 4000, days: 1 / 24, seed: 4 });
const logs = { access: site.log, 'zeek-conn': office.log };
const [base] = [Date.UTC(2024, 3, 15) * 1000];

/** Seconds after midnight, client, status, bytes. */
const line = (second: number, client = '10.0.0.1', status = 200, path = '/'): string => {
  const at = new Date(base / 1000 + second * 1000);
  const clock = at.toISOString().slice(11, 19);
  const day = `${String(at.getUTCDate()).padStart(2, '0')}/${['Jan', 'Feb', 'Mar', 'Apr', 'May'][at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${client} - - [${day}:${clock} +0000] "GET ${path} HTTP/1.1" ${status} 100 "-" "x"`;
};
const logOf = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);
const brief = (windows: readonly ClosedWindow[]): unknown[] =>
  windows.map(({ start, end, whole, late, early }) => [(start - base) / 1e6, (end - base) / 1e6, whole.records, late, early]);
const windows = (lines: readonly string[], options: WindowOptions = {}, sizes = [1]): unknown[] =>
  brief(windowsOf(access, logOf(lines), options, sizes));

/** A new fold that goes on from what the old one saved. */
const restarted =
  (options: WindowOptions) =>
  (old: WindowAggregator): WindowAggregator => {
    const next = new WindowAggregator(old.kind, old.source, options);
    expect(next.restore(old.save())).toBe(true);
    return next;
  };

describe('the same records, the same windows bit for bit', () => {
  const shapes: readonly WindowOptions[] = [{}, { width: 300, step: 60 }, { width: 20, lateness: 2, keys: 16 }];

  it.each(['access', 'zeek-conn'] as const)('%s: in other batches, restarted from its state after any of them, as one', (kind) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 }),
        (options, sizes) => {
          const whole = windowsOf(formatOf(kind), logs[kind], options, [1_000_000]).map(fingerprint);
          expect(windowsOf(formatOf(kind), logs[kind], options, sizes).map(fingerprint)).toEqual(whole);
          expect(windowsOf(formatOf(kind), logs[kind], options, sizes, restarted(options)).map(fingerprint)).toEqual(whole);
        },
      ),
      { numRuns: 4 },
    );
  });

  it.each(['access', 'zeek-conn'] as const)('%s: windows that were given stay as they are, whatever is folded after them', (kind) => {
    for (const options of shapes) {
      const atOnce: string[] = [];
      const later: ClosedWindow[] = [];
      let aggregator: WindowAggregator | null = null;
      const reader = new BatchReader(formatOf(kind), logs[kind], (batch) => {
        aggregator ??= new WindowAggregator(batch.kind, 1, options);
        const closed = aggregator.fold(batch);
        atOnce.push(...closed.map(fingerprint));
        later.push(...closed);
      });
      for (const piece of pieces(logs[kind], [300])) reader.read(piece);
      expect(later.length).toBeGreaterThan(10);
      expect(later.map(fingerprint)).toEqual(atOnce);
    }
  });

  it.each(['access', 'zeek-conn'] as const)('%s: as a finished file that was imported', async (kind) => {
    const path = join(scratch.path, `${kind}.log`);
    writeFileSync(path, logs[kind]);
    const writer = createCase(`${path}.flowcase`, caseFields);
    await importFiles(writer, { paths: [path], force: false }, { report: () => undefined, stopped: () => false });
    writer.close();
    const reader = openCaseForReading(`${path}.flowcase`);
    const table = reader.table(kind === 'access' ? 'request' : 'connection');
    const batch = [...foldTable(table, { width: 300, step: 60 }, { source: 1 })].map(fingerprint);
    reader.close();
    expect(batch).toEqual(windowsOf(formatOf(kind), logs[kind], { width: 300, step: 60 }, [333]).map(fingerprint));
    expect(batch.length).toBeGreaterThan(50);
  });

  it('whether or not records come with others that say more of themselves: one without virtual host counts by its server', () => {
    const record = (second: number, more: object): string =>
      JSON.stringify({
        time: new Date(base / 1000 + second * 1000).toISOString(),
        remote_addr: '10.0.0.1',
        request: 'GET / HTTP/1.1',
        status: 200,
        ...more,
      });
    const log = logOf(
      Array.from({ length: 40 }, (_, i) =>
        record(i, i % 3 === 0 ? { host: 'shop.example', server_addr: '192.0.2.1' } : { server_addr: '192.0.2.1' }),
      ),
    );
    const alone = windowsOf(accessJson, log, {}, [1]);
    expect(windowsOf(accessJson, log, {}, [40]).map(fingerprint)).toEqual(alone.map(fingerprint));
    expect(
      alone[0].dimensions
        .find(({ dimension }) => dimension === 'service')
        ?.keys.map(({ key }) => key)
        .sort(),
    ).toEqual(['192.0.2.1', 'shop.example']);
  });
});

describe('figures', () => {
  it('are those of a plain count over the rows', () => {
    const { records } = readLog(access, logs.access).sink;
    const closed = windowsOf(access, logs.access, { lateness: 3600 }, [1000]);
    expect(closed.reduce((sum, { whole }) => sum + whole.records, 0)).toBe(records.length);
    for (const window of closed.filter((_, i) => i % 7 === 0)) {
      const inside = records.filter((record) => Number(record.get('ts')) >= window.start && Number(record.get('ts')) < window.end);
      const failed = inside.filter((record) => Number(record.get('status')) >= 400);
      const paths = new Set(inside.map((record) => record.get('path')).filter((path) => path !== null));
      expect(window.whole).toMatchObject({
        records: inside.length,
        errors: failed.length,
        refused: failed.filter((record) => [401, 403].includes(Number(record.get('status')))).length,
        bytesIn: inside.reduce((sum, record) => sum + Number(record.get('bytes') ?? 0), 0),
        bytesOut: 0,
        peers: new Set(inside.map((record) => record.get('orig_h'))).size,
        latency: null,
      });
      if (paths.size <= 128) expect(window.whole.targets).toBe(paths.size);
      const clients = window.dimensions.find(({ dimension }) => dimension === 'client');
      for (const { key, records: count, targets } of clients?.keys ?? []) {
        const own = inside.filter((record) => record.get('orig_h') === key);
        expect([count, targets]).toEqual([
          own.length,
          new Set(own.map((record) => record.get('path')).filter((path) => path !== null)).size,
        ]);
      }
      expect(window.dimensions.find(({ dimension }) => dimension === 'service')?.keys).toEqual([]);
    }
  });

  it('of connections: who failed, what went out, how long they took', () => {
    const closed = windowsOf(formatOf('zeek-conn'), logs['zeek-conn'], {}, [1000]);
    const states = new Map<string, number>();
    for (const { dimensions } of closed) {
      for (const { key, records } of dimensions.find(({ dimension }) => dimension === 'state')?.keys ?? []) {
        states.set(key, (states.get(key) ?? 0) + records);
      }
    }
    const sum = (of: (window: ClosedWindow) => number): number => closed.reduce((total, window) => total + of(window), 0);
    expect(sum(({ whole }) => whole.errors)).toBe(
      ['S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR'].reduce((n, state) => n + (states.get(state) ?? 0), 0),
    );
    expect(sum(({ whole }) => whole.refused)).toBe(states.get('REJ'));
    expect(sum(({ whole }) => whole.bytesOut)).toBeGreaterThan(1e6);
    expect(closed.every(({ whole }) => whole.latency !== null && whole.latency.p95 > 0)).toBe(true);
  });
});

describe('event time', () => {
  it('closes a window when the latest record is past its end by the lateness, and counts who comes too late', () => {
    const lines = [line(5), line(58), line(61), line(59), line(69), line(70), line(57), line(75)];
    expect(windows(lines)).toEqual([
      [0, 60, 3, 0, 0],
      [60, 120, 4, 1, 0],
    ]);
  });

  it('leaves out windows without records', () => {
    expect(windows([line(5), line(10_000), line(10_070)])).toEqual([
      [0, 60, 1, 0, 0],
      [9960, 10_020, 1, 0, 0],
      [10_020, 10_080, 1, 0, 0],
    ]);
  });

  it('slides', () => {
    expect(windows([line(5), line(65), line(130)], { width: 120, step: 60 })).toEqual([
      [-60, 60, 1, 0, 0],
      [0, 120, 2, 0, 0],
      [60, 180, 2, 0, 0],
      [120, 240, 1, 0, 0],
    ]);
  });

  it('a clock in the future closes nobody else’s windows', () => {
    const right = Array.from({ length: 200 }, (_, i) => line(i * 2));
    const wrong = right.flatMap((one, i) => (i % 3 === 2 ? [one, line(7200 + i * 2, '10.9.9.9')] : [one]));
    const inTime = (lines: readonly string[]): unknown[] =>
      windows(lines, {}, [7]).filter((one) => Array.isArray(one) && Number(one[0]) < 3600);
    expect(inTime(wrong)).toEqual(inTime(right));
    // a first record with a wrong time too
    expect(inTime([line(90_000), ...right])).toEqual(inTime(right));
  });

  it('follows after a pause: when all are ahead, or when such records go on themselves', () => {
    const dense = [line(0), ...Array.from({ length: 40 }, (_, i) => line(5000 + i))];
    const aggregator = new WindowAggregator('request', 1);
    const closed = windowsOf(access, logOf(dense), {}, [1], () => aggregator);
    expect(aggregator.watermark).toBe(base + 5029e6);
    expect(brief(closed)).toHaveLength(1);
    const sparse = [line(0), line(5000), line(5100)];
    expect(windows(sparse)).toHaveLength(3);
  });

  it('holds a bounded number of windows open, and counts what it leaves out', () => {
    const spread = Array.from({ length: 1000 }, (_, i) => [line(i / 100), line(10_000 + i * 60)]).flat();
    const all = windowsOf(access, logOf(spread), {}, [100]);
    expect(all.length).toBeLessThanOrEqual(122);
    expect(all.reduce((sum, { whole, early, late }) => sum + whole.records + early + late, 0)).toBe(2000);
  });

  it('a connection that began too long ago counts at its end', () => {
    const head =
      '#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tduration\torig_bytes\n#types\ttime\taddr\taddr\tinterval\tcount\n';
    const row = (ts: number, duration: number | string, bytes: number): string => `${ts}\t10.0.0.1\t10.0.0.2\t${duration}\t${bytes}\n`;
    const log = Buffer.from(`${head}${row(1000, 1, 1)}${row(1200, 1, 2)}${row(700, 499, 4)}${row(690, '-', 8)}${row(1210, 1, 16)}`);
    const closed = windowsOf(formatOf('zeek-conn'), log, { jump: 600 }, [1]);
    expect(closed.map(({ start, whole, late }) => [start / 1e6, whole.bytesOut, late])).toEqual([
      [960, 1, 0],
      [1140, 4, 1],
      [1200, 18, 0],
    ]);
  });

  it('takes up no state of other options', () => {
    const old = new WindowAggregator('request', 1);
    expect(new WindowAggregator('request', 1, { width: 30 }).restore(old.save())).toBe(false);
    expect(() => new WindowAggregator('request', 1).restore(old.save().subarray(0, 20))).toThrow(
      expect.objectContaining({ code: 'FILE_DAMAGED' }),
    );
    expect(() => new WindowAggregator('request', 1, { width: 60, step: 7 })).toThrow(/whole part/);
  });
});

describe('event time that ran ahead', () => {
  const day = 86_400;
  /** Two records a second, with so many of one day later in the middle. */
  const glitch = (ahead: number, apart: number, rest: number): string[] => [
    ...Array.from({ length: 600 }, (_, i) => line(i / 2)),
    ...Array.from({ length: ahead }, (_, i) => line(day + i * apart)),
    ...Array.from({ length: rest }, (_, i) => line(300 + i / 2)),
  ];
  const counted = (log: readonly string[], sizes = [100]): { all: number; behind: number; lost: number } => {
    const closed = windowsOf(access, logOf(log), {}, sizes);
    const sum = (of: (window: ClosedWindow) => number): number => closed.reduce((total, window) => total + of(window), 0);
    const behind = sum(({ start, whole }) => ((start - base) / 1e6 < day ? whole.records : 0));
    return { all: sum(({ whole, late, early }) => whole.records + late + early), behind, lost: sum(({ late, early }) => late + early) };
  };

  it.each([
    [41, 1],
    [2, 61],
  ])('by %i records of a day later, %i s apart, goes back: what follows is in windows', (ahead, apart) => {
    const { all, behind, lost } = counted(glitch(ahead, apart, 6000));
    expect(all).toBe(6600 + ahead);
    expect(lost).toBeLessThan(70);
    expect(behind).toBe(6600 - lost);
  });

  it('costs no more each time that it happens: it takes more and more to believe it', () => {
    const again = Array.from({ length: 20 }, (_, i) => [
      ...Array.from({ length: 400 }, (_, j) => line(i * 200 + j / 2)),
      ...Array.from({ length: 41 }, () => line(day * (i + 1))),
    ]).flat();
    expect(counted(again).lost).toBeLessThan(130);
  });

  it('by records of somebody else who goes on with it goes back all the same', () => {
    const log = [...glitch(41, 1, 0), ...Array.from({ length: 6000 }, (_, i) => (i % 4 === 0 ? line(day + i / 4) : line(300 + i / 2)))];
    expect(counted(log).lost).toBeLessThan(200);
  });

  it('gives the same windows bit for bit, in whatever batches they come, and restarted between them', () => {
    const log = logOf([...glitch(41, 1, 500), ...glitch(3, 100, 400)]);
    const whole = windowsOf(access, log, { width: 120, step: 60 }, [1_000_000]).map(fingerprint);
    expect(whole.length).toBeGreaterThan(20);
    for (const sizes of [[1], [7], [600, 30, 20, 13, 500]]) {
      expect(windowsOf(access, log, { width: 120, step: 60 }, sizes).map(fingerprint)).toEqual(whole);
      expect(windowsOf(access, log, { width: 120, step: 60 }, sizes, restarted({ width: 120, step: 60 })).map(fingerprint)).toEqual(whole);
    }
  });

  it('what lies behind in a log that is out of order moves nothing while the others go on', () => {
    const log = Array.from({ length: 4000 }, (_, i) => line(i % 3 === 2 ? i / 4 : 3000 + i / 4));
    const closed = windowsOf(access, logOf([line(3000), ...log]), {}, [100]);
    expect(closed.every(({ start }, i) => i === 0 || start > closed[i - 1].start)).toBe(true);
  });
});
