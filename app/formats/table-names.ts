import { readName, sideOf, withoutContainers } from './table-name-words.ts';
import type { TimeUnit } from './table-times.ts';

/** What a column of another tool is among the columns of connections. */
export interface KnownName {
  readonly column: string;
  /** What its numbers count, where that does not show in them. */
  readonly unit?: TimeUnit;
}

/** The column in which a table keeps when a record ended; the duration is worked out from it where there is none. */
export const END_COLUMN = 'end';

/** Times of day, which the days in the column `ts` are joined with: many firewalls write the two apart. */
export const CLOCK_COLUMN = 'ts_clock';

/** Names, as `plain` makes them, of such a day and such a time of day. */
const dayNames: ReadonlySet<string> = new Set(['date', 'startdate', 'eventdate', 'logdate']);
const clockNames: ReadonlySet<string> = new Set(['time', 'starttime', 'eventtime', 'logtime', 'timeofday', 'clock']);

/** Places of the columns that are called as a day and a time of day are. */
export function dayAndClock(names: readonly string[]): { readonly day: number; readonly clock: number } {
  const called = names.map(plain);
  return { day: called.findIndex((name) => dayNames.has(name)), clock: called.findIndex((name) => clockNames.has(name)) };
}

/**
 * What tools call the columns of connections, written without case and without what is no letter or digit; the first name of a list that a table has
 * is taken. Byte counts of packets with their headers are *_ip_bytes, as in Zeek; of payloads *_bytes. From the documents of Zeek
 * (https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html), Suricata's eve.json, Argus (ra(1)) and CTU-13's binetflow files, SiLK (rwcut),
 * NetFlow and IPFIX (RFC 5102, nfdump, nProbe and the NF-* data sets), CICFlowMeter (ReadMe.txt; flow times in microseconds), UNSW-NB15 (NUSW-NB15_features.csv),
 * Tstat (http://tstat.polito.it/measure.shtml), Elastic Common Schema, Palo Alto and FortiGate traffic logs.
 */
const declared: Readonly<Record<string, string>> = {
  ts: `ts starttime stime flowstarttime flowstart flowstarttimestamp firstseen datefirstseen firsttimestamp flowstartmilliseconds:ms
    flowstartmicroseconds:us flowstartnanoseconds:ns flowstartseconds:s firstswitched bidirectionalfirstseenms:ms tstart timestart starttimestamp
    timestampstart begintime firstabs cfirstabs first timefirst eventstart start begin timestamp eventtime datetime timegenerated receivetime time date
    startdate eventdate logdate stampinserted`,
  orig_h: `idorigh idorighsrcip origh srcip sourceip srcaddr sourceaddress srcipaddr srcipaddress sourceipaddress ipv4srcaddr ipv6srcaddr sourceipv4address sourceipv6address
    saddr ipsrc srchost sourcehost idsrc clientip cip originatorip localip sa source src`,
  resp_h: `idresph idresphdstip resph dstip destip destinationip dstaddr destaddr destinationaddress dstipaddr dstipaddress destinationipaddress ipv4dstaddr ipv6dstaddr
    destinationipv4address destinationipv6address daddr ipdst dsthost destinationhost iddst serverip dip responderip remoteip da destination dest dst`,
  orig_p: `idorigp idorigpsport origp srcport sourceport l4srcport sourcetransportport sport spt clientport cport sp srcpt`,
  resp_p: `idrespp idresppdport respp dstport destport destinationport l4dstport destinationtransportport dport dsport dpt serverport dp dstpt`,
  proto: `proto protocol l4proto ipprotocol ipproto protocolidentifier transport transportprotocol networktransport protocolname protoname pro pr prot`,
  service: `service appproto appname application applicationname applicationprotocol networkprotocol app l7protoname l7proto`,
  duration: `duration dur flowduration:us flowdurationmilliseconds:ms flowdurationmicroseconds:us bidirectionaldurationms:ms durationms:ms durationmilliseconds:ms
    durationus:us durationseconds durationsec durations durat:ms elapsed elapsedtime eventduration:ns td`,
  orig_bytes: `origbytes totallengthoffwdpackets totallengthoffwdpacket totlenfwdpkts sappbytes srcappbytes bytessent sentbytes sentbyte sourcebytespayload`,
  resp_bytes: `respbytes totallengthofbwdpackets totallengthofbwdpacket totlenbwdpkts dappbytes dstappbytes bytesreceived rcvdbytes receivedbytes rcvdbyte`,
  orig_ip_bytes: `origipbytes sbytes srcbytes sourcebytes inbytes ibyt bytestoserver flowbytestoserver src2dstbytes octetdeltacount octettotalcount octets oct bytes byt numbytes`,
  resp_ip_bytes: `respipbytes dbytes dstbytes destinationbytes outbytes obyt bytestoclient flowbytestoclient dst2srcbytes reverseoctetdeltacount reverseoctettotalcount roct`,
  orig_pkts: `origpkts spkts srcpkts sourcepackets srcpackets totalfwdpackets totalfwdpacket totfwdpkts inpkts ipkt pktstoserver flowpktstoserver src2dstpackets
    packetssent pktssent sentpkt packetdeltacount packettotalcount packets pkts pkt numpackets`,
  resp_pkts: `resppkts dpkts dstpkts destinationpackets dstpackets totalbackwardpackets totalbwdpackets totbwdpkts outpkts opkt pktstoclient flowpktstoclient
    dst2srcpackets packetsreceived pktsreceived rcvdpkt reversepacketdeltacount reversepackettotalcount rpkt`,
  conn_state: `connstate`,
  history: `history`,
  uid: `uid`,
  community_id: `communityid networkcommunityid`,
  tunnel_parents: `tunnelparents`,
  local_orig: `localorig`,
  local_resp: `localresp`,
  missed_bytes: `missedbytes`,
  ip_proto: `ipprotonumber`,
  orig_l2_addr: `origl2addr srcmac sourcemac smac ethsrc insrcmac sourcemacaddress`,
  resp_l2_addr: `respl2addr dstmac destinationmac destmac dmac ethdst destinationmacaddress`,
  vlan: `vlan vlanid dot1qvlanid`,
  inner_vlan: `innervlan`,
  speculative_service: `speculativeservice`,
  orig_cc: `origcc`,
  resp_cc: `respcc`,
  label: `label labels`,
  'detailed-label': `detailedlabel attackcat attackcategory attacktype`,
  class: `class`,
  [END_COLUMN]: `end endtime te etime ltime lasttime lastseen flowend flowendtime flowendmilliseconds:ms flowendmicroseconds:us flowendseconds:s lastswitched
    bidirectionallastseenms:ms tend timeend timestampend stoptime stop last lasttimestamp`,
};

