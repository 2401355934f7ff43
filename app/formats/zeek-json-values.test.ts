import { describe, expect, it } from 'vitest';
import { outcome, readLog, readPieces } from './testing.ts';
import { conn, dns, lines, read, column, reasons } from './testing-zeek-json.ts';
import { zeekJson } from './zeek-json.ts';
import { valueRemarks } from './zeek-problems.ts';
import { zeekConn } from './zeek-tsv.ts';

describe('times in JSON', () => {
  const at = (ts: unknown, ...more: readonly unknown[]): unknown => column('ts', ...[ts, ...more].map((one) => ({ ...dns, ts: one })));

  it.each([
    ['seconds', 1713556801.07189, 1_713_556_801_071_890],
    ['whole seconds', 1713556801, 1_713_556_801_000_000],
    ['before 1970', -0.5, -500_000],
    ['milliseconds', 1713556801071, 1_713_556_801_071_000],
    ['milliseconds with decimals', 1713556801071.89, 1_713_556_801_071_890],
    ['ISO 8601', '2024-04-19T20:00:01.071890Z', 1_713_556_801_071_890],
    ['ISO 8601 with an offset', '2024-04-19T22:00:01.071890+0200', 1_713_556_801_071_890],
    ['seconds as text', '1713556801.071890', 1_713_556_801_071_890],
  ])('%s', (_, ts, micro) => {
    expect(at(ts)).toEqual([micro]);
  });

  it('are read with any decimals and exponents', () => {
    const log = ['1713556801.0718905', '1713556801.07189049', '1.7135568010718e9', '1713556801.0'].map((ts) =>
      JSON.stringify({ ...dns, ts: 0 }).replace('"ts":0', `"ts":${ts}`),
    );
    expect(column('ts', ...log)).toEqual([1_713_556_801_071_891, 1_713_556_801_071_890, 1_713_556_801_071_800, 1_713_556_801_000_000]);
    const durations = ['6.4e-05', '0.000064', '64E-6', '3', '1.5e3'].map((duration) =>
      JSON.stringify({ ...conn, duration: 0 }).replace('"duration":0', `"duration":${duration}`),
    );
    expect(column('duration', ...durations)).toEqual([64, 64, 64, 3e6, 1.5e9]);
  });

  it('are of one unit in a file, whatever a single line says', () => {
    const second = { ...conn, ts: 1713556801.5 };
    expect(reasons(second, second, { ...conn, ts: 1713556801071 })).toEqual([['BAD_TIME', 'ts is 1713556801071']]);
    const millis = { ...conn, ts: 1713556801071 };
    expect(column('ts', millis, millis, { ...conn, ts: 86_400_000 })).toEqual([
      1_713_556_801_071_000, 1_713_556_801_071_000, 86_400_000_000,
    ]);
    expect(
      zeekJson
        .open(Buffer.from(lines(millis)), {})
        .remarks(new Map())
        .join(),
    ).toContain('milliseconds');
  });
});

