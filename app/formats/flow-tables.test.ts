import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { nfdump } from './nfdump.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import type { LogFormat } from './types.ts';
import { vpcFlow } from './vpc.ts';

function rows(format: LogFormat, log: string, options: FormatOptions = {}): Record<string, Cell>[] {
  expect(detectFormat(Buffer.from(log), 'x', options).format).toBe(format);
  const { sink, figures } = readLog(format, log, 1000, false, options);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}

const utc = (...parts: Parameters<typeof Date.UTC>): number => Date.UTC(...parts) * 1000;

describe('nfdump as CSV', () => {
  // the header of 1.6 (csv_prolog in output_csv.c)
  const header =
    'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,nhb,svln,dvln,ismc,odmc,idmc,osmc,mpls1,mpls2,mpls3,mpls4,mpls5,mpls6,mpls7,mpls8,mpls9,mpls10,cl,sl,al,ra,eng,exid,tr';
  const row =
    '2024-04-19 20:00:00,2024-04-19 20:00:05,5.123,10.0.0.1,192.0.2.10,51514,443,TCP,.AP.SF,0,0,10,1200,8,64000,1,2,0,64500,24,0,0,0,192.0.2.254,0.0.0.0,0,0,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,00:00:00:00:00:00,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,0-0-0,    0.000,    0.000,    0.000,10.0.0.254,0/0,1,1970-01-01 01:00:00.000';
  const summary = 'Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,65200,18,104435,3,3435\n';

  it('of version 1.6, with all its columns and its summary', () => {
    const [found] = rows(nfdump, `${header}\n${row}\n${summary}`, { timeZone: 'Europe/Berlin' });
    expect(found).toMatchObject({
      ts: utc(2024, 3, 19, 18),
      end: utc(2024, 3, 19, 18, 0, 5),
      duration: 5_123_000,
      orig_h: '10.0.0.1',
      orig_p: 51_514,
      resp_h: '192.0.2.10',
      resp_p: 443,
      proto: 'tcp',
      orig_pkts: 10,
      orig_ip_bytes: 1200,
      resp_pkts: 8,
      resp_ip_bytes: 64_000,
      flg: '.AP.SF',
      das: 64_500,
      nh: '192.0.2.254',
      ra: '10.0.0.254',
      mpls10: '0-0-0',
      eng: '0/0',
    });
  });

  it('has type and code of ICMP in the ports, as Zeek has them', () => {
    const icmp = (proto: string, sp: string, dp: string): string => row.replace(',51514,443,TCP,', `,${sp},${dp},${proto},`);
    const log = [
      icmp('ICMP', '0', '8.0'),
      icmp('ICMP', '0', '2048'),
      icmp('1', '0', '3.13'),
      icmp('ICMP6', '0', '128.0'),
      icmp('ICMP', '0', '769'),
      row,
    ];
    const found = rows(nfdump, `${header}\n${log.join('\n')}\n`);
    expect(found.map(({ orig_p, resp_p, resp_p_text }) => [orig_p, resp_p, resp_p_text])).toEqual([
      [8, 0, undefined],
      [8, 0, undefined],
      [3, 13, undefined],
      [128, 0, undefined],
      [3, 1, undefined],
      [51_514, 443, undefined],
    ]);
  });

  it('is not led astray by one line whose time is a number', () => {
    const broken = row.replace('2024-04-19 20:00:00', '99999999999999999999');
    expect(rows(nfdump, `${header}\n${broken}\n${row}\n${row}\n`).map(({ ts }) => ts)).toEqual([
      utc(2024, 3, 19, 20),
      utc(2024, 3, 19, 20),
    ]);
  });

  it('of versions 1.7: names, and csv-fast with numbers', () => {
    const named =
      'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n2024-04-19 20:00:00.123,1.5,UDP,10.0.0.1,40000,192.0.2.53,53,1,72,1\n';
    expect(rows(nfdump, named)).toEqual([
      {
        ts: utc(2024, 3, 19, 20, 0, 0, 123),
        duration: 1_500_000,
        proto: 'udp',
        orig_h: '10.0.0.1',
        orig_p: 40_000,
        resp_h: '192.0.2.53',
        resp_p: 53,
        orig_pkts: 1,
        orig_ip_bytes: 72,
        flows: 1,
      },
    ]);
    const fast =
      'cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes\n' +
      '1,2,1713556800123,1713556801623,17,10.0.0.1,40000,192.0.2.53,53,0,0,1,2,........,0,1,72\n';
    expect(rows(nfdump, fast)).toMatchObject([
      { ts: 1_713_556_800_123_000, duration: 1_500_000, proto: 'udp', ip_proto: 17, orig_ip_bytes: 72, flags: '........', cnt: 1 },
    ]);
  });

  it('put together: a summary ends with its figures, and nothing else is passed over', () => {
    const log = `${header}\n${row}\n${summary}${header}\n${row}\n${row.replace('10.0.0.1', 'x')}\nSummary\n${row}\n`;
    const read = readLog(nfdump, log);
    expect(read.figures).toMatchObject({ rows: 3, rejected: 1, comments: 6, lines: 10 });
    for (const every of [1, 2, 3]) expect(outcome(readPieces(nfdump, log, every))).toEqual(outcome(read));
  });

  it('is asked for where there is a file of nfcapd, or a table for people', () => {
    expect(() => detectFormat(Buffer.from([0x0c, 0xa5, 1, 0, 0, 0, 0, 0]), 'nfcapd.1')).toThrow(/nfdump -r FILE -o csv/);
    const text = 'Date first seen          Duration Proto      Src IP Addr:Port          Dst IP Addr:Port   Packets    Bytes Flows\n';
    expect(() => detectFormat(Buffer.from(text), 'flows.txt')).toThrow(/rounds large numbers.*nfdump -r FILE -o csv/);
  });
});

