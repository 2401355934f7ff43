import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { delimited, kindFrom } from './delimited.ts';
import { detectFormat } from './registry.ts';
import { TableFields, fieldTexts } from './table-fields.ts';
import { outcome, readLog, readPieces } from './testing.ts';

type Row = Record<string, Cell>;

function table(
  log: string,
  options: FormatOptions = {},
): { rows: Row[]; reasons: unknown[]; kind: string; remarks: readonly string[]; types: Record<string, string> } {
  const { sink, figures } = readLog(delimited, log, 1000, false, options);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  const opened = delimited.open(Buffer.from(log), options);
  return {
    rows: sink.records.map((record) =>
      Object.fromEntries([...record].filter(([name, cell]) => cell !== null && name !== '_offset' && name !== '_line')),
    ),
    reasons: sink.rejects.map(({ line, reason }) => [line, reason]),
    kind: opened.kind,
    remarks: opened.remarks(figures.tallies),
    types: Object.fromEntries([...sink.specs.values()].map(({ name, type }) => [name, type])),
  };
}

const utc = (...parts: Parameters<typeof Date.UTC>): number => Date.UTC(...parts) * 1000;

describe('tables of other tools', () => {
  it("CICFlowMeter's, with its times, microseconds, and a name that stands twice", () => {
    const { rows, kind, remarks } = table(
      [
        'Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Total Fwd Packets, Total Length of Fwd Packets, Fwd Header Length,Flow Bytes/s, Fwd Header Length, Label',
        '10.0.0.5-192.0.2.1-5-443-6,10.0.0.5,54865,192.0.2.1,443,6,13/7/2017 3:30,3,2,12,40,4000000,40,BENIGN',
        '10.0.0.5-192.0.2.1-6-80-17,10.0.0.5,55054,192.0.2.1,80,17,14/7/2017 15:30,-1,1,6,20,Infinity,20,DDoS',
        '',
      ].join('\n'),
    );
    expect(kind).toBe('connection');
    expect(rows[0]).toEqual({
      ts: utc(2017, 6, 13, 3, 30),
      orig_h: '10.0.0.5',
      orig_p: 54_865,
      resp_h: '192.0.2.1',
      resp_p: 443,
      proto: 'tcp',
      ip_proto: 6,
      duration: 3,
      orig_pkts: 2,
      orig_bytes: 12,
      'Fwd Header Length': 40,
      'Fwd Header Length_2': 40,
      'Flow Bytes/s': 4_000_000,
      'Flow ID': '10.0.0.5-192.0.2.1-5-443-6',
      label: 'BENIGN',
    });
    expect(rows[1]).toMatchObject({ proto: 'udp', duration_text: '-1', 'Flow Bytes/s_text': 'Infinity', label: 'DDoS' });
    expect(remarks).toEqual([
      '1 value of duration is no length of time that can be kept; it is kept as text in duration_text.',
      '1 value of Flow Bytes/s is no number; it is kept as text in Flow Bytes/s_text.',
    ]);
  });

  it("SiLK's rwcut, parted by bars, where sIP is the source", () => {
    const { rows } = table(
      [
        '            sIP|            dIP|sPort|dPort|pro|packets|bytes|flags|                  sTime| duration|                  eTime|sen|',
        '       10.0.0.5|      192.0.2.1|40000|   53| 17|      1|   72|     |2009/02/12T00:00:10.123|    0.256|2009/02/12T00:00:10.379| S0|',
        '',
      ].join('\n'),
    );
    expect(rows).toMatchObject([
      {
        orig_h: '10.0.0.5',
        resp_h: '192.0.2.1',
        orig_p: 40_000,
        resp_p: 53,
        proto: 'udp',
        orig_ip_bytes: 72,
        duration: 256_000,
        ts: utc(2009, 1, 12, 0, 0, 10, 123),
      },
    ]);
  });

  it("nProbe's in milliseconds: the length from beginning and end where there is none", () => {
    const { rows } = table(
      'IPV4_SRC_ADDR,L4_SRC_PORT,IPV4_DST_ADDR,L4_DST_PORT,PROTOCOL,IN_BYTES,OUT_BYTES,FLOW_START_MILLISECONDS,FLOW_END_MILLISECONDS,Attack\n' +
        '10.0.0.5,40000,192.0.2.1,80,6,1000,2000,1424242193040,1424242193041,Benign\n',
    );
    expect(rows).toMatchObject([
      { ts: 1_424_242_193_040_000, duration: 1000, orig_ip_bytes: 1000, resp_ip_bytes: 2000, proto: 'tcp', Attack: 'Benign' },
    ]);
  });

  it('Tstat fields in a table: s_ip is the server where there is a c_ip', () => {
    const { rows } = table('c_ip;c_port;s_ip;s_port;first;durat\n10.0.0.5;40000;192.0.2.1;80;1424242193040.250;12.5\n');
    expect(rows).toMatchObject([
      { orig_h: '10.0.0.5', resp_h: '192.0.2.1', orig_p: 40_000, resp_p: 80, ts: 1_424_242_193_040_250, duration: 12_500 },
    ]);
  });
});

