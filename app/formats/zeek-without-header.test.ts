import { describe, expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const tabs = (line: string): string => line.replaceAll(' ', '\t');
const ends = '1700000000.500000 CAbCdEfGhIjK 10.0.0.1 40000 2001:db8::1 443 tcp';
const conn24 = `${ends} ssl 1.250000 100 200 SF - - 0 ShADadFf 5 400 4 600 -`;
const sum = 'ts uid orig_h resp_p proto service duration orig_bytes resp_bytes conn_state history resp_ip_bytes'.split(' ');
const values = [1_700_000_000_500_000, 'CAbCdEfGhIjK', '10.0.0.1', 443, 'tcp', 'ssl', 1_250_000, 100, 200, 'SF', 'ShADadFf', 600];

function read(log: string): ReturnType<typeof readLog> & { readonly id: string; readonly kind: string; readonly why: string } {
  const head = Buffer.from(log);
  const { format, why } = detectFormat(head, 'x');
  return { ...readLog(format, log), id: format.id, kind: format.open(head, {}).kind, why };
}

const column = ({ sink }: ReturnType<typeof readLog>, ...names: readonly string[]): unknown[] =>
  sink.records.map((record) => names.map((name) => record.get(name)));

describe("a log of Zeek's that has lost its header", () => {
  it.each([
    ['2.0', conn24.replace(' - - 0 Sh', ' - 0 Sh').slice(0, -2)],
    ['2.1', conn24.replace(' - - 0 Sh', ' - 0 Sh')],
    ['2.4', conn24],
    ['7.1', `${conn24} 6`],
    ['labelled, as CTU-SME-11', `${conn24} Malicious C&C`],
    ['labelled, as IoT-23', `${conn24}   Malicious   C&C`.replaceAll('   ', '\u0001')],
  ])('is known by its columns: connections of %s', (_, line) => {
    const row = tabs(line).replaceAll('\u0001', '   ');
    const found = read(`${row}\n${row}\n#close\t2024-01-01-00-00-00\n`);
    expect([found.id, found.kind, found.why]).toEqual(['zeek-conn', 'connection', expect.stringContaining('no header')]);
    expect([found.figures.rows, found.figures.rejected, found.figures.comments]).toEqual([2, 0, 1]);
    expect(column(found, ...sum)[1]).toEqual(values);
    expect([...found.figures.tallies.keys()].join()).toContain("taken to be those of Zeek's conn.log");
    if (line.includes('Malicious')) expect(column(found, 'label', 'detailed-label')[0]).toEqual(['Malicious', 'C&C']);
  });

  it.each([
    ['2.2', `${ends.replace('tcp', 'udp')} 77 example.org 1 C_INTERNET 28 AAAA 0 NOERROR F F T T 0 2001:db8::9 60.000000 F`, null],
    [
      '2.5',
      `${ends.replace('tcp', 'udp')} 77 0.250000 example.org 1 C_INTERNET 28 AAAA 0 NOERROR F F T T 0 2001:db8::9 60.000000 F`,
      250_000,
    ],
  ])('is known by its columns: DNS of %s', (_, line, rtt) => {
    const found = read(`${tabs(line)}\n`);
    expect([found.id, found.kind, found.figures.rows]).toEqual(['zeek-tsv', 'dns', 1]);
    const [row] = column(found, 'query', 'qtype', 'RD', 'answers');
    expect(row).toEqual(['example.org', 28, 1, '2001:db8::9']);
    if (rtt !== null) expect(column(found, 'rtt')).toEqual([[rtt]]);
  });

  it('takes a header that comes later', () => {
    const later = '#separator \\x09\n#path\tconn\n#fields\tid.resp_h\tts\tid.orig_h\n192.0.2.1\t5.500000\t10.0.0.9\n';
    const found = read(`${tabs(conn24)}\n${later}`);
    expect([found.figures.rows, found.figures.rejected]).toEqual([2, 0]);
    expect(column(found, 'ts', 'orig_h')[1]).toEqual([5_500_000, '10.0.0.9']);
  });

  it('is read in pieces as it is read whole', () => {
    const log = `${tabs(conn24)}\n`.repeat(7);
    const { format } = detectFormat(Buffer.from(log), 'x');
    const [whole, pieces] = [outcome(readLog(format, log)), outcome(readPieces(format, log, 2))];
    expect(pieces).toEqual(whole);
  });

  it.each([
    ['a column too many', tabs(`${conn24} 6 7 8`)],
    ['another order', tabs(conn24).replace('ssl\t1.250000', '1.250000\tssl')],
    ['no address', tabs(conn24).replace('10.0.0.1', 'host')],
    ['a state that is none', tabs(conn24).replace('SF', 'XX')],
  ])('is not guessed with %s', (_, line) => {
    expect(() => read(`${line}\n`)).toThrow('no log that Flowcase knows');
  });
});

describe("Bro's connections before version 2.0", () => {
  const plain = '1100000000.250000 2.500000 10.0.0.1 192.0.2.1 http 40000 80 tcp 377 445 SF L';
  const unknown = '1100000001.250000 ? 10.0.0.1 192.0.2.1 other 40001 12345 tcp ? ? S0 X';

  it('are read by place, with what is not known absent and remarks behind', () => {
    const found = read(`${plain}\n${unknown} %3 cc=1\n`);
    expect([found.id, found.figures.rows, found.figures.rejected]).toEqual(['zeek-conn', 2, 0]);
    expect(column(found, 'ts', 'duration', 'orig_h', 'resp_p', 'service', 'orig_bytes', 'conn_state', 'flags', 'addl')).toEqual([
      [1_100_000_000_250_000, 2_500_000, '10.0.0.1', 80, 'http', 377, 'SF', 'L', ''],
      [1_100_000_001_250_000, null, '10.0.0.1', 12345, 'other', null, 'S0', 'X', '%3 cc=1'],
    ]);
    expect([...found.figures.tallies.keys()].join()).toContain('before version 2.0');
  });

  it('have packets and IP bytes where Bro was told to count them', () => {
    const found = read(`${plain} 6 697 5 713\n${unknown} 1 60 0 0\n`);
    expect(column(found, 'orig_pkts', 'resp_ip_bytes')).toEqual([
      [6, 713],
      [1, 0],
    ]);
  });
});
