import { namedFields, ofType, recordOf, type FirewallLine } from './firewall-fields.ts';
import { commaPairs, quotedPairs, Values } from './key-values.ts';

/** Firewalls whose messages are sentences. */

type Fields = [name: string, value: string][];

const address = String.raw`[\da-fA-F:.]{2,45}`;

/** The named groups that are there, as fields. */
function named(groups: Readonly<Record<string, string | undefined>>): Fields {
  return Object.entries(groups).flatMap(([name, value]): Fields => (value === undefined || value === '' ? [] : [[name, value]]));
}

/** What has one of these in it may be such a message; nothing else is looked at longer. */
export const proseSigns = [
  'ACCESSLOG',
  'msg_id="',
  '[**] [',
  ', proto ',
  '%%',
  ' INET ',
  ' INET6 ',
  'session closed ',
  'session created ',
  'session denied ',
];

/** A message in sentences, null where it is none that is known. `text`: the whole line, `message`: what stands behind its header. */
export function proseLine(text: string, message: string): FirewallLine | null {
  return (
    alertLine(text) ??
    accessListLine(message) ??
    watchGuardLine(message) ??
    srxLine(message) ??
    nsxLine(text) ??
    huaweiLine(message) ??
    mikrotikLine(message)
  );
}

const accessList = new RegExp(
  String.raw`%[A-Z][\w-]{0,30}-6-(?:IP)?ACCESSLOG\w{0,4}: .{0,40}?list (?<access_list>\S{1,100}) (?<action>permitted|denied) (?<proto>\S{1,20}) (?:[\da-fA-F.-]{14,17} )?(?<orig_h>${address})(?:\((?<orig_p>\d{1,5})\))? ?(?:\((?<in_interface>[^()]{1,80})\) ?)?(?:[A-Z][\w/.-]{0,60})?-> ?(?<resp_h>${address})(?:\((?<resp_p>\d{1,5})\))?(?: \((?<icmp_type>\d{1,3})(?:/(?<icmp_code>\d{1,3}))?\))?, (?<orig_pkts>\d+) packet`,
);

/** Packets that an access list of Cisco's IOS counted (https://www.cisco.com/c/en/us/support/docs/ip/access-lists/43920-iacl.html). */
function accessListLine(message: string): FirewallLine | null {
  const groups = accessList.exec(message)?.groups;
  return groups === undefined ? null : recordOf({ fields: named(groups), phase: 'once' }, 'without two addresses');
}

const watchGuard = new RegExp(
  String.raw`(?:\((?<said>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\) )?\w{1,20}(?:\[\d+\])?: (?:.{0,60}?)msg_id="(?<msg_id>[\dA-F]{4}-[\dA-F]{4})" (?<action>\w{1,20}) (?<in_interface>"[^"]{1,60}"|\S{1,60}) (?<out_interface>"[^"]{1,60}"|\S{1,60}) (?:(?<orig_ip_bytes>\d+) )?(?<proto>[a-z]\w{1,15}|\d{1,3})(?: \d+ (?<ttl>\d+))? (?<orig_h>${address}) (?<resp_h>${address})(?: (?<orig_p>\d{1,5}) (?<resp_p>\d{1,5}))?(?: |$)(?<rest>.*)`,
);
const ofWatchGuard: ReadonlyMap<string, string> = new Map([
  ['sent_bytes', 'orig_bytes'],
  ['rcvd_bytes', 'resp_bytes'],
]);

/** Traffic of WatchGuard's Firebox (Fireware Log Message Catalog); of ICMP, type and code stand where ports do. */
function watchGuardLine(message: string): FirewallLine | null {
  const groups = watchGuard.exec(message)?.groups;
  if (groups === undefined) return message.includes('msg_id="') && /\w: (?:.{0,60})msg_id="/.test(message) ? ofType('') : null;
  const { said, rest = '', ...others } = groups;
  const fields = named(others).map(([name, value]): [string, string] => [name, value.replace(/^"|"$/g, '')]);
  const pairs = quotedPairs(rest).map(([key, value]): [string, string] => [ofWatchGuard.get(key) ?? key, value]);
  const policy = /\(([^()]{1,100})\)\s*$/.exec(rest)?.[1];
  if (policy !== undefined) fields.push(['policy', policy]);
  const lasted = pairs.some(([key]) => key === 'duration');
  return recordOf({ fields: [...fields, ...pairs], phase: lasted ? 'ended' : 'once', logged: said }, 'without two addresses');
}