describe('what the first lines tell', () => {
  it('is a plain table named after the file where there are no connections', () => {
    const { rows, kind, types } = table(
      'user,code,share,when,host\nann,007,0.5,2024-01-02 03:04:05,10.0.0.1\nbob,010,1.25,2024-01-02 03:04:06,10.0.0.2\n',
    );
    expect(kind).toBe('table');
    expect(types).toMatchObject({ user: 'string', code: 'string', share: 'double', when: 'time', host: 'addr' });
    expect(rows[1]).toEqual({ user: 'bob', code: '010', share: 1.25, when: utc(2024, 0, 2, 3, 4, 6), host: '10.0.0.2' });
    expect(delimited.settle?.(Buffer.from('a,b\n1,2\n'), {}, 'Firewall Export.2024.csv').mapping?.kind).toBe('firewall_export');
    expect([kindFrom('connection.csv'), kindFrom('7.csv'), kindFrom('ümlaut.tsv'), kindFrom('')]).toEqual([
      'connection_table',
      'table_7',
      'mlaut',
      'table',
    ]);
  });

  it.each([
    ['count', ['0', '12', '9007199254740991']],
    ['int', ['-1', '12']],
    ['double', ['0.5', '1.25']],
    ['double', ['1.50', '2.25']],
    ['double', ['1.0', '2.25', '1e-05']],
    ['string', ['1.10', '1.9']],
    ['string', ['007', '12']],
    ['string', ['9007199254740993']],
    ['string', ['0.1234567890123456789']],
    ['string', ['+5', '6']],
    ['string', ['1,5', '2']],
    ['string', ['2024-04-19']],
    ['string', ['2024-04-19T20:00:00.123456789Z']],
    ['time', ['2024-04-19T20:00:00.123456Z', '2024-04-19 20:00:00']],
    ['time', ['Apr 19 2024 20:00:00']],
    ['bool', ['true', 'False', 'T']],
    ['addr', ['::1', '10.0.0.1']],
    ['string', ['', '-', 'NaN']],
  ])('%s: %j', (type, values) => {
    const quoted = values.map((value) => `"${value}",x`).join('\n');
    expect(table(`column,other\n${quoted}\n`).types['column']).toBe(type);
  });

  it('keeps what does not fit as a text beside it', () => {
    const head = Array.from({ length: 2000 }, (_, i) => `${i},10.0.0.${i % 250},x`).join('\n');
    const { rows, types, remarks } = table(`number,host,text\n${head}\n007,localhost,y\n1.5,10.0.0.1,z\n9007199254740993,,\n`);
    expect(types).toMatchObject({ number: 'count', host: 'addr', number_text: 'string', host_text: 'string' });
    expect(rows.slice(-3)).toEqual([
      { number_text: '007', host_text: 'localhost', text: 'y' },
      { number: 1.5, host: '10.0.0.1', text: 'z' },
      { number_text: '9007199254740993' },
    ]);
    expect(remarks[0]).toBe('2 values of number are no number; they are kept as text in number_text.');
  });

  it.each([
    ['nanoseconds', 'ts', '2024-01-01T00:00:00.123456789Z', utc(2024, 0, 1) + 123_457, 1],
    ['a comma before the fraction', 'ts', '"2024-01-01T00:00:00,1234567890123Z"', utc(2024, 0, 1) + 123_457, 1],
    ['no digit too many', 'ts', '2024-01-01T00:00:00.123456000Z', utc(2024, 0, 1) + 123_456, 0],
    ['ctime', 'ts', 'Mon Jan  1 00:00:07 2024', utc(2024, 0, 1, 0, 0, 7), 0],
    ['date', 'ts', 'Mon Jan  1 00:00:07 UTC 2024', utc(2024, 0, 1, 0, 0, 7), 0],
    ['RFC 2822', 'ts', '"Mon, 01 Jan 2024 02:00:07 +0200"', utc(2024, 0, 1, 0, 0, 7), 0],
    ['RFC 2822 without the day', 'ts', '1 Jan 2024 00:00:07 GMT', utc(2024, 0, 1, 0, 0, 7), 0],
    ['epoch in nanoseconds', 'ts', '1704067207123456789', utc(2024, 0, 1, 0, 0, 7) + 123_457, 1],
    ['day and time apart', 'Date,Time', '2024-01-01,00:00:07', utc(2024, 0, 1, 0, 0, 7), 0],
    ['day and time apart, as others write them', 'date,time', '13/01/2024,01:00:07.5 PM', utc(2024, 0, 13, 13, 0, 7, 500), 0],
  ])('times with %s', (_, names, value, ts, rounded) => {
    const log = `${names},src,dst\n${value},10.0.0.1,192.0.2.1\n${value},10.0.0.2,192.0.2.1\n`;
    const { rows, kind, remarks } = table(log);
    expect(kind).toBe('connection');
    expect(rows[0]).toEqual({ ts, orig_h: '10.0.0.1', resp_h: '192.0.2.1' });
    expect(remarks).toEqual(rounded === 0 ? [] : ['Rounded to microseconds: 2 times with more digits.']);
    const settled = delimited.settle?.(Buffer.from(log), {}, 'x.csv') ?? {};
    expect(delimited.settle?.(Buffer.from(log), settled, 'y.csv')).toEqual(settled);
    expect(table(log, settled).rows).toEqual(rows);
  });

  it('a day without a time of day is no time of a connection', () => {
    const log =
      'Date,Time,src,dst\n2024-01-01,00:00:07,10.0.0.1,192.0.2.1\n2024-01-01,-,10.0.0.1,192.0.2.1\n2024-01-01,noon,10.0.0.1,192.0.2.1\n';
    const head = Array.from({ length: 1000 }, () => '2024-01-01,00:00:07,10.0.0.1,192.0.2.1\n').join('');
    expect(table(log.replace('src,dst\n', `src,dst\n${head}`)).reasons).toEqual([
      [1003, 'MISSING'],
      [1004, 'BAD_TIME'],
    ]);
  });

  it('says that day and month cannot be told apart', () => {
    const { rows, remarks } = table('time,a\n03/04/2024 10:00:00,1\n05/06/2024 11:00:00,2\n');
    expect(rows[0]?.['ts']).toBe(utc(2024, 3, 3, 10));
    expect(remarks[0]).toContain('%d/%m/%Y');
    const said = table('time,a\n03/04/2024 10:00:00,1\n', { mapping: { timeFormat: '%m/%d/%Y %H:%M:%S' } });
    expect(said.rows[0]?.['ts']).toBe(utc(2024, 2, 4, 10));
  });

  it('is not taken for a table where it is words, JSON, or has no names', () => {
    const confidence = (text: string): number => delimited.detect(Buffer.from(text)).confidence;
    expect(confidence('one two three four\nfive six seven eight\n')).toBe(0);
    expect(confidence('Dear diary, today\nI did nothing, again\n\nYours\n')).toBe(0);
    expect(confidence('{"a":1,"b":2}\n{"a":1,"b":3}\n')).toBe(0);
    expect(confidence('1713556800,10.0.0.1,192.0.2.1\n1713556801,10.0.0.1,192.0.2.1\n')).toBe(0);
    expect(confidence('time,source,destination\n1713556801,10.0.0.1,192.0.2.1\n')).toBeGreaterThan(0.2);
    expect(detectFormat(Buffer.from('a\tb\n1\t2\n'), 'x').format.id).toBe('csv');
  });
});

