import { describe, expect, it } from 'vitest';
import { recordKindPattern } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { aboutColumn, connectionFields, columnName, describeColumn } from './fields.ts';
import { HEAD_BYTES, detectFormat, formatById, formats } from './registry.ts';
import { allFormats } from './table-files.ts';

function refusal(head: string | Uint8Array): FlowcaseError {
  try {
    detectFormat(typeof head === 'string' ? Buffer.from(head) : head, '/logs/some.log');
  } catch (error) {
    if (error instanceof FlowcaseError) return error;
    throw error;
  }
  throw new Error('it was taken for a log');
}

describe('recognising formats', () => {
  it('names every format there is where one is asked for that there is not', () => {
    for (const { id } of allFormats()) expect(() => formatById('nosuch')).toThrow(new RegExp(`There is no format 'nosuch'.*[ ,]${id}[,.]`));
  });

  it.each([
    ['JSON lines of no log that Flowcase knows', '{"time":"2024-04-19T20:00:00+00:00","request":"GET / HTTP/1.1"}\n'],
    ['a Tstat log without what a connection needs', '#31#c_ip:1 c_port:2 c_pkts_all:3\n'],
    ['a Tstat DNS log', '#c_ip:1 c_port:2 s_ip:5 s_port:6 time:9 entry:10 query:12 answer:16\n'],
    ['a Tstat HTTP log', '#C#\tc_ip\n'],
    ['a packet capture', Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0])],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004xx')],
    ['packed with zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0])],
  ])('refuses %s by its name', (what, head) => {
    const error = refusal(head);
    expect(error.code).toBe('FORMAT_UNKNOWN');
    expect(error.message).toContain(`/logs/some.log is ${what}`);
    expect(error.message).not.toMatch(/expects a Zeek|reads Zeek's logs/);
  });

  it('says what a stranger begins with and what was expected', () => {
    expect(refusal('\n\nDear diary\n').message).toMatch(/begins with "Dear diary"; expected: Zeek conn.log/);
    expect(refusal(Uint8Array.from({ length: 500 }, (_, i) => (i * 7) % 32)).message).toContain('bytes that are no text');
  });

  it('refuses UTF-16 and UTF-32 by their name', () => {
    const text = '#separator \\x09\n#path\tconn\n';
    for (const head of [
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ]) {
      expect(refusal(head)).toMatchObject({ code: 'ENCODING_UNSUPPORTED' });
      expect(refusal(head).message).toContain('UTF-16');
    }
  });

  it('refuses a first line without an end', () => {
    expect(refusal(new Uint8Array(HEAD_BYTES).fill(65)).code).toBe('LINE_TOO_LONG');
  });

  it('refuses an id that no format has, and names those there are', () => {
    expect(() => formatById('pcap')).toThrow(/zeek-conn/);
  });
});