describe('flow logs of Amazon VPC', () => {
  const line = '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
  const nodata = '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA';
  const skipdata = '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA';

  it('in the default format, which has no header, with windows without traffic', () => {
    const log = `${nodata}\n${line}\n${skipdata}\n${line.replace(' 6 ', ' 47 ')}\n`;
    const found = rows(vpcFlow, log);
    expect(found).toMatchObject([
      {
        ts: 1_418_530_010e6,
        end: 1_418_530_070e6,
        duration: 60e6,
        orig_h: '172.31.16.139',
        orig_p: 20_641,
        resp_h: '172.31.16.21',
        resp_p: 22,
        proto: 'tcp',
        ip_proto: 6,
        orig_pkts: 20,
        orig_ip_bytes: 4249,
        action: 'ACCEPT',
        'log-status': 'OK',
        'account-id': '123456789010',
      },
      { proto: 'gre', ip_proto: 47 },
    ]);
    const { figures } = readLog(vpcFlow, log);
    expect(figures).toMatchObject({ rows: 2, comments: 2, rejected: 0 });
    const remarks = vpcFlow.open(Buffer.from(log), {}).remarks(figures.tallies);
    expect(remarks[0]).toContain('1 record says NODATA');
    expect(remarks[1]).toContain('1 record says SKIPDATA');
  });

  it('as CloudWatch hands them out, with the time they came in', () => {
    expect(rows(vpcFlow, `2024-04-19T20:00:00.000Z ${line}\n`)).toMatchObject([{ timestamp: utc(2024, 3, 19, 20), ts: 1_418_530_010e6 }]);
  });

  it('with fields of later versions, named by a header', () => {
    const header =
      'version srcaddr dstaddr srcport dstport protocol start end type pkt-srcaddr flow-direction traffic-path tcp-flags packets bytes action log-status';
    const found = rows(
      vpcFlow,
      `${header}\n5 10.0.1.5 10.40.1.175 49152 443 6 1616729292 1616729349 IPv4 10.20.33.164 ingress - 19 10 1290 ACCEPT OK\n`,
    );
    expect(found).toMatchObject([
      {
        orig_h: '10.0.1.5',
        'pkt-srcaddr': '10.20.33.164',
        'flow-direction': 'ingress',
        'tcp-flags': 19,
        orig_ip_bytes: 1290,
        type: 'IPv4',
      },
    ]);
    expect(found[0]).not.toHaveProperty('traffic-path');
  });

  it('of any format without a header, where a person names its fields', () => {
    const fields = '${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${start} ${end} ${bytes} ${az-id}';
    const log = '10.0.1.5 10.40.1.175 49152 443 6 1616729292 1616729349 1290 use1-az1\n10.0.1.6 - - - - - - - NODATA\n';
    const expected = { orig_h: '10.0.1.5', resp_p: 443, proto: 'tcp', duration: 57e6, orig_ip_bytes: 1290, 'az-id': 'use1-az1' };
    expect(() => detectFormat(Buffer.from(log), 'x')).toThrow(/no log that Flowcase knows/);
    for (const said of [fields, fields.replace(/[${}]/g, ''), fields.replace(/[${}]/g, '').replaceAll(' ', ',')]) {
      expect(detectFormat(Buffer.from(log), 'x', { fields: said }).format).toBe(vpcFlow);
      expect(rows(vpcFlow, log, { fields: said })).toMatchObject([expected]);
    }
    expect(rows(vpcFlow, `2024-04-19T20:00:00.000Z ${log}`, { fields })).toMatchObject([{ ...expected, timestamp: utc(2024, 3, 19, 20) }]);
    // a header says it better
    expect(rows(vpcFlow, `${fields}\n${log}`, { fields: 'version srcaddr' })).toMatchObject([expected]);
    expect(() => vpcFlow.open(Buffer.from(log), { fields: 'a b c' })).toThrow(/names no field of VPC/);
  });

  it('rejects what is no record', () => {
    const { sink } = readLog(vpcFlow, `${line}\n${line.replace('172.31.16.139', 'host')}\n${line.replace(' 1418530010', ' -')}\nx\n`);
    expect(sink.rejects.map(({ reason }) => reason)).toEqual(['BAD_ADDRESS', 'MISSING', 'TOO_FEW_FIELDS']);
  });

  it('with more fields than those of version 2 and without a header, in the order of the documentation', () => {
    const values = '5 123456789010 eni-1 203.0.113.9 10.0.0.10 50041 443 6 52 4000 1640000000 1640000060 REJECT OK';
    const more = 'vpc-1 subnet-1 i-1 19 IPv4 203.0.113.9 10.0.0.80 us-east-1 use1-az5 - - AMAZON CLOUDFRONT ingress 1';
    expect(rows(vpcFlow, `${values} ${more}\n`)).toMatchObject([
      { orig_h: '203.0.113.9', orig_pkts: 52, 'vpc-id': 'vpc-1', 'tcp-flags': 19, 'pkt-dstaddr': '10.0.0.80', 'flow-direction': 'ingress' },
    ]);
    // fields in an order of somebody's own have no names
    const [own] = rows(vpcFlow, `${values} ingress vpc-1\n`);
    expect(own).toMatchObject({ resp_p: 443, column_15: 'ingress', column_16: 'vpc-1' });
  });

  it('of transit gateways, with and without a header', () => {
    const header =
      'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service';
    const line =
      '6 TransitGateway 123456789010 tgw-1 tgw-attach-1 1 2 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 a b tgw-attach-2 10.0.0.1 10.1.0.1 51000 443 6 13 6842 1755592553 1755592580 OK IPv4 0 0 0 0 19 us-east-1 ingress - -';
    for (const log of [`${header}\n${line}\n`, `${line}\n`]) {
      expect(rows(vpcFlow, log)).toMatchObject([
        { ts: 1_755_592_553e6, orig_h: '10.0.0.1', resp_p: 443, orig_ip_bytes: 6842, 'tgw-id': 'tgw-1', 'tgw-dst-vpc-id': 'vpc-2' },
      ]);
    }
  });
});