describe('a mapping', () => {
  const log = 'a;b;c;d\n1713556800;10.0.0.1;192.0.2.1;5\n1713556801;10.0.0.2;192.0.2.1;6\n';

  it('says what columns are, and leaves some out', () => {
    const mapping = {
      kind: 'connection',
      columns: [
        { from: 'a', to: 'ts' },
        { from: 'b', to: 'resp_h' },
        { from: ' C ', to: 'orig_h' },
        { from: 'd', to: null },
      ],
    };
    const { rows, remarks } = table(log, { mapping });
    expect(rows[0]).toEqual({ ts: 1_713_556_800e6, orig_h: '192.0.2.1', resp_h: '10.0.0.1' });
    expect(remarks).toEqual(['Left out, as was asked for: d.']);
  });

  it('may say type and unit', () => {
    const mapping = {
      columns: [
        { from: 'd', to: 'lag', type: 'interval' as const, unit: 'milliseconds' as const },
        { from: 'a', to: 'id', type: 'string' as const },
      ],
    };
    expect(table(log, { mapping }).rows[0]).toMatchObject({ id: '1713556800', lag: 5000 });
  });

  it('reads without a header by what a person says', () => {
    const plain = log.split('\n').slice(1).join('\n');
    const { rows, kind } = table(plain);
    expect(kind).toBe('connection');
    expect(rows[1]).toEqual({ ts: 1_713_556_801e6, orig_h: '10.0.0.2', resp_h: '192.0.2.1', column_4: 6 });
    const named = table(plain, { mapping: { header: false, columns: [{ from: 'column_4', to: 'orig_bytes' }] } });
    expect(named.rows[1]).toMatchObject({ orig_bytes: 6 });
  });

  it('is refused where it names what is not there, or lacks what connections need', () => {
    const open = (mapping: NonNullable<FormatOptions['mapping']>): unknown => delimited.open(Buffer.from(log), { mapping });
    expect(() => open({ columns: [{ from: 'nothing', to: 'x' }] })).toThrow(/no column "nothing".*a, b, c, d/);
    expect(() =>
      open({
        kind: 'connection',
        columns: [
          { from: 'a', to: 'x', type: 'string' },
          { from: 'd', to: null },
        ],
      }),
    ).toThrow(/Connections need/);
    expect(() => open({ timeFormat: '%Q' })).toThrow(/%Q/);
    expect(() => delimited.open(Buffer.from(log), { timeZone: 'Nowhere' })).toThrow(/no time zone/);
  });

  it('that is found gives itself again, and the same records', () => {
    for (const text of [log, delimited.example, 'x,y\n1,2\n']) {
      const head = Buffer.from(text);
      const settled = delimited.settle?.(head, {}, 'some file.csv') ?? {};
      expect(delimited.settle?.(head, settled, 'another.csv')).toEqual(settled);
      expect(readLog(delimited, text, 100, false, settled).sink.records).toEqual(readLog(delimited, text, 100).sink.records);
    }
  });
});