describe("Zeek's logs by their headers", () => {
  const fields = 'ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto';
  const opened = (path: string, names: string): readonly [string, string, string] => {
    const head = Buffer.from(`#separator \\x09\n${path === '' ? '' : `#path\t${path}\n`}#fields\t${names}\n`);
    const { format } = detectFormat(head, 'some.log');
    const { kind, title } = format.open(head, {});
    return [format.id, kind, title];
  };

  it.each([
    ['dns', `${fields}\tquery`, 'zeek-tsv', 'dns', 'Zeek dns.log'],
    ['dns_red', `${fields}\tquery`, 'zeek-tsv', 'dns_red', 'Zeek dns_red.log'],
    ['known-hosts', 'ts\thost', 'zeek-tsv', 'known-hosts', 'Zeek known-hosts.log'],
    ['conn', fields, 'zeek-conn', 'connection', 'Zeek conn.log'],
    ['conn.20:00:00-21:00:00', fields, 'zeek-conn', 'connection', 'Zeek conn.log'],
    ['conn_long', fields, 'zeek-conn', 'connection', 'Zeek conn_long.log'],
    ['open_conn', fields, 'zeek-conn', 'connection', 'Zeek open_conn.log'],
    ['conn', 'ts\tuid\tproto', 'zeek-tsv', 'conn', 'Zeek conn.log'],
    ['connection', 'ts\tuid\tproto', 'zeek-tsv', 'connection_log', 'Zeek connection.log'],
    ['request', 'ts\turi', 'zeek-tsv', 'request_log', 'Zeek request.log'],
    ['logs/HTTP-2024-04-19-20-00-00', 'ts\turi', 'zeek-tsv', 'http', 'Zeek http.log'],
    ['2fast', 'ts\turi', 'zeek-tsv', 'zeek_2fast', 'Zeek zeek_2fast.log'],
    ['../..', 'ts\turi', 'zeek-tsv', 'zeek', 'Zeek log without a name'],
    ['', 'ts\turi', 'zeek-tsv', 'zeek', 'Zeek log without a name'],
    ['', `${fields}\tconn_state`, 'zeek-conn', 'connection', 'Zeek conn.log'],
    ['stranger', `${fields}\tduration`, 'zeek-tsv', 'stranger', 'Zeek stranger.log'],
    ['stranger', `${fields}\tduration\tconn_state`, 'zeek-conn', 'connection', 'Zeek stranger.log'],
  ])('#path %s with %j', (path, names, id, kind, title) => {
    expect(opened(path, names)).toEqual([id, kind, title]);
    expect(kind).toMatch(recordKindPattern);
  });
});

describe('fields', () => {
  it('knows every spelling of the four that Zeek nests', () => {
    for (const name of ['orig_h', 'orig_p', 'resp_h', 'resp_p']) {
      for (const spelling of [name, `id.${name}`, `id_${name}`]) expect(columnName(spelling)).toBe(name);
    }
    expect(columnName('id.ctx.inner')).toBe('id.ctx.inner');
    expect(columnName('id_card')).toBe('id_card');
  });

  it('knows every spelling of a detailed label', () => {
    for (const spelling of ['detailed-label', 'detailedlabel', 'detailed_label']) expect(columnName(spelling)).toBe('detailed-label');
  });

  it('describes columns by the kind of their records', () => {
    expect(describeColumn('ts', 'dns')).toMatchObject({ type: 'time', title: 'Time of the record' });
    expect(describeColumn('orig_h', 'http')).toMatchObject({ dictionary: 'host' });
    expect(describeColumn('orig_bytes', 'ssl')).toBeUndefined();
    expect(aboutColumn('query', 'dns')).toMatchObject({ title: 'Name that was asked for', shown: true });
    expect(aboutColumn('query', 'dns_red')).toEqual(aboutColumn('query', 'dns'));
    expect(aboutColumn('trans_id', 'dns')).toMatchObject({ shown: false });
    expect(aboutColumn('query', 'ssl')).toBeUndefined();
    expect(aboutColumn('constructor', 'dns')).toBeUndefined();
    expect(aboutColumn('query', '__proto__')).toBeUndefined();
  });

  it('keeps addresses in one dictionary, other texts that repeat in another, uids as text', () => {
    expect(describeColumn('orig_h')).toMatchObject({ storage: 'dictionary', dictionary: 'host' });
    expect(describeColumn('service')).toMatchObject({ storage: 'dictionary', dictionary: 'term' });
    expect(describeColumn('uid')).toMatchObject({ storage: 'text', dictionary: null });
    expect(describeColumn('__proto__')).toBeUndefined();
    expect(new Set(connectionFields.map(({ name }) => name)).size).toBe(connectionFields.length);
  });
});

describe('a table that nobody names the columns of', () => {
  const plain = Buffer.from('1713556800,10.0.0.1,192.0.2.1,443\n1713556801,10.0.0.2,192.0.2.1,443\n');

  it('is refused with why it is not taken for one, and what to say', () => {
    expect(() => detectFormat(plain, 'a.txt')).toThrow(
      /because no line names its columns: .*; to read it as one all the same: --format csv\./,
    );
  });

  it.each([
    ['that no line names them', { header: false }],
    ['what the records are', { kind: 'firewall' }],
    ['what parts them', { delimiter: ',' as const }],
  ])('is one where a person says %s', (_, mapping) => {
    expect(detectFormat(plain, 'a.txt', { mapping }).format.id).toBe('csv');
  });

  it('is none where nothing parts its lines', () => {
    const words = Buffer.from('one line\nand another one here\n');
    expect(() => detectFormat(words, 'a.txt', { mapping: { kind: 'firewall' } })).toThrow(/--format csv/);
  });
});

it.each(['\t', ';', ',', '| ', '- '])('a line of nothing but %j is looked at in little memory', (unit) => {
  const head = Buffer.from(`${unit.repeat(2 ** 17 / unit.length)}\nb\n`);
  const before = process.memoryUsage().rss;
  for (const format of formats) expect(format.detect(head).confidence).toBeLessThan(1);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
});