const sockets = String.raw`(?<orig_h>${address})/(?<orig_p>\d+) ?-> ?(?<resp_h>${address})/(?<resp_p>\d+)(?: 0x[\da-f]+)? (?<service>\S{1,100})`;
const translated = String.raw` (?<nat_source_ip>${address})/(?<nat_source_port>\d+) ?-> ?(?<nat_destination_ip>${address})/(?<nat_destination_port>\d+)`;
const policy = String.raw`(?<proto>\d{1,3}) (?<policy>\S{1,100}) (?<source_zone>\S{1,100}) (?<destination_zone>\S{1,100})`;
const srx: readonly (readonly [RegExp, 'begun' | 'ended' | 'once'])[] = [
  [
    new RegExp(
      String.raw`session closed (?<reason>.{0,60}?): ?${sockets}${translated} .{0,200}?\b${policy} (?<session_id>\d+) (?<orig_pkts>\d+)\((?<orig_ip_bytes>\d+)\) (?<resp_pkts>\d+)\((?<resp_ip_bytes>\d+)\) (?<duration>\d+)(?: |$)`,
    ),
    'ended',
  ],
  [new RegExp(String.raw`session created ${sockets}${translated} .{0,200}?\b${policy} (?<session_id>\d+)(?: |$)`), 'begun'],
  [
    new RegExp(
      String.raw`session denied ${sockets} (?<proto>\d{1,3})(?:\((?<icmp_type>\d+)\))? (?<policy>\S{1,100}) (?<source_zone>\S{1,100}) (?<destination_zone>\S{1,100})`,
    ),
    'once',
  ],
];

/** Sessions of Juniper's SRX as sentences (RT_FLOW in the System Log Explorer); those with pairs are read as pairs. */
function srxLine(message: string): FirewallLine | null {
  if (!message.includes('->')) return null;
  for (const [pattern, phase] of srx) {
    const groups = pattern.exec(message)?.groups;
    if (groups !== undefined) return recordOf({ fields: named(groups), phase }, 'without two addresses');
  }
  return null;
}

const nsx = new RegExp(
  String.raw`(?:^|[ >])INET6? (?:reason-)?(?<reason>[A-Za-z][\w-]{1,30}) (?:(?<action>[A-Z]{2,12}) )?(?:(?<rule_set>[\w.-]{1,60})/)?(?<rule>\d{1,10}) (?<direction>IN|OUT) (?:(?<size>\d{1,6}) )?(?:PROTO )?(?<proto>[A-Z][\w-]{1,15}|\d{1,3})(?: (?<ended_by>[A-Z]{3,10}))?(?: (?<icmp_type>\d{1,3}) (?<icmp_code>\d{1,3}))? (?<orig_h>${address})(?:/(?<orig_p>\d{1,5}))? ?-> ?(?<resp_h>${address})(?:/(?<resp_p>\d{1,5}))?(?: (?<tcp_flags>[SAFRPUEWC]{1,8})(?= |$))?(?: (?<pktsIn>\d+)/(?<pktsOut>\d+) (?<bytesIn>\d+)/(?<bytesOut>\d+))?(?: (?<rule_tag>\S{1,200}))?`,
);

/** VMware's NSX (Firewall Packet Logs in its Administration Guide); what goes in and out does so at the interface, whoever began. */
function nsxLine(text: string): FirewallLine | null {
  const groups = nsx.exec(text)?.groups;
  if (groups === undefined) return null;
  const { size = '', pktsIn = '', pktsOut = '', bytesIn = '', bytesOut = '', ...others } = groups;
  const fields = named(others);
  const ended = others['reason'] === 'TERM';
  const toOrig = others['direction'] === 'OUT';
  if (pktsIn !== '') {
    fields.push(
      [toOrig ? 'resp_pkts' : 'orig_pkts', pktsIn],
      [toOrig ? 'orig_pkts' : 'resp_pkts', pktsOut],
      [toOrig ? 'resp_ip_bytes' : 'orig_ip_bytes', bytesIn],
      [toOrig ? 'orig_ip_bytes' : 'resp_ip_bytes', bytesOut],
    );
  } else if (size !== '') {
    fields.push(['orig_pkts', '1'], ['orig_ip_bytes', size]);
  }
  const phase = ended ? 'ended' : others['action'] === 'PASS' ? 'begun' : 'once';
  const logged = /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\dT\S{8,30}) /.exec(text)?.[1];
  return recordOf({ fields, phase, logged }, 'without two addresses');
}

const ofHuawei = {
  SourceIP: 'orig_h',
  'source-ip': 'orig_h',
  DestinationIP: 'resp_h',
  'destination-ip': 'resp_h',
  SendPkts: 'orig_pkts',
  SendBytes: 'orig_ip_bytes',
  RcvPkts: 'resp_pkts',
  RcvBytes: 'resp_ip_bytes',
  BeginTime: null,
  EndTime: null,
  time: null,
};

