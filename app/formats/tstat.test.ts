import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { aliasOf } from './fields.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces, type ReadBack } from './testing.ts';
import { layouts } from './tstat-header.ts';
import { tstat } from './tstat.ts';

const names = ['c_ip', 'c_port', 'c_pkts_all', 'c_bytes_all', 's_ip', 's_port', 's_pkts_all', 's_bytes_all', 'first', 'durat'];
const row = '10.0.0.1 40000 10 1000 192.0.2.10 443 12 2000 1704067200000.571045 1500.250000';
const header = (columns: readonly string[], magic = '31#'): string =>
  `#${magic}${columns.map((name, i) => `${name}:${i + 1}`).join(' ')}\n`;
const read = (log: string): ReadBack => readLog(tstat, log);
const values = (log: string, ...columns: readonly string[]): (Cell | undefined)[][] =>
  read(log).sink.records.map((record) => columns.map((column) => record.get(column)));
const remarks = (log: string): readonly string[] => tstat.open(Buffer.from(log), {}).remarks(read(log).figures.tallies);

describe('the header of a Tstat log', () => {
  it.each([
    ['with the magic number', header(names)],
    ['without it', header(names, '')],
    ['without numbers', `#31#${names.join(' ')}\n`],
    ['without # at all', `${names.join(' ')}\n`],
    ['with a blank behind #', `# ${names.join(' ')}\n`],
    ['with numbers and no #', header(names, '').slice(1)],
    ['with a UTF-8 mark', `\ufeff${header(names)}`],
    ['behind a comment and a blank line', `# taken at the gateway\n\n${header(names)}`],
  ])('%s', (_, head) => {
    const log = `${head}${row}\n`;
    expect(detectFormat(Buffer.from(log), 'a.log').format).toBe(tstat);
    const { sink, figures } = read(log);
    expect(figures).toMatchObject({ rows: 1, rejected: 0 });
    expect(Object.fromEntries(sink.records[0])).toMatchObject({
      ts: 1_704_067_200_000_571,
      orig_h: '10.0.0.1',
      orig_p: 40_000,
      resp_h: '192.0.2.10',
      resp_p: 443,
      proto: 'tcp',
      duration: 1_500_250,
      orig_bytes: 1000,
      resp_bytes: 2000,
      orig_pkts: 10,
      resp_pkts: 12,
    });
  });

  it('goes by name, in any order, and keeps what it does not know', () => {
    const turned = names.toReversed();
    const log = `${header([...turned, 'site', 'weight'])}${row.split(' ').toReversed().join(' ')} lab 0.5\n`;
    expect(values(log, 'orig_h', 'resp_bytes', 'site', 'weight')).toEqual([['10.0.0.1', 2000, 'lab', 0.5]]);
  });

  it('keeps both columns of a name that stands twice; the first one is the core value', () => {
    const log = `${header([...names, 'c_pkts_data', 'c_first', 'c_pkts_data'])}${row} 0 0.0 7\n`;
    expect(values(log, 'c_pkts_data', 'c_pkts_data_2', 'c_first')).toEqual([[0, 7, null]]);
  });

  it('may come again in mid-file, with other columns', () => {
    const udp =
      '#c_ip:1 c_port:2 c_first_abs:3 c_durat:4 c_bytes_all:5 s_ip:6 s_port:7\n10.0.0.2 1 1704067200001.000000 2.5 7 192.0.2.1 53\n';
    const log = `${header(names)}${row}\n${header(names)}${row}\n${udp}${row}\n`;
    expect(values(log, 'proto', 'duration')).toEqual([
      ['tcp', 1_500_250],
      ['tcp', 1_500_250],
      ['udp', 2_500_000],
    ]);
    expect(read(log).sink.rejects.map(({ line, reason }) => [line, reason])).toEqual([[7, 'TOO_MANY_FIELDS']]);
    expect(remarks(log)).toEqual(['The file holds 3 headers: several logs put together.']);
    expect(outcome(readPieces(tstat, log, 2))).toEqual(outcome(read(log)));
  });

  it('rejects rows under the header of another log of Tstat', () => {
    const { sink } = read(`${header(names)}${row}\n#c_ip:1 s_ip:2 time:3 query:4\n10.0.0.1 10.0.0.2 1 example.com\n`);
    expect(sink.rejects.map(({ line, reason }) => [line, reason])).toEqual([[4, 'NOT_A_CONNECTION']]);
  });
});