describe('values in JSON', () => {
  it('calls a key that is first a text and later a number the same, wherever chunks end', () => {
    const many = Array.from({ length: 4000 }, () => conn);
    const log = lines(...many, { ...conn, odd: 'x' }, { ...conn, odd: 5 }, conn);
    const names = (log: ReturnType<typeof readLog>): unknown =>
      log.sink.records.slice(4000).map((one) => [one.get('odd') ?? null, one.get('odd_2') ?? null]);
    expect(names(readLog(zeekJson, log))).toEqual(names(readPieces(zeekJson, log, 4001)));
  });

  it('takes nested addresses, sets, escapes, and columns that come and go', () => {
    const nested = {
      ts: 1.5,
      id: { orig_h: '2001:DB8::1', orig_p: 1, resp_h: '192.0.2.1', resp_p: 2 },
      proto: 'udp',
      tunnel_parents: ['C1', 'C,2'],
      extra: { deep: { er: 'x' } },
    };
    const { sink } = read(conn, nested, {
      ...conn,
      note: 'tab\there "\u00e9\ud83d\ude00"',
      extra: { deep: { er: 5 } },
      on: true,
      tunnel_parents: [],
    });
    const of = (name: string): unknown => sink.records.map((record) => record.get(name) ?? null);
    expect(of('orig_h')).toEqual(['10.0.0.1', '2001:db8::1', '10.0.0.1']);
    expect(of('tunnel_parents')).toEqual([null, 'C1,C\\x2c2', '']);
    expect(of('extra.deep.er_2')).toEqual([null, 'x', null]);
    expect(of('extra.deep.er')).toEqual([null, null, 5]);
    expect(of('note')).toEqual([null, null, 'tab\\x09here "é😀"']);
    expect(of('on')).toEqual([null, null, 1]);
    expect(of('id')).toEqual([null, null, null]);
  });

  it('keeps absent absent and empty empty', () => {
    const [record] = read({ ...conn, service: null, history: '', duration: '', orig_bytes: '-', uid: null }).sink.records;
    expect(['service', 'history', 'duration', 'orig_bytes', 'uid'].map((name) => record.get(name) ?? null)).toEqual([
      null,
      '',
      null,
      null,
      null,
    ]);
  });

  it('takes the last of two values for a key, and says so', () => {
    const twice = JSON.stringify({ ...conn, uid: 'C2', service: 'a' }).replace(
      '"proto"',
      '"uid":"C3","service":"b","note":"x","note":"yy","ts":null,"ts":7,"service":null,"proto"',
    );
    const { sink, figures } = read(twice, { ...conn, uid: 'C4' });
    expect(sink.records.map((record) => ['uid', 'service', 'note', 'ts'].map((name) => record.get(name)))).toEqual([
      ['C3', 'a', 'yy', 7e6],
      ['C4', null, null, 1_700_000_000_000_001],
    ]);
    expect(
      zeekJson
        .open(Buffer.from(lines(conn)), {})
        .remarks(figures.tallies)
        .join(),
    ).toContain('4 keys stood twice');
  });

  it('keeps keys that mean something to JavaScript as plain columns', () => {
    const log = JSON.stringify({ ...conn, x: 1 }).replace(
      '"x":1',
      '"__proto__":{"polluted":true},"constructor":"c","_line":9,"":"nameless"',
    );
    const [record] = read(log).sink.records;
    expect(['__proto__.polluted', 'constructor', '_line_2', 'column'].map((name) => record.get(name))).toEqual([1, 'c', 9, 'nameless']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['id.orig_p', '65536'],
    ['id.orig_p', '18446744073709551616'],
    ['id.resp_p', '65536'],
    ['id.resp_p', '93145'],
    ['id.orig_p', '65535'],
    ['id.orig_p', '-1'],
  ])('treats %s %s as TSV does', (name, port) => {
    const json = lines(JSON.stringify(conn).replace(new RegExp(`"${name}":\\d+`), `"${name}":${port}`));
    const names = Object.keys(conn);
    const tsv = `#separator \\x09\n#path\tconn\n#fields\t${names.join('\t')}\n${names.map((one) => (one === name ? port : String(conn[one as keyof typeof conn]))).join('\t')}\n`;
    const [a, b] = [readLog(zeekJson, json), readLog(zeekConn, tsv)];
    const told = ({ sink, figures }: typeof a): unknown => [
      sink.records.map((record) => [record.get('uid'), record.get('orig_p'), record.get('resp_p')]),
      sink.rejects.map(({ reason, what }) => [reason, what]),
      valueRemarks(figures.tallies),
    ];
    expect(told(a)).toEqual(told(b));
    expect(a.figures.rows).toBe(name === 'id.orig_p' && port !== '-1' ? 1 : 0);
  });

  it('leaves out ports that are none, and rounds what is too large, and says so', () => {
    const big = JSON.stringify({ ...conn, 'id.orig_p': 93145, orig_bytes: 0 }).replace('"orig_bytes":0', '"orig_bytes":9007199254740993');
    const { sink, figures } = read(big, big);
    expect(sink.records.map((record) => [record.get('orig_p') ?? null, record.get('orig_bytes')])).toEqual([
      [null, 2 ** 53],
      [null, 2 ** 53],
    ]);
    const remarks = zeekJson
      .open(Buffer.from(lines(conn)), {})
      .remarks(figures.tallies)
      .join(' ');
    expect(remarks).toContain('2 ports');
    expect(remarks).toContain('2 values above 2^53');
  });

  it.each([
    ['NOT_AN_OBJECT', '[1]', 'it is no JSON object'],
    ['NO_FIELDS', '{}', 'the object is empty'],
    ['BAD_JSON', '{"ts":1,}', 'at byte 9 it is no JSON'],
    ['BAD_JSON', '{"ts":1', 'the line ends within its JSON'],
    ['MISSING', { ...conn, 'id.resp_h': undefined }, 'id.resp_h is not there'],
    ['MISSING', { ...conn, 'id.orig_h': '-' }, 'id.orig_h is not there'],
    ['MISSING', { ...conn, ts: null }, 'ts is not there'],
    ['BAD_TIME', { ...conn, ts: 'today' }, 'ts is today'],
    ['BAD_TIME', { ...conn, ts: -5 }, 'ts is -5'],
    ['BAD_ADDRESS', { ...conn, 'id.orig_h': '999.1.1.1' }, 'id.orig_h is 999.1.1.1'],
    ['BAD_ADDRESS', { ...conn, 'id.orig_h': 7 }, 'id.orig_h is 7'],
    ['BAD_PORT', { ...conn, 'id.orig_p': -1 }, 'id.orig_p is -1'],
    ['NEGATIVE', { ...conn, orig_bytes: -5 }, 'orig_bytes is -5'],
    ['BAD_NUMBER', { ...conn, orig_bytes: 5.5 }, 'orig_bytes is 5.5'],
    ['BAD_NUMBER', { ...conn, orig_bytes: [5] }, 'orig_bytes is [5]'],
    ['COUNT_OUT_OF_RANGE', { ...conn, orig_bytes: 1e30 }, 'orig_bytes is 1e+30'],
    ['BAD_BOOL', { ...conn, local_orig: 'yes' }, 'local_orig is yes'],
  ])('rejects with %s: %j', (reason, line, what) => {
    expect(reasons(conn, line, conn)).toEqual([[reason, what]]);
    expect(column('uid', conn, line, { ...conn, uid: 'C9' })).toEqual(['C1', 'C9']);
  });

  it('marks a last line that is cut, and takes one that only lacks its end', () => {
    const log = lines(conn, { ...conn, uid: 'C2' });
    expect(readLog(zeekJson, log.slice(0, -1)).figures).toMatchObject({ rows: 2, rejected: 0, cut: false });
    const cut = readLog(zeekJson, log.slice(0, -20));
    expect(cut.figures).toMatchObject({ rows: 1, rejected: 1, cut: true });
    expect(cut.sink.rejects[0].reason).toBe('TRUNCATED');
  });

  it('reads the same in blocks and pieces of any size, with columns that come late', () => {
    const records = Array.from({ length: 60 }, (_, i) => ({
      ...conn,
      uid: `C${i}`,
      [`late${i % 7 === 6 ? i : 0}`]: i % 3 === 0 ? 'x' : i,
      service: i % 5 === 0 ? undefined : `s${i % 2}`,
      'id.orig_p': i === 33 ? 70000 : 5,
    }));
    const log = lines(...records.slice(0, 30), '{"ts":1}', 'no', ...records.slice(30));
    const expected = outcome(readLog(zeekJson, log));
    for (const block of [1, 7, 100, 333, 4096]) expect(outcome(readLog(zeekJson, log, block))).toEqual(expected);
    for (const every of [1, 3, 10, 59]) expect(outcome(readPieces(zeekJson, log, every))).toEqual(expected);
    expect(outcome(readLog(zeekJson, log.replaceAll('\n', '\r')))).toEqual(expected);
  });
});

it('takes times that name no zone in the one a person says', () => {
  const log = lines(
    { ...conn, ts: '2024-07-01T12:00:00' },
    { ...conn, ts: '2024-07-01T12:00:00Z' },
    { ...conn, ts: '2024-07-01T12:00:00.5+01:00' },
  );
  const { sink } = readLog(zeekJson, log, 65_536, false, { timeZone: 'Europe/Berlin' });
  const noon = Date.UTC(2024, 6, 1, 12) * 1000;
  expect(sink.records.map((record) => Number(record.get('ts')) - noon)).toEqual([-7_200_000_000, 0, -3_599_500_000]);
});
