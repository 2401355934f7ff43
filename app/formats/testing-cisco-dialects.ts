import { at, type Dialect } from './testing-firewall.ts';

/** What Cisco ASA and Firepower write. */
export const ciscoDialects: readonly Dialect[] = [
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
];
