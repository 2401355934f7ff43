import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { access } from './access.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const front = '192.0.2.7 - - [10/Feb/2024:16:42:07 +0000] "GET /a HTTP/1.1" 200 387';
const names = ['referrer', 'agent', 'forwarded_for', 'extra_1', 'extra_2'];

function clients(log: readonly string[]): { readonly rows: readonly (readonly Cell[])[]; readonly remarks: string } {
  const text = `${log.join('\n')}\n`;
  const { sink, figures } = readLog(access, text);
  expect(sink.rejects).toEqual([]);
  const rows = sink.records.map((record) => names.map((name) => record.get(name) ?? null));
  return { rows, remarks: access.open(Buffer.from(text), {}).remarks(figures.tallies).join(' ') };
}

describe('quotes that the server did not escape', () => {
  it("keeps the whole agent in Squid's combined format, with the field behind it", () => {
    const { rows, remarks } = clients([
      String.raw`${front} "-" "say "hi" \ back\\slash\"" TCP_MISS:HIER_DIRECT`,
      String.raw`${front} "-" "ends in backslash\" TCP_MISS:HIER_DIRECT`,
    ]);
    expect(rows).toEqual([
      [null, String.raw`say "hi" \ back\\slash\"`, null, 'TCP_MISS:HIER_DIRECT', null],
      [null, 'ends in backslash\\', null, 'TCP_MISS:HIER_DIRECT', null],
    ]);
    expect(remarks).toContain('2 lines have quotes that their server did not escape');
  });

  it('ends a field where what was measured stands right behind its quote', () => {
    const { rows, remarks } = clients([`${front} "-" "curl/8.5.0"rt=0.015 uct="0.001"`, `${front} "-" "x" "-"rt=0.000 uct="-"`]);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      [null, 'curl/8.5.0'],
      [null, 'x'],
    ]);
    expect(remarks).not.toContain('escape');
    expect(clients([`${front} "-" "a"b="c" d"`]).rows[0][1]).toBe('a"b="c" d');
  });

  const plainLine = `${front} "-" "curl/8.5.0"`;
  const withAddress = `${front} "https://a.example/" "curl/8.5.0" "192.0.2.9, 10.0.0.1"`;
  it.each([
    [plainLine, String.raw`"-" "ends in backslash\"`, [null, 'ends in backslash\\', null, null, null]],
    [plainLine, '"-" "a" b" c"', [null, 'a" b" c', null, null, null]],
    [plainLine, '"-" "a" "b"c"', [null, 'a" "b"c', null, null, null]],
    [plainLine, String.raw`"r\" "x"`, ['r\\', 'x', null, null, null]],
    [plainLine, String.raw`"-" "a"\xe4\\b"`, [null, String.raw`a"\xe4\\b`, null, null, null]],
    [withAddress, String.raw`"-" "x\" "192.0.2.9, 10.0.0.1"`, [null, 'x\\', '192.0.2.9, 10.0.0.1', null, null]],
    [withAddress, '"-" "x "y" z" "-"', [null, 'x "y" z', null, null, null]],
    [withAddress, '"-" "x" "y" z" "192.0.2.9, 10.0.0.1"', [null, 'x" "y" z', '192.0.2.9, 10.0.0.1', null, null]],
    [`${front} 0.25 "-" "x" 17`, '0.25 "-" "a" b\\" 18', [null, 'a" b\\', null, '0.25', '18']],
  ])('%s: %s', (usual, behind, expected) => {
    const { rows, remarks } = clients([usual, usual, `${front} ${behind}`]);
    expect(rows[2]).toEqual(expected);
    expect(remarks).toContain('1 line has quotes that its server did not escape');
  });

  it('does not let a client end its agent where the log shows that nothing is escaped', () => {
    const hidden = `${front} "-" "curl/8.5.0" "Mozilla/5.0"`;
    const told = clients([plainLine, plainLine, `${front} "-" "say "hi""`, hidden]);
    expect(told.rows[3]).toEqual([null, 'curl/8.5.0" "Mozilla/5.0', null, null, null]);
    // a log of two servers
    expect(clients([plainLine, plainLine, hidden]).rows[2]).toEqual([null, 'curl/8.5.0', null, 'Mozilla/5.0', null]);
  });

  it.each([
    [String.raw`"-" "say \"hi\" \\ x\""`, [null, 'say "hi" \\ x"', null, null, null]],
    ['"-" "x" ut="0.1 s" u=("a")', [null, 'x', null, 'ut="0.1 s"', 'u=("a")']],
    ['"-" "x" {"a":"b"}', [null, 'x', null, '{"a":"b"}', null]],
  ])('leaves %s as it is', (behind, expected) => {
    const { rows, remarks } = clients([plainLine, plainLine, `${front} ${behind}`]);
    expect(rows[2]).toEqual(expected);
    expect(remarks).not.toContain('did not escape');
  });

  it('says so where no reading has the shape of the others', () => {
    const { rows, remarks } = clients([plainLine, plainLine, `${front} "-""x" y`]);
    expect(rows[2]).toEqual(['-""x', null, null, 'y', null]);
    expect(remarks).toContain('1 line has quotes that its server did not escape');
  });

  it('takes no longer than the line is long for what a client sends', () => {
    for (const part of ['" ', '" "', '\\" ', '"\\', ' "x']) {
      const { rows } = clients([plainLine, `${front} "-" "${part.repeat(20_000)}"`]);
      expect(rows).toHaveLength(2);
    }
  });

  it('reads the same in pieces', () => {
    const log = [plainLine, `${front} "-" "a "b" c"`, plainLine, `${front} "-" "a" "b"`, String.raw`${front} "-" "b\"`].join('\n');
    const expected = outcome(readLog(access, `${log}\n`));
    for (const every of [1, 2, 3]) expect(outcome(readPieces(access, `${log}\n`, every))).toEqual(expected);
  });
});

it('keeps requests that no answer was sent to, whatever stands for their status', () => {
  const time = '192.0.2.7 - - [10/Feb/2024:16:42:07 +0000]';
  const log = [
    `${time} "- error:transaction-end-before-headers NONE/0.0" 0 0 NONE_NONE:HIER_NONE`,
    `${time} "GET / HTTP/1.1" 0 0`,
    `${time} "GET / HTTP/1.1" 000 0`,
    `${time} "GET /" 0 0 x" 404 5`,
  ];
  const { sink } = readLog(access, `${log.join('\n')}\n`);
  expect(sink.rejects).toEqual([]);
  expect(sink.records.map((record) => ['method', 'request', 'status', 'bytes'].map((name) => record.get(name) ?? null))).toEqual([
    [null, '- error:transaction-end-before-headers NONE/0.0', null, 0],
    ['GET', null, null, 0],
    ['GET', null, null, 0],
    ['GET', null, 404, 5],
  ]);
});
