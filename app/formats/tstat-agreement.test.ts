import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { Random } from '../shared/random.ts';
import { readLog, type ReadBack } from './testing.ts';
import { tstat } from './tstat.ts';

/** Two other ways to the same answer: a naive reader, and the slow way through the same one. */

const data = join(import.meta.dirname, '../../../shared/data/tstat');
const have = existsSync(data);
const load = (file: string): string => {
  const bytes = readFileSync(join(data, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

const renamed = new Map(
  Object.entries({
    c_ip: 'orig_h',
    c_port: 'orig_p',
    s_ip: 'resp_h',
    s_port: 'resp_p',
    c_bytes_all: 'orig_bytes',
    s_bytes_all: 'resp_bytes',
    c_pkts_all: 'orig_pkts',
    s_pkts_all: 'resp_pkts',
    durat: 'duration',
    first: 'ts',
  }),
);
const texts = /^(c_tls_SNI|s_tls_SCN|fqdn|dns_rslv|http_hostname|[cs]_TLSvers|c_tls_sesid)$/;
const words = 'http rtsp rtp icy rtcp msn ymsg xmpp p2p skype smtp pop3 imap tls ed2k ssh rtmp bittorrent'.split(' ');

/** Splits and converts strings, one field after the other; knows only 3.x TCP logs, IPv4 and what stands in the files below. */
function naive(log: string): Map<string, Cell>[] {
  const [head, ...lines] = log.split('\n');
  const names = head
    .slice(head.lastIndexOf('#') + 1)
    .split(' ')
    .map((word) => word.replace(/:\d+$/, ''));
  const columns = names.map((name, i) => (names.indexOf(name) < i ? `${name}_2` : (renamed.get(name) ?? name)));
  return lines.flatMap((line, i) => {
    const fields = line.split(' ');
    if (fields[0] === '' || fields[0].includes(':') || fields[14].includes(':')) return [];
    const text = (name: string): string => fields[names.indexOf(name)];
    const record = new Map<string, Cell>([
      ['_line', i + 2],
      ['proto', 'tcp'],
    ]);
    for (const [k, name] of columns.entries()) record.set(name, cell(names[k], fields[k], text));
    const bits = words.filter((_, bit) => (Number(text('con_t')) & (1 << bit)) !== 0);
    if (bits.length > 0) record.set('service', bits.join(','));
    return [record];
  });
}

function cell(name: string, text: string, of: (name: string) => string): Cell {
  if (name === 'class') return text.slice('class:'.length);
  if (name.endsWith('_ip')) return text;
  if (texts.test(name)) return text === '-' ? null : text;
  const value = Number(text);
  if (text === '---' || Number.isNaN(value)) return null;
  const side = name.slice(0, 2);
  if (/^._(first|last|mss_m..)$/.test(name) && of(`${side}pkts_data`) === '0') return null;
  if (/^._first_ack$/.test(name) && of(`${side}ack_cnt`) === '0') return null;
  if (/^._rtt_(avg|min|max|std)$/.test(name) && of(`${side}rtt_cnt`) === '0') return null;
  if (/^._ttl_m..$/.test(name) && of(`${side}pkts_all`) === '0') return null;
  if (/^._appdataT$/.test(name) && of(`${side}appdataB`) === '0') return null;
  if (/^._mss$/.test(name) && value === -1) return null;
  if (/^(first|last|req_tm|res_tm|durat)$/.test(name)) return value === 0 && /tm|last/.test(name) ? null : Math.round(value * 1000);
  return value === 0 ? 0 : value;
}

const plain = (records: readonly ReadonlyMap<string, Cell>[]): unknown[] =>
  records.map((record) =>
    Object.fromEntries([...record].filter(([name, value]) => value !== null && name !== '_offset').sort(([a], [b]) => (a < b ? -1 : 1))),
  );

describe.skipIf(!have)('reading as a naive reader does (skipped where ../shared/data is missing)', () => {
  it.each([
    'v3.1.3/log_tcp_complete.gz',
    'v3.1.3/log_tcp_complete_classes.txt.gz',
    'v3.3.0/log_tcp_complete.gz',
    'v3.3.0/log_tcp_nocomplete',
    'v3.3.0-levels/log_tcp_complete.level02',
    'v3.3.0-packet-stats/log_tcp_complete.gz',
  ])('%s', (file) => {
    const log = load(file);
    const ipv4 = readLog(tstat, log).sink.records.filter(
      (record) => ![record.get('orig_h'), record.get('resp_h')].some((host) => String(host).includes(':')),
    );
    expect(plain(ipv4)).toEqual(plain(naive(log)));
  });
});

describe.skipIf(!have)('mutated lines (skipped where ../shared/data is missing)', () => {
  it.each([
    ['v3.3.0-levels/log_tcp_complete.level03', 12_000],
    ['v3.1.3/log_tcp_complete_classes.txt.gz', 4000],
    ['v3.3.0/log_udp_complete.gz', 20_000],
  ])('%s, %i of them: no crash, a ledger that adds up, and the same through the slow way', (file, count) => {
    const [head, ...rows] = load(file).trimEnd().split('\n');
    const random = new Random(11);
    const mutated = Array.from({ length: count }, () => mutate(rows, random));
    const log = (end: string): Buffer => Buffer.from([head, ...mutated, ''].join(end), 'latin1');
    const quick = readLog(tstat, log('\n'), 10_007);
    const { figures, sink } = quick;
    expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
    expect([figures.rows, figures.rejected]).toEqual([sink.records.length, sink.rejects.length]);
    expect(figures.rejected).toBeGreaterThan(count / 5);
    expect(figures.rows).toBeGreaterThan(count / 5);
    for (const record of sink.records) {
      for (const value of record.values())
        if (typeof value === 'number') expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
      for (const name of ['ts', 'duration', 'orig_bytes', 'resp_bytes']) expect(Number(record.get(name) ?? 0)).toBeGreaterThanOrEqual(0);
    }
    // no line that ends with CR LF is taken by the quick way
    const slow = readLog(tstat, log('\r\n'), 65_536);
    expect(plain(slow.sink.records)).toEqual(plain(sink.records));
    expect(slow.figures).toEqual(figures);
    const reasons = (read: ReadBack): unknown => read.sink.rejects.map(({ line, reason, what, text }) => [line, reason, what, text]);
    expect(reasons(slow)).toEqual(reasons(quick));
  });
});

const odd = [
  '-',
  '',
  '---',
  '-1',
  '-0',
  '1e9',
  '99999999999999999999',
  '18446744073709551608',
  'nan',
  '0.0',
  '1.5',
  '007',
  '::1',
  'class:',
  '1.',
  '.5',
  '-0.25',
  '1234567890123456.5',
  '0.1234567',
  'é',
];

/** Changes bytes, cuts, joins, doubles or drops fields. No CR: it would be taken for a line end. */
function mutate(rows: readonly string[], random: Random): string {
  const line = rows[random.below(rows.length)];
  const at = random.below(line.length);
  const fields = line.split(' ');
  const field = random.below(fields.length);
  switch (random.below(8)) {
    case 0:
      return line.slice(0, at) + String.fromCharCode(random.below(256)).replace(/[\n\r]/, ' ') + line.slice(at + 1);
    case 1:
      return line.slice(0, at);
    case 2:
      return random.below(8) === 0 ? line + rows[random.below(rows.length)] : fields.toSpliced(field, 1).join(' ');
    case 3:
    case 4:
      return fields.with(field, odd[random.below(odd.length)]).join(' ');
    case 5:
    case 6:
      return fields.with(field, fields[random.below(fields.length)]).join(' ');
    default:
      return line;
  }
}
