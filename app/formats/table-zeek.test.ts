import { describe, expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { settleColumns } from './table-settle.ts';
import { readLog } from './testing.ts';

function read(log: string): ReturnType<typeof readLog> & { readonly kind: string } {
  const { format } = detectFormat(Buffer.from(log), 'x.csv');
  return { ...readLog(format, log), kind: format.open(Buffer.from(log), {}).kind };
}

const column = ({ sink }: ReturnType<typeof readLog>, ...names: readonly string[]): unknown[] =>
  sink.records.map((record) => names.map((name) => record.get(name)));

describe("Zeek's connections in the tables of data sets", () => {
  it('have bytes of payloads where bytes with IP headers stand beside them (TON_IoT)', () => {
    const names = 'ts,src_ip,src_port,dst_ip,dst_port,proto,src_bytes,dst_bytes,src_pkts,src_ip_bytes,dst_pkts,dst_ip_bytes,label'.split(
      ',',
    );
    const row = '1554198358,10.0.0.1,1883,10.0.0.2,52976,tcp,100,200,3,220,4,360,1'.split(',');
    const of = (left: readonly string[]): Map<string, string | null> => {
      const places = names.map((name, i) => [name, i] as const).filter(([name]) => !left.includes(name));
      const settled = settleColumns(
        places.map(([name]) => name),
        [places.map(([, i]) => row[i])],
        {},
      );
      return new Map(settled.columns.map(({ from, to }) => [from, to]));
    };
    const all = of([]);
    expect(['src_bytes', 'dst_bytes', 'src_ip_bytes', 'dst_ip_bytes'].map((name) => all.get(name))).toEqual([
      'orig_bytes',
      'resp_bytes',
      'orig_ip_bytes',
      'resp_ip_bytes',
    ]);
    // alone they are what most tools count: with headers
    const alone = of(['src_ip_bytes', 'dst_ip_bytes']);
    expect(['src_bytes', 'dst_bytes'].map((name) => alone.get(name))).toEqual(['orig_ip_bytes', 'resp_ip_bytes']);
  });
});

describe('IoT-23 in a table', () => {
  const names = 'ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,duration,tunnel_parents   label   detailed-label';
  const row = (at: number, last: string): string => `15454038${at}.962094,C${at},10.0.0.1,41040,192.0.2.1,80,tcp,3.5,${last}\n`;

  it('has its three columns where three blanks part them, as in the log it was made of', () => {
    const rows = [row(10, '-   Benign   -'), row(11, '(empty)   Malicious   C&C'), row(12, '-   Malicious   DDoS')];
    const found = read(`${names}\n${rows.join('')}`);
    expect([found.kind, found.figures.rows, found.figures.rejected]).toEqual(['connection', 3, 0]);
    expect(column(found, 'tunnel_parents', 'label', 'detailed-label')).toEqual([
      [null, 'Benign', null],
      ['', 'Malicious', 'C&C'],
      [null, 'Malicious', 'DDoS'],
    ]);
  });

  it('loses nothing of a row whose last field is not parted so', () => {
    const found = read(`${names}\n${row(10, '-   Benign   -')}${row(11, 'C1,')}${row(12, 'C1 Benign')}${row(13, '')}`);
    expect([found.figures.rows, found.figures.rejected]).toEqual([4, 0]);
    expect(column(found, 'tunnel_parents', 'label')).toEqual([
      [null, 'Benign'],
      ['C1', null],
      ['C1 Benign', null],
      [null, null],
    ]);
  });

  it('has its ports where other words for them stand behind their names', () => {
    const settled = settleColumns(['ts', 'id.orig_h(srcIP)', 'id.orig_p(sport)', 'id.resp_h(dstIP)', 'id.resp_p(dport)'], [], {});
    expect(settled.columns.map(({ to }) => to)).toEqual(['ts', 'orig_h', 'orig_p', 'resp_h', 'resp_p']);
  });

  it('leaves blanks in names of other tables alone', () => {
    const found = read(`time,src,dst,Bytes   out\n1545403816,10.0.0.1,192.0.2.1,7\n1545403817,10.0.0.1,192.0.2.1,8\n`);
    expect(found.figures.rows).toBe(2);
    expect([...(found.sink.records[0]?.keys() ?? [])]).not.toContain('Bytes');
  });
});

describe('a log that went through zeek-cut', () => {
  const header =
    '#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tproto\tduration\n#types\tstring\taddr\taddr\tenum\tinterval\n';

  it('may have times as text (-d, -u), and those of any offset', () => {
    const rows = '2013-09-15T23:44:27+0000\t10.0.0.1\t192.0.2.1\ttcp\t1.5\n2013-09-16T01:44:28.25+02:00\t10.0.0.1\t192.0.2.1\ttcp\t-\n';
    const found = read(header + rows + rows);
    expect([found.kind, found.figures.rows, found.figures.rejected]).toEqual(['connection', 4, 0]);
    expect(column(found, 'ts', 'duration').slice(0, 2)).toEqual([
      [1_379_288_667_000_000, 1_500_000],
      [1_379_288_668_250_000, null],
    ]);
  });

  it('still rejects what is no time', () => {
    const found = read(
      `${header}2013-13-15T23:44:27+0000\t10.0.0.1\t192.0.2.1\ttcp\t1.5\n2999-01-01T00:00:00Z\t10.0.0.1\t192.0.2.1\ttcp\t1.5\n`,
    );
    expect(found.sink.rejects.map(({ reason }) => reason)).toEqual(['BAD_TIME', 'BAD_TIME']);
  });
});
