import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import { delimited, kindFrom } from './delimited.ts';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';
import { table } from './testing-delimited.ts';

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
    ['double', ['1,5', '2']],
    ['string', ['22,80,443', '80']],
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
