import { describe, expect, it } from 'vitest';
import { detectFormat, formatById } from './registry.ts';
import { ciscoDialects } from './testing-cisco-dialects.ts';
import { at } from './testing-firewall.ts';
import { otherDialects } from './testing-other-dialects.ts';
import { readLog } from './testing.ts';

function rowsOf(...lines: string[]): Record<string, unknown>[] {
  const { sink } = readLog(formatById('firewall'), `${lines.join('\n')}\n`, 65_536, false, { year: 2024 });
  return sink.records.map((record) => Object.fromEntries([...record].filter(([, value]) => value !== null)));
}

describe('dialects of firewalls', () => {
  it.each([...ciscoDialects, ...otherDialects])('%s', (_name, line, expected) => {
    expect(detectFormat(Buffer.from(`${line}\n`), 'fw.log').format.id).toBe('firewall');
    const rows = rowsOf(line);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject(expected);
  });

  it('knows who began a ping from where that was logged', () => {
    const began =
      'May  5 18:16:20 fw1: %ASA-6-302020: Built inbound ICMP connection for faddr 192.0.2.2/7 gaddr 198.51.100.1/0 laddr 10.0.0.10/0 type 8 code 0';
    const ended = began.replace('302020: Built inbound', '302021: Teardown').replace(':20 ', ':21 ');
    expect(rowsOf(began, ended)).toMatchObject([{ orig_h: '192.0.2.2', resp_h: '10.0.0.10', action: 'Teardown' }]);
  });

  it('counts lines that name columns as comments', () => {
    const log = [
      '#Version: 1.5',
      '#Software: Microsoft Windows Firewall',
      '#Time Format: Local',
      '#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path',
      '',
      '2024-02-03 10:47:59 DROP UDP 10.0.0.5 10.0.0.255 137 137 78 - - - - - - - RECEIVE',
      '2024-02-03 10:48:00 ALLOW ICMP 10.0.0.1 192.0.2.10 - - 0 - - - - 8 0 - SEND',
      '',
    ].join('\n');
    expect(detectFormat(Buffer.from(log), 'pfirewall.log').format.id).toBe('firewall');
    const { figures } = readLog(formatById('firewall'), log);
    expect(figures).toMatchObject({ rows: 2, rejected: 0, comments: 5, lines: 7 });
    const pan =
      'Domain,Receive Time,Serial #,Type,Threat/Content Type\n1,2023/10/04 18:54:26,01,TRAFFIC,end,2561,2023/10/04 18:54:24,10.0.0.5,192.0.2.44,,,r,,,ssl,vsys1,t,u,e1,e2,l,2023/10/04 18:54:24,7,1,49583,443,0,0,0x4,tcp,allow,7312,2228,5084,22,2023/10/04 18:53:52,16,any\n';
    expect(readLog(formatById('firewall'), pan).figures).toMatchObject({ rows: 1, rejected: 0, comments: 1 });
  });

  it('says nothing of years where the lines name them beside their header', () => {
    const pan =
      'Oct  4 18:54:26 pan 1,2023/10/04 18:54:26,01,TRAFFIC,end,2561,2023/10/04 18:54:24,10.0.0.5,192.0.2.44,,,r,,,ssl,vsys1,t,u,e1,e2,l,2023/10/04 18:54:24,7,1,49583,443,0,0,0x4,tcp,allow,7312,2228,5084,22,2023/10/04 18:53:52,16,any\n';
    const log = formatById('firewall').open(Buffer.from(pan), { year: 2024 });
    const { figures } = readLog(formatById('firewall'), pan, 65_536, false, { year: 2024 });
    expect(log.remarks(figures.tallies)).toEqual([]);
  });

  it('keeps numbers with zeros before them as they are, and speaks of no time format that nobody gave', () => {
    const forti =
      'date=2024-02-10 time=17:42:07 logid="0000000013" type="traffic" eventtime=1707583327123456789 srcip=10.0.0.1 srcport=51514 dstip=192.0.2.10 dstport=443 proto=6 action="close" duration=2 sentbyte=3652 rcvdbyte=146668';
    expect(rowsOf(forti)[0]).toMatchObject({ logid: '0000000013' });
    const ufw =
      'Feb 10 16:42:07 gw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=40 TTL=245 ID=54321 PROTO=TCP SPT=40000 DPT=22 SYN\n';
    const { figures } = readLog(formatById('firewall'), ufw, 65_536, false, { year: 2024 });
    const remarks = formatById('firewall').open(Buffer.from(ufw), { year: 2024 }).remarks(figures.tallies);
    expect(remarks).toEqual(['Its times name no year: the first was taken to be of 2024.']);
  });

  it("reads NSX's distributed firewall: packets that matched, and connections that ended, in and out as its interface sees them", () => {
    const log = [
      '2021-03-19T22:38:11.110Z 7c3d5c9b INET match PASS domain-c8/1002 IN 60 TCP 10.9.0.10/35705->10.8.0.11/22 S',
      '2021-03-19T22:38:12.110Z 7c3d5c9b INET TERM domain-c8/1002 IN TCP RST 10.9.0.10/35705->10.8.0.11/22 10/8 1200/3400 SSH_TAG',
      '2021-03-19T22:38:13Z INET TERM 1002 OUT ICMP 8 0 10.9.0.10->10.8.0.11 1/2 84/168',
      '2021-03-19T22:38:14.110Z No(13) FIREWALL-PKTLOG[69]: 14b4051d INET6 match DROP mainrs/1027 OUT 143 UDP fe80:0:0:0:0:0:0:1/546->ff02:0:0:0:0:0:1:2/547',
      '<181>1 2021-03-19T22:38:15.080Z edge-1 NSX 2802 FIREWALL [nsx@6876 level="INFO"] <1 55f1af2f487544e9:b0e059132ad7753d> INET reason-match DROP 1005 IN 36 PROTO 2 192.0.2.9->224.0.0.1',
    ];
    expect(detectFormat(Buffer.from(`${log.join('\n')}\n`), 'dfwpktlogs.log').format.id).toBe('firewall');
    const { figures } = readLog(formatById('firewall'), `${log.join('\n')}\n`);
    expect(figures).toMatchObject({ rows: 4, comments: 1, rejected: 0 });
    expect(rowsOf(...log)).toMatchObject([
      {
        ts: at('2021-03-19T22:38:12.110Z'),
        orig_h: '10.9.0.10',
        orig_p: 35_705,
        resp_h: '10.8.0.11',
        resp_p: 22,
        proto: 'tcp',
        reason: 'TERM',
        ended_by: 'RST',
        rule: 1002,
        direction: 'IN',
        orig_pkts: 10,
        orig_ip_bytes: 1200,
        resp_pkts: 8,
        resp_ip_bytes: 3400,
        rule_tag: 'SSH_TAG',
      },
      { proto: 'icmp', orig_pkts: 2, orig_ip_bytes: 168, resp_pkts: 1, resp_ip_bytes: 84 },
      { orig_h: 'fe80::1', resp_p: 547, proto: 'udp', action: 'DROP', orig_pkts: 1, orig_ip_bytes: 143 },
      { ts: at('2021-03-19T22:38:15.080Z'), log_host: 'edge-1', proto: 'igmp', rule: 1005, orig_ip_bytes: 36 },
    ]);
  });
});