describe('quotes', () => {
  /** RFC 4180, a character after the other. */
  const twin = (line: string, delimiter: string): string[] => {
    const fields: string[] = [];
    let at = 0;
    for (;;) {
      let field = '';
      if (line[at] === '"') {
        for (at++; at < line.length; at++) {
          if (line[at] !== '"') field += line[at];
          else if (line[at + 1] === '"') {
            field += '"';
            at++;
          } else break;
        }
        at++;
      } else while (at < line.length && line[at] !== delimiter) field += line[at++];
      fields.push(field);
      if (at >= line.length) return fields;
      at++;
    }
  };

  it('are read as a reader of characters reads them', () => {
    const field = fc.stringMatching(/^[ab",;|é ]{0,8}$/);
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), fc.constantFrom(',', ';', '|', '\t'), (values, delimiter) => {
        const line = values.map((value) => (/[",;|\t]|^ /.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(delimiter);
        const bytes = Buffer.from(`xx${line}`);
        const read = fieldTexts(new TableFields(delimiter.charCodeAt(0), 100), bytes, 2, bytes.length);
        expect(read).toEqual(values);
        expect(read).toEqual(twin(line, delimiter));
      }),
      { numRuns: 1000 },
    );
  });

  it('go over the end of a line, with blank lines and CR LF, and are one record', () => {
    const log = 'name,value\na,1\n"b\nc,2\n\n""d"",3\n",4\ne,5\n"f"x,6\n"g\r\nh",7\r\n"i';
    const { rows, reasons, remarks } = table(log);
    expect(rows).toEqual([
      { name: 'a', value: 1 },
      { name: 'b\\x0ac,2\\x0a\\x0a"d",3\\x0a', value: 4 },
      { name: 'e', value: 5 },
      { name: 'g\\x0d\\x0ah', value: 7 },
    ]);
    expect(reasons).toEqual([
      [9, 'BAD_QUOTES'],
      [12, 'TRUNCATED'],
    ]);
    expect(remarks[0]).toBe('2 records go on over line ends within quotes: 5 lines more, counted with the comments.');
    const { sink } = readLog(delimited, log);
    expect(sink.records.map((record) => [record.get('_line'), record.get('_offset')])).toEqual([
      [2, log.indexOf('a,1')],
      [3, log.indexOf('"b')],
      [8, log.indexOf('e,5')],
      [10, log.indexOf('"g')],
    ]);
    for (const every of [1, 2, 3, 4]) expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
  });

  it('that nobody closed take no other record with them', () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, i) => `x${i},${i}\n`).join('');
    const long = `name,value\na,1\n"b,2\n${lines(500)}\nlast,3\n`;
    expect(table(long).rows).toHaveLength(502);
    expect(table(long).reasons).toEqual([[3, 'QUOTED_NEWLINE']]);
    const short = 'name,value\na,1\n"b,2\nc,3\n\nd "e",4\n"f,5\ng,6\n';
    expect(table(short).rows.map(({ name }) => name)).toEqual(['a', 'c', 'd "e"', 'g']);
    expect(table(short).reasons).toEqual([
      [3, 'QUOTED_NEWLINE'],
      [7, 'QUOTED_NEWLINE'],
    ]);
    for (const log of [long, short])
      for (const every of [7, 150]) expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
  });

  it('over the ends of most lines make a table all the same', () => {
    const log = 'ts,src,dst,note\n' + '2024-01-01T00:00:00Z,10.0.0.1,192.0.2.1,"one\ntwo\nthree"\n'.repeat(5);
    expect(detectFormat(Buffer.from(log), 'x').format.id).toBe('csv');
    expect(table(log).kind).toBe('connection');
    expect(table(log).rows).toHaveLength(5);
  });

  it('keep delimiters, quotes and control bytes in a value', () => {
    expect(table('a,b\n"x,""y""\tz",1\n').rows).toEqual([{ a: 'x,"y"\\x09z', b: 1 }]);
  });
});

