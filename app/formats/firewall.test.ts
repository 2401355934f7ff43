import { describe, expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { read, at, forti, ufw, teardown } from './testing-firewall.ts';

const fieldsOf = (line: string): Record<string, unknown> =>
  Object.fromEntries([...(read(line).sink.records[0] ?? [])].filter(([, value]) => value !== null));

const fortiCef =
  'Dec 27 11:07:55 FGT-A-LOG CEF: 0|Fortinet|Fortigate|v6.0.3|00013|traffic:forward close|3|deviceExternalId=FGT5HD3915800610 cat=traffic:forward FTNTFGTeventtime=1545937675 src=10.1.100.11 spt=54190 deviceInboundInterface=port12 dst=52.53.140.235 dpt=443 externalId=402 proto=6 act=close app=HTTPS FTNTFGTdstcountry=United States sourceTranslatedAddress=172.16.200.1 FTNTFGTduration=2 out=3652 in=146668 FTNTFGTsentpkt=58 FTNTFGTrcvdpkt=105';

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

const deny =
  '<172>Feb 13 2023 02:31:56: %ASA-4-106023: Deny tcp src inside:129.103.152.219/56949 dst outside:10.187.22.130/443 by access-group "inside_access_in" [0x0, 0x0]';

const panCef =
  'Feb 27 20:16:21 pa CEF:0|Palo Alto Networks|PAN-OS|10.0.0|end|TRAFFIC|1|rt=Feb 27 2021 20:16:21 src=10.0.0.1 dst=192.0.2.10 cs1Label=Rule cs1=Allow all spt=51514 dpt=443 proto=tcp act=allow flexNumber1Label=Total bytes flexNumber1=30 in=10 out=20 PanOSPacketsReceived=4 PanOSPacketsSent=3 start=Feb 27 2021 20:16:17 cn3Label=Elapsed time in seconds cn3=40';

const sophos =
  'device="SFW" date=2018-05-30 time=13:26:37 timezone="UTC" device_name="XG125w" log_id=010101600001 log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed" status="Allow" duration=11 fw_rule_id=1 src_mac=00:00:5e:00:53:01 src_ip=10.0.0.1 src_country_code=R1 dst_ip=192.0.2.10 protocol="TCP" src_port=51514 dst_port=443 sent_pkts=9 recv_pkts=8 sent_bytes=812 recv_bytes=2616 tran_src_ip=198.51.100.1 tran_src_port=0 connevent="Stop"';

const srx =
  '<14>1 2024-02-10T16:42:07Z srx1 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" source-address="10.0.0.1" source-port="51514" destination-address="192.0.2.10" destination-port="443" service-name="junos-https" nat-source-address="198.51.100.1" protocol-id="6" packets-from-client="9" bytes-from-client="812" packets-from-server="8" bytes-from-server="2616" elapsed-time="10"]';

describe('lines of firewalls', () => {
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
});
