import type { ColumnSpec } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';

/**
 * What Tstat's columns say, after the column descriptions that come with its source
 * (http://tstat.polito.it/measure.shtml). Own columns keep the log's own numbers and units; moments become times.
 */
export interface TstatColumn {
  readonly type: ColumnType;
  readonly title: string;
  /** This number stands for none. */
  readonly none?: number;
}

type Row = readonly [name: string, type: ColumnType, title: string, none?: number];

/** Of one side: the log puts `c_` (client) or `s_` (server) before the name. */
const sided: readonly Row[] = [
  ['rst_cnt', 'count', 'RST segments'],
  ['ack_cnt', 'count', 'Segments with ACK'],
  ['ack_cnt_p', 'count', 'Pure ACKs, without payload'],
  ['bytes_uniq', 'count', 'Payload bytes without retransmissions'],
  ['pkts_data', 'count', 'Segments with payload'],
  ['pkts_retx', 'count', 'Retransmitted segments'],
  ['bytes_retx', 'count', 'Retransmitted bytes'],
  ['pkts_ooo', 'count', 'Segments out of sequence'],
  ['syn_cnt', 'count', 'SYN segments, with retransmissions'],
  ['fin_cnt', 'count', 'FIN segments, with retransmissions'],
  ['first', 'double', 'First payload after the start, milliseconds'],
  ['last', 'double', 'Last payload after the start, milliseconds'],
  ['first_ack', 'double', 'First ACK after the start, milliseconds'],
  ['isint', 'count', 'Internal address (1)'],
  ['iscrypto', 'count', 'Pseudonymous address, CryptoPAn (1)'],
  ['rtt_avg', 'double', 'Mean round-trip time, milliseconds'],
  ['rtt_min', 'double', 'Shortest round-trip time, milliseconds'],
  ['rtt_max', 'double', 'Longest round-trip time, milliseconds'],
  ['rtt_std', 'double', 'Standard deviation of the round-trip time, milliseconds'],
  ['rtt_cnt', 'count', 'Round-trip times measured'],
  ['ttl_min', 'count', 'Smallest time to live'],
  ['ttl_max', 'count', 'Largest time to live'],
  ['f1323_opt', 'count', 'Window scaling or time stamps offered (1)'],
  ['tm_opt', 'count', 'Time stamps offered (1)'],
  ['win_scl', 'count', 'Window scale'],
  ['sack_opt', 'count', 'Selective ACK offered (1)'],
  ['sack_cnt', 'count', 'Selective ACKs'],
  ['mss', 'int', 'Maximum segment size declared, bytes', -1],
  ['mss_max', 'count', 'Largest segment, bytes'],
  ['mss_min', 'count', 'Smallest segment, bytes'],
  ['win_max', 'count', 'Largest receiver window, bytes'],
  ['win_min', 'count', 'Smallest receiver window, bytes'],
  ['win_0', 'count', 'Windows of zero'],
  ['cwin_max', 'count', 'Most bytes in flight'],
  ['cwin_min', 'count', 'Fewest bytes in flight'],
  ['cwin_ini', 'count', 'First bytes in flight'],
  ['pkts_rto', 'count', 'Retransmissions after a timeout'],
  ['pkts_fs', 'count', 'Fast retransmissions'],
  ['pkts_reor', 'count', 'Segments reordered'],
  ['pkts_dup', 'count', 'Segments duplicated by the network'],
  ['pkts_unk', 'count', 'Segments out of order for unknown reasons'],
  ['pkts_fc', 'count', 'Flow control probes'],
  ['pkts_unrto', 'count', 'Needless retransmissions after a timeout'],
  ['pkts_unfs', 'count', 'Needless fast retransmissions'],
  ['syn_retx', 'count', 'SYNs sent again with another sequence number'],
  ['pkts_push', 'count', 'Segments with PSH'],
  ['tls_SNI', 'string', 'Server name asked for in TLS'],
  ['tls_SCN', 'string', 'Common name of the TLS certificate'],
  ['ssl', 'string', 'Name in the TLS handshake'],
  ['npnalpn', 'count', 'NPN or ALPN in TLS, a bit each'],
  ['tls_sesid', 'string', 'TLS session id'],
  ['TLSvers', 'string', 'TLS versions'],
  ['last_handshakeT', 'double', 'End of the TLS handshake after the start, milliseconds'],
  ['appdataT', 'double', 'First TLS application data after the start, milliseconds'],
  ['appdataB', 'count', 'First TLS application data, bytes'],
  ['msgsize_count', 'count', 'Messages, a PSH at the end of each'],
  ['pktsize_count', 'count', 'Segments whose size was kept'],
  ['pkts_data_avg', 'double', 'Mean payload of a segment, bytes'],
  ['pkts_data_std', 'double', 'Standard deviation of the payload, bytes'],
  ['seg_cnt', 'count', 'Segments'],
  ['sit_avg', 'double', 'Mean gap between segments, milliseconds'],
  ['sit_std', 'double', 'Standard deviation of the gaps, milliseconds'],
  ['first_abs', 'time', 'First packet'],
  ['durat', 'double', 'From the first packet to the last, seconds'],
  ['type', 'count', 'Protocol, as Tstat numbers them'],
];

