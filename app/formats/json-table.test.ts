import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { MAX_KEYS } from './column-slots.ts';
import { MORE_COLUMN } from './json-more.ts';
import { jsonTable } from './json-table.ts';
import { jsonTableHead } from './json-table-head.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const lines = (...records: readonly (object | string)[]): string =>
  records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('');

/** As an import does: settled first. */
function read(log: string, options: FormatOptions = {}, name = 'firewall.json'): ReturnType<typeof readLog> {
  const settled = jsonTable.settle?.(Buffer.from(log), options, name) ?? options;
  return readLog(jsonTable, log, 1000, false, settled);
}
function rows(log: string, options: FormatOptions = {}): Record<string, Cell>[] {
  const { sink, figures } = read(log, options);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}
const remarks = (log: string, options: FormatOptions = {}): string => {
  const settled = jsonTable.settle?.(Buffer.from(log), options, 'x.json') ?? options;
  return jsonTable
    .open(Buffer.from(log), settled)
    .remarks(readLog(jsonTable, log, 1000, false, settled).figures.tallies)
    .join(' ');
};

const flow = { when: '2024-04-19 20:00:00', from: '10.0.0.1', to: '192.0.2.1', port: 443, note: 'a "b"', took: 1500 };

describe('JSON records of any program', () => {
  it('are connections by the names they have, nested ones too', () => {
    const [first, second] = rows(jsonTable.example);
    expect(detectFormat(Buffer.from(jsonTable.example), 'x').format).toBe(jsonTable);
    expect(first).toEqual({
      ts: Date.UTC(2024, 3, 19, 20) * 1000,
      orig_h: '10.0.0.1',
      orig_p: 51_514,
      resp_h: '192.0.2.10',
      resp_p: 443,
      proto: 'tcp',
      'rule.name': 'allow "web"',
      took: 1.5,
      tags: 'a,b',
    });
    expect(second).toMatchObject({ orig_h: '2001:db8::1', proto: 'udp', blocked: 1 });
  });

  it('are what a person says: keys to columns, units, kind, zone, and what is left out', () => {
    const mapping = {
      columns: [
        { from: 'when', to: 'ts' },
        { from: 'from', to: 'orig_h' },
        { from: 'to', to: 'resp_h' },
        { from: 'took', to: 'duration', unit: 'milliseconds' as const },
        { from: 'note', to: null },
      ],
      kind: 'connection',
    };
    const log = lines(flow, { ...flow, took: 20 });
    expect(detectFormat(Buffer.from(log), 'x', { mapping }).format).toBe(jsonTable);
    expect(rows(log, { mapping, timeZone: 'Europe/Berlin' })).toEqual(
      [1_500_000, 20_000].map((duration) => ({
        ts: Date.UTC(2024, 3, 19, 18) * 1000,
        orig_h: '10.0.0.1',
        resp_h: '192.0.2.1',
        duration,
        port: 443,
      })),
    );
    expect(remarks(log, { mapping })).toContain('Left out, as was asked for: note.');
    expect(remarks(log, { mapping: { columns: [{ from: 'Portt', to: 'resp_p' }] } })).toContain('the key Portt');
    expect(jsonTable.open(Buffer.from(log), { mapping: { kind: 'alarms' } }).kind).toBe('alarms');
  });

  it("of Zeek's are read by a mapping too, where a person gives one", () => {
    const zeek = lines({
      ts: 1_700_000_000.5,
      uid: 'C1',
      'id.orig_h': '10.0.0.1',
      'id.resp_h': '::1',
      proto: 'tcp',
      site: 3,
      conn_state: 'SF',
    });
    const mapping = { columns: [{ from: 'site', to: 'sensor', type: 'string' as const }] };
    expect(detectFormat(Buffer.from(zeek), 'x').format.id).toBe('zeek-json');
    expect(detectFormat(Buffer.from(zeek), 'x', { mapping }).format).toBe(jsonTable);
    expect(rows(zeek, { mapping })).toMatchObject([{ ts: 1_700_000_000_500_000, orig_h: '10.0.0.1', sensor: '3', conn_state: 'SF' }]);
  });

  it('keep what does not fit as text, null and empty as nothing, and the last of two values', () => {
    const log = lines(
      { ts: '2024-04-19T20:00:00Z', src: '10.0.0.1', dst: '10.0.0.2', dport: 80 },
      { ts: '2024-04-19T20:00:00Z', src: '10.0.0.1', dst: '10.0.0.2', dport: 'high' },
      { ts: '2024-04-19T20:00:00Z', src: '10.0.0.1', dst: '10.0.0.2', dport: null, x: '' },
      '{"ts":"2024-04-19T20:00:00Z","src":"10.0.0.1","dst":"10.0.0.2","dport":1,"dport":2,"extra":"a\\u00e4","n":7}',
      { src: '10.0.0.1', dst: '10.0.0.2' },
      'no JSON',
    );
    expect(rows(log).map(({ resp_p, resp_p_text, extra, n }) => [resp_p, resp_p_text, extra, n])).toEqual([
      [80, undefined, undefined, undefined],
      [undefined, 'high', undefined, undefined],
      [undefined, undefined, undefined, undefined],
      [2, undefined, 'aä', 7],
    ]);
    expect(read(log).sink.rejects.map(({ reason }) => reason)).toEqual(['MISSING', 'NOT_AN_OBJECT']);
  });

  it('are no settings and no lists of words', () => {
    const confidence = (...records: readonly object[]): number => jsonTable.detect(Buffer.from(lines(...records))).confidence;
    expect(confidence({ name: 'flowcase', version: '1.0.0' })).toBe(0);
    expect(confidence({ a: 1 }, { a: 2 })).toBe(0);
    expect(confidence({ at: '2024-04-19T20:00:00Z', a: 1 }, { at: '2024-04-19T20:00:01Z', a: 2 })).toBe(0.08);
  });

  it('give keys that come late columns of their own, and beyond the most there are keep them as JSON', () => {
    const wide = Array.from({ length: 30 }, (_, i) => ({
      ...flow,
      ...Object.fromEntries(Array.from({ length: 100 }, (__, k) => [`k${i * 100 + k}`, k % 2 === 0 ? k : `"${k}"`])),
    }));
    const log = lines(...Array.from({ length: 300 }, () => flow), ...wide);
    const { sink, figures } = read(log);
    expect(figures).toMatchObject({ rows: 330, rejected: 0 });
    expect(sink.specs.size).toBeLessThan(MAX_KEYS + 10);
    const kept = sink.records.slice(300).map((record): unknown => {
      const own = [...record].filter(([name, cell]) => /^k\d/.test(name) && cell !== null);
      const more = record.get(MORE_COLUMN);
      return { ...Object.fromEntries(own), ...(typeof more === 'string' ? (JSON.parse(more) as object) : {}) };
    });
    expect(kept).toEqual(wide.map((record) => Object.fromEntries(Object.entries(record).filter(([name]) => /^k\d/.test(name)))));
    expect(remarks(log)).toContain(`more than ${MAX_KEYS} different keys`);
  });

  it('are the same in blocks and pieces of any size', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
    const key = fc.constantFrom('a', 'b', 'c.d', 'port', 'e');
    const record = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxKeys: 5 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 60 }), (records, block) => {
        const log = lines(flow, ...records.map((one) => ({ ...flow, ...one })), 'bad');
        const options = jsonTable.settle?.(Buffer.from(log).subarray(0, 200), { mapping: { kind: 'x' } }, 'x') ?? {};
        const expected = outcome(readLog(jsonTable, log, 65_536, false, options));
        expect(outcome(readLog(jsonTable, log, block, false, options))).toEqual(expected);
        for (const every of [1, 3]) expect(outcome(readPieces(jsonTable, log, every, options))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('keep keys without a column as JSON that can be read, whatever stands in them', () => {
    const many = Object.fromEntries(Array.from({ length: MAX_KEYS + 5 }, (_, i) => [`k${i}`, i]));
    const base = { ts: '2024-04-19T20:00:00Z', src: '10.0.0.1' };
    const late =
      '{"ts":"2024-04-19T20:00:01Z","src":"10.0.0.1","odd \\"key\\"":"a\x7fb\\u0000","list":[1,\t{"a": "\x7f"}],"n":1e3,"yes":true}';
    const { sink } = read(lines({ ...base, ...many }, late), {}, 'x.json');
    const kept = sink.records.map((record) => record.get(MORE_COLUMN)).at(-1);
    expect(JSON.parse(String(kept))).toEqual({ 'odd "key"': 'a\x7fb\0', list: [1, { a: '\x7f' }], n: 1000, yes: true });
  });
});

it('takes the kinds of values from a last line without its end too, where it is whole', () => {
  const head = Buffer.from('{"ts":1713556800,"ip":"10.0.0.1"}\n{"ts":1713556801,"ip":"10.0.0.2","blocked":true}');
  expect(jsonTableHead(head).names).toEqual(['ts', 'ip', 'blocked']);
  expect(jsonTableHead(head.subarray(0, -1)).names).toEqual(['ts', 'ip']);
});
