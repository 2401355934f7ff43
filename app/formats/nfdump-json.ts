import type { Mapping } from '../contract/formats.ts';

/**
 * Keys of nfdump's records as JSON (`nfdump -o json`, output_json.c): hosts of IPv4 and IPv6 have keys of their own, and of ICMP there are type and code where
 * others have ports. What is counted in is what the source sent. Times are those of the clock where nfdump ran: name its time zone.
 */
const keys: readonly (readonly [from: string, to: string])[] = [
  ['first', 'ts'],
  ['last', 'end'],
  ['src4_addr', 'orig_h'],
  ['src6_addr', 'orig_h'],
  ['dst4_addr', 'resp_h'],
  ['dst6_addr', 'resp_h'],
  ['src_port', 'orig_p'],
  ['icmp_type', 'orig_p'],
  ['dst_port', 'resp_p'],
  ['icmp_code', 'resp_p'],
  ['proto', 'proto'],
  ['in_packets', 'orig_pkts'],
  ['in_bytes', 'orig_ip_bytes'],
  ['out_packets', 'resp_pkts'],
  ['out_bytes', 'resp_ip_bytes'],
];

/** What tells nfdump's records, beside the hosts. */
const marks = ['first', 'last', 'proto', 'in_packets', 'in_bytes'];

/** How records of nfdump's are read, by the keys of the first of them; null: they are not nfdump's. */
export function nfdumpKeys(names: readonly string[]): Mapping | null {
  const has = new Set(names);
  if (!marks.every((name) => has.has(name)) || !(has.has('src4_addr') || has.has('src6_addr'))) return null;
  return { kind: 'connection', columns: keys.map(([from, to]) => ({ from, to })) };
}
