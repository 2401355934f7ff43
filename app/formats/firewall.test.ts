import { describe, expect, it } from 'vitest';
import { detectFormat, formatById } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const read = (...lines: string[]): ReturnType<typeof readLog> =>
  readLog(formatById('firewall'), `${lines.join('\n')}\n`, 65_536, false, { year: 2024 });
const fieldsOf = (line: string): Record<string, unknown> =>
  Object.fromEntries([...(read(line).sink.records[0] ?? [])].filter(([, value]) => value !== null));
const at = (time: string): number => Date.parse(time) * 1000;

const forti =
  'date=2018-12-27 time=11:07:55 logid="0000000013" type="traffic" subtype="forward" level="notice" vd="vdom1" eventtime=1545937675 srcip=10.1.100.11 srcport=54190 srcintf="port12" dstip=52.53.140.235 dstport=443 dstintf="port11" sessionid=402 proto=6 action="close" policyid=1 service="HTTPS" dstcountry="United States" trandisp="snat" transip=172.16.200.1 transport=54190 app="HTTPS.BROWSER" duration=2 sentbyte=3652 rcvdbyte=146668 sentpkt=58 rcvdpkt=105';
const fortiCef =
  'Dec 27 11:07:55 FGT-A-LOG CEF: 0|Fortinet|Fortigate|v6.0.3|00013|traffic:forward close|3|deviceExternalId=FGT5HD3915800610 cat=traffic:forward FTNTFGTeventtime=1545937675 src=10.1.100.11 spt=54190 deviceInboundInterface=port12 dst=52.53.140.235 dpt=443 externalId=402 proto=6 act=close app=HTTPS FTNTFGTdstcountry=United States sourceTranslatedAddress=172.16.200.1 FTNTFGTduration=2 out=3652 in=146668 FTNTFGTsentpkt=58 FTNTFGTrcvdpkt=105';
const ufw =
  'Feb 10 16:42:07 gw kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=203.0.113.9 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=245 ID=54321 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0 ';
const icmp =
  'Feb 10 16:42:08 gw kernel: DROP: IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=88 TTL=245 ID=1 PROTO=ICMP TYPE=3 CODE=1 [SRC=192.0.2.1 DST=198.51.100.5 LEN=60 PROTO=UDP SPT=53 DPT=9 LEN=40 ]';
const pan =
  'Oct  4 18:54:26 panmgt01p 1,2023/10/04 18:54:26,012501002341,TRAFFIC,end,2561,2023/10/04 18:54:24,10.130.146.205,124.146.215.44,134.7.244.205,124.146.215.44,"Out, all",student\\x,,ssl,vsys1,bdr-trust,bdr-untrust,ethernet1/23,ethernet1/24,LOG FP,2023/10/04 18:54:24,72568134,1,49583,443,50464,443,0x40441a,tcp,allow,7312,2228,5084,22,2023/10/04 18:53:52,16,business-and-economy,,7253419119627122716,0x8000000000000000,10.0.0.0-10.255.255.255,Japan,,12,10,tcp-rst-from-client,34,0,0,0,,b309-fu-fw,from-policy';
const pf4 =
  'Dec  5 10:29:11 pfsense filterlog[1]: 5,,,1000103483,vtnet1,match,block,in,4,0x0,,64,17522,0,DF,6,tcp,60,192.168.4.158,192.168.3.201,35682,5963,0,S,1960648610,,64240,,mss;sackOK;TS;nop;wscale';
const pf6 =
  '<134>1 2024-12-05T10:29:12Z fw filterlog 77 - - 5,,,1000103483,vtnet1,match,pass,out,6,0x00,0x12345,255,ICMPv6,58,32,fe80::1,ff02::1,router,advertisement';
const sonic =
  '<134> id=firewall sn=18B169000000 time="2024-02-10 16:42:07 UTC" fw=203.0.113.10 pri=6 c=1024 m=537 msg="Connection Closed" n=123 src=10.0.0.1:51514:X0:pc1 dst=192.0.2.10:443:X1 proto=tcp/https sent=3652 rcvd=146668 spkt=58 rpkt=105 cdur=2500';
const leef =
  'Feb 10 16:42:07 fw LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^sev=5^srcPort=81^dstPort=21^proto=TCP^srcBytes=10^dstBytes=20^devTime=Feb 10 2024 16:42:00';
