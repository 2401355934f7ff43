import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Talker } from '../contract/records.ts';
import { Random } from '../shared/random.ts';
import { compileFilter } from '../query/compile.ts';
import { connectionColumns, memoryContext, MemoryTable, type PlainRow } from '../query/testing.ts';
import { hosts } from './hosts.ts';
import { overview } from './overview.ts';
import { PairSet } from './pair-set.ts';
import { medianOf, robustScale } from './robust.ts';
import { everyRow, slicesOf } from '../columns/scan/slices.ts';
import { largest } from './talkers.ts';
import { niceStep, rhythmOf } from './timeline.ts';

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const monday = Date.UTC(2024, 3, 15) * 1000;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 });
const host = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '192.0.2.1');
const row: fc.Arbitrary<PlainRow> = fc.record({
  ts: maybe(fc.integer({ min: -DAY, max: monday + DAY })),
  orig_h: maybe(host),
  resp_h: maybe(host),
  resp_p: maybe(fc.constantFrom(443, 80, 0)),
  service: maybe(fc.constantFrom('ssl', 'http')),
  orig_bytes: maybe(fc.integer({ min: 0, max: 5000 })),
  resp_bytes: maybe(fc.integer({ min: 0, max: 5000 })),
  conn_state: maybe(fc.constantFrom('SF', 'S0', 'REJ')),
});
const filters = fc.constantFrom('', 'resp_p = 443', 'host = 10.0.0.1', 'service is absent and not resp_p = 80');
const amount = (plain: PlainRow, column: string): number => (typeof plain[column] === 'number' ? plain[column] : 0);
const isFailed = (plain: PlainRow): boolean => plain['conn_state'] === 'S0' || plain['conn_state'] === 'REJ';
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/** The rows that a filter lets through, as plain values. */
function chosen(
  rows: readonly PlainRow[],
  text: string,
): { readonly table: MemoryTable; readonly rows: readonly PlainRow[]; readonly filter: ReturnType<typeof compileFilter> } {
  const table = new MemoryTable(connectionColumns, rows, 6);
  const filter = compileFilter(text, memoryContext(table));
  const kept = table.chunks.flatMap((chunk, c) => {
    const mask = filter.mask(chunk);
    return rows.slice(6 * c, 6 * c + chunk.rows).filter((_, i) => mask?.[i] === 1);
  });
  return { table, rows: kept, filter };
}

const bothBytes = (plain: PlainRow): number => amount(plain, 'orig_bytes') + amount(plain, 'resp_bytes');

/** Every host of a side, as a plain reading of the rows has it. */
function plainTalkers(
  rows: readonly PlainRow[],
  side: string,
  other: string,
  sent: string,
  received: string,
  table: MemoryTable,
): readonly Talker[] {
  const names = [...new Set(rows.flatMap((r) => (typeof r[side] === 'string' ? [r[side]] : [])))];
  const idOf = (name: string): number => table.dictionary('host').idOf(name);
  return names
    .map((name) => {
      const own = rows.filter((r) => r[side] === name);
      return {
        host: name,
        connections: own.length,
        bytesOut: sumOf(own.map((r) => amount(r, sent))),
        bytesIn: sumOf(own.map((r) => amount(r, received))),
        peers: new Set(own.map((r) => r[other]).filter((peer) => peer !== null)).size,
      };
    })
    .sort((a, b) => b.bytesOut - a.bytesOut || b.connections - a.connections || idOf(a.host) - idOf(b.host));
}