const units: Readonly<Record<string, TimeUnit>> = { s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' };

interface Synonym extends KnownName {
  readonly rank: number;
}

const synonyms: ReadonlyMap<string, Synonym> = new Map(
  Object.entries(declared).flatMap(([column, names]) =>
    names.split(/\s+/).map((text, rank): [string, Synonym] => {
      const [name, unit] = text.split(':', 2);
      return [name, unit === undefined ? { column, rank } : { column, rank, unit: units[unit] }];
    }),
  ),
);

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Whether a name is that of when a record began, or of a time of day. */
export function isTimeName(name: string): boolean {
  return clockNames.has(plain(name)) || (synonyms.get(plain(name)) ?? byParts(name))?.column === 'ts';
}

/** Whether a name is that of when a record began or ended. */
export function saysWhen(name: string): boolean {
  const known = synonyms.get(plain(name)) ?? byParts(name);
  return known?.column === 'ts' || known?.column === END_COLUMN || isTimeName(name);
}

/** Names that mean one thing or another by what stands beside them: SiLK's sIP and sPort are the source's, Tstat's s_ip and s_port the server's. */
function sided(names: readonly string[]): Map<string, Synonym> {
  const client = names.includes('cip') || names.includes('cport') || names.includes('clientip');
  return new Map([
    ['sip', { column: client ? 'resp_h' : 'orig_h', rank: 5 }],
    ['sport', { column: client ? 'resp_p' : 'orig_p', rank: 5 }],
    ...ofPayloads(names),
  ]);
}

const sides: readonly (readonly [words: readonly string[], end: string])[] = [
  [['src', 'source'], 'orig'],
  [['dst', 'destination'], 'resp'],
];

/** Tables that were made of Zeek's log and call its ends otherwise (TON_IoT): bytes beside bytes with IP headers are those of payloads. */
function ofPayloads(names: readonly string[]): [string, Synonym][] {
  return sides.flatMap(([words, end]) =>
    words.flatMap((word): [string, Synonym][] => {
      const [payload, whole] = [`${word}bytes`, `${word}ipbytes`];
      if (!names.includes(payload) || !names.includes(whole)) return [];
      return [
        [payload, { column: `${end}_bytes`, rank: 0 }],
        [whole, { column: `${end}_ip_bytes`, rank: 0 }],
      ];
    }),
  );
}

/** Where Check Point's `service` stands, which is the port beside `s_port` or `Source Port`, or its name; -1: there is none. */
function servicePort(names: readonly string[]): number {
  return (names.includes('sport') || names.includes('sourceport')) && !names.some((name) => synonyms.get(name)?.column === 'resp_p')
    ? names.indexOf('service')
    : -1;
}

/** Known by its words: behind every name that is known as a whole. */
const BY_WORDS = 1000;
/** Known without the objects around it: right behind the same name alone. */
const CONTAINED = 0.5;

/** When a record began goes before when it was logged, however that is called. */
const logged = synonyms.get('timestamp')?.rank ?? 0;

/** The columns whose values tell whether they can be such: texts may be called anything. */
const typed = new Set(
  'ts end duration orig_h resp_h orig_p resp_p proto orig_bytes resp_bytes orig_ip_bytes resp_ip_bytes orig_pkts resp_pkts'.split(' '),
);

/** What a name is that is not known as a whole: by what stands within the objects around it, or by its words. */
function byParts(name: string): Synonym | null {
  const inner = withoutContainers(name);
  const known = inner === null ? undefined : synonyms.get(plain(inner));
  if (known !== undefined && typed.has(known.column)) return { ...known, rank: known.rank + CONTAINED };
  const read = readName(name);
  if (read === null) return null;
  const { column, unit, strange } = read;
  const rank = (column === 'ts' ? logged - 1 + CONTAINED / 2 : BY_WORDS) + strange;
  return unit === undefined ? { column, rank } : { column, rank, unit };
}

/** Counts of both directions, unless one of these columns is there: then they are the sum of two. */
const totals: readonly (readonly [column: string, names: ReadonlySet<string>, parts: readonly string[]])[] = [
  ['orig_ip_bytes', new Set(['bytes', 'octets', 'byt', 'numbytes']), ['orig_bytes', 'resp_bytes', 'resp_ip_bytes']],
  ['orig_pkts', new Set(['packets', 'pkts', 'pkt', 'numpackets']), ['resp_pkts']],
];

/**
 * For each name of a table the column of connections that it is, or null: its own. None is taken twice. `fits`: whether the values of that field may be
 * such a column's. `words`: names that are not known as a whole are read by their words too.
 */
export function knownNames(
  names: readonly string[],
  fits: (index: number, column: string) => boolean,
  words = true,
): readonly (KnownName | null)[] {
  const plainNames = names.map(plain);
  const bySide = sided(plainNames);
  const best = new Map<string, { readonly index: number; readonly rank: number }>();
  const service = servicePort(plainNames);
  if (words && service >= 0 && fits(service, 'resp_p')) bySide.set('service', { column: 'resp_p', rank: 0 });
  const found = plainNames.map((name, index) => bySide.get(name) ?? synonyms.get(name) ?? (words ? byParts(names[index] ?? '') : null));
  for (const [index, synonym] of found.entries()) {
    if (synonym === null || !fits(index, synonym.column)) continue;
    const there = best.get(synonym.column);
    if (there === undefined || synonym.rank < there.rank) best.set(synonym.column, { index, rank: synonym.rank });
  }
  for (const [column, sums, parts] of totals) {
    const name = plain(withoutContainers(names[best.get(column)?.index ?? -1] ?? '') ?? names[best.get(column)?.index ?? -1] ?? '');
    // YAF has `rpkt` beside `pkt`
    if (sums.has(name) && !plainNames.includes(`r${name}`) && parts.some((part) => best.has(part))) best.delete(column);
  }
  return found.map((synonym, index) => {
    if (synonym === null || best.get(synonym.column)?.index !== index) return null;
    return synonym.unit === undefined ? { column: synonym.column } : { column: synonym.column, unit: synonym.unit };
  });
}

/** Whether a name tells of one of the two hosts which it is. */
export function saysEnd(name: string): boolean {
  const known = synonyms.get(plain(name)) ?? sided([plain(name)]).get(plain(name));
  return known?.column === 'orig_h' || known?.column === 'resp_h' || sideOf(name) !== null;
}
