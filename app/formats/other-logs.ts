/** Files that people have and that Flowcase knows by sight but does not read: refused by their name. */
interface OtherFile {
  /** Nothing else begins so. */
  readonly certain?: true;
  readonly what: (head: Uint8Array, text: string) => string | null;
  readonly advice: string;
  /** A table may have the same in its fields. */
  readonly mayBeTable?: true;
}

const reads = "Flowcase reads logs of Zeek, Suricata's eve.json, Tstat and web servers, and tables (CSV, TSV, JSON lines, Parquet).";

function beginning(...marks: readonly (readonly number[])[]): (head: Uint8Array) => boolean {
  return (head) => marks.some((mark) => mark.every((byte, i) => head[i] === byte));
}

function packed(name: string, ...marks: readonly (readonly number[])[]): OtherFile {
  const is = beginning(...marks);
  return {
    what: (head) => (is(head) ? name : null),
    advice: 'Unpack it first; one layer of gzip, zstd, bzip2 or xz is unpacked in passing.',
    certain: true,
  };
}

/** An object a line, of which no format knew the names. */
function strangeJson(text: string): string | null {
  return text.trimStart().startsWith('{') ? 'JSON lines of no log that Flowcase knows' : null;
}

/** Whether most of the first lines hold a request and a time, or a request alone. */
function isWebLog(text: string, isTimed = true): boolean {
  const lines = text
    .split(/\r?\n/)
    .slice(0, 10)
    .filter((line) => line.trim() !== '');
  const asked = /(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|PROPFIND) (?:\/|https?:\/\/)|HTTP\/[0-9](?:\.[0-9])?/;
  const timed = /\d{1,2}\/[A-Z][a-z]{2}\/\d{4}|\d{4}[-\/]\d\d[-\/]\d\d|\d\d:\d\d:\d\d|\b1\d{9}(?:\.\d{1,9}|\d{3})?\b/;
  const found = lines.filter((line) => asked.test(line.slice(0, 1000)) && timed.test(line.slice(0, 1000)) === isTimed);
  return found.length * 2 > lines.length;
}