const built =
  'Feb 10 16:42:00 asa1 : %ASA-6-302013: Built inbound TCP connection 991727 for pt:10.159.19.254/443 (10.159.19.254/443) to gw:10.159.11.1/56310 (198.51.100.1/56310)';
const teardown =
  'Feb 10 16:42:10 asa1 : %ASA-6-302014: Teardown TCP connection 991727 for pt:10.159.19.254/443 to gw:10.159.11.1/56310 duration 0:00:10 bytes 1234 TCP FINs from pt';
const deny =
  '<172>Feb 13 2023 02:31:56: %ASA-4-106023: Deny tcp src inside:129.103.152.219/56949 dst outside:10.187.22.130/443 by access-group "inside_access_in" [0x0, 0x0]';

const panCef =
  'Feb 27 20:16:21 pa CEF:0|Palo Alto Networks|PAN-OS|10.0.0|end|TRAFFIC|1|rt=Feb 27 2021 20:16:21 src=10.0.0.1 dst=192.0.2.10 cs1Label=Rule cs1=Allow all spt=51514 dpt=443 proto=tcp act=allow flexNumber1Label=Total bytes flexNumber1=30 in=10 out=20 PanOSPacketsReceived=4 PanOSPacketsSent=3 start=Feb 27 2021 20:16:17 cn3Label=Elapsed time in seconds cn3=40';
const sophos =
  'device="SFW" date=2018-05-30 time=13:26:37 timezone="UTC" device_name="XG125w" log_id=010101600001 log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed" status="Allow" duration=11 fw_rule_id=1 src_mac=00:00:5e:00:53:01 src_ip=10.0.0.1 src_country_code=R1 dst_ip=192.0.2.10 protocol="TCP" src_port=51514 dst_port=443 sent_pkts=9 recv_pkts=8 sent_bytes=812 recv_bytes=2616 tran_src_ip=198.51.100.1 tran_src_port=0 connevent="Stop"';
const srx =
  '<14>1 2024-02-10T16:42:07Z srx1 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" source-address="10.0.0.1" source-port="51514" destination-address="192.0.2.10" destination-port="443" service-name="junos-https" nat-source-address="198.51.100.1" protocol-id="6" packets-from-client="9" bytes-from-client="812" packets-from-server="8" bytes-from-server="2616" elapsed-time="10"]';

