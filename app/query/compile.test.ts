import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { compileFilter } from './compile.ts';
import { matchingIds } from './rows.ts';
import { connectionColumns, labelled, memoryContext, MemoryTable, type PlainRow } from './testing.ts';
import type { FilterContext } from './types.ts';

const DAY = 86_400e6;
const start = Date.UTC(2024, 3, 19) * 1000;
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 4 });
const host = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.1.0.1', '192.0.2.7', '2001:db8::1', '2001:db8:1::1', 'fe80::1%eth0');
const row: fc.Arbitrary<PlainRow> = fc.record({
  ts: maybe(fc.integer({ min: start - DAY, max: start + 2 * DAY })),
  uid: maybe(fc.constantFrom('C1', 'Cab', 'cAB', 'Kelvin', 'é', '')),
  orig_h: maybe(host),
  orig_p: maybe(fc.integer({ min: 0, max: 5 })),
  resp_h: maybe(host),
  resp_p: maybe(fc.constantFrom(443, 80, 0, 5)),
  service: maybe(fc.constantFrom('ssl', 'http', 'SSL', 'absent', 'a b', '__proto__')),
  duration: maybe(fc.integer({ min: 0, max: 5e6 })),
  orig_bytes: maybe(fc.integer({ min: 0, max: 3000 })),
  resp_bytes: maybe(fc.integer({ min: 0, max: 3000 })),
  local_orig: maybe(fc.constantFrom(0, 1)),
  tunnel_parents: maybe(fc.constantFrom('Ca', 'Ca,Cb', 'Cb')),
});

const text = (plain: PlainRow, column: string): string | null => (typeof plain[column] === 'string' ? plain[column] : null);
const number = (plain: PlainRow, column: string): number | null => (typeof plain[column] === 'number' ? plain[column] : null);
const bytes = (plain: PlainRow): number | null => {
  const [out, back] = [number(plain, 'orig_bytes'), number(plain, 'resp_bytes')];
  return out === null && back === null ? null : (out ?? 0) + (back ?? 0);
};
const hosts = (plain: PlainRow): (string | null)[] => [text(plain, 'orig_h'), text(plain, 'resp_h')];
const holds = (value: number | null, test: (value: number) => boolean): boolean => value !== null && test(value);

