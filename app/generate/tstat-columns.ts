/** How a value stands in the log. */
export const FORMAT = { whole: 0, milliseconds: 1, moment: 2, code: 3, text: 4 } as const;
export type Format = (typeof FORMAT)[keyof typeof FORMAT];

/** A column: its name, and whether its values are whole numbers (nothing), milliseconds (`~`), moments that may be none (`@`), an HTTP code (`!`) or text (`'`). */
type Column = readonly [name: string, format: Format];

const marks: ReadonlyMap<string, Format> = new Map([
  ['~', FORMAT.milliseconds],
  ['@', FORMAT.moment],
  ['!', FORMAT.code],
  ["'", FORMAT.text],
]);

function column(word: string, before = ''): Column {
  const format = marks.get(word[0]);
  return format === undefined ? [before + word, FORMAT.whole] : [before + word.slice(1), format];
}

const one = (words: string): Column[] => words.split(' ').map((word) => column(word));
/** All of the client's, then all of the server's. */
const both = (words: string): Column[] => ['c_', 's_'].flatMap((before) => words.split(' ').map((word) => column(word, before)));
/** Client and server in turns. */
const pairs = (words: string): Column[] => words.split(' ').flatMap((word) => [column(word, 'c_'), column(word, 's_')]);
const counted = (name: string, last: number): string => Array.from({ length: last }, (_, i) => `${name}${i + 1}`).join(' ');

const core = [
  ...both("'ip port pkts_all rst_cnt ack_cnt ack_cnt_p bytes_uniq pkts_data bytes_all pkts_retx bytes_retx pkts_ooo syn_cnt fin_cnt"),
  ...one('~first ~last ~durat'),
  ...pairs('~first ~last ~first_ack isint iscrypto'),
  ...one('con_t p2p_t http_t'),
];
const endToEnd = both('~rtt_avg ~rtt_min ~rtt_max ~rtt_std rtt_cnt ttl_min ttl_max');
const p2p = one('p2p_st ed2k_data ed2k_sig ed2k_c2s ed2k_c2c ed2k_chat');
const options = both(
  'f1323_opt tm_opt win_scl sack_opt sack_cnt mss mss_max mss_min win_max win_min win_0 cwin_max cwin_min cwin_ini pkts_rto pkts_fs pkts_reor pkts_dup pkts_unk pkts_fc pkts_unrto pkts_unfs syn_retx',
);
const layer7 = (session: string): Column[] => [
  ...one('http_req_cnt http_res_cnt !http_res'),
  ...pairs('pkts_push'),
  ...one(`'c_tls_SNI 's_tls_SCN c_npnalpn s_npnalpn ${session}`),
  ...pairs('~last_handshakeT ~appdataT appdataB'),
  ...one("'fqdn 'dns_rslv @req_tm @res_tm"),
];
const since33 = one("'http_hostname 'c_TLSvers 's_TLSvers dns_enc");
const packets = [
  ...both(`msgsize_count ${counted('msgsize', 10)}`),
  ...both(`pktsize_count ${counted('pktsize', 10)}`),
  ...both(counted('~sit', 9)),
  ...both('pkts_data ~pkts_data_avg ~pkts_data_std'),
  ...both('seg_cnt ~sit_avg ~sit_std'),
  ...pairs('pkts_push'),
];

const of31 = [...core, ...endToEnd, ...p2p, ...options, ...layer7('c_tls_sesid')];
const of33 = [...core, ...endToEnd, ...p2p, ...options, ...layer7('tls_session_stat'), ...since33];

/** Every column there is, in one order; the second one of a name is another column. */
const all: readonly Column[] = [...of33, ...packets, ['c_tls_sesid', FORMAT.whole], ['class', FORMAT.text]];
export const WIDTH = all.length;

/** Where the values of the first column of this name are kept. */
export function slotOf(name: string): number {
  const slot = all.findIndex(([other]) => other === name);
  if (slot < 0) throw new TypeError(`the generator has no column '${name}'`);
  return slot;
}

export interface TstatLayout {
  /** Its number of columns: what it is asked for by. */
  readonly word: string;
  readonly header: string;
  readonly slots: Int32Array;
  readonly formats: Uint8Array;
}

function layout(columns: readonly Column[], magic: string): TstatLayout {
  const used = new Set<number>();
  const slots = columns.map(([name]) => {
    const slot = all.findIndex(([other], i) => other === name && !used.has(i));
    used.add(slot);
    return slot;
  });
  return {
    word: String(columns.length),
    header: `#${magic}#${columns.map(([name], i) => `${name}:${i + 1}`).join(' ')}\n`,
    slots: Int32Array.from(slots),
    formats: Uint8Array.from(columns, ([, format]) => format),
  };
}

const label: Column = ['class', FORMAT.text];
const sets: readonly (readonly [readonly Column[], string])[] = [
  [[...of31, ...packets], '31'],
  [of33, '31'],
  [of31, '31'],
  [core, '00'],
  [[...of33, ...packets], '31'],
];

/** With the label column and without; the first is what most labelled logs have. */
export const layouts: readonly TstatLayout[] = [
  ...sets.map(([columns, magic]) => layout([...columns, label], magic)),
  ...sets.map(([columns, magic]) => layout(columns, magic)),
];
