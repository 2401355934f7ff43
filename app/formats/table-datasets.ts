/** Tables that are handed out without a line that names their columns, known by how many these are and by what stands in some of them. */
interface Dataset {
  readonly title: string;
  readonly names: readonly string[];
  /** Where a value tells it, and how. */
  readonly marks: readonly (readonly [place: number, value: RegExp])[];
}

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const share = /^[01]\.\d\d$/;
const moment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;

/** KDD Cup 1999 (kddcup.names), and the same with NSL-KDD's level of difficulty behind it. */
const kdd =
  'duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot num_failed_logins logged_in num_compromised root_shell su_attempted num_root num_file_creations num_shells num_access_files num_outbound_cmds is_host_login is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate dst_host_rerror_rate dst_host_srv_rerror_rate'.split(
    ' ',
  );
const kddMarks: Dataset['marks'] = [
  [1, /^(?:tcp|udp|icmp)$/],
  [3, /^(?:SF|S[0-3]|REJ|RST[OR]|RSTOS0|SH|OTH)$/],
  [24, share],
  [40, share],
  [41, /^[a-z_]+\.?$/i],
];

const datasets: readonly Dataset[] = [
  { title: 'KDD Cup 1999', names: [...kdd, 'label'], marks: kddMarks },
  { title: 'NSL-KDD', names: [...kdd, 'label', 'difficulty'], marks: [...kddMarks, [42, /^\d{1,2}$/]] },
  // UNSW-NB15_1.csv to _4.csv (NUSW-NB15_features.csv)
  {
    title: 'UNSW-NB15',
    names:
      'srcip sport dstip dsport proto state dur sbytes dbytes sttl dttl sloss dloss service Sload Dload Spkts Dpkts swin dwin stcpb dtcpb smeansz dmeansz trans_depth res_bdy_len Sjit Djit Stime Ltime Sintpkt Dintpkt tcprtt synack ackdat is_sm_ips_ports ct_state_ttl ct_flw_http_mthd is_ftp_login ct_ftp_cmd ct_srv_src ct_srv_dst ct_dst_ltm ct_src_ltm ct_src_dport_ltm ct_dst_sport_ltm ct_dst_src_ltm attack_cat Label'.split(
        ' ',
      ),
    marks: [
      [0, ipv4],
      [2, ipv4],
      [28, /^\d{10}$/],
      [29, /^\d{10}$/],
      [48, /^[01]$/],
    ],
  },
  // YAF as a table (yafscii --tabular), a bar behind the last field
  {
    title: "YAF's tables (yafscii)",
    names:
      'start-time end-time duration rtt proto sip sp dip dp iflags uflags riflags ruflags isn risn tag rtag pkt oct rpkt roct end-reason'.split(
        ' ',
      ),
    marks: [
      [0, moment],
      [1, moment],
      [4, /^\d{1,3}$/],
      [13, /^[\da-f]{8}$/],
      [20, /^\d+$/],
    ],
  },
];

/** So many of the lines have to have all of it. */
const SHARE = 0.9;

/** What a table that names no columns is, and their names, where its lines tell it; else null. `rows`: of one width. */
export function datasetOf(rows: readonly (readonly string[])[]): { readonly title: string; readonly names: readonly string[] } | null {
  const width = rows[0]?.length ?? 0;
  const found = datasets.find(({ names, marks }) => {
    if (names.length !== width) return false;
    const alike = rows.filter((row) => marks.every(([place, value]) => value.test((row[place] ?? '').trim())));
    return alike.length >= rows.length * SHARE;
  });
  return found ?? null;
}