describe('a log without its header', () => {
  const line = (columns: readonly string[]): string =>
    columns
      .map((name) =>
        name.endsWith('_ip') ? '192.0.2.7' : name.endsWith('port') ? '443' : /first|abs/.test(name) ? '1704067200000.5' : '0',
      )
      .join(' ');

  it('is known by its number of columns, which differ', () => {
    const counts = layouts.map((one) => one.names.length);
    expect(counts).toEqual([42, 44, 58, 62, 68, 76, 78, 82, 113, 128, 130, 134, 206, 210, 16, 19, 25]);
    // with a label behind them too
    expect(new Set([...counts, ...counts.map((count) => count + 1)]).size).toBe(2 * counts.length);
  });

  it.each(layouts.map(({ what, names: columns }) => [columns.length, what, columns] as const))('%i columns: %s', (count, _, columns) => {
    const log = `${line(columns)}\n${line(columns)}\n`;
    expect(tstat.detect(Buffer.from(log)).confidence).toBeGreaterThan(0.5);
    expect(read(log).figures).toMatchObject({ rows: 2, rejected: 0, recognised: true });
    expect(values(log, 'orig_h', 'resp_p', 'ts')[0]).toEqual(['192.0.2.7', 443, 1_704_067_200_000_500]);
    expect(remarks(log)[0]).toContain(`its ${count} columns were taken`);
    const labelled = `${line(columns)} class:google\n`;
    expect(values(labelled, 'orig_h', 'class')).toEqual([['192.0.2.7', 'google']]);
  });

  it('is none where addresses and ports do not stand where they should', () => {
    const columns = layouts[1].names;
    expect(tstat.detect(Buffer.from(`${line(columns).replace('192.0.2.7', 'host')}\n`)).confidence).toBe(0);
    expect(tstat.detect(Buffer.from(`${Array.from({ length: 44 }, () => '0').join(' ')}\n`)).confidence).toBe(0);
  });
});

describe('values of a Tstat log', () => {
  const one = (name: string, text: string): Cell | undefined => values(`${header([...names, name])}${row} ${text}\n`, name)[0][0];

  it.each([
    ['c_rtt_avg', '0.692965', 0.692_965],
    ['c_rtt_avg', 'nan', null],
    ['c_pkts_data_std', '-nan', null],
    ['s_sit1', '-10.000000', -10],
    ['c_mss', '-1', null],
    ['c_mss', '-41', -41],
    ['c_mss', '1460', 1460],
    ['http_res', '---', null],
    ['http_res', '404', 404],
    ['fqdn', '-', null],
    ['fqdn', '--', '--'],
    ['fqdn', '<b>x</b>', '<b>x</b>'],
    ['fqdn', 'a\u0000b', 'a\\x00b'],
    ['dns_rslv', '4.2.2.1', '4.2.2.1'],
    ['req_tm', '0.0', null],
    ['req_tm', '1704067200000.000500', 1_704_067_200_000_001],
    ['last', '0.000000', null],
    ['last', '1704067201500.1', 1_704_067_201_500_100],
    ['class', 'class:google', 'google'],
    ['class', 'google', 'google'],
    ['class', 'class:', null],
    ['class', 'class:class:x', 'class:x'],
    ['class', '-', null],
    ['s_bytes_uniq', '9007199254740993', 9_007_199_254_740_992],
  ])('%s %s is %s', (name, text, value) => expect(one(name, text)).toBe(value));

  it('leaves out counters that wrapped below zero, and says how many', () => {
    const log = `${header(names)}${row.replace(' 1000 ', ' 18446744073709551608 ')}\n${row.replace(' 2000 ', ' -1 ')}\n`;
    expect(values(log, 'orig_bytes', 'resp_bytes')).toEqual([
      [null, 2000],
      [1000, null],
    ]);
    expect(remarks(log)).toEqual([
      'Left out, because they had wrapped below zero in Tstat (18446744073709551608 is -8): 1 count.',
      'Left out, because they are below zero or out of range: 1 count, time or duration.',
    ]);
  });

  it.each([
    ['BAD_ADDRESS', row.replace('10.0.0.1', '10.0.0.256')],
    ['MISSING', row.replace('10.0.0.1', '-')],
    ['BAD_PORT', row.replace(' 443 ', ' 65536 ')],
    ['BAD_TIME', row.replace('1704067200000.571045', '-1.0')],
    ['BAD_TIME', row.replace('1704067200000.571045', '7258118400000.0')],
    ['MISSING', row.replace('1704067200000.571045', '-')],
    ['BAD_NUMBER', row.replace(' 1000 ', ' 12.5 ')],
    ['BAD_NUMBER', row.replace(' 1000 ', ' many ')],
    ['TOO_FEW_FIELDS', row.replace(' 1000 ', ' ')],
    ['TOO_MANY_FIELDS', row.replace(' 1000 ', '  1000 ')],
  ])('rejects a line for %s', (reason, line) => {
    const { sink, figures } = read(`${header(names)}${line}\n${row}\n`);
    expect(figures).toMatchObject({ rows: 1, rejected: 1 });
    expect(sink.rejects[0]).toMatchObject({ reason, line: 2 });
  });

  it('takes what says nothing while its counter is 0 for absent', () => {
    const columns = [...names, 'c_pkts_data', 'c_first', 'c_mss_min', 's_rtt_cnt', 's_rtt_avg', 's_ack_cnt', 's_first_ack'];
    const log = `${header(columns)}${row} 0 0.000000 0 0 0.000000 1 0.000000\n${row} 1 0.000000 0 1 0.000000 0 0.000000\n`;
    expect(values(log, 'c_first', 'c_mss_min', 's_rtt_avg', 's_first_ack')).toEqual([
      [null, null, null, 0],
      [0, 0, 0, null],
    ]);
  });

  it("names the services of con_t in Tstat's words and keeps the number", () => {
    const log = [0, 1, 8192, 8193, 2 ** 40, '-'].map((bits) => `${row} ${bits}\n`).join('');
    expect(values(`${header([...names, 'con_t'])}${log}`, 'service', 'con_t')).toEqual([
      [null, 0],
      ['http', 1],
      ['tls', 8192],
      ['http,tls', 8193],
      [null, 2 ** 40],
      [null, null],
    ]);
  });

  it('reads IPv6 in any spelling, also the one colon of Tstat 3.1.3', () => {
    const log = ['2001:0db8::0001', ':0001', '::1', '2001:db8:0:0:0:0:0:1'].map((ip) => `${row.replace('10.0.0.1', ip)}\n`).join('');
    expect(values(`${header(names)}${log}`, 'orig_h')).toEqual([['2001:db8::1'], ['::1'], ['::1'], ['2001:db8::1']]);
  });

  it('version 2.4: the epoch is in first_abs, first and last count from the start of the capture', () => {
    const columns = ['c_ip', 'c_port', 's_ip', 's_port', 'durat', 'first', 'last', 'first_abs'];
    const log = `${header(columns, '')}10.0.0.1 1 10.0.0.2 2 3.042 0.5 3.542 1655310181914.870117\n`;
    expect(values(log, 'ts', 'duration', 'first', 'last')).toEqual([[1_655_310_181_914_870, 3042, 0.5, 3.542]]);
    expect(read(log).sink.specs.get('last')?.type).toBe('double');
  });

  it('UDP: starts are milliseconds and lengths seconds; a flow lasts until the last packet of either side', () => {
    const columns = ['c_ip', 'c_first_abs', 'c_durat', 'c_pkts_all', 's_ip', 's_first_abs', 's_durat', 's_pkts_all'];
    const log = `${header(columns, '')}10.0.0.1 1000.0 2.5 3 10.0.0.2 1500.0 4.000001 1\n10.0.0.1 1000.0 2.5 3 10.0.0.2 0.000000 0.000000 0\n`;
    expect(values(log, 'ts', 'duration', 's_first_abs', 'c_durat', 's_durat')).toEqual([
      [1_000_000, 4_500_001, 1_500_000, 2.5, 4.000_001],
      [1_000_000, 2_500_000, null, 2.5, null],
    ]);
  });
});

