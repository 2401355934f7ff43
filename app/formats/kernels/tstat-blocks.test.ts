import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { MemorySink, outcome, readLog, type ReadBack } from '../testing.ts';
import { tstat } from '../tstat.ts';

/** Blocks shorter than the kernels ask for: every line is read by itself. */
const LINE_BY_LINE = 1000;
const TOGETHER = 2 ** 20;

const names =
  'c_ip c_port c_pkts_all c_rst_cnt c_ack_cnt c_pkts_data c_bytes_all s_ip s_port s_pkts_all s_ack_cnt s_pkts_data s_bytes_all first last durat c_first s_first c_last s_last c_first_ack s_first_ack c_rtt_avg c_rtt_min c_rtt_cnt c_ttl_min c_ttl_max c_mss c_mss_max con_t http_res c_appdataB c_appdataT c_tls_SNI fqdn dns_rslv req_tm res_tm class'.split(
    ' ',
  );
const header = `#31#${names.map((name, i) => `${name}:${i + 1}`).join(' ')}`;

function field(name: string, random: Random): string {
  if (name.endsWith('_ip')) return random.below(9) === 0 ? `2001:db8::${random.below(99)}` : `10.0.${random.below(3)}.${random.below(200)}`;
  if (name.endsWith('_port')) return String(random.below(65_536));
  if (/^(first|last|req_tm|res_tm)$/.test(name))
    return `${1_713_139_187_000 + random.below(1e9)}.${String(random.below(1e6)).padStart(6, '0')}`;
  if (/durat|_first|_last|rtt_(avg|min)|appdataT/.test(name))
    return `${random.below(90_000)}.${String(random.below(1e6)).padStart(6, '0')}`;
  if (name === 'con_t') return String(2 ** random.below(14));
  if (name === 'class') return `class:${random.below(4)}`;
  if (/SNI|fqdn/.test(name)) return random.below(3) === 0 ? '-' : `www.a-long-name-of-a-host-${random.below(50)}.example`;
  if (name === 'dns_rslv') return '192.0.2.53';
  if (name === 'http_res') return random.below(2) === 0 ? '---' : '200';
  return String(random.below(3) === 0 ? 0 : random.below(10 ** (1 + random.below(9))));
}

const odd = ['-', '---', 'nan', '-nan', '', '-1', '-0', '-2.5', '5.', '.5', '1e3', '0', '0.000000', '18446744073709551608', '99999999999999999999', '1713139187100.6601567', '7258118400000.1', '::1', ':0001', '1.2.3', 'class:', 'class:x', 'class:-', 'http', '\u0001', '65536', '123456789012.123', '1234567890.123456', 'x'.repeat(5000)]; // prettier-ignore

function mutated(rows: readonly string[], oddIn: number): string[] {
  const random = new Random(oddIn);
  return rows.map((row) => {
    if (random.below(oddIn) > 0) return row;
    const fields = row.split(' ');
    const at = random.below(fields.length);
    switch (random.below(6)) {
      case 0:
        return fields.toSpliced(at, 1).join(' ');
      case 1:
        return `${row} `;
      default:
        return fields.with(at, odd[random.below(odd.length)]).join(' ');
    }
  });
}

const all = (read: ReadBack): unknown => ({
  outcome: outcome(read),
  chunks: read.sink.chunks,
  texts: (['host', 'term'] as const).map((name) => read.sink.texts(name)),
});

describe('reading lines of Tstat many at a time', () => {
  it.each([2, 30, 100_000])('gives what reading them one by one gives, down to the ids, where one line in %i is odd', (oddIn) => {
    const random = new Random(oddIn);
    const rows = Array.from({ length: 4000 }, () => names.map((name) => field(name, random)).join(' '));
    const log = `${header}\n${mutated(rows, oddIn).join('\n')}\n`;
    const together = readLog(tstat, log, TOGETHER);
    const lineByLine = all(readLog(tstat, log, LINE_BY_LINE));
    expect(all(together)).toEqual(lineByLine);
    expect(all(readLog(tstat, log, TOGETHER, false, {}, new MemorySink()))).toEqual(lineByLine);
    expect(together.figures.rows).toBeGreaterThan(rows.length / 2);
  });
});
