import { describe, expect, it } from 'vitest';
import { MAX_KEYS } from './column-slots.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import { conn, dns, lines, read, opened } from './testing-zeek-json.ts';
import { zeekJson } from './zeek-json.ts';

describe('what log a JSON log is', () => {
  it.each([
    ['by _path', lines({ _path: 'ssl', ts: 1 }), {}, 'ssl', 'Zeek ssl.log (JSON)'],
    ['by _path that is rotated', lines({ _path: 'dns_red', ts: 1 }), {}, 'dns_red', 'Zeek dns_red.log (JSON)'],
    ['by the columns of connections', lines(conn), {}, 'connection', 'Zeek conn.log (JSON)'],
    [
      'by the columns of connections, nested',
      lines({ ts: 1, id: { orig_h: '10.0.0.1', resp_h: '::1' }, proto: 'udp' }),
      {},
      'connection',
      'Zeek conn.log (JSON)',
    ],
    ['by other columns', lines(dns), {}, 'dns', 'Zeek dns.log (JSON)'],
    ['by few columns', lines({ ts: 1, host: '10.0.0.1' }), {}, 'known_hosts', 'Zeek known_hosts.log (JSON)'],
    [
      'by the names of scripts alone',
      lines({ name: '/opt/zeek/share/zeek/base/init-bare.zeek' }, { name: '  ./types.bro' }),
      {},
      'loaded_scripts',
      'Zeek loaded_scripts.log (JSON)',
    ],
    [
      'by what ARP says',
      lines({
        ts: 1,
        operation: 'request',
        src_mac: '50:5b:c2:db:c3:17',
        orig_h: '10.0.0.1',
        resp_h: '10.0.0.2',
        orig_hw: 'x',
        resp_hw: 'y',
      }),
      {},
      'arp',
      'Zeek arp.log (JSON)',
    ],
    [
      'by columns of which most tell of a file within',
      lines({
        ts: 1,
        uid: 'CbT8mp',
        'id.orig_h': '10.0.0.1',
        'id.resp_h': '10.0.0.2',
        command: 'NT_CREATE_ANDX',
        argument: 'x',
        status: 'SUCCESS',
        rtt: 0.1,
        tree: 'y',
        referenced_file: { ts: 1, uid: 'CbT8mp', id: { orig_h: '10.0.0.1' }, action: 'SMB::FILE_OPEN', name: 'x', size: 0 },
      }),
      {},
      'smb_cmd',
      'Zeek smb_cmd.log (JSON)',
    ],
    ['by what a person says', lines({ ts: 1, x: 2 }), { zeekLog: 'mine' }, 'mine', 'Zeek mine.log (JSON)'],
    ['not at all', lines({ ts: 1, x: 2, y: 3 }), {}, 'zeek', 'Zeek log without a name (JSON)'],
    [
      'of several: the connections',
      lines({ _path: 'dns', ...dns }, { _path: 'dns', ...dns }, { _path: 'conn', ...conn }),
      {},
      'connection',
      'Zeek conn.log (JSON)',
    ],
    [
      'of several: the one with the most lines',
      lines({ _path: 'dns', ...dns }, { _path: 'weird', ts: 1 }, { _path: 'weird', ts: 2 }),
      {},
      'weird',
      'Zeek weird.log (JSON)',
    ],
    [
      'of several: the one asked for',
      lines({ _path: 'dns', ...dns }, { _path: 'conn', ...conn }),
      { zeekLog: 'dns' },
      'dns',
      'Zeek dns.log (JSON)',
    ],
  ])('%s', (_, log, options, kind, title) => {
    expect(opened(log, options)).toEqual([kind, title]);
  });

  it('takes no other list of names for one of scripts', () => {
    const found = (...records: readonly object[]): number => zeekJson.detect(Buffer.from(lines(...records))).confidence;
    expect(found({ name: '/opt/zeek/base/init-bare.zeek' }, { name: '  ./types.bro' })).toBe(0.8);
    expect(found({ name: 'a.zeek', size: 1 })).toBe(0);
    expect(found({ name: 'a.zeek' }, { name: 'report.pdf' })).toBe(0);
  });

  it('takes ARP for no connections, and types logs that few have seen', () => {
    const arp = lines({
      ts: 1,
      operation: 'request',
      src_mac: '50:5b:c2:db:c3:17',
      orig_h: '10.0.0.1',
      resp_h: '10.0.0.2',
      orig_hw: 'x',
      resp_hw: 'y',
    });
    expect(detectFormat(Buffer.from(arp), 'x').format.id).toBe('zeek-json');
    const drop = read(lines({ _path: 'netcontrol_drop', ts: 1, rule_id: '2', orig_h: '10.0.0.1', expire: 30, location: 'x' }));
    expect([drop.sink.records[0].get('orig_h'), drop.sink.records[0].get('expire')]).toEqual(['10.0.0.1', 30_000_000]);
  });

  it('says why it takes a file for one', () => {
    const why = (log: string): string => detectFormat(Buffer.from(log), 'x').why;
    expect(why(lines({ _path: 'ssl', ts: 1 }))).toContain('"_path": "ssl"');
    expect(why(lines(dns))).toContain('dns.log');
    expect(zeekJson.detect(Buffer.from(lines({ timestamp: 'x', event_type: 'flow' }))).confidence).toBe(0);
    expect(zeekJson.detect(Buffer.from(lines({ a: 1 }))).confidence).toBe(0);
    expect(zeekJson.detect(Buffer.from(lines(conn, 'no', 'no', 'no'))).confidence).toBe(0);
  });

  it.each<readonly [string, string, string, readonly object[]]>([
    [
      "a firewall's, with ts",
      'json',
      'connection',
      [1, 2].map((ts) => ({ ts: 1.7e9 + ts, src_ip: '10.0.0.1', src_port: 4000 + ts, dst_ip: '192.0.2.1', dst_port: 443 })),
    ],
    ["a program's in Go", 'json', 'service', [1, 2].map((ts) => ({ ts: 1.7e9 + ts, level: 'info', msg: 'started' }))],
    ['one with message', 'json', 'service', [1, 2].map((ts) => ({ ts: 1.7e9 + ts, level: 'info', message: 'started', caller: 'a.go:1' }))],
    ["with a user's number as uid", 'json', 'service', [1, 2].map((ts) => ({ ts: 1.7e9 + ts, uid: 1000, name: 'x', command: 'ls' }))],
    ["Zeek's with connections", 'zeek-json', 'dns', [dns, dns]],
    ["Zeek's unknown, with a connection's id", 'zeek-json', 'zeek', [{ ts: 1.7e9, uid: 'CHhAvVGS1DHFjwGM9', spice: 'x' }]],
    [
      "Zeek's stats, without connections",
      'zeek-json',
      'stats',
      [{ ts: 1.7e9, peer: 'zeek', mem: 73, pkts_proc: 1, bytes_recv: 40, events_proc: 367, events_queued: 12 }],
    ],
    ["Zeek's capture_loss", 'zeek-json', 'capture_loss', [{ ts: 1.7e9, ts_delta: 900.5, peer: 'zeek', gaps: 0, acks: 3, percent_lost: 0 }]],
    ["Zeek's weird without a uid", 'zeek-json', 'weird', [{ ts: 1.7e9, name: 'truncated_header', notice: false, peer: 'zeek' }]],
    [
      "Zeek's reporter",
      'zeek-json',
      'reporter',
      [{ ts: 1.7e9, level: 'Reporter::INFO', message: 'received termination signal', location: '' }],
    ],
    ["Zeek's known_hosts", 'zeek-json', 'known_hosts', [{ ts: 1.7e9, host: '10.0.0.1' }]],
    ["Zeek's packet_filter by its _path", 'zeek-json', 'packet_filter', [{ _path: 'packet_filter', ts: 1.7e9, node: 'zeek' }]],
  ])('asks for more than ts: %s', (_, id, kind, records) => {
    const head = Buffer.from(lines(...records));
    const { format } = detectFormat(head, 'service.log');
    expect(format.id).toBe(id);
    const options = format.settle?.(head, {}, 'service.log') ?? {};
    expect(format.open(head, options).kind).toBe(kind);
  });

  it('is read as the log that a person names, whatever its keys', () => {
    const head = Buffer.from(lines({ ts: 1.7e9, level: 'info', msg: 'a' }, { ts: 1.7e9, level: 'info', msg: 'b' }));
    expect(detectFormat(head, 'a.log', { zeekLog: 'mine' }).format).toBe(zeekJson);
  });

  it('rejects the lines of other logs, and says how many of which', () => {
    const log = lines({ _path: 'conn', ...conn }, { _path: 'dns', ...dns }, { ...conn, _path: 'conn' }, { _path: 'dns', ...dns }, conn, {
      _path: '',
      ts: 1,
    });
    const { figures, sink } = readLog(zeekJson, log);
    expect([figures.rows, figures.rejected, sink.rejects.map(({ reason }) => reason)]).toEqual([
      3,
      3,
      ['OTHER_LOG', 'OTHER_LOG', 'OTHER_LOG'],
    ]);
    expect(zeekJson.open(Buffer.from(log), {}).remarks(figures.tallies).join(' ')).toMatch(
      /2 lines of Zeek's log dns were rejected.*1 line of Zeek's log without a name was.*--zeek-log NAME/,
    );
    expect(sink.specs.has('query')).toBe(false);
  });
});

