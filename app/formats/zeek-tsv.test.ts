import { describe, expect, it } from 'vitest';
import { StringPool } from '../columns/string-pool.ts';
import { CHUNK_ROWS, type ColumnSpec } from '../columns/types.ts';
import type { Cell } from '../contract/records.ts';
import { readLog } from './testing.ts';
import type { RecordSink } from './types.ts';
import { zeekConn, zeekRemarks } from './zeek-tsv.ts';

const names =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig history tunnel_parents'.split(
    ' ',
  );
const types = 'time string addr port addr port enum string interval count count string bool string set[string]'.split(' ');
const values = '1700000000.000001 C1 10.0.0.1 40000 192.0.2.1 443 tcp ssl 1.500000 1000 2000 SF T ShADadFf -'.split(' ');

interface Shape {
  readonly separator?: string;
  readonly said?: string;
  readonly names?: readonly string[];
  readonly types?: readonly string[] | null;
  readonly path?: string;
}

function header({ separator = '\t', said = '\\x09', names: fields = names, types: kinds = types, path = 'conn' }: Shape = {}): string {
  const line = (key: string, ...rest: readonly string[]): string => `${[key, ...rest].join(separator)}\n`;
  const settings = line('#set_separator', ',') + line('#empty_field', '(empty)') + line('#unset_field', '-') + line('#path', path);
  return `#separator ${said}\n${settings}${line('#fields', ...fields)}${kinds === null ? '' : line('#types', ...kinds)}`;
}

/** A good row with some of its fields changed. */
function row(changes: Readonly<Record<string, string>> = {}, separator = '\t'): string {
  return `${names.map((name, i) => changes[name] ?? values[i]).join(separator)}\n`;
}

function read(log: string): ReturnType<typeof readLog> {
  return readLog(zeekConn, log);
}

/** A column of all records. */
const column = (log: string, name: string): (Cell | undefined)[] => read(log).sink.records.map((record) => record.get(name));

