import { refusedLine } from './firewall-asa-refused.ts';
import { recordOf, type FirewallLine } from './firewall-fields.ts';
import { firepowerLine } from './firewall-vendors.ts';

/** Messages of Cisco's ASA, FTD and PIX (https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/asa-syslog/syslog-messages-302003-to-342008.html). */
export const asaPattern = /%(?:ASA|FTD|PIX|FWSM)-(?:\w{1,20}-)?\d-(\d{6}): ?/;

/** `interface:address/port`, with the addresses after translation and users behind. */
const socket = String.raw`(\S{1,64}?):([\da-fA-F:.]+)/(\d+)`;
const more = String.raw`(?: ?\(([\da-fA-F:.]+)/(\d+)\))?(?: ?\([^)]{0,100}\))?`;
const built = new RegExp(
  String.raw`^Built (inbound|outbound) (TCP|UDP|SCTP)(?: state-bypass)? connection (\d+) for ${socket}${more} to ${socket}${more}`,
);
const teardown = new RegExp(
  String.raw`^Teardown (TCP|UDP|SCTP)(?: state-bypass)? connection (\d+) (?:for|from) ${socket}(?: ?\([^)]{0,100}\))? to ${socket}(?: ?\([^)]{0,100}\))? duration (\d+):(\d\d):(\d\d) bytes (\d+)(?: (.{1,200}))?`,
);
const denied = new RegExp(
  String.raw`^Deny (?:protocol )?(\S{1,20}) (?:\(no connection\) )?src (\S{1,64}?):([\da-fA-F:.]+?)(?:/(\d+))?(?: ?\([^)]{0,100}\))? dst (\S{1,64}?):([\da-fA-F:.]+?)(?:/(\d+))?(?: |$)(?:.{0,100}?by access-group "?([^"\s]{1,100}))?`,
);

/** Connections that were built, and which end began each, by their numbers; the latest are kept. */
export class AsaConnections {
  #begun = new Map<string, 'first' | 'second'>();

  save(): readonly (readonly [string, 'first' | 'second'])[] {
    return [...this.#begun];
  }

  restore(saved: readonly (readonly [string, 'first' | 'second'])[]): void {
    this.#begun = new Map(saved);
  }

  begin(key: string, end: 'first' | 'second'): void {
    this.#begun.delete(key);
    if (this.#begun.size >= REMEMBERED) for (const oldest of this.#begun.keys()) if (this.#begun.delete(oldest)) break;
    this.#begun.set(key, end);
  }

  /** Which end began it, once; undefined where that is not known. */
  take(key: string): 'first' | 'second' | undefined {
    const found = this.#begun.get(key);
    this.#begun.delete(key);
    return found;
  }
}

const REMEMBERED = 10_000;

/** A connection of which nobody said who began it. */
export const GUESSED = 'guessed direction';

interface Asa {
  readonly message: string;
  readonly number: string;
  /** The firewall, as the syslog header calls it. */
  readonly host: string;
  readonly connections: AsaConnections;
  readonly tally: (key: string) => void;
}

/**
 * A message about a connection. Of what was built inbound, the address named first began it, of what was built outbound the second; a teardown names them in the
 * same order and does not say so again.
 */
export function asaLine(asa: Asa): FirewallLine {
  const other = { as: 'other', what: `of the class ${asa.number.slice(0, 3)}` } as const;
  switch (asa.number) {
    case '302013':
    case '302015':
    case '302303':
      return builtLine(asa) ?? other;
    case '302014':
    case '302016':
    case '302304':
      return teardownLine(asa) ?? other;
    case '106023':
      return deniedLine(asa.message) ?? other;
    case '302020':
      return pingBegun(asa) ?? other;
    case '302021':
      return pingEnded(asa) ?? other;
    case '430001':
    case '430002':
    case '430003':
    case '430004':
    case '430005':
      return firepowerLine(asa.number, asa.message);
    default:
      return refusedLine(asa.number, asa.message) ?? other;
  }
}

type Ends = readonly [zone: string, address: string, port: string][];

function ends([first, second]: Ends, began: 'first' | 'second'): [string, string][] {
  const [orig, resp] = began === 'first' ? [first, second] : [second, first];
  const fields: [string, string][] = [];
  for (const [side, end] of [
    ['orig', orig],
    ['resp', resp],
  ] as const) {
    if (end !== undefined) fields.push([`${side}_interface`, end[0]], [`${side}_h`, end[1]], [`${side}_p`, end[2]]);
  }
  return fields;
}

function builtLine({ message, host, connections }: Asa): FirewallLine | null {
  const match = built.exec(message);
  if (match === null) return null;
  const [, direction, proto = '', id = '', z1 = '', a1 = '', p1 = '', m1 = '', n1 = '', z2 = '', a2 = '', p2 = '', m2 = '', n2 = ''] =
    match;
  const began = direction === 'inbound' ? 'first' : 'second';
  connections.begin(`${host} ${id}`, began);
  const mapped = ends(
    [
      ['', m1, n1],
      ['', m2, n2],
    ],
    began,
  ).map(([name, value]) => [`mapped_${name}`, value] as [string, string]);
  const fields = [
    ...ends(
      [
        [z1, a1, p1],
        [z2, a2, p2],
      ],
      began,
    ),
    ...mapped.filter(([, value]) => value !== ''),
  ];
  return recordOf(
    { fields: [...fields, ['proto', proto], ['connection_id', id], ['action', 'Built']], phase: 'begun' },
    'without two addresses',
  );
}

function teardownLine({ message, host, connections, tally }: Asa): FirewallLine | null {
  const match = teardown.exec(message);
  if (match === null) return null;
  const [, proto = '', id = '', z1 = '', a1 = '', p1 = '', z2 = '', a2 = '', p2 = '', hours, minutes, seconds, bytes = '', reason = ''] =
    match;
  const known = connections.take(`${host} ${id}`);
  if (known === undefined) tally(GUESSED);
  const fields = ends(
    [
      [z1, a1, p1],
      [z2, a2, p2],
    ],
    known ?? likelier(Number(p1), Number(p2)),
  );
  const duration = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  fields.push(['proto', proto], ['connection_id', id], ['duration', String(duration)], ['total_bytes', bytes], ['action', 'Teardown']);
  if (reason !== '') fields.push(['reason', reason]);
  return recordOf({ fields, phase: 'ended' }, 'without two addresses');
}

/** Who offers a service has a port below 1024; else the address named second is the inner one, which began it. */
function likelier(first: number, second: number): 'first' | 'second' {
  return second < 1024 && first >= 1024 ? 'first' : 'second';
}

const ping =
  /^(?:Built (inbound|outbound)|Teardown) ICMP connection (?:\d+ )?for faddr ([\da-fA-F:.]+)\/(\d+)(?: ?\([^)]{0,100}\))? gaddr ([\da-fA-F:.]+)\/\d+ laddr ([\da-fA-F:.]+)\/\d+(?: ?\([^)]{0,100}\))?(?: type (\d+))?(?: code (\d+))?/;

