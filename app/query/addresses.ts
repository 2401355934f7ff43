import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from '../formats/addresses.ts';

const encoder = new TextEncoder();
const reader = new Ipv6Reader();
const decoder = new TextDecoder();

/** Four words of 32 bits, the first the most significant. `family` 4: only the last counts. */
export interface Address {
  readonly family: 4 | 6;
  readonly words: readonly [number, number, number, number];
}

export interface Network extends Address {
  /** Bits of the prefix within the family. */
  readonly bits: number;
}

/** IPv4 or IPv6; a zone index (`%eth0`) is read and left out. Null where the text is no address. */
export function readAddress(text: string): Address | null {
  const bytes = encoder.encode(text);
  const v4 = parseIpv4(bytes, 0, bytes.length);
  if (v4 >= 0) return { family: 4, words: [0, 0, 0, v4] };
  const canonical = readCanonical(bytes);
  return canonical === null ? null : { family: 6, words: wordsOf(canonical.replace(/%.*$/u, '')) };
}

/** The one way Flowcase writes this address (as the importer does), or null where it is none. */
export function canonicalAddress(text: string): string | null {
  const bytes = encoder.encode(text);
  return parseIpv4(bytes, 0, bytes.length) >= 0 ? text : readCanonical(bytes);
}

function readCanonical(bytes: Uint8Array): string | null {
  return bytes.length <= 90 && reader.read(bytes, 0, bytes.length) ? decoder.decode(reader.bytes.subarray(0, reader.length)) : null;
}

/** `text` is canonical: groups in hexadecimal, at most one `::`, a dotted quad only after `::ffff:`. */
function wordsOf(text: string): [number, number, number, number] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);
  const plain = dotted === null ? text : `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [head, tail] = plain.split('::') as [string, string | undefined];
  const groupsOf = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const groups = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  const word = (i: number): number => groups[2 * i] * 65_536 + groups[2 * i + 1];
  return [word(0), word(1), word(2), word(3)];
}

/** `10.0.0.0/8`, `2001:db8::/32`. Bits below the prefix are ignored. Null where the text is no network. */
export function readNetwork(text: string): Network | null {
  const parts = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (parts === null) return null;
  const address = readAddress(parts[1]);
  const bits = Number(parts[2]);
  if (address === null || bits > (address.family === 4 ? 32 : 128)) return null;
  return { ...address, bits };
}

export function isInNetwork(address: Address, network: Network): boolean {
  if (address.family !== network.family) return false;
  const bits = network.family === 4 ? 96 + network.bits : network.bits;
  for (let i = network.family === 4 ? 3 : 0; i < 4; i++) {
    const here = Math.min(32, Math.max(0, bits - 32 * i));
    if (here === 0) break;
    const mask = here === 32 ? 0xffff_ffff : ~(0xffff_ffff >>> here) >>> 0;
    if ((address.words[i] & mask) !== (network.words[i] & mask)) return false;
  }
  return true;
}

/** IPv4 before IPv6, then by number. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let i = 0; i < 4; i++) if (a.words[i] !== b.words[i]) return a.words[i] - b.words[i];
  return 0;
}