it("takes times in microseconds for Zeek's in ts alone: other programs write them so too", () => {
  const log = (name: string): string =>
    ['07.123456', '08.000001']
      .map((s) => `${JSON.stringify({ [name]: `2024-02-10T16:42:${s}Z`, level: 'INFO', message: 'said' })}\n`)
      .join('');
  expect(detectFormat(Buffer.from(log('ts')), 'x').format.id).toBe('zeek-json');
  const { format } = detectFormat(Buffer.from(log('timestamp')), 'x');
  expect(format.id).toBe('json');
  expect(readLog(format, log('timestamp')).sink.records[0]?.get('ts')).toBe(1707583327123456);
});

describe('records in an object that names their log', () => {
  const log = lines({ conn: conn }, { dns: dns }, { conn: { ...conn, uid: 'C3', id: { orig_p: 7 } } });

  it('are read as if _path said so, nested fields too', () => {
    expect(detectFormat(Buffer.from(log), 'x').format).toBe(zeekJson);
    expect(opened(log)).toEqual(['connection', 'Zeek conn.log (JSON)']);
    const { sink, figures } = readLog(zeekJson, log);
    expect(figures).toMatchObject({ rows: 2, rejected: 1, first: 1_700_000_000_000_001 });
    expect(sink.records.map((record) => [record.get('uid'), record.get('orig_h'), record.get('orig_p')])).toEqual([
      ['C1', '10.0.0.1', 40000],
      ['C3', '10.0.0.1', 7],
    ]);
    expect([...sink.specs.keys()].some((name) => name.startsWith('conn.'))).toBe(false);
    expect(sink.rejects.map(({ reason, what }) => [reason, what])).toEqual([['OTHER_LOG', "it is of Zeek's log dns"]]);
    for (const every of [1, 2]) expect(outcome(readPieces(zeekJson, log, every))).toEqual(outcome({ sink, figures }));
  });

  it('of another log are read where a person names it', () => {
    expect(opened(log, { zeekLog: 'dns' })).toEqual(['dns', 'Zeek dns.log (JSON)']);
    const { sink, figures } = readLog(zeekJson, log, 65_536, false, { zeekLog: 'dns' });
    expect(figures).toMatchObject({ rows: 1, rejected: 0, comments: 2 });
    expect(zeekJson.open(Buffer.from(log), {}).remarks(figures.tallies)).toEqual([
      "2 lines of Zeek's log conn were left out: another log of the file was asked for.",
    ]);
    expect(sink.records.map((record) => record.get('query'))).toEqual(['example.com']);
  });

  it('are told from records whose fields are nested in one object', () => {
    const nested = lines({ id: { orig_h: '10.0.0.1', resp_h: '::1' }, ts: 1, proto: 'udp' });
    expect(readLog(zeekJson, nested).figures).toMatchObject({ rows: 1 });
  });
});

