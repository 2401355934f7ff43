import { slotOf } from './tstat-columns.ts';

/** Columns that both sides have and that the generator fills. */
// prettier-ignore
const sideNames = [
  'ip', 'port', 'pkts_all', 'rst_cnt', 'ack_cnt', 'ack_cnt_p', 'bytes_uniq', 'pkts_data', 'bytes_all', 'pkts_retx', 'bytes_retx',
  'pkts_ooo', 'syn_cnt', 'fin_cnt', 'first', 'last', 'first_ack', 'isint', 'rtt_avg', 'rtt_min', 'rtt_max', 'rtt_std', 'rtt_cnt',
  'ttl_min', 'ttl_max', 'f1323_opt', 'tm_opt', 'win_scl', 'sack_opt', 'sack_cnt', 'mss', 'mss_max', 'mss_min', 'win_max', 'win_min',
  'cwin_max', 'cwin_min', 'cwin_ini', 'pkts_rto', 'pkts_fs', 'pkts_reor', 'pkts_push', 'last_handshakeT', 'appdataT', 'appdataB',
  'msgsize_count', 'pktsize_count', 'pkts_data_avg', 'pkts_data_std', 'seg_cnt', 'sit_avg', 'sit_std',
] as const;
type SideName = (typeof sideNames)[number];

/** Slots of one side, and the first of those that are numbered. */
export interface Side extends Readonly<Record<SideName, number>> {
  readonly messages: number;
  readonly segments: number;
  readonly gaps: number;
  /** The second columns of c_pkts_data and c_pkts_push. */
  readonly again: number;
  readonly pushAgain: number;
}

function sideOf(before: 'c' | 's'): Side {
  const slots = Object.fromEntries(sideNames.map((name) => [name, slotOf(`${before}_${name}`)])) as Record<SideName, number>;
  return {
    ...slots,
    messages: slotOf(`${before}_msgsize1`),
    segments: slotOf(`${before}_pktsize1`),
    gaps: slotOf(`${before}_sit1`),
    again: slotOf(`${before}_pkts_data_avg`) - 1,
    pushAgain: slotOf('s_sit_std') + (before === 'c' ? 1 : 2),
  };
}

export const C = sideOf('c');
export const S = sideOf('s');

/** Slots of what concerns the connection as a whole. */
export const whole = {
  first: slotOf('first'),
  last: slotOf('last'),
  durat: slotOf('durat'),
  con_t: slotOf('con_t'),
  http_t: slotOf('http_t'),
  requests: slotOf('http_req_cnt'),
  answers: slotOf('http_res_cnt'),
  code: slotOf('http_res'),
  sni: slotOf('c_tls_SNI'),
  alpn: slotOf('c_npnalpn'),
  answeredAlpn: slotOf('s_npnalpn'),
  fqdn: slotOf('fqdn'),
  resolver: slotOf('dns_rslv'),
  asked: slotOf('req_tm'),
  told: slotOf('res_tm'),
  host: slotOf('http_hostname'),
  versions: slotOf('c_TLSvers'),
  version: slotOf('s_TLSvers'),
  label: slotOf('class'),
};