describe('lines', () => {
  it('of another width are rejected; a header that comes again and notes before it are comments', () => {
    const log = '# exported today\na,b\n1,2\n3\n4,5,6\na,b\n7,8,\n9';
    const { rows, reasons, remarks } = table(log);
    expect(rows).toEqual([
      { a: 1, b: 2 },
      { a: 7, b: 8 },
    ]);
    expect(reasons).toEqual([
      [4, 'TOO_FEW_FIELDS'],
      [5, 'TOO_MANY_FIELDS'],
      [8, 'TRUNCATED'],
    ]);
    expect(remarks).toEqual([
      'The header stands 2 times in the file: several tables put together.',
      'The last line is cut: the file ends within it.',
    ]);
  });

  it('read the same in pieces, with values that do not fit in some of them', () => {
    const line = fc.constantFrom('1,10.0.0.1,a', '2,::1,"b,c"', '007,host,d', ',,', '3', '"x', 'y",1', 'n,h,t', '1.5,-,"q""q"');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (lines, every) => {
        const log = `n,h,t\n1,10.0.0.1,a\n${lines.join('\n')}\n`;
        expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
      }),
      { numRuns: 300 },
    );
  });

  it('lose no character of a value, whatever its column is', () => {
    const value = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true }).map(String),
      fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
      fc.stringMatching(/^[0-9.eE+-]{0,12}$/),
      fc.constantFrom('T', 'false', '10.0.0.1', '2001:db8::1', 'x', '007', '0.10', '1e3'),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.array(value, { maxLength: 5 }), (head, rest) => {
        const values = [...head, ...rest].filter((one) => one !== '' && one !== '-');
        const { rows, types } = table(`column,x\n${values.map((one) => `${one},x`).join('\n')}\n`);
        for (const [i, one] of values.entries()) {
          const cell = rows[i]?.['column'] ?? rows[i]?.['column_text'];
          if (typeof cell === 'number' && types['column'] === 'bool') expect('tf'[1 - cell]).toBe(one[0]?.toLowerCase());
          else if (typeof cell === 'number') expect(cell).toBe(Number(one) === 0 ? 0 : Number(one));
          else expect(cell).toBe(one);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("Excel's first line that says what parts the fields", () => {
  const body = 'ts;user;text\n2024-04-19 20:00:00;ada;a, b, c\n2024-04-19 20:00:01;grace;d, e, f\n';

  it.each([
    ['sep=;', body],
    ['"sep=;"', body],
    ['SEP=;', body.replaceAll('\n', '\r\n')],
    ['\ufeffsep=;', body],
    ['sep=\t', body.replaceAll(';', '\t')],
    ['sep=|', body.replaceAll(';', '|')],
  ])('%j is understood, and is a comment', (line, rest) => {
    const log = `${line}${rest.includes('\r') ? '\r\n' : '\n'}${rest}`;
    expect(detectFormat(Buffer.from(log), 'a.csv').format.id).toBe('csv');
    const { rows, reasons } = table(log);
    expect(reasons).toEqual([]);
    expect(rows.map((row) => [row['user'], row['text']])).toEqual([
      ['ada', 'a, b, c'],
      ['grace', 'd, e, f'],
    ]);
    const { figures } = readLog(delimited, log);
    expect([figures.rows, figures.comments, figures.lines]).toEqual([2, 2, 4]);
    expect(outcome(readPieces(delimited, log, 1))).toEqual(outcome(readLog(delimited, log)));
  });

  it('is said to be what it says, though more lines could be parted otherwise; a person’s word goes before it', () => {
    const log = 'sep=;\nname;note\nAda;x,y,z\nGrace;u,v,w\nAlan;r,s,t\n';
    expect(table(log).rows[0]).toEqual({ name: 'Ada', note: 'x,y,z' });
    const said = table(log, { mapping: { delimiter: ',', header: false } });
    expect(said.rows).toHaveLength(3);
    expect(said.rows[0]).toEqual({ column_1: 'Ada;x', column_2: 'y', column_3: 'z' });
  });

  it('comes again where files were put together, and is none where a table has it as a row', () => {
    const twice = `sep=;\n${body}sep=;\n${body}`;
    expect(readLog(delimited, twice).figures).toMatchObject({ rows: 4, comments: 4, rejected: 0 });
    expect(table('name;note\nx;y\nsep=;\n').rows).toEqual([{ name: 'x', note: 'y' }, { name: 'sep=' }]);
  });
});

it('is told at once, whatever the values are', () => {
  for (const value of [
    '0'.repeat(200_000),
    `0.${'0'.repeat(200_000)}1`,
    `.${'0'.repeat(200_000)}`,
    ' '.repeat(200_000),
    '-'.repeat(200_000),
    '"'.repeat(200_000),
  ]) {
    const { figures } = readLog(delimited, `a,b\n${value},1\n1,2\n`);
    expect(figures.lines).toBe(3);
  }
});
