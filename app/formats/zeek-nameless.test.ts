import { describe, expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import { zeekConn, zeekRemarks, zeekTsv } from './zeek-tsv.ts';

const tabs = (line: string): string => line.replaceAll(' ', '\t');
const ends = 'id.resp_h ts id.orig_h id.orig_p id.resp_p proto';
const row = '192.0.2.1 1700000000.100000 10.0.0.1 5 80 tcp';
const log = (fields: string, ...rows: readonly string[]): string =>
  `#separator \\x09\n${[`#fields ${fields}`, ...rows].map((line) => `${tabs(line)}\n`).join('')}`;

describe('a header without #path', () => {
  it.each([
    ['duration', '1.500000', 'duration', 1_500_000],
    ['orig_bytes', '10', 'orig_bytes', 10],
    ['conn_state', 'SF', 'conn_state', 'SF'],
    ['orig_pkts', '3', 'orig_pkts', 3],
  ])('is one of connections where it names these and %s', (field, value, column, expected) => {
    const text = log(`${ends} ${field}`, `${row} ${value}`);
    const { format } = detectFormat(Buffer.from(text), 'x.log');
    expect([format.id, format.open(Buffer.from(text), {}).kind]).toEqual(['zeek-conn', 'connection']);
    expect(readLog(format, text).sink.records.map((record) => record.get(column))).toEqual([expected]);
  });

  it('is none of connections with their ends alone, but is read so when asked', () => {
    const text = log(ends, row);
    expect(detectFormat(Buffer.from(text), 'x.log').format.id).toBe('zeek-tsv');
    const asked = [readLog(zeekConn, text), readLog(zeekTsv, text, undefined, false, { zeekLog: 'conn' })];
    for (const { figures, sink } of asked) {
      expect([figures.rows, figures.rejected]).toEqual([1, 0]);
      expect(sink.records[0]?.get('resp_p')).toBe(80);
    }
  });

  it('stays another log behind one of connections that said so', () => {
    const text = `${log(`${ends} duration`, `${row} 1.500000`)}${log(`${ends} query`, `${row} example.org`)}`;
    const { figures, sink } = readLog(zeekConn, text);
    expect([figures.rows, figures.rejected]).toEqual([1, 1]);
    expect(sink.rejects[0]?.what).toContain('a log without a name');
    expect(sink.rejects[0]?.what).not.toContain('  ');
  });
});

describe('rows before the first header', () => {
  const fields = 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state tunnel_parents';
  const rows = Array.from({ length: 5 }, (_, i) => `170000000${i}.000000 C${i} 10.0.0.1 1024 192.0.2.1 443 tcp ssl 1.5 100 200 SF (empty)`);
  const before = rows.map((line) => `${tabs(line)}\n`).join('');
  const header = `#separator \\x09\n#path\tconn\n${tabs(`#fields ${fields}`)}\n`;
  const behind = `${tabs(rows[0])}\n${tabs(rows[1])}\n`;

  it('are read with the header that follows', () => {
    const text = before + header + behind;
    const { format } = detectFormat(Buffer.from(text), 'x.log');
    const found = readLog(format, text);
    expect([format.id, found.figures.rows, found.figures.rejected]).toEqual(['zeek-conn', 7, 0]);
    expect(found.sink.records[0]?.get('orig_bytes')).toBe(100);
    expect(zeekRemarks(found.figures.tallies).join()).toContain('rows before its first header');
    expect(outcome(readPieces(format, text, 3))).toEqual(outcome(found));
  });

  it('may begin with a row that is cut', () => {
    const found = readLog(zeekConn, `cut\tSF\t(empty)\n${before}${header}${behind}`);
    expect([found.figures.rows, found.figures.rejected]).toEqual([7, 1]);
  });

  it.each([
    ['as many columns, but no times in their place', before.replaceAll('170000000', 'x'), header],
    ['another number of columns', before, header.replace('\tuid', '')],
    ['a header behind the head', before, `#${'x'.repeat(300_000)}\n${header}`],
  ])('are not guessed with %s', (_, first, then) => {
    const { figures } = readLog(zeekConn, first + then);
    expect([figures.rows, figures.rejected]).toEqual([0, 5]);
  });
});