const whole: readonly Row[] = [
  ['first', 'double', 'First packet after the start of the capture, milliseconds'],
  ['last', 'double', 'Last packet after the start of the capture, milliseconds'],
  ['con_t', 'count', 'Application protocols, a bit each'],
  ['p2p_t', 'count', 'Peer-to-peer protocol, as Tstat numbers them'],
  ['p2p_st', 'count', 'Peer-to-peer message, as Tstat numbers them'],
  ['http_t', 'count', 'HTTP service, as Tstat numbers them'],
  ['ed2k_data', 'count', 'eDonkey data messages'],
  ['ed2k_sig', 'count', 'eDonkey signalling messages'],
  ['ed2k_c2s', 'count', 'eDonkey client to server messages'],
  ['ed2k_c2c', 'count', 'eDonkey client to client messages'],
  ['ed2k_chat', 'count', 'eDonkey chat messages'],
  ['http_req_cnt', 'count', 'HTTP requests'],
  ['http_res_cnt', 'count', 'HTTP answers'],
  ['http_res', 'count', 'Code of the first HTTP answer'],
  ['http_hostname', 'string', 'Host asked for in HTTP'],
  ['tls_session_stat', 'count', 'How the TLS session was resumed, as Tstat numbers it'],
  ['fqdn', 'string', 'Name of the server, from the DNS answers before the connection'],
  ['dns_rslv', 'string', 'Resolver that gave the name'],
  ['req_tm', 'time', 'DNS request for the name'],
  ['res_tm', 'time', 'DNS answer with the name'],
  ['dns_enc', 'count', 'The DNS answer was encrypted, as Tstat numbers it'],
  ['quic_SNI', 'string', 'Server name asked for in QUIC'],
  ['quic_UA', 'string', 'User agent in QUIC'],
  ['quic_c_vers', 'string', 'QUIC version of the client'],
  ['quic_s_vers', 'string', 'QUIC version of the server'],
  ['quic_zero_rtt', 'count', 'QUIC data in the first flight (1)'],
  ['quic_ech', 'count', 'Encrypted client hello in QUIC (1)'],
];

function numbered(): Row[] {
  const rows: Row[] = [];
  for (let i = 1; i <= 10; i++) {
    rows.push([`msgsize${i}`, 'int', `Message ${i}, bytes`], [`pktsize${i}`, 'int', `Segment ${i}, bytes`]);
    if (i < 10) rows.push([`sit${i}`, 'double', `Gap ${i} between segments, milliseconds`]);
  }
  return rows;
}

const known = new Map<string, TstatColumn>();
for (const [name, type, title, none] of whole) known.set(name, { type, title, ...(none === undefined ? {} : { none }) });
for (const [name, type, title, none] of [...sided, ...numbered()]) {
  for (const [side, who] of [
    ['c', 'client'],
    ['s', 'server'],
  ]) {
    known.set(`${side}_${name}`, { type, title: `${title} (${who})`, ...(none === undefined ? {} : { none }) });
  }
}

/** What Tstat's column of this name says; undefined where Tstat has none. Not for what is kept under Flowcase's own names. */
export function tstatColumn(name: string): TstatColumn | undefined {
  return known.get(name);
}

/** Columns that Flowcase keeps under its own names, in every version alike. The moment of the start is a matter of the version. */
export const mapped: ReadonlyMap<string, string> = new Map([
  ['c_ip', 'orig_h'],
  ['c_port', 'orig_p'],
  ['s_ip', 'resp_h'],
  ['s_port', 'resp_p'],
  ['durat', 'duration'],
  ['c_bytes_all', 'orig_bytes'],
  ['s_bytes_all', 'resp_bytes'],
  ['c_pkts_all', 'orig_pkts'],
  ['s_pkts_all', 'resp_pkts'],
]);

/** How a column of Tstat's own is kept. Its texts are names that come again. */
export function tstatSpec(name: string, { type, title }: TstatColumn): ColumnSpec {
  if (type === 'string') return { name, type, title, storage: 'dictionary', dictionary: 'term' };
  return { name, type, title, storage: 'number', dictionary: null };
}

/** While the first is 0, the others stand at 0 too and say nothing: there was no such segment. */
export const gates: readonly (readonly [counter: string, none: readonly string[]])[] = ['c', 's'].flatMap((side) => {
  const of = (...names: readonly string[]): string[] => names.map((name) => `${side}_${name}`);
  return [
    [`${side}_pkts_data`, of('first', 'last', 'mss_max', 'mss_min')],
    [`${side}_ack_cnt`, of('first_ack')],
    [`${side}_rtt_cnt`, of('rtt_avg', 'rtt_min', 'rtt_max', 'rtt_std')],
    [`${side}_pkts_all`, of('ttl_min', 'ttl_max', 'durat')],
    [`${side}_appdataB`, of('appdataT')],
  ] as const;
});

/** Bits of `con_t` (protocol.h of Tstat's source), as words. */
export const services: readonly string[] = [
  'http',
  'rtsp',
  'rtp',
  'icy',
  'rtcp',
  'msn',
  'ymsg',
  'xmpp',
  'p2p',
  'skype',
  'smtp',
  'pop3',
  'imap',
  'tls',
  'ed2k',
  'ssh',
  'rtmp',
  'bittorrent',
];
