import { namedFields, ofType, recordOf, type FirewallLine } from './firewall-fields.ts';
import { checkPointLine, stormshieldLine } from './firewall-vendors.ts';
import { colonPairs, commaPairs, openPairs, partedPairs, quotedPairs, Values, type Pairs } from './key-values.ts';

/** What a message in pairs says; null where it is none. */
export function keyValueLine(message: string): FirewallLine | null {
  if (message.includes(':"')) {
    const pairs = colonPairs(message);
    if (pairs.length >= LEAST) return checkPointLine(pairs, new Values(pairs));
  }
  if (!message.includes('=')) return null;
  if (message.includes('|')) {
    const pairs = partedPairs(message, '|');
    if (pairs.length >= LEAST && pairs.some(([key]) => key === 'product')) return checkPointLine(pairs, new Values(pairs));
  }
  if (message.includes('SRC=') && message.includes('PROTO=')) return netfilter(message);
  const pairs = /^"?[\w.-]{1,64}=[^ ,]*,/.test(message) ? commaPairs(message) : quotedPairs(message);
  const values = new Values(pairs);
  const isFortinet = values.has('logid') || values.has('log_id') || (values.has('devid') && values.has('itime'));
  if (values.has('type') && isFortinet) return fortinet(pairs, values);
  if (values.has('startime') && values.has('logtype')) return stormshieldLine(pairs, values);
  if (values.has('sn') && values.has('fw') && (values.has('m') || values.has('msg'))) return sonicWall(pairs, values);
  return pairs.length < LEAST ? null : general(message, pairs, values);
}

/** Fewer pairs are no record. */
const LEAST = 4;

const fortinetTold = { date: null, time: null, eventtime: null, itime: null, tz: null, sent: 'orig_bytes', rcvd: 'resp_bytes' };

/** Traffic logs of FortiGate (https://docs.fortinet.com/document/fortigate/7.6.1/fortios-log-message-reference). */
function fortinet(pairs: Pairs, values: Values): FirewallLine {
  const type = values.get('type') ?? '';
  if (type !== 'traffic') return ofType(type);
  const phase = values.get('action') === 'start' ? 'begun' : 'ended';
  return recordOf({ fields: namedFields(pairs, fortinetTold), phase, logged: loggedAt(values) }, 'without two addresses');
}

/** `eventtime` is since 1970; date and time are those of the firewall, with its zone where it writes one. */
function loggedAt(values: Values): string | undefined {
  const since = values.get('eventtime') ?? values.get('itime');
  if (since !== undefined && /^\d{9,19}$/.test(since)) return since;
  const [date, time] = [values.get('date'), values.get('time')];
  return date === undefined || time === undefined
    ? (values.get('timestamp') ?? time)
    : `${date} ${time} ${values.get('tz') ?? ''}`.trimEnd();
}

/** Messages of SonicWall by their numbers (SonicOS Log Events Reference Guide): opened, closed, and a web site that was asked for. */
const [OPENED, CLOSED, SITE] = ['98', '537', '97'];
const sonicTold = { time: null, sent: 'orig_bytes', rcvd: 'resp_bytes', spkt: 'orig_pkts', rpkt: 'resp_pkts' };

/** `src=address:port:interface`. */
function sonicWall(pairs: Pairs, values: Values): FirewallLine {
  const number = values.get('m') ?? '';
  if (number === SITE) return { as: 'other', what: 'of web sites that were asked for (m=97)' };
  const parted = pairs.flatMap(([key, value]): [string, string][] => {
    if (key === 'cdur') return [['duration', String(Number(value) / 1000)]];
    if (key === 'proto') return [['proto', value.split('/', 1)[0] ?? '']];
    const match = key === 'src' || key === 'dst' ? /^\[?([\d.]+|[\da-f:]+(?=\]))\]?(?::(\d*))?(?::([^:]*))?/i.exec(value) : null;
    if (match === null) return [[key, value]];
    const [, address = '', port = '', zone = ''] = match;
    return [
      [key, address],
      [`${key}_port`, port],
      [`${key}_interface`, zone],
    ];
  });
  const service = /^[^/]*\/(.+)$/.exec(values.get('proto') ?? '')?.[1];
  const fields = namedFields(service === undefined ? parted : [...parted, ['service', service]], sonicTold);
  const phase = number === OPENED ? 'begun' : number === CLOSED ? 'ended' : 'once';
  return recordOf({ fields, phase, logged: values.get('time') }, 'without two addresses');
}

