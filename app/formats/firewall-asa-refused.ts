import { isAddress, recordOf, type FirewallLine } from './firewall-fields.ts';

/** How a message about something that was refused, or let in by a list, names its two ends; the groups are the ends, and beside them what else it says. */
interface Refusal {
  readonly pattern: RegExp;
  /** Where the message does not name it. */
  readonly proto?: string;
  readonly action: string;
}

const listed: Refusal = {
  pattern:
    /^access-list (?<access_list>\S{1,100}) (?<action>permitted|denied|est-allowed) (?<proto>\S{1,20})(?: for user '?(?<user>[^']{1,100}?)'?)? (?<from>[^\s/]{1,64}\/[\da-fA-F:.]+\(\d+\))\S* ?-> ?(?<to>[^\s/]{1,64}\/[\da-fA-F:.]+\(\d+\))\S* hit-cnt (?<hits>\d+)/,
  action: '',
};
const access: Refusal = {
  pattern:
    /^(?<proto>\S{1,20}) (?:access (?<action>permitted|denied|requested)|request (?<discarded>discarded))\b.{0,40}? from (?<from>\S{1,120}) to (?<to>\S{1,120})/,
  action: '',
};
const interfaced = String.raw`(?: flags (?<tcp_flags>[A-Z]{2,5}(?: [A-Z]{2,5}){0,8}))?(?: +on interface (?<interface>\S{1,64}))?`;

/** Messages by their numbers (Cisco Secure Firewall ASA Series Syslog Messages). */
const refusals: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  [
    '106001',
    {
      pattern: new RegExp(String.raw`^Inbound (?<proto>\S+) connection denied from (?<from>\S+) to (?<to>\S+)${interfaced}`),
      action: 'Deny',
    },
  ],
  [
    '106002',
    { pattern: /^(?<proto>\S+) Connection denied by outbound list (?<access_list>\S+) src (?<from>\S+) dest (?<to>\S+)/, action: 'Deny' },
  ],
  ['106006', { pattern: new RegExp(String.raw`^Deny inbound (?<proto>\S+) from (?<from>\S+) to (?<to>\S+)${interfaced}`), action: 'Deny' }],
  ['106007', { pattern: /^Deny inbound (?<proto>\S+) from (?<from>\S+) to (?<to>\S+)/, action: 'Deny' }],
  ['106010', { pattern: /^Deny inbound (?:protocol )?(?<proto>\S+) src (?<from>\S+) dst (?<to>\S+)/, action: 'Deny' }],
  [
    '106014',
    {
      pattern: /^Deny inbound (?<proto>\S+) src (?<from>\S+) dst (?<to>[^\s(]+) ?(?:\(type (?<icmp_type>\d+), code (?<icmp_code>\d+)\))?/,
      action: 'Deny',
    },
  ],
  [
    '106015',
    { pattern: new RegExp(String.raw`^Deny (?<proto>\S+) \(no connection\) from (?<from>\S+) to (?<to>\S+)${interfaced}`), action: 'Deny' },
  ],
  [
    '106016',
    { pattern: /^Deny IP spoof from \((?<from>[^\s)]+)\) to (?<to>\S+)(?: on interface (?<interface>\S+))?/, proto: '', action: 'Deny' },
  ],
  ['106017', { pattern: /^Deny IP due to Land Attack from (?<from>\S+) to (?<to>\S+)/, proto: '', action: 'Deny' }],
  [
    '106021',
    {
      pattern: /^Deny (?<proto>\S+) reverse path check from (?<from>\S+) to (?<to>\S+)(?: on interface (?<interface>\S+))?/,
      action: 'Deny',
    },
  ],
  ['106100', listed],
  ['106102', listed],
  ['106103', listed],
  [
    '305006',
    {
      pattern: /translation creation failed for (?:protocol )?(?<proto>\S+) src (?<from>\S+) dst (?<to>\S+)/,
      action: 'translation failed',
    },
  ],
  [
    '313004',
    {
      pattern:
        /^Denied ICMP type=(?<icmp_type>\d+), from (?:laddr )?(?<from>\S+) on interface (?<interface>\S+) to (?<to>[^\s]+?):? ?no matching session/,
      proto: 'ICMP',
      action: 'Denied',
    },
  ],
  [
    '313005',
    {
      pattern:
        /^No matching connection for ICMP error message: (?<proto>\S+) src (?<from>\S+) dst (?<to>\S+) \(type (?<icmp_type>\d+), code (?<icmp_code>\d+)\)/,
      action: 'Denied',
    },
  ],
  [
    '419002',
    {
      pattern: /^Duplicate (?<proto>\S+) SYN from (?<from>\S+) to (?<to>\S+) with different initial sequence number/,
      action: 'Duplicate SYN',
    },
  ],
  ['710002', access],
  ['710003', access],
  ['710005', access],
  ['710006', access],
]);

/** What a message says that names its two ends, of the kinds that are known; null: it is none of them. */
export function refusedLine(number: string, message: string): FirewallLine | null {
  const refusal = refusals.get(number);
  const groups = refusal?.pattern.exec(message)?.groups;
  if (refusal === undefined || groups === undefined) return null;
  const { from = '', to = '', proto = refusal.proto, action, discarded, ...others } = groups;
  const fields: [string, string][] = [...endOf(from, 'orig'), ...endOf(to, 'resp')];
  if (proto !== undefined && proto !== '' && proto !== 'IP') fields.push(['proto', proto]);
  fields.push(['action', action ?? discarded ?? refusal.action]);
  for (const [name, value] of Object.entries(others)) if (typeof value === 'string' && value !== '') fields.push([name, value]);
  return recordOf({ fields, phase: 'once' }, 'without two addresses');
}

/** `address`, `address/port`, `interface:address/port` or `interface/address(port)`; users stand in brackets behind it. */
function endOf(text: string, side: 'orig' | 'resp'): [string, string][] {
  const paired = /^([^\s/]+)\/([\da-fA-F:.]+)\((\d+)\)/.exec(text);
  if (paired !== null) return sideFields(side, paired[1] ?? '', paired[2] ?? '', paired[3] ?? '');
  const [plain = ''] = text.split('(', 1);
  const slash = plain.lastIndexOf('/');
  const [socket, port] = slash < 0 ? [plain, ''] : [plain.slice(0, slash), plain.slice(slash + 1)];
  if (isAddress(socket)) return sideFields(side, '', socket, port);
  const colon = socket.indexOf(':');
  return sideFields(side, socket.slice(0, Math.max(0, colon)), socket.slice(colon + 1), port);
}

function sideFields(side: 'orig' | 'resp', zone: string, address: string, port: string): [string, string][] {
  const fields: [string, string][] = [[`${side}_h`, address]];
  if (zone !== '') fields.push([`${side}_interface`, zone]);
  // services may be named: `https`
  if (/^\d+$/.test(port)) fields.push([`${side}_p`, port]);
  else if (port !== '') fields.push(side === 'resp' ? ['service', port] : ['orig_service', port]);
  return fields;
}
