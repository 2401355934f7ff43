import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from './addresses.ts';
import { beforeReturn } from './field-scanner.ts';

const HASH = 35;
const BLANK = 32;
const UNDERSCORE = 95;

/**
 * The names on a header line, or null where the line is none: `#31#c_ip:1 c_port:2 ...`, `#c_ip:1 ...`, without the numbers, without the `#`.
 * A name stands between the last `#` and the last `:` of its word.
 */
export function headerNames(bytes: Uint8Array, start: number, end: number): readonly string[] | null {
  const stop = beforeReturn(bytes, start, end);
  if (!mayBeHeader(bytes, start, stop)) return null;
  const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('utf8');
  const names = line.split(' ').flatMap((word) => {
    const name = word.slice(word.lastIndexOf('#') + 1).replace(/:\d*$/, '');
    return name === '' ? [] : [name];
  });
  return names.includes('c_ip') && names.includes('s_ip') ? names : null;
}

/** Begins with `#`, or its first word is a name such as c_ip: no row does. */
function mayBeHeader(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === HASH) return true;
  for (let at = start; at < end && bytes[at] !== BLANK; at++) if (bytes[at] === UNDERSCORE) return true;
  return false;
}

const moments = ['first_abs', 'c_first_abs', 'first'];

/** The column with the moment of the start; null where there is none. Where `first_abs` stands, `first` counts from the start of the capture. */
export function startColumn(names: readonly string[]): string | null {
  return moments.find((name) => names.includes(name)) ?? null;
}

const sizes = ['c_bytes_all', 's_bytes_all', 'c_bytes_uniq', 's_bytes_uniq', 'c_pkts_all', 's_pkts_all', 'durat'];

/** Whether these columns are of connections or flows: both ends, the start, and how much or how long. */
export function isTstatConnection(names: readonly string[]): boolean {
  const has = (name: string): boolean => names.includes(name);
  return has('c_ip') && has('s_ip') && startColumn(names) !== null && sizes.some(has);
}

/** UDP logs give each side its own start. */
export function transportOf(names: readonly string[]): 'tcp' | 'udp' {
  return names.includes('c_first_abs') ? 'udp' : 'tcp';
}

const words = (text: string): string[] => text.split(' ');
const both = (names: string): string[] => ['c', 's'].flatMap((side) => words(names).map((name) => `${side}_${name}`));
const pairs = (names: string): string[] => words(names).flatMap((name) => [`c_${name}`, `s_${name}`]);
const counted = (name: string, last: number): string => Array.from({ length: last }, (_, i) => `${name}${i + 1}`).join(' ');

const side = 'pkts_all rst_cnt ack_cnt ack_cnt_p bytes_uniq pkts_data bytes_all pkts_retx bytes_retx pkts_ooo syn_cnt fin_cnt';
const rtt = 'rtt_avg rtt_min rtt_max rtt_std rtt_cnt ttl_min ttl_max';
const offers = 'f1323_opt tm_opt win_scl sack_opt sack_cnt mss mss_max mss_min win_max win_min win_0 cwin_max cwin_min cwin_ini';
const losses = 'pkts_rto pkts_fs pkts_reor pkts_dup pkts_unk pkts_fc pkts_unrto pkts_unfs syn_retx';
const ed2k = words('p2p_st ed2k_data ed2k_sig ed2k_c2s ed2k_c2c ed2k_chat');

const core = (crypto: boolean): string[] => [
  ...both(`ip port ${side}`),
  ...words('first last durat'),
  ...pairs('first last first_ack isint'),
  ...(crypto ? pairs('iscrypto') : []),
  ...words('con_t p2p_t http_t'),
];
const options = both(`${offers} ${losses}`);
const web = (session: string): string[] => [
  ...words('http_req_cnt http_res_cnt http_res'),
  ...pairs('pkts_push'),
  ...words(`c_tls_SNI s_tls_SCN c_npnalpn s_npnalpn ${session}`),
  ...pairs('last_handshakeT appdataT appdataB'),
  ...words('fqdn dns_rslv req_tm res_tm'),
];
const webOf31 = web('c_tls_sesid');
/** Before there were the times of the DNS request and its answer: those were put behind. */
const webOf30 = webOf31.slice(0, webOf31.indexOf('req_tm'));
const webOf33 = [...web('tls_session_stat'), ...words('http_hostname c_TLSvers s_TLSvers dns_enc')];
const packets = [
  ...both(`msgsize_count ${counted('msgsize', 10)}`),
  ...both(`pktsize_count ${counted('pktsize', 10)}`),
  ...both(counted('sit', 9)),
  ...both('pkts_data pkts_data_avg pkts_data_std'),
  ...both('seg_cnt sit_avg sit_std'),
  ...pairs('pkts_push'),
];
const of24 = [
  ...both(`ip port ${side} ${offers} ${rtt} ${losses}`),
  ...words('durat first last'),
  ...pairs('first last first_ack'),
  'first_abs',
  ...pairs('isint'),
  ...words('con_t p2p_t'),
  ...ed2k,
  'http_t',
  ...pairs('pkts_push ssl'),
];
const flow = (crypto: string): string[] => both(`ip port first_abs durat bytes_all pkts_all isint${crypto} type`);
const quic = words('quic_SNI quic_UA quic_c_vers quic_s_vers quic_zero_rtt quic_ech');