/** Filters, and what each says of a row, written down a second time in the plainest way. */
const cases: readonly (readonly [string, (plain: PlainRow, place: { readonly id: number; readonly evidence: number }) => boolean])[] = [
  ['resp_p = 443', (r) => r['resp_p'] === 443],
  ['id.resp_p != 443', (r) => r['resp_p'] !== 443],
  ['resp_p in (443, 80)', (r) => r['resp_p'] === 443 || r['resp_p'] === 80],
  ['resp_p in (443, absent)', (r) => r['resp_p'] === 443 || r['resp_p'] === null],
  ['resp_p not in (443, -)', (r) => r['resp_p'] !== 443 && r['resp_p'] !== null],
  ['port = 5', (r) => r['orig_p'] === 5 || r['resp_p'] === 5],
  ['port != 5', (r) => r['orig_p'] !== 5 && r['resp_p'] !== 5],
  ['port > 3', (r) => holds(number(r, 'orig_p'), (p) => p > 3) || holds(number(r, 'resp_p'), (p) => p > 3)],
  ['bytes > 1kB', (r) => holds(bytes(r), (b) => b > 1000)],
  ['bytes <= 1KiB', (r) => holds(bytes(r), (b) => b <= 1024)],
  ['bytes is absent', (r) => bytes(r) === null],
  ['orig_bytes is present', (r) => r['orig_bytes'] !== null],
  ['duration >= 1.5s', (r) => holds(number(r, 'duration'), (d) => d >= 1.5e6)],
  ['duration < 1', (r) => holds(number(r, 'duration'), (d) => d < 1e6)],
  ['ts = 2024-04-19', (r) => holds(number(r, 'ts'), (t) => t >= start && t < start + DAY)],
  ['ts > 2024-04-19', (r) => holds(number(r, 'ts'), (t) => t >= start + DAY)],
  ['ts >= 2024-04-19T10:00', (r) => holds(number(r, 'ts'), (t) => t >= start + 10 * 3600e6)],
  ['ts in (2024-04-18, 2024-04-20)', (r) => holds(number(r, 'ts'), (t) => t < start || (t >= start + DAY && t < start + 2 * DAY))],
  ['local_orig = T', (r) => r['local_orig'] === 1],
  ['local_orig = false', (r) => r['local_orig'] === 0],
  ['service = ssl', (r) => r['service'] === 'ssl'],
  ['service != ssl', (r) => r['service'] !== 'ssl'],
  ['service = -', (r) => r['service'] === null],
  ['service = "absent"', (r) => r['service'] === 'absent'],
  ['service in ("a b", __proto__)', (r) => r['service'] === 'a b' || r['service'] === '__proto__'],
  ['service ~ S', (r) => text(r, 'service')?.toLowerCase().includes('s') === true],
  ['service !~ S', (r) => text(r, 'service')?.toLowerCase().includes('s') !== true],
  ['service matches "^(?:ssl|http)$"', (r) => r['service'] === 'ssl' || r['service'] === 'http'],
  ['service not matches "(?i)SSL"', (r) => text(r, 'service')?.toLowerCase() !== 'ssl'],
  ['uid = Cab', (r) => r['uid'] === 'Cab'],
  ['uid in (Cab, "é", "")', (r) => ['Cab', 'é', ''].includes(text(r, 'uid') ?? 'x')],
  ['uid ~ AB', (r) => text(r, 'uid')?.toLowerCase().includes('ab') === true],
  ['uid ~ k', (r) => text(r, 'uid')?.toLowerCase().includes('k') === true],
  ['uid ~ É', (r) => r['uid'] === 'é'],
  ['uid matches "^.$"', (r) => r['uid'] === 'é'],
  ['uid = absent', (r) => r['uid'] === null],
  ['orig_h = 10.0.0.1', (r) => r['orig_h'] === '10.0.0.1'],
  ['orig_h = 10.0.0.0/16', (r) => text(r, 'orig_h')?.startsWith('10.0.') === true],
  ['host in (10.0.0.0/8, 2001:0DB8:0::1)', (r) => hosts(r).some((h) => h !== null && (h.startsWith('10.') || h === '2001:db8::1'))],
  ['host != 10.0.0.0/8', (r) => !hosts(r).some((h) => h?.startsWith('10.'))],
  ['resp_h = 2001:db8::/47', (r) => text(r, 'resp_h')?.startsWith('2001:db8:') === true],
  ['resp_h = fe80::/10', (r) => r['resp_h'] === 'fe80::1%eth0'],
  ['resp_h = 0.0.0.0/0', (r) => text(r, 'resp_h')?.includes('.') === true],
  ['host ~ 0.2', (r) => hosts(r).some((h) => h?.includes('0.2'))],
  ['tunnel_parents = Ca', (r) => text(r, 'tunnel_parents')?.split(',').includes('Ca') === true],
  ['history = ShAD', () => false],
  ['history is absent', () => true],
  ['tag = hot', (_, { id }) => id % 3 === 0],
  ['not tag in (hot, cold)', (_, { id }) => id % 3 !== 0],
  ['tag ~ HO', (_, { id }) => id % 3 === 0],
  ['tag is absent', (_, { id }) => id % 3 !== 0],
  ['cluster = 1', (_, { id }) => id % 4 === 1],
  ['cluster in (1, 2)', (_, { id }) => id % 4 === 1 || id % 4 === 2],
  ['cluster = 1:3', (_, { id }) => id % 5 === 3],
  ['cluster is absent', (_, { id }) => id % 4 === 0],
  ['finding = far', (_, { id }) => id === 3 || id === 21],
  ['finding = 7', (_, { id }) => id === 4],
  ['finding in (7, far)', (_, { id }) => id === 3 || id === 4 || id === 21],
  ['finding is absent', (_, { id }) => id !== 3 && id !== 21],
  ['evidence = 2', (_, { evidence }) => evidence === 2],
  ['evidence = "more conn.log"', (_, { evidence }) => evidence === 2],
  ['evidence ~ more', (_, { evidence }) => evidence === 2],
  ['id in (0, 3, 18)', (_, { id }) => [0, 3, 18].includes(id)],
  ['id >= 17', (_, { id }) => id >= 17],
];