/** `faddr` is the outer address, which began what came inbound; `laddr` the inner one, `gaddr` that one after translation. */
function pingBegun({ message, host, connections }: Asa): FirewallLine | null {
  const match = ping.exec(message);
  if (match?.[1] === undefined) return null;
  const began = match[1] === 'inbound' ? 'first' : 'second';
  connections.begin(pingKey(host, match), began);
  return recordOf({ fields: pingFields(match, began, 'Built'), phase: 'begun' }, 'without two addresses');
}

function pingEnded({ message, host, connections, tally }: Asa): FirewallLine | null {
  const match = ping.exec(message);
  if (match === null || match[1] !== undefined) return null;
  const known = connections.take(pingKey(host, match));
  if (known === undefined) tally(GUESSED);
  return recordOf({ fields: pingFields(match, known ?? 'second', 'Teardown'), phase: 'ended' }, 'without two addresses');
}

const pingKey = (host: string, [, , outer = '', id = '', , inner = '']: RegExpExecArray): string => `${host} ${outer} ${id} ${inner}`;

function pingFields(
  [, , outer = '', , mapped = '', inner = '', type, code]: RegExpExecArray,
  began: 'first' | 'second',
  action: string,
): [string, string][] {
  const [orig, resp] = began === 'first' ? [outer, inner] : [inner, outer];
  const fields: [string, string][] = [
    ['orig_h', orig],
    ['resp_h', resp],
    ['proto', 'ICMP'],
    ['action', action],
  ];
  if (mapped !== inner) fields.push(['mapped_h', mapped]);
  if (type !== undefined) fields.push(['icmp_type', type]);
  if (code !== undefined) fields.push(['icmp_code', code]);
  return fields;
}

function deniedLine(message: string): FirewallLine | null {
  const match = denied.exec(message);
  if (match === null) return null;
  const [, proto = '', z1 = '', a1 = '', p1 = '', z2 = '', a2 = '', p2 = '', list = ''] = match;
  const fields = [
    ...ends(
      [
        [z1, a1, p1],
        [z2, a2, p2],
      ],
      'first',
    ),
    ['proto', proto],
    ['action', 'Deny'],
    ['access_list', list],
  ] as [string, string][];
  return recordOf({ fields: fields.filter(([, value]) => value !== ''), phase: 'once' }, 'without two addresses');
}