describe('logs of firewalls', () => {
  it.each([
    [
      'FortiGate',
      forti,
      {
        ts: at('2018-12-27T19:07:53Z'),
        orig_h: '10.1.100.11',
        orig_p: 54190,
        resp_h: '52.53.140.235',
        resp_p: 443,
        proto: 'tcp',
        duration: 2e6,
        orig_bytes: 3652,
        resp_bytes: 146668,
        orig_pkts: 58,
        resp_pkts: 105,
        service: 'HTTPS',
        dstcountry: 'United States',
        transport: 54190,
      },
    ],
    ['FortiGate behind a priority', `<189>${forti}`, { ts: at('2018-12-27T19:07:53Z'), resp_p: 443 }],
    [
      'FortiGate in CEF',
      fortiCef,
      {
        ts: at('2018-12-27T19:07:53Z'),
        orig_h: '10.1.100.11',
        orig_p: 54190,
        resp_h: '52.53.140.235',
        proto: 'tcp',
        duration: 2e6,
        orig_bytes: 3652,
        resp_bytes: 146668,
        orig_pkts: 58,
        resp_pkts: 105,
        dstcountry: 'United States',
        log_host: 'FGT-A-LOG',
      },
    ],
    [
      'ufw',
      ufw,
      {
        ts: at('2024-02-10T16:42:07Z'),
        orig_h: '203.0.113.9',
        orig_p: 40000,
        resp_h: '192.0.2.1',
        resp_p: 22,
        proto: 'tcp',
        orig_ip_bytes: 40,
        orig_pkts: 1,
        prefix: 'UFW BLOCK',
        flags: 'DF SYN',
        IN: 'eth0',
        log_host: 'gw',
      },
    ],
    [
      'iptables, about a packet within',
      icmp,
      { orig_h: '203.0.113.9', resp_h: '192.0.2.1', proto: 'icmp', orig_ip_bytes: 88, TYPE: 3, CODE: 1, prefix: 'DROP' },
    ],
    [
      'PAN-OS',
      pan,
      {
        ts: at('2023-10-04T18:53:52Z'),
        duration: 16e6,
        orig_h: '10.130.146.205',
        orig_p: 49583,
        resp_h: '124.146.215.44',
        resp_p: 443,
        proto: 'tcp',
        service: 'ssl',
        orig_bytes: 2228,
        resp_bytes: 5084,
        orig_pkts: 12,
        resp_pkts: 10,
        rule: 'Out, all',
        session_end_reason: 'tcp-rst-from-client',
        total_bytes: 7312,
      },
    ],
    [
      'pfSense, TCP over IPv4',
      pf4,
      {
        ts: at('2024-12-05T10:29:11Z'),
        orig_h: '192.168.4.158',
        orig_p: 35682,
        resp_h: '192.168.3.201',
        resp_p: 5963,
        proto: 'tcp',
        action: 'block',
        direction: 'in',
        orig_ip_bytes: 60,
        tcp_flags: 'S',
      },
    ],
    [
      'pfSense, ICMP over IPv6',
      pf6,
      {
        ts: at('2024-12-05T10:29:12Z'),
        orig_h: 'fe80::1',
        resp_h: 'ff02::1',
        proto: 'icmp',
        action: 'pass',
        details: 'router,advertisement',
      },
    ],
    [
      'SonicWall',
      sonic,
      {
        ts: at('2024-02-10T16:42:04.5Z'),
        duration: 2.5e6,
        orig_h: '10.0.0.1',
        orig_p: 51514,
        resp_h: '192.0.2.10',
        resp_p: 443,
        proto: 'tcp',
        service: 'https',
        orig_bytes: 3652,
        resp_bytes: 146668,
        orig_pkts: 58,
        resp_pkts: 105,
      },
    ],
    [
      'LEEF',
      leef,
      {
        ts: at('2024-02-10T16:42:00Z'),
        orig_h: '10.0.1.8',
        orig_p: 81,
        resp_h: '10.0.0.5',
        resp_p: 21,
        proto: 'tcp',
        orig_ip_bytes: 10,
        resp_ip_bytes: 20,
        device_product: 'StealthWatch',
      },
    ],
    [
      'ASA, a teardown alone',
      teardown,
      {
        ts: at('2024-02-10T16:42:00Z'),
        duration: 10e6,
        orig_h: '10.159.11.1',
        resp_h: '10.159.19.254',
        resp_p: 443,
        total_bytes: 1234,
        reason: 'TCP FINs from pt',
        log_host: 'asa1',
      },
    ],
    [
      'ASA, what was denied',
      deny,
      {
        ts: at('2023-02-13T02:31:56Z'),
        orig_h: '129.103.152.219',
        orig_p: 56949,
        resp_h: '10.187.22.130',
        resp_p: 443,
        proto: 'tcp',
        action: 'Deny',
        access_list: 'inside_access_in',
      },
    ],
    [
      'PAN-OS in CEF',
      panCef,
      {
        ts: at('2021-02-27T20:15:37Z'),
        duration: 40e6,
        orig_h: '10.0.0.1',
        resp_p: 443,
        orig_bytes: 10,
        resp_bytes: 20,
        orig_pkts: 3,
        resp_pkts: 4,
        Rule: 'Allow all',
        'Total bytes': 30,
      },
    ],
    [
      'Sophos',
      sophos,
      {
        ts: at('2018-05-30T13:26:26Z'),
        duration: 11e6,
        orig_h: '10.0.0.1',
        orig_p: 51514,
        resp_h: '192.0.2.10',
        resp_p: 443,
        proto: 'tcp',
        orig_bytes: 812,
        resp_bytes: 2616,
        orig_pkts: 9,
        resp_pkts: 8,
      },
    ],
    [
      'Juniper SRX',
      srx,
      {
        ts: at('2024-02-10T16:41:57Z'),
        duration: 10e6,
        orig_h: '10.0.0.1',
        orig_p: 51514,
        resp_h: '192.0.2.10',
        resp_p: 443,
        proto: 'tcp',
        orig_ip_bytes: 812,
        resp_ip_bytes: 2616,
        orig_pkts: 9,
        resp_pkts: 8,
        reason: 'TCP FIN',
        log_host: 'srx1',
      },
    ],
  ])('%s', (_, line, expected) => {
    expect(fieldsOf(line)).toMatchObject(expected);
    expect(detectFormat(Buffer.from(`${line}\n${line}\n`), 'a.log').format.id).toBe('firewall');
    expect(detectFormat(Buffer.from(`${line}\n${line}\n`), 'a.log').format.open(Buffer.from(`${line}\n`), {}).kind).toBe('connection');
  });

  it('takes who began a connection from where it was built, however far before, and counts that line beside its end', () => {
    const other = 'Feb 10 16:42:05 asa1 : %ASA-5-111008: User admin executed the show command.';
    const { sink, figures } = read(built, other, teardown);
    // inbound: the address that is named first began it, though its port is the lower one
    expect(sink.records.map((one) => [one.get('orig_h'), one.get('resp_p')])).toEqual([['10.159.19.254', 56310]]);
    expect(figures).toMatchObject({ rows: 1, comments: 2, rejected: 0, lines: 3 });
    const log = formatById('firewall').open(Buffer.from(`${built}\n${teardown}\n`), {});
    expect(log.remarks(figures.tallies).join(' ')).toMatch(
      /1 line about beginnings.*1 line of the firewall that are about no connection counted as comments: 1 of the class 111/,
    );
    const text = `${[built, other, teardown, ufw, teardown].join('\n')}\n`;
    for (const every of [1, 2])
      expect(outcome(readPieces(formatById('firewall'), text, every))).toEqual(outcome(readLog(formatById('firewall'), text)));
  });

  it('keeps beginnings where no end is logged', () => {
    expect(read(built).sink.records.map((one) => [one.get('orig_h'), one.get('action'), one.get('mapped_resp_h')])).toEqual([
      ['10.159.19.254', 'Built', '198.51.100.1'],
    ]);
  });

  it('counts what is about no connection, keeps what is no message of a firewall', () => {
    const event = 'date=2024-02-10 time=17:42:07 logid="0100032001" type="event" subtype="system" msg="Administrator admin logged in"';
    const pairs = 'Feb 10 16:42:08 gw app[1]: a=1 b=2 c=3 d=4 e=5';
    const { figures, sink } = read(forti, event, 'Feb 10 16:42:08 gw sshd[1]: Failed password for root', ufw, pairs);
    expect(figures).toMatchObject({ rows: 2, comments: 1, rejected: 2 });
    expect(sink.rejects[0]).toMatchObject({ line: 3, reason: 'NO_SESSION', text: 'Feb 10 16:42:08 gw sshd[1]: Failed password for root' });
  });

  it('refuses a record without a time, and keeps the line as it was', () => {
    const line = 'src=10.0.0.1 dst=192.0.2.1 proto=tcp dpt=80 spt=1025';
    const { figures, sink } = read(ufw, line);
    expect(figures).toMatchObject({ rows: 1, rejected: 1 });
    expect(sink.rejects[0]).toMatchObject({ reason: 'NO_TIME', text: line });
  });

  it('reads times in the zone that is given, those since 1970 as they are', () => {
    const zone = (line: string): unknown =>
      readLog(formatById('firewall'), `${line}\n`, 99, false, { year: 2024, timeZone: '+02:00' }).sink.records[0]?.get('ts');
    expect(zone(ufw)).toBe(at('2024-02-10T14:42:07Z'));
    expect(zone(forti)).toBe(at('2018-12-27T19:07:53Z'));
    expect(zone(forti.replace('eventtime=1545937675 ', ''))).toBe(at('2018-12-27T09:07:53Z'));
    expect(zone(forti.replace('eventtime=1545937675 ', 'tz="-0800" '))).toBe(at('2018-12-27T19:07:53Z'));
  });

  it('leaves syslog, access logs and tables to those who read them', () => {
    const messages = [ufw, ...Array.from({ length: 9 }, (_, i) => `Feb 10 16:42:0${i} gw sshd[1]: session ${i} opened`)].join('\n');
    expect(detectFormat(Buffer.from(`${messages}\n`), 'a.log').format.id).toBe('syslog');
    const table = 'ts,src=a,dst\n1707583327,10.0.0.1,192.0.2.1\n1707583328,10.0.0.1,192.0.2.1\n';
    expect(formatById('firewall').detect(Buffer.from(table)).confidence).toBe(0);
    const access = '192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /?src=10.0.0.1&dst=10.0.0.2&a=1&b=2 HTTP/1.1" 200 512\n';
    expect(detectFormat(Buffer.from(access + access), 'a.log').format.id).toBe('access');
  });
});