function contextOf(table: MemoryTable): FilterContext {
  return memoryContext(table, {
    tagNames: ['hot', 'cold'],
    tagMask: (name, _, chunk) =>
      name === 'hot' ? Uint8Array.from({ length: chunk.rows }, (_item, i) => ((chunk.firstRow + i) % 3 === 0 ? 1 : 0)) : null,
    currentRun: 2,
    runs: [1, 2],
    assignment: (run, id) => {
      const chunk = table.chunks[id - 1];
      return labelled(chunk, (record) => (run === 2 ? record % 4 : record % 5));
    },
    findingKinds: ['far'],
    findingRecords: (name) => (name === '7' ? Float64Array.of(4) : Float64Array.of(3, 21, 5000)),
  });
}

const condition = fc.constantFrom(...cases);
type Tree = { readonly text: string; readonly holds: (typeof cases)[number][1] };
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    condition.map(([filter, holdsFor]): Tree => ({ text: filter, holds: holdsFor })),
    tie('tree').map((one): Tree => ({ text: `not (${one.text})`, holds: (r, p) => !one.holds(r, p) })),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(([a, b]): Tree => ({ text: `(${a.text}) and (${b.text})`, holds: (r, p) => a.holds(r, p) && b.holds(r, p) })),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(([a, b]): Tree => ({ text: `(${a.text}) or (${b.text})`, holds: (r, p) => a.holds(r, p) || b.holds(r, p) })),
  ),
}));

function check(rows: readonly PlainRow[], { text: filter, holds: expected }: Tree): void {
  const table = new MemoryTable(connectionColumns, rows);
  const compiled = compileFilter(filter, contextOf(table));
  const ids: number[] = [];
  for (const [index, plain] of rows.entries()) {
    const chunk = Math.floor(index / 7);
    const place = { id: index + 10 * chunk, evidence: (chunk % 2) + 1 };
    if (expected(plain, place)) ids.push(place.id);
  }
  expect([...matchingIds(table, compiled)], filter).toEqual(ids);
  for (const chunk of table.chunks) {
    const mask = compiled.mask(chunk);
    if (mask !== null) expect(mask).toHaveLength(chunk.rows);
  }
}

