import { describe, expect, it } from 'vitest';
import { detectFormat, formatById } from './registry.ts';
import { readLog } from './testing.ts';

const at = (time: string): number => Date.parse(time) * 1000;

function rowsOf(...lines: string[]): Record<string, unknown>[] {
  const { sink } = readLog(formatById('firewall'), `${lines.join('\n')}\n`, 65_536, false, { year: 2024 });
  return sink.records.map((record) => Object.fromEntries([...record].filter(([, value]) => value !== null)));
}

/** Lines of one dialect, and what the first of them says. */
const dialects: readonly (readonly [string, string, Record<string, unknown>])[] = [
  [
    'ASA with a host and a program behind a time with a year',
    'Oct 10 2023 12:34:56 fw1 CiscoASA[999]: %ASA-6-302016: Teardown UDP connection 8 for outside:192.0.2.53/53 to inside:10.0.0.4/56132 duration 0:00:02 bytes 148',
    { ts: at('2023-10-10T12:34:54Z'), orig_h: '10.0.0.4', orig_p: 56132, resp_h: '192.0.2.53', resp_p: 53, log_host: 'fw1' },
  ],
  [
    'ASA 106001',
    'May  5 18:40:50 fw1: %ASA-2-106001: Inbound TCP connection denied from 203.0.113.9/43803 to 10.0.0.10/22 flags SYN  on interface outside',
    {
      orig_h: '203.0.113.9',
      orig_p: 43803,
      resp_h: '10.0.0.10',
      resp_p: 22,
      proto: 'tcp',
      tcp_flags: 'SYN',
      interface: 'outside',
      action: 'Deny',
    },
  ],
  [
    'ASA 106006',
    'May  5 19:02:58 fw1: %ASA-2-106006: Deny inbound UDP from 203.0.113.9/65020 to 10.0.0.10/161 on interface outside',
    { orig_h: '203.0.113.9', resp_p: 161, proto: 'udp' },
  ],
  [
    'ASA 106010',
    'May  5 19:02:25 fw1: %ASA-3-106010: Deny inbound protocol 47 src outside:203.0.113.9 dst inside:10.0.0.10',
    { orig_h: '203.0.113.9', resp_h: '10.0.0.10', proto: 'gre', orig_interface: 'outside' },
  ],
  [
    'ASA 106014',
    'May  5 19:02:26 fw1: %ASA-3-106014: Deny inbound icmp src outside:203.0.113.9 dst inside:10.0.0.10(type 8, code 0)',
    { orig_h: '203.0.113.9', resp_h: '10.0.0.10', proto: 'icmp', icmp_type: 8 },
  ],
  [
    'ASA 106015',
    'May  5 19:02:58 fw1: %ASA-6-106015: Deny TCP (no connection) from 10.0.0.2/53089 to 192.0.2.10/443 flags FIN PSH ACK  on interface inside',
    { orig_h: '10.0.0.2', resp_h: '192.0.2.10', tcp_flags: 'FIN PSH ACK' },
  ],
  [
    'ASA 106021',
    'May  5 18:40:50 fw1: %ASA-4-106021: Deny TCP reverse path check from 10.0.0.2 to 192.0.2.10 on interface inside',
    { proto: 'tcp', orig_h: '10.0.0.2' },
  ],
  [
    'ASA 106023 of a protocol by its number',
    'Apr 27 2024 02:03:03 fw1: %ASA-4-106023: Deny protocol 47 src outside:203.0.113.9 dst inside:10.0.0.10 by access-group "inbound"',
    { proto: 'gre', orig_h: '203.0.113.9', access_list: 'inbound' },
  ],
  [
    'ASA 106100',
    'May  5 19:02:26 fw1: %ASA-6-106100: access-list out permitted tcp inside/10.0.0.2(62157)(LOCAL\\user) -> outside/192.0.2.10(443) hit-cnt 2 300-second interval [0x1, 0x0]',
    {
      orig_h: '10.0.0.2',
      orig_p: 62157,
      resp_h: '192.0.2.10',
      resp_p: 443,
      action: 'permitted',
      hits: 2,
      access_list: 'out',
      resp_interface: 'outside',
    },
  ],
  [
    'ASA 106103',
    "<140>Feb 02 2024 14:02:35: %ASA-4-106103: access-list L denied tcp for user 'ann' outside/203.0.113.9(51950) -> inside/10.0.0.10(443) hit-cnt 1 first hit [0x1, 0x0]",
    { ts: at('2024-02-02T14:02:35Z'), action: 'denied', user: 'ann', resp_h: '10.0.0.10' },
  ],
  [
    'ASA 710003',
    'Apr 27 02:03:03 fw1: %ASA-3-710003: TCP access denied by ACL from 203.0.113.9/6370 to outside:192.0.2.1/23',
    { orig_p: 6370, resp_h: '192.0.2.1', resp_p: 23, proto: 'tcp', action: 'denied' },
  ],
  [
    'ASA 302021, of which the beginning was logged',
    'May  5 18:16:21 fw1: %ASA-6-302021: Teardown ICMP connection for faddr 192.0.2.2/7 gaddr 198.51.100.1/0 laddr 10.0.0.10/0 type 8 code 0',
    { orig_h: '10.0.0.10', resp_h: '192.0.2.2', proto: 'icmp', icmp_type: 8, mapped_h: '198.51.100.1' },
  ],
  [
    'ASA 302304',
    'Apr 27 04:12:23 fw1: %ASA-6-302304: Teardown TCP state-bypass connection 27 from a:10.0.0.4/54242 to b:10.0.1.4/910 duration 1:00:02 bytes 245 Connection timeout',
    { orig_h: '10.0.0.4', resp_p: 910, duration: 3602e6, total_bytes: 245 },
  ],
  [
    'Firepower 430003',
    '2023-03-27T08:41:37Z   %FTD-1-430003: EventPriority: Low, FirstPacketSecond: 2023-03-27T08:41:07Z, ConnectionID: 48101, AccessControlRuleAction: Allow, SrcIP: 10.0.1.20, DstIP: 192.0.2.30, SrcPort: 57176, DstPort: 443, Protocol: tcp, Prefilter Policy: Default, User: A\\b, UserAgent: curl, one, ApplicationProtocol: HTTPS, ConnectionDuration: 30, InitiatorPackets: 5, ResponderPackets: 4, InitiatorBytes: 365, ResponderBytes: 1927',
    {
      ts: at('2023-03-27T08:41:07Z'),
      orig_h: '10.0.1.20',
      orig_p: 57176,
      resp_h: '192.0.2.30',
      resp_p: 443,
      duration: 30e6,
      orig_pkts: 5,
      resp_ip_bytes: 1927,
      service: 'HTTPS',
      UserAgent: 'curl, one',
    },
  ],
  [
    'Check Point',
    '<134>1 2024-03-29T13:19:22Z gw CheckPoint 1930 - [action:"Accept"; flags:"4"; ifname:"eth0"; time:"1711718361"; policy:"a[b;date=1;name=S\\]"; dst:"192.0.2.1"; proto:"17"; s_port:"46915"; service:"53"; service_id:"domain-udp"; methods::"x"; src:"10.0.0.100"]',
    {
      ts: at('2024-03-29T13:19:21Z'),
      orig_h: '10.0.0.100',
      orig_p: 46915,
      resp_h: '192.0.2.1',
      resp_p: 53,
      proto: 'udp',
      service: 'domain-udp',
      methods: 'x',
      log_host: 'gw',
    },
  ],
  [
    'Check Point, generic form',
    'time=1711718361|hostname=gw|product=VPN-1 & FireWall-1|action=Drop|ifdir=inbound|src=10.0.0.100|dst=192.0.2.1|proto=6|s_port=51000|service=22',
    { ts: at('2024-03-29T13:19:21Z'), orig_h: '10.0.0.100', resp_p: 22, proto: 'tcp', action: 'Drop' },
  ],
  [
    'Meraki flows',
    '<134>1 1711718361.289402144 MX84_4 flows allow src=10.0.2.170 dst=10.0.0.34 mac=00:00:5e:00:53:01 protocol=udp sport=54841 dport=15600',
    {
      ts: at('2024-03-29T13:19:21Z') + 289402,
      orig_h: '10.0.2.170',
      orig_p: 54841,
      resp_p: 15600,
      action: 'allow',
      event: 'flows',
      log_host: 'MX84_4',
    },
  ],
  [
    'Meraki firewall',
    '<134>1 1711718361.2 MX84 firewall src=10.0.2.170 dst=192.0.2.34 protocol=tcp sport=54841 dport=80 pattern: deny (src 10.0.0.0/8)',
    { action: 'deny', rule: 'deny (src 10.0.0.0/8)', event: 'firewall' },
  ],
  [
    'Sophos UTM',
    '2024:04:28-00:50:54 utm ulogd[12511]: id="2001" severity="info" sys="SecureNet" sub="packetfilter" name="Packet dropped" action="drop" fwrule="60001" initf="eth6" srcip="203.0.113.2" dstip="192.0.2.129" proto="6" length="88" srcport="443" dstport="42181" tcpflags="ACK PSH"',
    {
      ts: at('2024-04-28T00:50:54Z'),
      orig_h: '203.0.113.2',
      orig_p: 443,
      resp_h: '192.0.2.129',
      resp_p: 42181,
      proto: 'tcp',
      log_host: 'utm',
    },
  ],
  [
    'Stormshield',
    'id=firewall time="2024-03-08 18:29:30" fw="sns" tz=+0100 startime="2024-03-08 17:27:28" pri=5 ipproto=udp proto=ntp src=10.0.0.134 srcport=123 dst=192.0.2.1 dstport=123 sent=48 rcvd=96 duration=0.09 action=pass logtype="connection"',
    { ts: at('2024-03-08T16:27:28Z'), proto: 'udp', service: 'ntp', orig_bytes: 48, resp_bytes: 96, duration: 90_000 },
  ],
  [
    'SonicWall with apostrophes',
    '<134>  id=firewall sn=A time="2024-03-09 18:44:05 UTC" fw=192.0.2.2 pri=6 c=1024 m=537 msg="Connection Closed" src=10.0.0.4:37153:X0 dst=192.0.2.112:8800:X1 proto=udp/8800 sent=284 appName=\'General UDP\' n=1',
    { ts: at('2024-03-09T18:44:05Z'), appName: 'General UDP', orig_bytes: 284, resp_p: 8800 },
  ],
  [
    'WatchGuard',
    '<142>May 10 15:19:06 wg 80AF (2024-01-10T09:49:05) firewall: msg_id="3000-0151" Allow 1-Trusted 0-External tcp 10.0.1.2 192.0.2.192 53018 80 app_id="63" duration="80" sent_bytes="652" rcvd_bytes="423" (HTTP-00)',
    {
      ts: at('2024-01-10T09:47:45Z'),
      orig_p: 53018,
      resp_p: 80,
      orig_bytes: 652,
      resp_bytes: 423,
      policy: 'HTTP-00',
      out_interface: '0-External',
    },
  ],
  [
    'WatchGuard, a packet',
    '<142>May 10 15:19:06 wg 80AF (2024-01-10T09:49:05) firewall: msg_id="3000-0148" Deny 0-External Firebox 52 tcp 20 127 203.0.113.192 192.0.2.1 62443 80 offset 8 S 83 win 8192 (Internal)',
    { orig_h: '203.0.113.192', resp_h: '192.0.2.1', orig_ip_bytes: 52, ttl: 127, action: 'Deny' },
  ],
  [
    'an access list of IOS',
    'Jun 20 02:41:40 192.0.2.2 1663303: Jun 20 02:41:39.326: %SEC-6-IPACCESSLOGP: list 177 denied udp 10.0.0.195(55250) -> 10.0.0.255(15600), 3 packets',
    { orig_h: '10.0.0.195', orig_p: 55250, resp_p: 15600, proto: 'udp', orig_pkts: 3, action: 'denied', access_list: 177 },
  ],
  [
    'ICMP in an access list of IOS, behind an interface',
    'Jul 11 09:34:00 r1 16: Jul 11 09:34:00.020: %FMANFP-6-IPACCESSLOGDP: F0: fman_fp_image:  list A permitted icmp 10.0.0.26 (Gi0/0 0011.2233.4455) -> 10.1.8.34 (8/0), 2 packets',
    { orig_h: '10.0.0.26', resp_h: '10.1.8.34', proto: 'icmp', icmp_type: 8, orig_pkts: 2 },
  ],
  [
    'SRX in a sentence',
    'Jul  1 12:30:01 srx1 RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 10.1.1.100/58943->198.51.100.5/80 0x0 junos-http 192.0.2.100/6018->198.51.100.5/80 source rule nat1 N/A N/A 6 p1 trust untrust 219 6(337) 4(535) 1 HTTP UNKNOWN N/A(N/A) ge-0/0/0.0',
    {
      ts: at('2024-07-01T12:30:00Z'),
      orig_p: 58943,
      resp_p: 80,
      proto: 'tcp',
      orig_pkts: 6,
      orig_ip_bytes: 337,
      resp_pkts: 4,
      resp_ip_bytes: 535,
      duration: 1e6,
      service: 'junos-http',
    },
  ],
  [
    'SRX, denied',
    'Jul  1 12:30:03 srx1 RT_FLOW: RT_FLOW_SESSION_DENY: session denied 10.0.1.100/49805->203.0.113.5/23 0x0 junos-telnet 6(0) deny-all trust untrust UNKNOWN UNKNOWN N/A(N/A) ge-0/0/1.0 No',
    { resp_p: 23, proto: 'tcp', policy: 'deny-all', source_zone: 'trust' },
  ],
  [
    'alert_fast of Snort',
    '05/30-19:09:28.472094  [**] [1:2012811:2] ET DNS Query - Likely Hostile [**] [Classification: Potentially Bad Traffic] [Priority: 2] {UDP} 10.0.88.10:1029 -> 192.0.2.3:53',
    {
      ts: at('2024-05-30T19:09:28Z') + 472094,
      orig_p: 1029,
      resp_p: 53,
      proto: 'udp',
      signature: 'ET DNS Query - Likely Hostile',
      rule: '1:2012811:2',
      priority: 2,
    },
  ],
  [
    'fast.log of Suricata',
    '04/19/2023-20:01:05.000100  [Drop] [**] [1:2:3] A b [**] [Priority: 3] {IPv6-ICMP} 2001:0db8:0000:0000:0000:0000:0000:0001:128 -> 2001:0db8:0000:0000:0000:0000:0000:0002:0',
    {
      ts: at('2023-04-19T20:01:05Z') + 100,
      orig_h: '2001:db8::1',
      orig_p: 128,
      resp_h: '2001:db8::2',
      resp_p: 0,
      proto: 'icmp',
      action: 'Drop',
    },
  ],
  [
    'OPNsense with structured data',
    '<134>1 2024-06-09T14:44:11-06:00 fw filterlog 76404 - [meta sequenceId="1"] 124,,,fae5,ixl1_vlan70,match,pass,out,4,0x0,,63,5687,0,DF,6,tcp,60,10.0.0.1,192.0.2.10,40370,80,0,S,33,,65535,,mss',
    { ts: at('2024-06-09T20:44:11Z'), orig_p: 40370, resp_p: 80, orig_ip_bytes: 60, action: 'pass' },
  ],
  [
    'a day of one digit with one blank',
    '<134>Jan 1 02:21:38 fw filterlog[97530]: 146,,,15,igb1.12,match,block,in,4,0x0,,63,12617,0,DF,6,tcp,60,10.0.12.50,192.0.2.1,49724,853,0,S,18,,64240,,mss',
    { ts: at('2024-01-01T02:21:38Z'), resp_p: 853, log_host: 'fw' },
  ],
  [
    'FortiGate as a table of pairs',
    'date=2024-02-10,time=17:42:07,devname="f 1",logid="0000000013",type="traffic",subtype="forward",eventtime=1707583327123456789,srcip=10.0.0.1,srcport=51514,dstip=192.0.2.10,dstport=443,proto=6,action="close",duration=2,sentbyte=3652,rcvdbyte=146668',
    { ts: 1_707_583_325_123_456, orig_h: '10.0.0.1', resp_p: 443, orig_bytes: 3652, devname: 'f 1' },
  ],
  [
    'FortiAnalyzer as CSV',
    '"itime=1707583327","date=2024-02-10","time=17:42:07","devid=""FG1""","vd=""a b""","type=""traffic""","srcip=10.0.0.1","srcport=51000","dstip=192.0.2.10","dstport=443","proto=6","action=""accept""","sentbyte=1234","rcvdbyte=4321","duration=12"',
    { ts: 1_707_583_315e6, orig_h: '10.0.0.1', orig_p: 51_000, devid: 'FG1', vd: 'a b', resp_bytes: 4321 },
  ],
  [
    'FortiGate 4 behind a header without a host',
    'Feb 20 12:26:25 date=2011-02-20 time=12:26:24 devname=D device_id=FG1 log_id=9999999999 type=traffic subtype=other pri=notice status=accept vd="root" src=10.10.10.10 src_port=1111 dst=10.20.30.40 dst_port=2222 service=65535/tcp proto=6 duration=4 sent=120 rcvd=240 sent_pkt=2 rcvd_pkt=3',
    { ts: at('2011-02-20T12:26:20Z'), orig_p: 1111, resp_p: 2222, orig_bytes: 120, resp_bytes: 240, orig_pkts: 2 },
  ],
  [
    'filterlog without a priority',
    '1 2021-08-04T06:59:07.691848+04:00 fw.local filterlog 48906 - - 98,,,16,vmx1,match,pass,in,4,0x2,0,128,848,0,DF,6,tcp,52,10.10.10.100,192.0.2.255,1029,443,0,SEC,32,,8192,,mss',
    { ts: at('2021-08-04T02:59:07Z') + 691_848, orig_p: 1029, resp_p: 443, log_host: 'fw.local' },
  ],
  [
    'Huawei USG',
    '2018-10-05 10:52:13 USG6300 %%01SECLOG/6/SESSION_TEARDOWN(l):IPVer=4,Protocol=tcp,SourceIP=10.0.0.1,DestinationIP=192.0.2.2,SourcePort=6182,DestinationPort=443,BeginTime=1538736476,EndTime=1538736733,SendPkts=21,SendBytes=2135,RcvPkts=18,RcvBytes=1534,PolicyName=Internet Access.',
    {
      ts: 1_538_736_476e6,
      duration: 257e6,
      orig_h: '10.0.0.1',
      orig_p: 6182,
      resp_p: 443,
      proto: 'tcp',
      orig_ip_bytes: 2135,
      resp_pkts: 18,
      PolicyName: 'Internet Access',
      log_host: 'USG6300',
    },
  ],
  [
    'a policy of Huawei USG',
    'Oct  5 2018 10:52:19 USG6300 %%01POLICY/6/POLICYPERMIT(l):vsys=public, protocol=17, source-ip=10.0.0.1, source-port=2426, destination-ip=192.0.2.2, destination-port=2234, time=2018/10/5 09:52:19, rule-name=Internet Access.',
    { ts: at('2018-10-05T09:52:19Z'), orig_h: '10.0.0.1', resp_p: 2234, proto: 'udp', 'rule-name': 'Internet Access' },
  ],
  [
    'RouterOS',
    'Feb 10 16:42:07 router firewall,info drop forward: in:ether1 out:bridge, connection-state:new src-mac 00:00:5e:00:53:01, proto TCP (SYN), 203.0.113.9:51514->192.0.2.10:443, len 52',
    {
      orig_h: '203.0.113.9',
      orig_p: 51_514,
      resp_h: '192.0.2.10',
      resp_p: 443,
      proto: 'tcp',
      orig_ip_bytes: 52,
      flags: 'SYN',
      prefix: 'drop',
      chain: 'forward',
    },
  ],
  [
    'dmesg -T',
    '[Mon Feb  5 12:34:56 2024] [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=103 TTL=52 ID=0 DF PROTO=UDP SPT=53 DPT=36427 LEN=83',
    { ts: at('2024-02-05T12:34:56Z'), resp_p: 36_427, orig_ip_bytes: 103, prefix: 'UFW BLOCK' },
  ],
  [
    "Windows' firewall",
    '2024-02-03 10:47:58 ALLOW TCP 10.0.0.1 192.0.2.10 51000 443 52 S 12 0 8192 - - - SEND',
    {
      ts: at('2024-02-03T10:47:58Z'),
      orig_h: '10.0.0.1',
      orig_p: 51_000,
      resp_p: 443,
      proto: 'tcp',
      orig_ip_bytes: 52,
      action: 'ALLOW',
      path: 'SEND',
    },
  ],
];

describe('dialects of firewalls', () => {
  it.each(dialects)('%s', (_name, line, expected) => {
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
