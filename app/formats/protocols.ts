/**
 * Transport protocols by their numbers, with IANA's keywords in lower case (https://www.iana.org/assignments/protocol-numbers). ICMP for IPv6 is
 * `icmp`, as Zeek says; its number tells which.
 */
const byNumber: ReadonlyMap<number, string> = new Map([
  [0, 'hopopt'],
  [1, 'icmp'],
  [2, 'igmp'],
  [4, 'ipv4'],
  [6, 'tcp'],
  [8, 'egp'],
  [17, 'udp'],
  [27, 'rdp'],
  [33, 'dccp'],
  [41, 'ipv6'],
  [43, 'ipv6-route'],
  [44, 'ipv6-frag'],
  [46, 'rsvp'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'icmp'],
  [59, 'ipv6-nonxt'],
  [60, 'ipv6-opts'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [94, 'ipip'],
  [103, 'pim'],
  [108, 'ipcomp'],
  [112, 'vrrp'],
  [115, 'l2tp'],
  [132, 'sctp'],
  [136, 'udplite'],
  [137, 'mpls-in-ip'],
]);

/** Other spellings of names. */
const spellings: ReadonlyMap<string, number> = new Map([
  ['ipv6-icmp', 58],
  ['icmp6', 58],
  ['icmpv6', 58],
  ['icmp-v6', 58],
  ['ospfigp', 89],
]);

export interface Protocol {
  readonly name: string;
  /** null where only the name is known. */
  readonly number: number | null;
}

/** The protocol that a log calls so, by number or by name in any case; null where it is neither. */
export function protocolOf(text: string): Protocol | null {
  if (/^\d{1,3}$/.test(text)) {
    const number = Number(text);
    return number > 255 ? null : { name: byNumber.get(number) ?? String(number), number };
  }
  const name = text.toLowerCase();
  const number = spellings.get(name);
  if (number !== undefined) return { name: byNumber.get(number) ?? name, number };
  return /^[a-z][a-z0-9_./+-]{0,30}$/.test(name) ? { name, number: null } : null;
}

/** So many spellings are remembered. */
const REMEMBERED = 1000;
/** No spelling is longer. */
const LONGEST = 40;

/** The protocols of a log, each spelling read once. */
export class Protocols {
  readonly #known = new Map<string, Protocol | null>();

  /** That of bytes[start..end), also where a program wrote its number as a decimal (`6.0`); null: it is none. */
  of(bytes: Uint8Array, start: number, end: number): Protocol | null {
    if (end - start > LONGEST) return null;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    let protocol = this.#known.get(text);
    if (protocol === undefined) {
      protocol = protocolOf(text.replace(/\.0$/, ''));
      if (this.#known.size < REMEMBERED) this.#known.set(text, protocol);
    }
    return protocol;
  }
}
