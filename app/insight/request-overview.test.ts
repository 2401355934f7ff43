import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { specOf } from '../formats/fields.ts';
import { requestFields } from '../formats/request-fields.ts';
import { everyRow } from '../columns/scan/slices.ts';
import { MemoryTable, type PlainRow } from '../query/testing.ts';
import { requestOverview } from './request-overview.ts';

const columns = requestFields.map(specOf);
const MINUTE = 60e6;
const monday = Date.UTC(2024, 3, 15) * 1000;

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 });
const row: fc.Arbitrary<PlainRow> = fc.record({
  ts: maybe(fc.integer({ min: monday, max: monday + 9 * MINUTE })),
  orig_h: maybe(fc.constantFrom('10.0.0.1', '10.0.0.2', 'client.example', '2001:db8::1')),
  method: maybe(fc.constantFrom('GET', 'POST')),
  path: maybe(fc.constantFrom('/', '/a', '/__proto__')),
  status: maybe(fc.constantFrom(200, 301, 404, 500, 777)),
  bytes: maybe(fc.integer({ min: 0, max: 5000 })),
  agent: maybe(fc.constantFrom('curl/8', 'sqlmap/1')),
  agent_kind: maybe(fc.constantFrom('tool', 'scanner')),
});
const bytesOf = (plain: PlainRow): number => (typeof plain['bytes'] === 'number' ? plain['bytes'] : 0);
const isFailed = (plain: PlainRow): boolean => typeof plain['status'] === 'number' && plain['status'] >= 400;
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/** The same lists by plain reading, without the order. */
function counted(rows: readonly PlainRow[], column: string): unknown[] {
  const found = new Map<string, { requests: number; bytes: number; failed: number }>();
  for (const plain of rows) {
    const name = String(plain[column] ?? '-');
    const one = found.get(name) ?? { requests: 0, bytes: 0, failed: 0 };
    found.set(name, {
      requests: one.requests + 1,
      bytes: one.bytes + bytesOf(plain),
      failed: one.failed + (isFailed(plain) ? 1 : 0),
    });
  }
  if ([...found.keys()].every((name) => name === '-')) return [];
  return [...found].map(([name, figures]) => ({ name, ...figures }));
}

describe('the overview of requests', () => {
  it('adds up what plain reading adds up', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const answer = requestOverview(new MemoryTable(columns, rows, 6), everyRow, { buckets: 10, top: 50 });
        expect(answer).toMatchObject({
          kind: 'request',
          total: rows.length,
          all: rows.length,
          bytes: sumOf(rows.map(bytesOf)),
          failed: rows.filter(isFailed).length,
          hosts: new Set(rows.flatMap((plain) => plain['orig_h'] ?? [])).size,
        });
        const lists = {
          orig_h: answer.clients,
          path: answer.paths,
          method: answer.methods,
          agent: answer.agents,
          agent_kind: answer.agentKinds,
        };
        for (const [column, list] of Object.entries(lists)) {
          expect(new Set(list)).toEqual(new Set(counted(rows, column)));
          expect(list.map(({ requests }) => requests)).toEqual(list.map(({ requests }) => requests).sort((a, b) => b - a));
        }
        expect(answer.statuses.map(({ name }) => name).sort()).toEqual(
          counted(rows, 'status')
            .map((one) => (one as { name: string }).name)
            .sort(),
        );
        expect(answer.vhosts).toEqual([]);
        const timed = rows.filter((plain) => plain['ts'] !== null);
        expect(sumOf(answer.timeline.requests)).toBe(timed.length);
        expect(sumOf(answer.timeline.bytes)).toBe(sumOf(timed.map(bytesOf)));
        expect(sumOf(answer.timeline.failed)).toBe(timed.filter(isFailed).length);
      }),
    );
  });

  it('says in words what is unusual, and what a status means', () => {
    const quiet = Array.from({ length: 6000 }, (_, i): PlainRow => ({
      ts: monday + i * 1e6,
      orig_h: `10.0.${i % 3}.${i % 100}`,
      method: 'GET',
      path: `/page/${i % 20}`,
      status: 200,
      bytes: 1000,
      agent_kind: 'browser',
    }));
    const loud = Array.from({ length: 3000 }, (_, i): PlainRow => ({
      ts: monday + 3000e6 + i * 2e4,
      orig_h: '192.0.2.66',
      method: 'GET',
      path: `/${i}.php`,
      status: 404,
      bytes: 200,
      agent_kind: 'scanner',
    }));
    const { sentences, statuses } = requestOverview(new MemoryTable(columns, [...quiet, ...loud], 1000), everyRow, {
      buckets: 240,
      top: 5,
    });
    expect(sentences[0]).toBe(
      '2024-04-15 00:50:00 – 00:51:00 UTC: 3,000 requests answered with an error; at its height 1,500 requests answered with an error in 30.0 s, more than half of all spans of 30.0 s have none. 192.0.2.66 accounts for 100.0 % of it.',
    );
    expect(sentences.join(' ')).toContain('3,000 requests (33.3 %) name a scanner as their agent.');
    expect(sentences.at(-1)).toContain('9,000 requests of 301 clients, 2024-04-15 00:00:00 to ');
    expect(statuses.map(({ name, meaning }) => [name, meaning])).toEqual([
      ['200', 'OK'],
      ['404', 'Not Found'],
    ]);
  });

  it('says that there is nothing where there is nothing', () => {
    const answer = requestOverview(new MemoryTable([], []), everyRow, { buckets: 10, top: 5 });
    expect(answer).toMatchObject({ total: 0, first: null, hosts: 0, clients: [], sentences: ['There is nothing here yet.'] });
  });
});
