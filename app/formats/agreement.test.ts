import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { Random } from '../shared/random.ts';
import { readLog } from './testing.ts';
import { zeekConn } from './zeek-tsv.ts';

/** Two other ways to the same answer: a naive reader, and the slow way through the same one. */

const data = join(import.meta.dirname, '../../../shared/data/zeek');
const have = existsSync(data);
const big = 'rita-server/conn.20240419T00-20240420T12.log.gz';
const load = (file: string): string => {
  const bytes = readFileSync(join(data, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

/** Splits and converts strings, one field after the other; knows only what a well-formed log of today needs. */
function naive(log: string): Map<string, Cell>[] {
  let fields: string[] = [];
  let types: string[] = [];
  const records: Map<string, Cell>[] = [];
  let offset = 0;
  for (const [i, line] of log.split('\n').entries()) {
    const parts = line.split('\t');
    if (parts[0] === '#fields') fields = parts.slice(1).map((name) => name.replace('id.', ''));
    else if (parts[0] === '#types') types = parts.slice(1);
    else if (line !== '' && !line.startsWith('#')) {
      const record = new Map<string, Cell>(fields.map((name, k) => [name, cell(parts[k], types[k])]));
      records.push(record.set('_line', i + 1).set('_offset', offset));
    }
    offset += line.length + 1;
  }
  return records;
}

function cell(text: string, type: string): Cell {
  if (text === '-') return null;
  if (text === '(empty)') return '';
  if (type === 'time' || type === 'interval') return Number(BigInt(text.replace('.', '')));
  if (type === 'count' || type === 'port') return Number(text);
  return type === 'bool' ? (text === 'T' ? 1 : 0) : text;
}

const plain = (records: readonly ReadonlyMap<string, Cell>[]): unknown =>
  records.map((record) => Object.fromEntries([...record].sort(([a], [b]) => (a < b ? -1 : 1))));

describe.skipIf(!have)('reading as a naive reader does (skipped where ../shared/data is missing)', () => {
  it.each([big, 'zat-tsv/conn.log', 'odd/conn_tunnels_ayiya.log'])('%s', (file) => {
    const log = load(file);
    expect(plain(readLog(zeekConn, Buffer.from(log, 'latin1')).sink.records)).toEqual(plain(naive(log)));
  });

  it('mutated lines: no crash, a ledger that adds up, and the same through the slow way', () => {
    const lines = load('zat-tsv/conn.log').split('\n');
    const [head, rows] = [lines.filter((line) => line.startsWith('#')), lines.filter((line) => line !== '' && !line.startsWith('#'))];
    const random = new Random(7);
    const mutated = Array.from({ length: 20_000 }, () => mutate(rows, random)).map((line) => line.replaceAll('#', 'x'));
    const log = `${head.filter((line) => !line.startsWith('#close')).join('\n')}\n${mutated.join('\n')}\n`;
    const fast = readLog(zeekConn, Buffer.from(log, 'latin1'), 10_007);
    const { figures, sink } = fast;
    expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
    expect(figures.rows).toBe(sink.records.length);
    expect(figures.rejected).toBe(sink.rejects.length);
    expect(figures.rejected).toBeGreaterThan(5000);
    expect(figures.rows).toBeGreaterThan(3000);
    for (const record of sink.records) {
      for (const value of record.values()) if (typeof value === 'number') expect(Number.isFinite(value) && value >= 0).toBe(true);
    }
    const other = readLog(zeekConn, Buffer.from(slow(log), 'latin1'), 65_536);
    expect(plain(other.sink.records)).toEqual(plain(sink.records));
    expect(other.figures).toEqual(figures);
    const reasons = (read: typeof fast): unknown => read.sink.rejects.map(({ line, offset, reason, what }) => [line, offset, reason, what]);
    expect(reasons(other)).toEqual(reasons(fast));
  });
});

/** Changes bytes, cuts, joins, doubles or drops fields. */
function mutate(rows: readonly string[], random: Random): string {
  const line = rows[random.below(rows.length)];
  const at = random.below(line.length);
  const fields = line.split('\t');
  const field = random.below(fields.length);
  switch (random.below(7)) {
    case 0:
      return line.slice(0, at) + String.fromCharCode(random.below(256)).replace(/[\n\u0001]/, ' ') + line.slice(at + 1);
    case 1:
      return line.slice(0, at);
    case 2:
      return line + rows[random.below(rows.length)];
    case 3:
      return fields.toSpliced(field, 1).join('\t');
    case 4:
      return fields
        .toSpliced(field, 1, ['-', '', '(empty)', '-1', '1e9', '99999999999999999999', '\\x09', 'T', '::1', '0.1'][random.below(10)])
        .join('\t');
    case 5:
      return fields.with(field, fields[random.below(fields.length)]).join('\t');
    default:
      return line;
  }
}

/** The same log with another byte between its fields, which the fast way leaves alone. Places stay the same; texts of rejects do not. */
function slow(log: string): string {
  return log.replace('#separator \\x09', '#separator \\x01').replaceAll('\t', '\u0001');
}

/** Rows that Zeek could write. */
const zeekRow = fc.record({
  ts: fc.integer({ min: 0, max: 7_258_118_399_999_999 }),
  uid: fc.stringMatching(/^C[0-9A-Za-z]{0,20}$/),
  orig_h: fc.oneof(fc.ipV4(), fc.constantFrom('::1', '2001:db8::5', 'fe80::1%eth0')),
  orig_p: fc.option(fc.nat(65_535)),
  service: fc.option(fc.string({ unit: fc.constantFrom('a', 'ä', '漢', ' ', ',', '"', '<', '=', '😀'), minLength: 1, maxLength: 12 })),
  duration: fc.option(fc.maxSafeNat()),
  orig_bytes: fc.option(fc.maxSafeNat()),
  local: fc.option(fc.boolean()),
});

describe('rows there and back', () => {
  it('gives back every value exactly', () => {
    const head = '#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tproto\tservice\tduration\torig_bytes\tlocal_orig\n';
    const seconds = (micro: number): string => `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, '0')}`;
    fc.assert(
      fc.property(fc.array(zeekRow, { maxLength: 30 }), fc.integer({ min: 1, max: 500 }), (rows, block) => {
        const log = rows.map((row) => {
          const fields = [
            seconds(row.ts),
            row.uid,
            row.orig_h,
            row.orig_p,
            '192.0.2.1',
            'tcp',
            row.service,
            row.duration === null ? null : seconds(row.duration),
            row.orig_bytes,
          ];
          return [...fields.map((value) => value ?? '-'), row.local === null ? '-' : row.local ? 'T' : 'F'].join('\t');
        });
        const { sink, figures } = readLog(zeekConn, `${head}${log.map((line) => `${line}\n`).join('')}`, block);
        expect(figures.rejected).toBe(0);
        const back = sink.records.map((record) =>
          ['ts', 'uid', 'orig_h', 'orig_p', 'service', 'duration', 'orig_bytes', 'local_orig'].map((name) => record.get(name)),
        );
        expect(back).toEqual(
          rows.map((row) => [
            row.ts,
            row.uid,
            row.orig_h,
            row.orig_p,
            row.service,
            row.duration,
            row.orig_bytes,
            row.local === null ? null : Number(row.local),
          ]),
        );
      }),
    );
  });
});