describe('overview', () => {
  it('adds up what a plain reading of the rows adds up', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), filters, fc.integer({ min: 1, max: 50 }), (all, text, buckets) => {
        const { table, rows, filter } = chosen(all, text);
        const answer = overview(table, filter, { buckets, top: 10 });
        expect([answer.total, answer.all]).toEqual([rows.length, all.length]);
        expect(answer.bytesOut).toBe(sumOf(rows.map((r) => amount(r, 'orig_bytes'))));
        expect(answer.bytesIn).toBe(sumOf(rows.map((r) => amount(r, 'resp_bytes'))));
        const names = new Set(rows.flatMap((r) => [r['orig_h'], r['resp_h']]).filter((name) => name !== null));
        expect(answer.hosts).toBe(names.size);

        const timed = rows.filter((r) => r['ts'] !== null);
        const { timeline } = answer;
        expect(timeline.connections.length).toBeLessThanOrEqual(buckets);
        expect(sumOf(timeline.connections)).toBe(timed.length);
        expect(sumOf(timeline.bytesOut)).toBe(sumOf(timed.map((r) => amount(r, 'orig_bytes'))));
        expect(sumOf(timeline.bytesIn)).toBe(sumOf(timed.map((r) => amount(r, 'resp_bytes'))));
        expect(sumOf(timeline.failed)).toBe(timed.filter(isFailed).length);
        expect(answer.first).toBe(timed.length === 0 ? null : Math.min(...timed.map((r) => amount(r, 'ts'))));
        expect(answer.last).toBe(timed.length === 0 ? null : Math.max(...timed.map((r) => amount(r, 'ts'))));

        timeline.connections.forEach((_, bucket) => {
          const from = timeline.start + bucket * timeline.step;
          const within = timed.filter((r) => amount(r, 'ts') >= from && amount(r, 'ts') < from + timeline.step);
          expect([timeline.connections[bucket], timeline.failed[bucket]]).toEqual([within.length, within.filter(isFailed).length]);
          expect(timeline.bytesOut[bucket]).toBe(sumOf(within.map((r) => amount(r, 'orig_bytes'))));
          expect(timeline.bytesIn[bucket]).toBe(sumOf(within.map((r) => amount(r, 'resp_bytes'))));
        });
        expect(answer.talkers).toEqual(plainTalkers(rows, 'orig_h', 'resp_h', 'orig_bytes', 'resp_bytes', table));
        expect(answer.responders).toEqual(plainTalkers(rows, 'resp_h', 'orig_h', 'resp_bytes', 'orig_bytes', table));
        for (const [counts, column] of [
          [answer.services, 'service'],
          [answer.states, 'conn_state'],
          [answer.ports, 'resp_p'],
        ] as const) {
          const own = (name: string): readonly PlainRow[] => rows.filter((r) => String(r[column] ?? '-') === name);
          const all = new Set(rows.map((r) => String(r[column] ?? '-')));
          if (column === 'resp_p') all.delete('-');
          expect(new Set(counts.map(({ name }) => name))).toEqual(all);
          expect(counts.map(({ connections }) => connections)).toEqual(counts.map(({ name }) => own(name).length));
          expect(counts.map(({ bytes }) => bytes)).toEqual(counts.map(({ name }) => sumOf(own(name).map(bothBytes))));
          expect(counts.map(({ connections }) => connections)).toEqual(counts.map(({ connections }) => connections).sort((a, b) => b - a));
        }
        expect(answer.sentences.length).toBeGreaterThan(0);
      }),
    );
  });

  it('says when and how much is unusual, and who it was', () => {
    const random = new Random(4);
    const rows: PlainRow[] = Array.from({ length: 4000 }, (_, i) => ({
      ts: monday + i * 10 * SECOND,
      orig_h: `10.0.0.${random.below(30)}`,
      resp_h: '192.0.2.1',
      orig_bytes: 800 + random.below(400),
      resp_bytes: 1000,
      conn_state: 'SF',
    }));
    const quiet = new MemoryTable(connectionColumns, rows, 500);
    expect(overview(quiet, compileFilter('', memoryContext(quiet)), { buckets: 240, top: 5 }).sentences[0]).toMatch(/^No span of/);

    const loud = new MemoryTable(
      connectionColumns,
      [...rows, { ...rows[0], ts: monday + 3 * HOUR + 7 * MINUTE, orig_h: '10.0.0.7', orig_bytes: 50 * 2 ** 20 }],
      500,
    );
    const { sentences } = overview(loud, compileFilter('', memoryContext(loud)), { buckets: 240, top: 5 });
    expect(sentences[0]).toContain('2024-04-15 03:05:00 – 03:10:00 UTC: originators sent 50.0 MiB, ');
    expect(sentences[0]).toContain('10.0.0.7 accounts for');
    expect(sentences[1]).toContain('10.0.0.7 sent');
    expect(sentences.at(-1)).toContain('4,001 connections among 31 hosts');
    expect(sentences.join(' ')).not.toMatch(/robust|  | in in /);
  });

  it('says that there is nothing where there is nothing', () => {
    const empty = new MemoryTable([], []);
    const answer = overview(empty, compileFilter('', memoryContext(empty)), { buckets: 10, top: 5 });
    expect(answer).toMatchObject({ total: 0, all: 0, first: null, last: null, sentences: ['There is nothing here yet.'] });
    expect(answer.timeline.connections).toHaveLength(0);
  });
});