/** A header line of Tstat's that names no connections, or not enough of one. */
function tstatOther(text: string): string | null {
  const line = text.split('\n', 1)[0] ?? '';
  if (/^#[CS]#/.test(line)) return 'a Tstat HTTP log';
  if (!/(?:^|[# \t])c_ip(?::\d+)?[ \t]/.test(line)) return null;
  return /[ \t]query(?::\d+)?[ \t]/.test(line) ? 'a Tstat DNS log' : 'a Tstat log without what a connection needs (c_ip, s_ip, first)';
}

/** How large the blocks of bzip2 are stands behind its mark. */
const digits = Array.from({ length: 9 }, (_, i) => 0x31 + i);

const others: readonly OtherFile[] = [
  packed('packed with zstd, in something packed', [0x28, 0xb5, 0x2f, 0xfd]),
  packed('packed with bzip2, in something packed', ...digits.map((digit) => [0x42, 0x5a, 0x68, digit, 0x31, 0x41, 0x59, 0x26])),
  packed('packed with xz, in something packed', [0xfd, 0x37, 0x7a, 0x58, 0x5a]),
  packed('a ZIP archive', [0x50, 0x4b, 3, 4]),
  packed('a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf]),
  packed('packed with gzip twice', [0x1f, 0x8b]),
  {
    what: (head) => (capture(head) ? 'a packet capture' : null),
    advice: 'Run Zeek on it (zeek -r FILE) and import the conn.log it writes.',
  },
  {
    what: (head) => (beginning([0x0c, 0xa5], [0xa5, 0x0c])(head) ? 'a file of nfcapd' : null),
    advice: 'Turn it into CSV with nfdump (nfdump -r FILE -o csv > flows.csv) and import that.',
  },
  {
    what: (_, text) => (text.startsWith('Date first seen ') ? "nfdump's table for people, which rounds large numbers" : null),
    advice: 'Write CSV instead (nfdump -r FILE -o csv > flows.csv) and import that.',
  },
  {
    what: (_, text) =>
      /^(?:2|10)\|(?:\d{9,10}\|\d{1,3}\|){2}\d{1,3}\|(?:\d+\|){4}\d/.test(text) ? "nfdump's numbers parted by bars (-o pipe)" : null,
    advice: 'Write CSV instead (nfdump -r FILE -o csv > flows.csv) and import that.',
  },
  {
    what: (_, text) => (/^ *StartTime +Flgs +Proto +SrcAddr +Sport +Dir +DstAddr /.test(text) ? "Argus's table for people" : null),
    advice:
      'Write CSV instead (ra -r FILE -n -u -L 0 -c , -s stime dur proto saddr sport daddr dport state spkts dpkts sbytes dbytes > flows.csv) and import that.',
  },
  {
    what: (_, text) => (/^(?:[ \t\r]*(?:%[^\n]*)?\n)*[ \t\r]*@relation\s/i.test(text) ? 'a table of Weka (ARFF)' : null),
    advice: 'Write it as CSV, with the names after @attribute as its first line, and import that.',
  },
  {
    what: (_, text) => (/^(?:<\d{1,3}>)?\[ *\d+\.\d{6}\] /.test(text) ? "a kernel's log whose times count from its boot" : null),
    advice: 'Write it with times of day (dmesg -T, or journalctl -k) and import that.',
  },
  { what: (head) => (beginning([0x25, 0x50, 0x44, 0x46])(head) ? 'a PDF document' : null), advice: reads },
  {
    what: (head) => (beginning([0x53, 0x51, 0x4c, 0x69, 0x74, 0x65])(head) ? 'an SQLite database' : null),
    advice: 'A case is opened, not imported.',
  },
  { what: (head) => (beginning([0x45, 0x6c, 0x66, 0x46, 0x69, 0x6c, 0x65])(head) ? 'a Windows event log' : null), advice: reads },
  { what: (_, text) => strangeJson(text), advice: `${reads} Of other JSON, say what its keys are: --map KEY=ts, or --format json.` },
  { what: (_, text) => tstatOther(text), advice: "Of Tstat's logs, import log_tcp_complete, log_tcp_nocomplete or log_udp_complete." },
  {
    what: (_, text) => (/^#(Software|Version|Fields): /.test(text) ? 'a log in the W3C format, but not of a web server' : null),
    advice: reads,
  },
  {
    what: (_, text) => (/^[^\n]{0,200} haproxy\[\d+\]: /.test(text) ? 'a log of HAProxy' : null),
    advice:
      "Give its format with --format access --log-format, in nginx's way of writing, or log in the Combined format (option httplog clf).",
  },
  {
    what: (_, text) => (isWebLog(text) ? 'a log of a web server in a format of its own' : null),
    advice: "Say how its lines are written: --log-format '...', as nginx's log_format or Apache's LogFormat has it.",
    mayBeTable: true,
  },
  {
    what: (_, text) => (isWebLog(text, false) ? 'a log of requests that does not say when they were' : null),
    advice:
      'Without times there are no records. Give the log of what kept its lines, which has them (Docker, Kubernetes, journalctl -o json), or have its program write them.',
    mayBeTable: true,
  },
];

const capture = beginning(
  [0xd4, 0xc3, 0xb2, 0xa1],
  [0xa1, 0xb2, 0xc3, 0xd4],
  [0x4d, 0x3c, 0xb2, 0xa1],
  [0xa1, 0xb2, 0x3c, 0x4d],
  [0x0a, 0x0d, 0x0d, 0x0a],
);

/** What the file is, if it is known by sight: "a Zeek dns log", with what to do about it. `noTable`: only what cannot be a table. */
export function otherFile(
  head: Uint8Array,
  { noTable = false, onlyCertain = false } = {},
): { readonly what: string; readonly advice: string } | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 8192)).toString('latin1').replace('\xef\xbb\xbf', '');
  for (const other of others) {
    if ((noTable && other.mayBeTable === true) || (onlyCertain && other.certain !== true)) continue;
    const what = other.what(head, text);
    if (what !== null) return { what, advice: other.advice };
  }
  return null;
}