const flags = new Set('SYN ACK FIN RST PSH URG ECE CWR DF MF CE'.split(' '));
const netfilterTold = { SRC: 'orig_h', DST: 'resp_h', PROTO: 'proto', SPT: 'orig_p', DPT: 'resp_p', LEN: 'orig_ip_bytes' };

/** A packet, as the kernel logs it for iptables, nftables and ufw (nf_log_syslog): the first LEN is that of the whole packet. */
function netfilter(message: string): FirewallLine {
  // of an ICMP error, the packet that it is about stands in brackets
  const inner = message.indexOf(' [SRC=');
  const text = inner < 0 ? message : message.slice(0, inner);
  const words: string[] = [];
  const first = text.search(/\b(?:IN|OUT|PHYSIN|SRC)=/);
  const pairs = quotedPairs(text.slice(Math.max(0, first)), (word) => words.push(word));
  const before = text
    .slice(0, Math.max(0, first))
    .replace(/^\[ *\d+\.\d+\]/, '')
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/[:\s]+$/, '');
  const seen = new Set<string>();
  const once = pairs.filter(([key]) => !seen.has(key) && seen.add(key));
  const fields = namedFields(once, netfilterTold);
  const set = words.filter((word) => flags.has(word)).join(' ');
  if (before !== '') fields.push(['prefix', before]);
  if (set !== '') fields.push(['flags', set]);
  fields.push(['orig_pkts', '1']);
  return recordOf({ fields, phase: 'once' }, 'without two addresses');
}

const generalTold = {
  date: null,
  time: null,
  timestamp: null,
  eventtime: null,
  tz: null,
  start: null,
  start_time: null,
  'protocol-id': 'proto',
  'service-name': 'service',
};

/** Any other: addresses and counts by the names of the pairs; beginnings as Sophos (connevent) and Juniper's SRX (the message's id) say them. */
function general(message: string, pairs: Pairs, values: Values): FirewallLine | null {
  const type = values.get('log_type');
  if (type !== undefined && type !== 'Firewall') return ofType(type);
  const fields = namedFields(pairs, generalTold);
  const begun = values.get('connevent') === 'Start' || message.startsWith('RT_FLOW_SESSION_CREATE');
  const phase = begun ? 'begun' : fields.some(([name]) => name === 'duration') ? 'ended' : 'once';
  const found = recordOf(
    { fields, phase, began: values.get('start_time') ?? values.get('start'), logged: loggedAt(values) },
    'without two addresses',
  );
  // whoever writes pairs may be anything
  return found.as === 'connection' || type !== undefined ? found : null;
}

/** Parts of a header between bars that are not escaped; the last is all that follows. */
function barred(text: string, count: number): string[] | null {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('|'); at >= 0 && parts.length < count; at = text.indexOf('|', at + 1)) {
    if (text[at - 1] === '\\') continue;
    parts.push(text.slice(from, at).replace(/\\([|\\])/g, '$1'));
    from = at + 1;
  }
  return parts.length < count ? null : [...parts, text.slice(from)];
}

