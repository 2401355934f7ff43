import { formatById } from './registry.ts';
import { readLog } from './testing.ts';

export const read = (...lines: string[]): ReturnType<typeof readLog> =>
  readLog(formatById('firewall'), `${lines.join('\n')}\n`, 65_536, false, { year: 2024 });

export const at = (time: string): number => Date.parse(time) * 1000;

export const forti =
  'date=2018-12-27 time=11:07:55 logid="0000000013" type="traffic" subtype="forward" level="notice" vd="vdom1" eventtime=1545937675 srcip=10.1.100.11 srcport=54190 srcintf="port12" dstip=52.53.140.235 dstport=443 dstintf="port11" sessionid=402 proto=6 action="close" policyid=1 service="HTTPS" dstcountry="United States" trandisp="snat" transip=172.16.200.1 transport=54190 app="HTTPS.BROWSER" duration=2 sentbyte=3652 rcvdbyte=146668 sentpkt=58 rcvdpkt=105';

export const ufw =
  'Feb 10 16:42:07 gw kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=203.0.113.9 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=245 ID=54321 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0 ';

export const teardown =
  'Feb 10 16:42:10 asa1 : %ASA-6-302014: Teardown TCP connection 991727 for pt:10.159.19.254/443 to gw:10.159.11.1/56310 duration 0:00:10 bytes 1234 TCP FINs from pt';

/** A dialect's name, a line of it, and what the line says. */
export type Dialect = readonly [name: string, line: string, record: Record<string, unknown>];
