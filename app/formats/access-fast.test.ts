import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { FastAccess } from './access-fast.ts';
import { undoEscapes } from './access-escapes.ts';
import { RequestRow } from './access-row.ts';
import { AccessTime } from './access-time.ts';
import { access } from './access.ts';
import { ColumnSlots } from './column-slots.ts';
import { plain, time } from './testing-access.ts';
import { MemorySink, readLog, type ReadBack } from './testing.ts';

const data = join(import.meta.dirname, '../../../shared/data/web');
const have = existsSync(data);
const load = (file: string): string => {
  const bytes = readFileSync(join(data, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

describe('the quick way', () => {
  const quick = (line: string): number => {
    const sink = new MemorySink();
    const slots = new ColumnSlots(sink);
    const row = new RequestRow(sink, slots, undoEscapes);
    row.use([]);
    row.begin();
    const text = Buffer.from(line);
    row.vhost(text, 0, 1);
    row.text('referrer', text, 0, 1);
    row.agent(text, 0, 1);
    row.clear();
    const fast = new FastAccess(row, slots, new AccessTime(undefined));
    fast.bind();
    return fast.row(Buffer.from(`${line}\n`), 0, 10, 0);
  };

  it.each([
    `192.0.2.7 - - ${time} "GET /a?b HTTP/1.1" 200 5`,
    `192.0.2.7 - alice ${time} "POST /a HTTP/2" 304 - "-" "x (y; z)"`,
    `2001:db8::1 - - ${time} "GET / HTTP/1.1" 200 5 "https://a.example/" "-"`,
    `www.example.com 192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 5 "-" "x"`,
  ])('takes %s', (line) => expect(quick(line)).toBe(line.length));

  it.each([
    `192.0.2.7 - - ${time} "GET /\\" HTTP/1.1" 200 5`,
    `192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 5 "-" "x" "y"`,
    `192.0.2.7 - - ${time} "\\x16\\x03" 400 5`,
    `192.0.2.7 - - ${time} "GET / HTTP/1.1" 000 5`,
  ])('leaves %s', (line) => expect(quick(line)).toBe(-1));

  it.skipIf(!have)('agrees with the slow one on mutated real lines; the ledger adds up (skipped where ../shared/data is missing)', () => {
    const lines = ['apache_combined_10k.log.gz', 'attacks_crowdsec.log', 'scan_acunetix_quoted.log.gz', 'formats/common_vhost.log'].flatMap(
      (file) => load(file).split('\n').slice(0, 1500),
    );
    const random = new Random(11);
    const mutated = lines
      .flatMap((line) => [line, mutate(line, lines, random), mutate(line, lines, random)])
      .filter((line) => !/^[\s]*$/.test(line));
    const fast = readLog(access, Buffer.from(`${mutated.join('\n')}\n`, 'latin1'));
    // a blank at the end is no part of a line, and wants the slow way
    const slow = readLog(access, Buffer.from(`${mutated.join(' \n')} \n`, 'latin1'));
    expect(fast.figures.rows + fast.figures.rejected + fast.figures.comments).toBe(fast.figures.lines);
    expect(fast.figures.rows).toBeGreaterThan(lines.length);
    expect(fast.figures.rejected).toBeGreaterThan(100);
    const rows = (read: ReadBack): unknown => plain(read, true).map((row) => ({ ...row, _offset: 0 }));
    expect(rows(fast)).toEqual(rows(slow));
    expect(fast.sink.rejects.map(({ line, reason }) => [line, reason])).toEqual(
      slow.sink.rejects.map(({ line, reason }) => [line, reason]),
    );
  });
});

/** A byte changed, a part cut out or repeated, two lines joined. */
function mutate(line: string, lines: readonly string[], random: Random): string {
  const at = random.below(line.length + 1);
  const until = at + random.below(12);
  switch (random.below(5)) {
    case 0:
      return line.slice(0, at) + String.fromCharCode(random.below(256)).replace(/[\n\r]/, '?') + line.slice(at + 1);
    case 1:
      return line.slice(0, at) + line.slice(until);
    case 2:
      return line.slice(0, until) + line.slice(at);
    case 3:
      return line.slice(0, at) + lines[random.below(lines.length)].slice(at);
    default:
      return line.slice(0, at) + '" []\\-:?/'[random.below(9)] + line.slice(at);
  }
}