/** `CEF:0|vendor|product|version|class|name|severity|extension` (ArcSight Common Event Format, Implementation Standard). */
export function cefLine(text: string): FirewallLine | null {
  const parts = barred(text, 7);
  if (parts === null) return null;
  const [, vendor, product, , id, name, severity, extension] = parts;
  const pairs = openPairs(extension ?? '').map(([key, value]) => [key.replace(/^(?:FTNTFGT|PanOS)(?=.)/, ''), value] as const);
  const values = new Values(pairs);
  const isFortinet = vendor === 'Fortinet';
  const isPanos = /PAN-OS/i.test(product ?? '');
  const kind = isFortinet ? (values.get('cat') ?? name) : isPanos ? name : null;
  if (kind !== null && kind !== undefined && !/^traffic\b/i.test(kind)) return ofType(/^[\w-]+/.exec(kind)?.[0] ?? '');
  const labelled = pairs.flatMap(([key, value]): [string, string][] => {
    if (key.endsWith('Label') && values.has(key.slice(0, -5))) return [];
    const label = values.get(`${key}Label`);
    return [[label === undefined || label === '' ? key : label.slice(0, 64), value]];
  });
  const fields = namedFields(labelled, isFortinet ? fortinetCef : cefTold);
  for (const [column, value] of [
    ['device_vendor', vendor],
    ['device_product', product],
    ['event_class', id],
    ['event_name', name],
    ['severity', severity],
  ] as const) {
    if (value !== undefined && value !== '') fields.push([column, value]);
  }
  const begun = values.get('act') === 'start' || id === 'start';
  const phase = begun ? 'begun' : fields.some(([column]) => column === 'duration') ? 'ended' : 'once';
  // PAN-OS writes there when the log was made
  const started = isPanos ? undefined : values.get('start');
  const logged = (isPanos ? values.get('start') : values.get('eventtime')) ?? values.get('rt') ?? values.get('end');
  return recordOf({ fields, phase, began: started, logged }, 'in CEF without two addresses');
}

const timeKeys = {
  start: null,
  rt: null,
  end: null,
  eventtime: null,
  devTime: null,
  devTimeFormat: null,
  tz: null,
  date: null,
  time: null,
};

// inbound is from source to destination by the standard; FortiGate writes what it sent there as `out`
const cefTold = { ...timeKeys, in: 'orig_bytes', out: 'resp_bytes', 'Elapsed time in seconds': 'duration' };
const fortinetCef = { ...timeKeys, in: 'resp_bytes', out: 'orig_bytes' };
const leefTold = { ...timeKeys, totalBytes: 'total_bytes', totalPackets: 'total_packets' };

/** `LEEF:1.0|vendor|product|version|event|attributes`; of version 2.0 with what parts them before (https://www.ibm.com/docs/en/dsm?topic=overview-leef-event-components). */
export function leefLine(text: string): FirewallLine | null {
  const second = text.startsWith('LEEF:2');
  const parts = barred(text, second ? 6 : 5);
  if (parts === null) return null;
  const attributes = parts.at(-1) ?? '';
  const delimiter = second ? characterOf(parts[5] ?? '') : '\t';
  const pairs = attributes.includes(delimiter) ? partedPairs(attributes, delimiter) : openPairs(attributes);
  const values = new Values(pairs);
  const fields = namedFields(pairs, leefTold);
  for (const [column, value] of [
    ['device_vendor', parts[1]],
    ['device_product', parts[2]],
    ['event_class', parts[4]],
  ] as const) {
    if (value !== undefined && value !== '') fields.push([column, value]);
  }
  const phase = fields.some(([column]) => column === 'duration') ? 'ended' : 'once';
  return recordOf({ fields, phase, began: values.get('start'), logged: values.get('devTime') }, 'in LEEF without two addresses');
}

/** A character, or its number as `0x09` or `x09`; none: a TAB. */
function characterOf(text: string): string {
  const number = /^0?x([\da-f]{2,4})$/i.exec(text)?.[1];
  if (number !== undefined) return String.fromCharCode(Number.parseInt(number, 16));
  return text === '' ? '\t' : text;
}