describe('compileFilter', () => {
  it.each(cases)('chooses the rows that a row-by-row reading chooses: %s', (filter, expected) => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        check(rows, { text: filter, holds: expected });
      }),
      { numRuns: 40 },
    );
  });

  it('does so for any combination of them', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), tree, (rows, filter) => {
        check(rows, filter);
      }),
      { numRuns: 400 },
    );
  });

  it('throws nothing but FILTER_SYNTAX and FILTER_FIELD, whatever follows a field and an operator', () => {
    const table = new MemoryTable(connectionColumns, [{ ts: 1, uid: 'C', orig_h: '10.0.0.1', service: 'x' }]);
    const field = fc.constantFrom(
      'ts',
      'uid',
      'orig_h',
      'service',
      'duration',
      'bytes',
      'local_orig',
      'tag',
      'cluster',
      'finding',
      'evidence',
      'id',
      'line',
      'port',
      'nothing',
      'log.ts',
      'host',
    );
    const operator = fc.constantFrom('=', '!=', '<', '>=', 'in', '~', 'matches', 'not in', 'is');
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.stringMatching(/^[\d.:/TZ+e-]{1,25}$/),
      fc.constantFrom('absent', '-', '9'.repeat(400), '1e400'),
    );
    fc.assert(
      fc.property(field, operator, value, fc.boolean(), (name, sign, given, quoting) => {
        try {
          const compiled = compileFilter(`${name} ${sign} ${quoting ? JSON.stringify(given) : given}`, contextOf(table));
          for (const chunk of table.chunks) compiled.mask(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(FlowcaseError);
          if (error instanceof FlowcaseError) expect(['FILTER_SYNTAX', 'FILTER_FIELD']).toContain(error.code);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('lets everything through without a text', () => {
    const table = new MemoryTable(connectionColumns, [{ ts: 1 }, { ts: 2 }]);
    const compiled = compileFilter(' \n', memoryContext(table));
    expect([compiled.everything, compiled.words, matchingIds(table, compiled).length]).toEqual([true, '', 2]);
  });

  it.each([
    ['', []],
    ['resp_p = 443 and not (service is absent or evidence = 1)', []],
    ['cluster = 1:3 or cluster in (1:1, 1:2)', []],
    ['cluster in (1:1, 2)', ['run']],
    ['not cluster is present', ['run']],
    ['bytes > 5 or finding = far', ['run']],
    ['not (id < 3 and tag = x)', ['tag']],
    ['tag = x and cluster = 1', ['run', 'tag']],
  ])('says what its answer rests on beside the records: %s', (text, asked) => {
    const table = new MemoryTable(connectionColumns, [{ ts: 1 }]);
    const context = memoryContext(table, { runs: [1], currentRun: 1, tagNames: ['x'], findingKinds: ['far'] });
    expect([...compileFilter(text, context).asks].sort()).toEqual(asked);
  });

  it('does not read a chunk whose figures decide it', () => {
    const table = new MemoryTable(connectionColumns, [{ resp_p: 443 }, { resp_p: 443 }, { resp_p: 80 }], 2);
    const [first] = table.chunks;
    const read: string[] = [];
    const numbers = first.numbers.bind(first);
    first.numbers = (column) => {
      read.push(column);
      return numbers(column);
    };
    const context = memoryContext(table);
    expect(compileFilter('resp_p = 80', context).mask(first)).toBeNull();
    expect(compileFilter('resp_p < 1000', context).mask(first)).toEqual(Uint8Array.of(1, 1));
    expect(read).toEqual([]);
  });

  it('knows the fields of Zeek before there is a log, and a column of the log behind a field of ours', () => {
    const empty = memoryContext(new MemoryTable([], []));
    expect(compileFilter('id.orig_h = 10.0.0.1 and vlan = 3', empty).words).toBe('originator 10.0.0.1, vlan 3');
    const table = new MemoryTable([{ name: 'port', type: 'string', storage: 'text', dictionary: null, title: '' }], [{ port: 'left' }]);
    expect(matchingIds(table, compileFilter('log.port = left', memoryContext(table)))).toHaveLength(1);
  });

  it.each([
    ['resp_q = 3', 'FILTER_FIELD', 0, 'Did you mean'],
    ['ts > 2024 and nothing = 3', 'FILTER_FIELD', 14, 'There is no field “nothing”'],
    ['orig_h = 10.0.0', 'FILTER_SYNTAX', 9, 'no address or network'],
    ['orig_h = 10.0.0.0/33', 'FILTER_SYNTAX', 9, 'no address or network'],
    ['orig_h < 10.0.0.1', 'FILTER_SYNTAX', 0, 'cannot be compared with “<”'],
    ['resp_p ~ 4', 'FILTER_SYNTAX', 0, 'cannot be compared with “~”'],
    ['cluster = 9:1', 'FILTER_SYNTAX', 10, 'There is no run 9'],
    ['cluster = x', 'FILTER_SYNTAX', 10, 'no cluster'],
    ['evidence = x.log', 'FILTER_SYNTAX', 11, 'No evidence is called'],
    ['uid matches "ab(c"', 'FILTER_SYNTAX', 15, 'not closed'],
    ['uid matches "(a)\\1"', 'FILTER_SYNTAX', 16, 'back references'],
  ])('points at the place in %s', (filter, code, position, words) => {
    const context = contextOf(new MemoryTable(connectionColumns, []));
    try {
      compileFilter(filter, context);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code, details: { position } });
      expect(String(error)).toContain(words);
    }
  });

  it('asks for the run where there is no current one', () => {
    const context = { ...contextOf(new MemoryTable(connectionColumns, [])), currentRun: null };
    expect(() => compileFilter('cluster = 1', context)).toThrow(/not clear which run/);
    expect(() => compileFilter('cluster = 1', { ...context, runs: [] })).toThrow(/no clusters yet/);
  });
});