/**
 * Column sets that Tstat writes, each with a number of columns of its own, so that a log without its header can be read. 64 columns are not
 * among them: the end-to-end and P2P sets have as many as the layer 7 set of 3.1.3.
 */
export const layouts: readonly { readonly what: string; readonly names: readonly string[] }[] = [
  { what: '3.x TCP, core set, without iscrypto', names: core(false) },
  { what: '3.x TCP, core set', names: core(true) },
  { what: '3.x TCP, core and end-to-end sets', names: [...core(true), ...both(rtt)] },
  { what: '3.0 TCP, core and layer 7 sets', names: [...core(true), ...webOf30] },
  { what: '3.3.0 TCP, core and layer 7 sets', names: [...core(true), ...webOf33] },
  { what: '3.0 TCP, core, end-to-end and layer 7 sets', names: [...core(true), ...both(rtt), ...webOf30] },
  { what: '3.1.3 TCP, core, end-to-end and layer 7 sets', names: [...core(true), ...both(rtt), ...webOf31] },
  { what: '3.3.0 TCP, core, end-to-end and layer 7 sets', names: [...core(true), ...both(rtt), ...webOf33] },
  { what: '2.4 TCP', names: of24 },
  { what: '3.0 TCP, all sets', names: [...core(true), ...both(rtt), ...ed2k, ...options, ...webOf30] },
  { what: '3.1.3 TCP, all sets', names: [...core(true), ...both(rtt), ...ed2k, ...options, ...webOf31] },
  { what: '3.3.0 TCP, all sets', names: [...core(true), ...both(rtt), ...ed2k, ...options, ...webOf33] },
  { what: '3.1.3 TCP, all sets, packet statistics', names: [...core(true), ...both(rtt), ...ed2k, ...options, ...webOf31, ...packets] },
  { what: '3.3.0 TCP, all sets, packet statistics', names: [...core(true), ...both(rtt), ...ed2k, ...options, ...webOf33, ...packets] },
  { what: '2.4 UDP', names: flow('') },
  { what: '3.1.3 UDP', names: [...flow(' iscrypto'), 'fqdn'] },
  { what: '3.3.0 UDP', names: [...flow(' iscrypto'), 'fqdn', ...quic] },
];

/** The columns of a log whose first line bytes[start..end) is a row already; a column more than the layout has is a label. Null: no row of Tstat's. */
export function namesByCount(bytes: Uint8Array, start: number, end: number): readonly string[] | null {
  const stop = beforeReturn(bytes, start, end);
  const fields: (readonly [number, number])[] = [];
  for (let from = start; from <= stop;) {
    let to = from;
    while (to < stop && bytes[to] !== BLANK) to++;
    fields.push([from, to]);
    from = to + 1;
  }
  for (const { names } of layouts) {
    if (fields.length !== names.length && fields.length !== names.length + 1) continue;
    const field = (name: string): readonly [number, number] => fields[names.indexOf(name)];
    const fits =
      isAddress(bytes, ...field('c_ip')) &&
      isAddress(bytes, ...field('s_ip')) &&
      isDecimal(bytes, ...field('c_port')) &&
      isDecimal(bytes, ...field('s_port')) &&
      isDecimal(bytes, ...field(startColumn(names) ?? 'first'));
    if (fits) return fields.length === names.length ? names : [...names, 'class'];
  }
  return null;
}

const ipv6 = new Ipv6Reader();
const isAddress = (bytes: Uint8Array, start: number, end: number): boolean =>
  parseIpv4(bytes, start, end) >= 0 || ipv6.read(bytes, start, end);

function isDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 46 && (bytes[at] < 48 || bytes[at] > 57)) return false;
  return end > start;
}