describe('timeline', () => {
  it('covers first to last with at most so many nice steps', () => {
    const time = fc.integer({ min: -1e15, max: 8e15 });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 2000 }), (a, b, buckets) => {
        const table = new MemoryTable(connectionColumns, [{ ts: a }, { ts: b }]);
        const { start, step, connections } = overview(table, everyRow, { buckets, top: 1 }).timeline;
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        expect(connections.length).toBeLessThanOrEqual(buckets);
        expect(start).toBeLessThanOrEqual(first);
        expect(start + step * connections.length).toBeGreaterThan(last);
        expect(sumOf(connections)).toBe(2);
      }),
    );
  });

  it.each([
    [HOUR - 1, 240, 15 * SECOND],
    [DAY, 240, 10 * MINUTE],
    [7 * DAY, 240, HOUR],
    [200 * DAY, 240, DAY],
    [0, 240, SECOND],
  ])('takes a step that people know: %d µs in %d', (span, buckets, step) => {
    expect(niceStep(monday, monday + span, buckets)).toBe(step);
  });

  it('puts the hours of the week where they belong, before 1970 too', () => {
    const times = [monday, monday + 6 * DAY + 23 * HOUR + 59 * MINUTE, monday - 7 * DAY * 3000 + 5 * HOUR];
    const table = new MemoryTable(
      connectionColumns,
      times.map((ts) => ({ ts })),
    );
    const rhythm = rhythmOf(slicesOf(table, everyRow));
    expect([rhythm[0], rhythm[6 * 24 + 23], rhythm[5], sumOf(rhythm)]).toEqual([1, 1, 1, 3]);
  });
});

it('hosts adds up both roles of every host', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), filters, (all, text) => {
      const { table, rows, filter } = chosen(all, text);
      const figures = hosts(table, filter);
      const dictionary = table.dictionary('host');
      for (const name of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '192.0.2.1']) {
        const id = dictionary.idOf(name);
        if (id === 0) continue;
        const out = rows.filter((r) => r['orig_h'] === name);
        const back = rows.filter((r) => r['resp_h'] === name);
        expect([...figures.ids].includes(id)).toBe(out.length + back.length > 0);
        expect([figures.asOriginator[id], figures.asResponder[id]]).toEqual([out.length, back.length]);
        expect(figures.bytesOut[id]).toBe(sumOf(out.map((r) => amount(r, 'orig_bytes'))) + sumOf(back.map((r) => amount(r, 'resp_bytes'))));
        expect(figures.bytesIn[id]).toBe(sumOf(out.map((r) => amount(r, 'resp_bytes'))) + sumOf(back.map((r) => amount(r, 'orig_bytes'))));
        expect(figures.failed[id]).toBe(out.filter(isFailed).length);
        const peers = new Set([...out.map((r) => r['resp_h']), ...back.map((r) => r['orig_h'])]);
        peers.delete(null);
        peers.delete(name);
        expect(figures.peers[id]).toBe(peers.size);
        const times = [...out, ...back].flatMap((r) => (typeof r['ts'] === 'number' ? [r['ts']] : []));
        expect(figures.first[id]).toBe(Math.min(...times));
        expect(figures.last[id]).toBe(Math.max(...times));
      }
    }),
  );
});

it('largest finds what sorting finds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }), fc.integer({ min: 0, max: 12 }), (values, top) => {
      const expected = values
        .map((value, id) => ({ value, id }))
        .filter(({ value, id }) => id > 0 && value > 0)
        .sort((a, b) => b.value - a.value || a.id - b.id)
        .slice(0, top)
        .map(({ id }) => id);
      expect(largest(Float64Array.from(values), top)).toEqual(expected);
    }),
  );
});

it('PairSet keeps every pair once, also when it grows', () => {
  const random = new Random(9);
  const mine = new PairSet();
  const theirs = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = [1 + random.below(200), random.below(200)];
    const key = `${a}:${b}`;
    expect(mine.add(a, b)).toBe(!theirs.has(key));
    theirs.add(key);
  }
  expect(mine.size).toBe(theirs.size);
});

it('robust statistics do not move with an outlier', () => {
  expect(medianOf(Float64Array.of(3, 1, 2))).toBe(2);
  expect(medianOf(Float64Array.of(4, 1, 2, 3))).toBe(2.5);
  const plain = robustScale(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  expect(robustScale(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 1e9))).toEqual(plain);
  expect(robustScale(Float64Array.of(5, 5, 5))).toEqual({ median: 5, scale: 0 });
  expect(robustScale(Float64Array.of(0, 0, 0, 0, 10)).scale).toBeCloseTo(1.2533 * 2);
});