/** Sessions and policies of Huawei's USG (HUAWEI USG6000 Log Reference): `%%01MODULE/severity/NAME(l):key=value,key=value`. */
function huaweiLine(message: string): FirewallLine | null {
  const match = /%%\d\d([A-Z]{1,20})\/\d\/([A-Z_]{1,40})\(\w\): ?/.exec(message);
  if (match === null) return null;
  const pairs = commaPairs(message.slice(match.index + match[0].length).replace(/\.\s*$/, ''));
  const values = new Values(pairs);
  const [began, ended] = [values.get('BeginTime'), values.get('EndTime')];
  const fields: Fields = [...namedFields(pairs, ofHuawei), ['event', match[2] ?? '']];
  const lasted = Number(ended) - Number(began);
  if (lasted >= 0) fields.push(['duration', String(lasted)]);
  return recordOf({ fields, phase: lasted >= 0 ? 'ended' : 'once', began, logged: values.get('time') }, 'without two addresses');
}

const mikrotik = new RegExp(
  String.raw`^(?<topics>[\w,!]{1,60} )?(?:(?<prefix>[^:]{1,60}?) )?(?<chain>\w{1,40}): in:(?<in_interface>[^,]{1,60}?) out:(?<out_interface>[^,]{1,60}?),(?<between>.{0,200}?) ?proto (?<proto>[\w-]{1,20})(?: \((?<detail>[^)]{0,60})\))?, (?<from>\[?[\da-fA-F:.]{2,45}\]?(?::\d+)?)->(?<to>\[?[\da-fA-F:.]{2,45}\]?(?::\d+)?)(?:,.{0,200}? len (?<orig_ip_bytes>\d+)| ?$)`,
);

/** Packets of MikroTik's RouterOS (log=yes of a rule of its firewall). */
function mikrotikLine(message: string): FirewallLine | null {
  const groups = mikrotik.exec(message)?.groups;
  if (groups === undefined) return null;
  const { from = '', to = '', between = '', topics = '', detail = '', ...others } = groups;
  const fields: Fields = [...socketOf(from, 'orig'), ...socketOf(to, 'resp'), ...named(others)];
  const mac = /src-mac ([\da-fA-F:]{17})/.exec(between)?.[1];
  if (mac !== undefined) fields.push(['orig_l2_addr', mac]);
  if (detail !== '') fields.push(['flags', detail]);
  if (topics !== '') fields.push(['topics', topics.trim()]);
  return recordOf({ fields: [...fields, ['orig_pkts', '1']], phase: 'once' }, 'without two addresses');
}

const alert = new RegExp(
  String.raw`^(?<month>\d\d)/(?<day>\d\d)(?:/(?<year>\d{2,4}))?-(?<time>\d\d:\d\d:\d\d\.\d{1,6}) +(?:\[(?<action>\w{1,20})\] )?\[\*\*\] \[(?<rule>\d+:\d+:\d+)\] (?<signature>.{0,500}?) \[\*\*\](?: \[Classification: (?<classification>[^\]]{0,200})\])?(?: \[Priority: (?<priority>\d+)\])? \{(?<proto>[^}]{1,40})\} (?<from>\S{2,60}) -> (?<to>\S{2,60})`,
);

/** An alert of Snort or Suricata, one a line (alert_fast, fast.log): months before days, and Snort's times name no year. */
function alertLine(text: string): FirewallLine | null {
  const groups = alert.exec(text)?.groups;
  if (groups === undefined) return null;
  const { month = '', day = '', year, time = '', from = '', to = '', ...others } = groups;
  const fields: Fields = [...socketOf(from, 'orig'), ...socketOf(to, 'resp'), ...named(others)];
  const written = year === undefined ? `${month}/${day} ${time}` : `${year.length === 2 ? `20${year}` : year}-${month}-${day} ${time}`;
  return recordOf({ fields, phase: 'once', logged: written }, 'without two addresses');
}

/** `192.0.2.7:443`, `2001:0db8:...:0001:443`, or the address alone. */
function socketOf(text: string, side: 'orig' | 'resp'): Fields {
  const bracketed = /^\[([\da-fA-F:.]+)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null) {
    const [, host = '', port] = bracketed;
    return port === undefined
      ? [[`${side}_h`, host]]
      : [
          [`${side}_h`, host],
          [`${side}_p`, port],
        ];
  }
  const colon = text.lastIndexOf(':');
  const ported = colon > 0 && (text.includes('.') || text.split(':').length > 8);
  if (!ported) return [[`${side}_h`, text]];
  return [
    [`${side}_h`, text.slice(0, colon)],
    [`${side}_p`, text.slice(colon + 1)],
  ];
}