describe('Zeek headers', () => {
  const expected = read(header() + row()).sink.records;

  it.each([
    ['a comma', ',', '\\x2c'],
    ['two bars, given raw', '||', '||'],
    ['a blank', ' ', '\\x20'],
    ['a semicolon, given raw', ';', ';'],
    ['a control byte', '\u0001', '\\x01'],
    ['several escaped bytes', '\t|', '\\x09\\x7c'],
  ])('takes %s between fields', (_, separator, said) => {
    expect(read(header({ separator, said }) + row({}, separator)).sink.records.map(withoutPlace)).toEqual(expected.map(withoutPlace));
  });

  it.each([
    ['a TAB before the value', (log: string) => log.replace('#separator \\x09', '#separator\t\\x09')],
    ['a TAB after the value', (log: string) => log.replace('\\x09\n', '\\x09\t\n')],
    ['the TAB itself', (log: string) => log.replace('#separator \\x09', '#separator \t')],
    ['a TAB before the first line', (log: string) => `\t${log}`],
    ['no #separator at all', (log: string) => log.replace('#separator \\x09\n', '')],
    ['a TAB at the end of every line', (log: string) => log.replaceAll('\n', '\t\n').replace('\\x09\t', '\\x09')],
    ['another prefix than #', (log: string) => log.replace(/^#/gm, '!')],
    ['a prefix with letters in it', (log: string) => log.replace(/^#/gm, 'PREFIX<>')],
    ['a #open line with a blank', (log: string) => log.replace('#fields', '#open 2017-07-14-02-40-00\n#fields')],
    ['other names for the same', (log: string) => log.replaceAll('id.', 'id_')],
  ])('takes %s', (_, change) => {
    const { sink, figures } = read(change(header() + row()));
    expect([figures.rows, figures.rejected]).toEqual([1, 0]);
    expect(sink.records.map(withoutPlace)).toEqual(expected.map(withoutPlace));
  });

  it('knows the types of known fields without #types', () => {
    expect(read(header({ types: null }) + row()).sink.records.map(withoutPlace)).toEqual(expected.map(withoutPlace));
  });

  it('takes any subset and order of columns', () => {
    const log = header({ names: ['id.resp_h', 'ts', 'id.orig_h'], types: ['addr', 'time', 'addr'] });
    const { sink } = read(`${log}192.0.2.1\t5.5\t10.0.0.1\n`);
    expect(withoutPlace(sink.records[0])).toEqual({ ts: 5_500_000, orig_h: '10.0.0.1', resp_h: '192.0.2.1' });
  });

  it('takes another header in mid-file, and leaves absent what it does not name', () => {
    const fewer = header({ names: ['id.resp_h', 'ts', 'id.orig_h', 'vlan'], types: ['addr', 'time', 'addr', 'int'] });
    const { sink, figures } = read(`${header()}${row()}#close\tx\n${fewer}192.0.2.9\t5.5\t10.0.0.9\t7\n${header()}${row()}`);
    expect(figures).toMatchObject({ rows: 3, rejected: 0, first: 5_500_000 });
    expect(zeekRemarks(figures.tallies).join()).toContain('3 headers');
    expect(sink.records.map((record) => [record.get('uid'), record.get('vlan'), record.get('orig_bytes'), record.get('proto')])).toEqual([
      ['C1', null, 1000, 'tcp'],
      [null, 7, null, null],
      ['C1', null, 1000, 'tcp'],
    ]);
  });

  it('rejects the rows of another log that was put behind', () => {
    const { figures, sink } = read(
      `${header()}${row()}${header({ path: 'dns', names: ['ts', 'id.orig_h', 'query'], types: null })}1.5\t10.0.0.1\tx\n`,
    );
    expect([figures.rows, figures.rejected, sink.rejects[0].reason, sink.rejects[0].what]).toEqual([
      1,
      1,
      'OTHER_LOG',
      expect.stringContaining('dns'),
    ]);
  });

  it('splits what three blanks join in the last field', () => {
    const joined = {
      names: [...names.slice(0, -1), 'tunnel_parents   label   detailed-label'],
      types: [...types.slice(0, -1), 'set[string]   string   string'],
    };
    const log = header(joined) + row({ tunnel_parents: '-   Malicious   C&C' }) + row({ tunnel_parents: '(empty)   Benign   -' });
    expect(column(log, 'label')).toEqual(['Malicious', 'Benign']);
    expect(column(log, 'detailed-label')).toEqual(['C&C', null]);
    expect(column(log, 'tunnel_parents')).toEqual([null, '']);
  });

  it('gives columns of one name, and names that Flowcase uses itself, names of their own', () => {
    const more = ['label', 'label', '_line', '', '__proto__'];
    const log = header({ names: [...names, ...more], types: null }) + row().replace('\n', '\ta\tb\tc\td\te\n');
    const [record] = read(log).sink.records;
    expect(['label', 'label_2', '_line_2', 'column_19', '__proto__'].map((name) => record.get(name))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('Zeek logs of unusual shape', () => {
  /** Notes how many rows and columns came, and keeps nothing. */
  function counted(log: string): { readonly chunks: number[]; readonly columns: Set<number>; readonly rows: number } {
    const pools = { host: new StringPool('host'), term: new StringPool('term') };
    const chunks: number[] = [];
    const columns = new Set<number>();
    const append: RecordSink['append'] = (rows, all) => {
      chunks.push(rows);
      columns.add(all.length);
    };
    const sink = {
      dictionary: (name: 'host' | 'term') => pools[name],
      known: () => undefined,
      column: (spec: ColumnSpec) => spec,
      append,
      reject: () => undefined,
    };
    const reader = zeekConn.open(new Uint8Array(0), {}).read(sink);
    reader.feed(Buffer.from(log));
    reader.end(false);
    return { chunks, columns, rows: reader.figures.rows };
  }

  it('keeps chunks whole though a header comes before every row', () => {
    const other = header({ names: ['id.resp_h', 'ts', 'id.orig_h'], types: null });
    const log = Array.from({ length: 500 }, (_, i) => header() + row() + (i % 2 === 0 ? `${other}192.0.2.1\t5.5\t10.0.0.1\n` : '')).join(
      '',
    );
    expect(counted(log)).toMatchObject({ chunks: [750], rows: 750 });
  });

  it('makes chunks shorter where columns are many', () => {
    const more = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    const line = row().replace('\n', '\t-'.repeat(more.length) + '\n');
    const { chunks, rows } = counted(header({ names: [...names, ...more], types: null }) + line.repeat(4000));
    expect(rows).toBe(4000);
    expect(chunks.length).toBe(3);
  });

  it("reads doubles, signed numbers and subnets among the log's own columns", () => {
    const log = header({ names: [...names, 'pcr', 'delta', 'net', 'peer'], types: [...types, 'double', 'int', 'subnet', 'addr'] });
    const { sink, figures } = read(
      `${log}${row().replace('\n', '\t-0.25\t-7\t10.0.0.0/8\t2001:DB8::1\n')}${row().replace('\n', '\t-\t-\t-\t-\n')}`,
    );
    expect(figures.rejected).toBe(0);
    expect(sink.records.map((record) => ['pcr', 'delta', 'net', 'peer'].map((name) => record.get(name)))).toEqual([
      [-0.25, -7, '10.0.0.0/8', '2001:db8::1'],
      [null, null, null, null],
    ]);
    expect(sink.specs.get('peer')?.dictionary).toBe('host');
  });
});

describe('Zeek values', () => {
  it('keeps absent absent and empty empty', () => {
    const log =
      header() +
      row({ service: '-', duration: '-', orig_bytes: '-', local_orig: '-', history: '(empty)', tunnel_parents: '(empty)', uid: '-' });
    expect(withoutPlace(read(log).sink.records[0])).toMatchObject({
      service: null,
      duration: null,
      orig_bytes: null,
      local_orig: null,
      history: '',
      tunnel_parents: '',
      uid: null,
    });
  });

  it('undoes escapes, and shows control bytes instead of keeping them', () => {
    const log = header() + row({ uid: '\\x23C\\x5cx', service: 'a\\x09b\u0000', history: '\\xc3\\xa4\\xZZ' });
    expect(withoutPlace(read(log).sink.records[0])).toMatchObject({ uid: '#C\\x', service: 'a\\x09b\\x00', history: 'ä\\xZZ' });
    expect(column(header() + row({ tunnel_parents: 'a\\x2cb,\\x23c' }), 'tunnel_parents')).toEqual(['a\\x2cb,#c']);
  });

  it('takes a row whose first value begins with an escaped #', () => {
    const order = [...names.slice(1), 'ts'];
    const { figures } = read(`${header({ names: order, types: null })}${['\\x23C', ...values.slice(2), '5.5'].join('\t')}\n`);
    expect([figures.rows, figures.rejected]).toEqual([1, 0]);
  });

  it.each([
    ['BAD_TIME', { ts: 'nan' }, 'ts is nan'],
    ['BAD_TIME', { ts: '-5.0' }, 'ts is -5.0'],
    ['MISSING', { ts: '' }, 'ts is empty'],
    ['MISSING', { 'id.orig_h': '-' }, 'id.orig_h is unset'],
    ['BAD_ADDRESS', { 'id.orig_h': '999.1.1.1' }, 'id.orig_h is 999.1.1.1'],
    ['BAD_PORT', { 'id.resp_p': '70000' }, 'id.resp_p is 70000'],
    ['BAD_PORT', { 'id.resp_p': '-1' }, 'id.resp_p is -1'],
    ['NEGATIVE', { duration: '-0.000001' }, 'duration is -0.000001'],
    ['OUT_OF_RANGE', { duration: '1e300' }, 'duration is 1e300'],
    ['BAD_NUMBER', { duration: 'long' }, 'duration is long'],
    ['NEGATIVE', { orig_bytes: '-5' }, 'orig_bytes is -5'],
    ['COUNT_OUT_OF_RANGE', { resp_bytes: '18446744073709551615' }, 'resp_bytes is 18446744073709551615'],
    ['BAD_NUMBER', { resp_bytes: '12 ' }, 'resp_bytes is 12 '],
    ['BAD_BOOL', { local_orig: 'yes' }, 'local_orig is yes'],
    ['TOO_FEW_FIELDS', { tunnel_parents: '-\n1\t2' }, '2 fields where the header names 15'],
    ['TOO_MANY_FIELDS', { tunnel_parents: '-\t-' }, '16 fields where the header names 15'],
  ])('rejects with %s what is wrong: %j', (reason, changes, what) => {
    const { sink, figures } = read(header() + row() + row(changes) + row({ uid: 'C3' }));
    expect(sink.rejects.map((reject) => [reject.reason, reject.what])).toEqual([[reason, what]]);
    expect(figures.rows).toBeGreaterThanOrEqual(2);
    expect(sink.records.map((record) => record.get('uid')).at(-1)).toBe('C3');
  });

  it('says that it rounded what is too large to be exact', () => {
    const { figures, sink } = read(header() + row({ orig_bytes: '9007199254740993' }));
    expect(sink.records[0].get('orig_bytes')).toBe(9_007_199_254_740_992);
    expect(zeekRemarks(figures.tallies).join()).toContain('2^53');
  });

  it('leaves out doubles that are no numbers, and says so', () => {
    const wide = header({ names: [...names, 'ratio'], types: [...types, 'double'] });
    const line = (ratio: string): string => `${row().trimEnd()}\t${ratio}\n`;
    const { figures, sink } = read(wide + ['inf', '-nan', '0.5', 'Infinity'].map(line).join(''));
    expect(sink.records.map((record) => record.get('ratio'))).toEqual([null, null, 0.5, null]);
    expect(zeekRemarks(figures.tallies)).toContain('3 values that are no numbers (nan, inf) were left out.');
    expect(read(wide + line('infinite')).sink.rejects).toMatchObject([{ reason: 'BAD_NUMBER' }]);
  });

  it('marks a last line that is cut, and takes one that only lacks its end', () => {
    const log = header() + row() + row({ uid: 'C2' });
    expect(read(log.slice(0, -1)).figures).toMatchObject({ rows: 2, rejected: 0, cut: false });
    const cut = read(log.slice(0, -40));
    expect(cut.figures).toMatchObject({ rows: 1, rejected: 1, cut: true });
    expect(cut.sink.rejects[0].reason).toBe('TRUNCATED');
    expect(readLog(zeekConn, log.slice(0, -1), 100, true).figures).toMatchObject({ rows: 1, rejected: 1, cut: true });
  });

  it('keeps texts that repeat in a dictionary and others as text, and begins a chunk after 65,536 rows', () => {
    const rows = CHUNK_ROWS + 10;
    const wide = header({ names: [...names, 'community', 'note', 'never'], types: [...types, 'string', 'string', 'string'] });
    const line = values.slice(2).join('\t');
    const log = wide + Array.from({ length: rows }, (_, i) => `${i}.5\tC${i}\t${line}\tid-${i}\tnote ${i % 3}\t-\n`).join('');
    const { sink, figures } = read(log);
    expect(sink.chunks).toEqual([CHUNK_ROWS, 10]);
    expect([figures.rows, figures.first, figures.last]).toEqual([rows, 500_000, (rows - 1) * 1e6 + 500_000]);
    expect(['community', 'note', 'never'].map((name) => sink.specs.get(name)?.storage)).toEqual(['text', 'dictionary', 'dictionary']);
    for (const i of [0, 1, CHUNK_ROWS - 1, CHUNK_ROWS, rows - 1]) {
      const record = sink.records[i];
      expect(['ts', 'uid', 'community', 'note', 'never', '_line'].map((name) => record.get(name) ?? null)).toEqual([
        i * 1e6 + 500_000,
        `C${i}`,
        `id-${i}`,
        `note ${i % 3}`,
        null,
        i + 8,
      ]);
    }
  });
});

function withoutPlace(record: ReadonlyMap<string, Cell>): Record<string, Cell> {
  return Object.fromEntries([...record].filter(([name]) => name !== '_line' && name !== '_offset'));
}
