import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { delimited } from './delimited.ts';
import { detectFormat } from './registry.ts';
import { readLog, type ReadBack } from './testing.ts';

function readTable(log: string): ReadBack {
  expect(detectFormat(Buffer.from(log), 'x.csv').format).toBe(delimited);
  const found = readLog(delimited, log);
  const { rows, rejected, comments, lines } = found.figures;
  expect(rows + rejected + comments).toBe(lines);
  return found;
}

const rowsOf = (log: string): Record<string, Cell>[] =>
  readTable(log).sink.records.map((record) =>
    Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))),
  );
const remarksOf = (log: string): readonly string[] => delimited.open(Buffer.from(log), {}).remarks(readTable(log).figures.tallies);
const at = (time: string): number => Date.parse(time) * 1000;

describe('tables as tools and data sets have them', () => {
  it('CIDDS: ports called Pt, counts that nfdump rounded', () => {
    const log = [
      'Date first seen,Duration,Proto,Src IP Addr,Src Pt,Dst IP Addr,Dst Pt,Packets,Bytes,Flows,Flags,Tos,class,attackType',
      '2017-03-15 00:01:16.632,    0.000,TCP  ,10.0.100.5,   445,10.0.220.16, 58844.0,       1,     108,    1,.AP...,  0,normal,---',
      '2017-03-15 00:01:17.552,   82.339,TCP  ,10.0.100.6,  8082,10.0.220.16, 56978.0,    4048,   2.1 M,    1,.AP..F,  0,attacker,bruteForce',
      '',
    ].join('\n');
    expect(rowsOf(log)).toMatchObject([
      { ts: at('2017-03-15T00:01:16.632Z'), orig_p: 445, resp_p: 58_844, orig_ip_bytes: 108, class: 'normal' },
      { duration: 82_339_000, orig_p: 8082, orig_ip_bytes: 2_100_000, 'detailed-label': 'bruteForce' },
    ]);
    expect(remarksOf(log)).toEqual(['1 count is written rounded, such as 2.1 M: the digits that were left out are zeros here.']);
  });

  it('Argus with the names of services', () => {
    const log =
      'StartTime,LastTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,SrcPkts,DstPkts,SrcBytes,DstBytes,State\n' +
      '1313744735.123456,1313744738.223456,3.1,tcp,10.0.1.5,54321,   ->,192.0.2.1,https,6,4,800,434,FIN\n' +
      '1313744736.123456,1313744736.223456,0.1,udp,10.0.1.5,54322,  <->,192.0.2.53,domain,1,1,64,64,CON\n' +
      '1313744737.123456,1313744736.223456,0.1,udp,10.0.1.5,54322,  <->,192.0.2.53,unheard-of,1,1,64,64,CON\n';
    expect(rowsOf(log)).toMatchObject([{ resp_p: 443 }, { resp_p: 53 }, { resp_p_text: 'unheard-of' }]);
  });

  it('YAF and super_mediator', () => {
    const yaf =
      'start-time|end-time|duration|rtt|proto|sip|sp|dip|dp|iflags|uflags|riflags|ruflags|isn|risn|tag|rtag|pkt|oct|rpkt|roct|end-reason\n' +
      '2010-06-24 15:00:01.123|2010-06-24 15:00:05.456|4.333|0.030|6|10.0.1.5|54321|192.0.2.1|443|S|APF|AS|APF|e1f2a3b4|a1b2c3d4|000|000|10|1500|8|9000|\n';
    expect(rowsOf(yaf)).toMatchObject([
      {
        ts: at('2010-06-24T15:00:01.123Z'),
        orig_h: '10.0.1.5',
        resp_p: 443,
        orig_pkts: 10,
        orig_ip_bytes: 1500,
        resp_pkts: 8,
        resp_ip_bytes: 9000,
      },
    ]);
    const mediator =
      'flowStartMilliseconds,flowEndMilliseconds,protocolIdentifier,sourceIPv4Address,sourceTransportPort,packetTotalCount,octetTotalCount,sourceMacAddress,destinationIPv4Address,destinationTransportPort,reversePacketTotalCount,reverseOctetTotalCount\n' +
      '2013-07-26 16:49:28.412,2013-07-26 16:49:33.412,6,10.0.1.4,1470,12,1204,00:00:5e:00:53:01,192.0.2.153,25,10,8800\n';
    expect(rowsOf(mediator)).toMatchObject([
      { orig_pkts: 12, orig_ip_bytes: 1204, resp_pkts: 10, resp_ip_bytes: 8800, duration: 5e6, orig_l2_addr: '00:00:5e:00:53:01' },
    ]);
  });

  it('yafscii without its titles, UNSW-NB15, KDD Cup 1999 and NSL-KDD, which name no columns', () => {
    const yaf =
      '2010-06-24 15:00:01.123|2010-06-24 15:00:05.456|   4.333|   0.030|  6|  10.0.1.5|54321|  192.0.2.1|  443|  S|  APF|  AS|  APF|e1f2a3b4|a1b2c3d4|000|000|  10|    1500|       8|    9000|\n';
    expect(rowsOf(yaf + yaf)).toMatchObject([{ orig_h: '10.0.1.5', resp_ip_bytes: 9000 }, { orig_pkts: 10 }]);
    expect(remarksOf(yaf + yaf)).toEqual([
      "No line names its columns: they have the names of YAF's tables (yafscii), which its lines are like.",
    ]);
    const unsw =
      '10.0.0.0,1390,192.0.2.6,53,udp,CON,0.001055,132,164,31,29,0,0,dns,500473.9375,621800.9375,2,2,0,0,0,0,66,82,0,0,0,0,1421927414,1421927415,0.017,0.013,0,0,0,0,0,0,0,0,3,7,1,3,1,1,1, Exploits ,1\n';
    const [row] = rowsOf(unsw);
    expect(row).toMatchObject({
      ts: 1_421_927_414e6,
      orig_ip_bytes: 132,
      resp_ip_bytes: 164,
      label: '1',
      'detailed-label': 'Exploits',
      service: 'dns',
    });
    const kdd =
      '0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0.00,0.00,0.00,0.00,1.00,0.00,0.00,9,9,1.00,0.00,0.11,0.00,0.00,0.00,0.00,0.00,';
    expect(rowsOf(`${kdd}normal.\n${kdd}smurf.\n`)).toMatchObject([
      { label: 'normal.', src_bytes: 181, protocol_type: 'tcp' },
      { label: 'smurf.' },
    ]);
    expect(rowsOf(`${kdd}neptune,19\n`)).toMatchObject([{ label: 'neptune', difficulty: 19, dst_bytes: 5450 }]);
  });

  it('names of data sets last where a mapping is settled and opened again', () => {
    const kdd =
      '0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0.00,0.00,0.00,0.00,1.00,0.00,0.00,9,9,1.00,0.00,0.11,0.00,0.00,0.00,0.00,0.00,normal.\n';
    const settled = delimited.settle?.(Buffer.from(kdd), {}, 'kdd.csv') ?? {};
    const { sink } = readLog(delimited, kdd, 65_536, false, settled);
    expect(Object.fromEntries(sink.records[0] ?? [])).toMatchObject({ label: 'normal.', dst_bytes: 5450 });
  });

  it("Wireshark's frame.time, and Check Point's days without anything between", () => {
    const log = 'frame.time\tip.src\tip.dst\tip.proto\tframe.len\nJul 14, 2021 13:05:11.123456789 CEST\t10.0.1.10\t192.0.2.1\t6\t98\n';
    expect(rowsOf(log)).toMatchObject([{ ts: at('2021-07-14T11:05:11Z') + 123_457, orig_h: '10.0.1.10' }]);
    const checkPoint =
      'Number,Date,Time,Interface,Action,Service,Source Port,Source,Destination,Protocol\n1,3Feb2021,10:47:58,eth0,Accept,https,51000,10.0.0.1,192.0.2.10,tcp\n2,3Feb2021,10:47:59,eth0,Drop,telnet,51001,10.0.0.1,192.0.2.11,tcp\n';
    expect(rowsOf(checkPoint)).toMatchObject([{ ts: at('2021-02-03T10:47:58Z'), orig_p: 51_000, resp_p: 443 }, { resp_p: 23 }]);
  });

  it('CICFlowMeter in Python counts seconds, that in Java microseconds', () => {
    const python =
      'src_ip,dst_ip,src_port,dst_port,protocol,timestamp,flow_duration,tot_fwd_pkts\n10.0.1.2,192.0.2.1,51000,443,6,2021-07-14 13:05:11,0.120034,10\n10.0.1.2,192.0.2.1,51001,443,17,2021-07-14 13:05:12,1.5,1\n';
    expect(rowsOf(python)).toMatchObject([{ duration: 120_034 }, { duration: 1_500_000 }]);
    const java = python.replace('0.120034', '120034').replace(',1.5,', ',1500000.0,');
    expect(rowsOf(java)).toMatchObject([{ duration: 120_034 }, { duration: 1_500_000 }]);
  });

  it('takes the unit of times that most of them have, whatever one of them says', () => {
    const header = 'ts,src_ip,dst_ip,bytes\n';
    const row = (time: string): string => `${time},10.0.0.1,192.0.2.1,5\n`;
    const seconds = ['1554198358', '1554198359', '1554198360000000', '1554198361'].map(row).join('');
    expect(rowsOf(header + seconds).slice(0, 2)).toMatchObject([{ ts: 1_554_198_358e6 }, { ts: 1_554_198_359e6 }]);
    const millis = ['1554198358000', '0', '7', '1554198359000', '1554198361000'].map(row).join('');
    expect(rowsOf(header + millis)[0]).toMatchObject({ ts: 1_554_198_358e6 });
    const relative = ['0.5', '1.5', '1554198359', '2.5'].map(row).join('');
    expect(readTable(`Time${header.slice(2)}${relative}`).sink.records[0]?.has('ts')).toBe(false);
  });
});

describe('what its own program can write better', () => {
  it.each([
    [
      'the columns of ra for people',
      '      StartTime      Flgs  Proto            SrcAddr  Sport   Dir            DstAddr  Dport\n',
      /Argus.*-c ,/,
    ],
    [
      'the numbers of nfdump in bars',
      '2|1094206420|123|1094206425|456|6|0|0|0|3232235777|1024|0|0|0|3232235778|80|0|0|1|2\n',
      /nfdump.*-o csv/,
    ],
    ['a table of Weka', "% a comment\n@RELATION 'flows'\n\n@attribute 'duration' real\n@data\n0\n", /ARFF.*CSV/],
    [
      'a kernel that counts from its boot',
      '[ 3529.289825] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=10.0.0.1 PROTO=UDP\n',
      /boot.*dmesg -T/,
    ],
  ])('is refused with how to have that: %s', (_, text, advice) => {
    expect(() => detectFormat(Buffer.from(text), 'flows.txt')).toThrow(advice);
  });
});