it("knows Tstat's names for the columns that Flowcase names", () => {
  expect(['c_ip', 's_port', 'c_bytes_all', 'first', 'durat', 'c_rtt_avg'].map((name) => aliasOf(name))).toEqual([
    'orig_h',
    'resp_p',
    'orig_bytes',
    'ts',
    'duration',
    undefined,
  ]);
});

describe('a table that another program wrote from a log of Tstat', () => {
  const own = readLog(tstat, tstat.example);
  const [header, ...rows] = tstat.example.trimEnd().split('\n');
  const names = header.split(' ').map((word) => word.slice(word.lastIndexOf('#') + 1).replace(/:\d+$/, ''));
  const csv = (delimiter: string, quote = (text: string): string => text): string =>
    [names, ...rows.map((row) => row.split(' '))].map((fields) => `${fields.map(quote).join(delimiter)}\n`).join('');
  const values = ({ sink }: ReturnType<typeof readLog>): unknown =>
    sink.records.map((record) => [...record].filter(([name, cell]) => !name.startsWith('_') && cell !== null).sort());

  it.each([
    ['commas', csv(',')],
    ['semicolons', csv(';')],
    ['TABs', csv('\t')],
    ['commas, all in quotes', csv(',', (text) => `"${text}"`)],
    ['commas, nothing where Tstat writes none', csv(',').replaceAll(/,-{1,3}(?=,)/g, ',')],
  ])('parted by %s is read as the log itself', (_, text) => {
    expect(detectFormat(Buffer.from(text), 'x').format).toBe(tstat);
    const found = readLog(tstat, text);
    expect(values(found)).toEqual(values(own));
    expect(found.figures).toMatchObject({ rows: 2, rejected: 0, comments: 1, first: own.figures.first });
    for (const every of [1, 2]) expect(outcome(readPieces(tstat, text, every))).toEqual(outcome(found));
  });

  it('keeps a column more, and a name in quotes', () => {
    const [head, first] = csv(',').split('\n');
    const text = `,${head},note\n0,${first.replace('www.example.com', '"a ""b"", c"')},x\n`;
    const [record] = readLog(tstat, text).sink.records;
    expect([record.get('fqdn'), record.get('note'), record.get('column_1')]).toEqual(['a "b", c', 'x', 0]);
    expect(record.get('duration')).toBe(1_500_250);
  });

  it('is a plain table where a person says what its columns are', () => {
    const mapping = { columns: [{ from: 'fqdn', to: 'name' }] };
    expect(detectFormat(Buffer.from(csv(',')), 'x', { mapping }).format.id).toBe('csv');
  });
});