it('keeps what has no column any more as JSON, and every record', () => {
  const wide = Array.from({ length: 20 }, (_, i) => ({
    ...conn,
    uid: `C${i}`,
    ...Object.fromEntries(Array.from({ length: 50 }, (__, k) => [`k${i * 50 + k}`, k % 2 === 0 ? k : `a "${k}"`])),
    id2: { n: [i, 'x'] },
  }));
  const { sink, figures } = read(...wide);
  expect(figures).toMatchObject({ rows: 20, rejected: 0 });
  expect(sink.specs.size).toBeLessThan(MAX_KEYS + 10);
  const kept = sink.records.map((record): unknown => {
    const own = [...record].filter(([name, cell]) => /^k\d/.test(name) && cell !== null);
    const more = record.get('other_keys');
    const rest = typeof more === 'string' ? (JSON.parse(more) as Record<string, unknown>) : {};
    return Object.keys({ ...Object.fromEntries(own), ...rest }).filter((name) => /^k\d/.test(name));
  });
  expect(kept).toEqual(wide.map((record) => Object.keys(record).filter((name) => /^k\d/.test(name))));
  expect(
    zeekJson
      .open(Buffer.from(lines(conn)), {})
      .remarks(figures.tallies)
      .join(),
  ).toContain('other_keys');
  for (const every of [1, 7]) expect(outcome(readPieces(zeekJson, lines(...wide), every))).toEqual(outcome({ sink, figures }));
});
