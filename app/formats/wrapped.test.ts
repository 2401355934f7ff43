import { describe, expect, it } from 'vitest';
import { detectFormat, formatById, unusedOptions } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const docker = (log: string, stream = 'stdout', time = '2026-01-02T03:04:05.678901234Z'): string =>
  `${JSON.stringify({ log, stream, time })}\n`;
const cri = (text: string, tag = 'F', stream = 'stdout'): string => `2026-01-02T03:04:05.678Z ${stream} ${tag} ${text}\n`;
const clf = (path: string): string => `192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET ${path} HTTP/1.1" 200 512 "-" "curl/8.5.0"`;

const opened = (log: string): { readonly id: string; readonly kind: string; readonly title: string } => {
  const head = Buffer.from(log);
  const { format } = detectFormat(head, 'some.log');
  const { kind, title } = format.open(head, format.settle?.(head, {}, 'some.log') ?? {});
  return { id: format.id, kind, title };
};
const read = (log: string): ReturnType<typeof readLog> => readLog(detectFormat(Buffer.from(log), 'some.log').format, log);

const zeek =
  '{"_path":"conn","ts":1704164645.5,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":80,"proto":"tcp"}';
const eve =
  '{"timestamp":"2024-04-19T20:01:05.000200+0200","flow_id":1,"event_type":"flow","src_ip":"10.0.0.1","src_port":4,"dest_ip":"192.0.2.53","dest_port":53,"proto":"UDP","flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":70,"bytes_toclient":90,"start":"2024-04-19T20:01:00.000200+0200"}}';
const json = '{"remote_addr":"192.0.2.7","request":"GET /a HTTP/1.1","status":200,"body_bytes_sent":5}';
const timed = '{"time_iso8601":"2024-02-10T17:42:07+01:00","remote_addr":"192.0.2.7","request":"GET /a HTTP/1.1","status":200}';

describe('logs whose lines are wrapped', () => {
  it.each([
    ['an access log in Docker', docker(`${clf('/a')}\n`), 'docker-json', 'request'],
    ['one with CR LF', docker(`${clf('/a')}\r\n`), 'docker-json', 'request'],
    ['a JSON access log in Docker', docker(`${timed}\n`), 'docker-json', 'request'],
    ["Zeek's JSON in Docker", docker(`${zeek}\n`), 'docker-json', 'connection'],
    ['eve.json in CRI', cri(eve), 'cri', 'connection'],
    ['an access log in CRI', cri(clf('/a')), 'cri', 'request'],
    ['an access log in CRI with tags', cri(clf('/a'), 'F:more'), 'cri', 'request'],
    [
      'an access log in the journal',
      `${JSON.stringify({ __REALTIME_TIMESTAMP: '1704164645678901', _HOSTNAME: 'h', MESSAGE: clf('/a') })}\n`,
      'journal-json',
      'request',
    ],
    ['anything else in Docker', docker('starting up\n'), 'docker-json', 'syslog'],
  ])('%s', (_, line, id, kind) => {
    expect(opened(line + line)).toMatchObject({ id, kind });
    expect(read(line + line).figures).toMatchObject({ rows: 2, rejected: 0, lines: 2 });
  });

  it.each([
    [
      'Filebeat',
      { '@timestamp': '2024-02-10T16:42:09.361Z', '@metadata': { beat: 'filebeat' }, message: clf('/a'), host: { name: 'web1' } },
    ],
    ['winston', { message: `${clf('/a')}\n`, level: 'info', timestamp: '2024-02-10T16:42:07.333Z' }],
    ['Fluent Bit', { date: 1707583327.1, log: clf('/a'), stream: 'stdout', kubernetes: { pod_name: 'web-1' } }],
    ['Splunk', { preview: false, result: { _raw: clf('/a'), host: 'web1' } }],
    ['Graylog', { version: '1.1', host: 'web1', short_message: clf('/a'), timestamp: 1707583327.1, level: 6 }],
    ['Loki', { labels: { job: 'nginx' }, line: clf('/a'), timestamp: '2024-02-10T16:42:09.361Z' }],
    ['Elasticsearch', { _index: 'web', _source: { event: { original: clf('/a') }, message: 'said' } }],
  ])('finds requests in the messages that %s shipped', (_, object) => {
    const log = `${JSON.stringify(object)}\n`.repeat(2);
    expect(opened(log)).toMatchObject({ id: 'shipped-json', kind: 'request' });
    const { sink, figures } = read(log);
    expect(figures).toMatchObject({ rows: 2, rejected: 0, lines: 2 });
    expect([sink.records[1]?.get('orig_h'), sink.records[1]?.get('path'), sink.records[1]?.get('ts')]).toEqual([
      '192.0.2.7',
      '/a',
      1707583327000000,
    ]);
  });

  it.each([
    [
      'Zeek',
      { ts: 1707583327.1, uid: 'C1', 'id.orig_h': '192.0.2.7', 'id.orig_p': 5, 'id.resp_h': '203.0.113.5', 'id.resp_p': 443, proto: 'tcp' },
    ],
    [
      'Suricata',
      {
        ...{ timestamp: '2024-02-10T16:42:07.100000+0000', flow_id: 7, event_type: 'flow', src_ip: '192.0.2.7', src_port: 5 },
        ...{ dest_ip: '203.0.113.5', dest_port: 443, proto: 'TCP', flow: { pkts_toserver: 1, bytes_toserver: 60, state: 'new' } },
      },
    ],
  ])('finds the objects of %s in messages that were shipped', (_, event) => {
    for (const about of [
      { '@timestamp': '2024-02-10T16:42:09.361Z', message: JSON.stringify(event) },
      { result: { _raw: JSON.stringify(event) } },
    ]) {
      const log = `${JSON.stringify(about)}\n`.repeat(2);
      expect(opened(log)).toMatchObject({ id: 'shipped-json', kind: 'connection' });
      const { sink, figures } = read(log);
      expect(figures).toMatchObject({ rows: 2, rejected: 0, lines: 2 });
      expect([sink.records[1]?.get('orig_h'), sink.records[1]?.get('resp_p')]).toEqual(['192.0.2.7', 443]);
    }
  });

  it("finds requests in Fluentd's files, and leaves objects as they are where their messages are none, or their own members are the request", () => {
    const line = `2024-02-10T16:42:09+00:00\tdocker.nginx\t${JSON.stringify({ container_name: '/web', log: clf('/a') })}\n`;
    expect(opened(line.repeat(2))).toMatchObject({ id: 'shipped-json', kind: 'request' });
    expect(read(line.repeat(2)).sink.records).toHaveLength(2);
    const said = { timestamp: '2024-02-10T16:42:07.333Z', level: 'info', message: 'started on [10/Feb/2024:17:42:07 +0100]' };
    expect(opened(`${JSON.stringify(said)}\n`.repeat(2)).id).toBe('json');
    expect(opened(`${timed.replace('}', `,"message":${JSON.stringify(clf('/b'))}}`)}\n`.repeat(2)).id).toBe('access-json');
  });

  it('reads what is inside as it is read by itself, and says where the wrappers stand', () => {
    const inside = readLog(formatById('access'), `${clf('/a')}\n${clf('/b?c=\u00e4')}\n`).sink.records;
    const log = docker(`${clf('/a')}\n`) + docker(`${clf('/b?c=\u00e4')}\n`);
    const own = read(log).sink.records;
    const plain = (records: typeof own): unknown => records.map((one) => [...one].filter(([name]) => !name.startsWith('_')));
    expect(plain(own)).toEqual(plain(inside));
    expect(own.map((one) => [one.get('_line'), one.get('_offset')])).toEqual([
      [1, 0],
      [2, log.indexOf('\n') + 1],
    ]);
  });

  it("gives the wrapper's time to lines that have none, and to no others", () => {
    const without = read(docker(`${json}\n`) + docker(`${json}\n`));
    expect(without.sink.records.map((one) => one.get('ts'))).toEqual([1767323045678901, 1767323045678901]);
    const own = read(docker(`${timed}\n`) + docker(`${timed}\n`));
    expect(own.sink.records.map((one) => one.get('ts'))).toEqual([1707583327000000, 1707583327000000]);
    const messages = read(cri('one') + cri('two', 'F', 'stderr')).sink.records;
    expect(messages.map((one) => [one.get('ts'), one.get('app'), one.get('message')])).toEqual([
      [1767323045678000, 'stdout', 'one'],
      [1767323045678000, 'stderr', 'two'],
    ]);
  });

  it('reads a table of JSON within, with the columns that were settled', () => {
    const log = docker('{"level":"info","took":1.5}\n') + docker('{"level":"warn","took":2}\n');
    const { format } = detectFormat(Buffer.from(log), 'app.log');
    const options = format.settle?.(Buffer.from(log), {}, 'app.log') ?? {};
    expect(format.open(Buffer.from(log), options).kind).toBe('app');
    expect(unusedOptions(format, options)).toEqual([]);
    const { records } = readLog(format, log, 99, false, options).sink;
    expect(records.map((one) => [one.get('ts'), one.get('level'), one.get('took')])).toEqual([
      [1767323045678901, 'info', 1.5],
      [1767323045678901, 'warn', 2],
    ]);
  });

  it('joins lines in pieces, of each stream on its own, wherever readers take over', () => {
    const [one, two] = [clf('/one'), clf('/two')];
    const log =
      cri(one.slice(0, 30), 'P') +
      cri('[warn] of', 'P', 'stderr') +
      cri(' something else', 'F', 'stderr') +
      cri(one.slice(30, 50), 'P') +
      cri(one.slice(50)) +
      cri(two);
    const whole = read(cri(two) + log);
    expect(whole.sink.records.map((record) => [record.get('path'), record.get('_line')])).toEqual([
      ['/two', 1],
      ['/one', 2],
      ['/two', 7],
    ]);
    expect(whole.figures).toMatchObject({ rows: 3, rejected: 1, comments: 3, lines: 7 });
    expect(whole.sink.rejects[0]).toMatchObject({ line: 3, text: '[warn] of something else' });
    for (const every of [1, 2, 3]) expect(outcome(readPieces(formatById('cri'), cri(two) + log, every))).toEqual(outcome(whole));
  });

  it('ends a file within a piece, and counts it once', () => {
    const log = cri(clf('/a')) + cri(clf('/b').slice(0, 40), 'P');
    const { figures } = read(log);
    expect(figures.rows + figures.rejected + figures.comments).toBe(2);
    expect(figures.rows).toBe(1);
  });

  it('tells what is inside by what went to stdout, whatever else was said', () => {
    const noise = Array.from({ length: 20 }, (_, i) => docker(`2024/02/10 [notice] ${i}#${i}: start worker\n`, 'stderr')).join('');
    const log = noise + docker(`${clf('/a')}\n`) + docker(`${clf('/b')}\n`);
    expect(opened(log)).toMatchObject({ kind: 'request' });
    expect(read(log).figures).toMatchObject({ rows: 2, rejected: 20 });
  });

  it('refuses a line that ends within its wrapper', () => {
    const log = docker(`${clf('/a')}\n`);
    const { figures, sink } = read(log + log.slice(0, 60));
    expect(figures).toMatchObject({ rows: 1, rejected: 1, cut: true });
    expect(sink.rejects[0]).toMatchObject({ reason: 'TRUNCATED', line: 2 });
  });

  it('keeps tabs, and makes other control bytes visible', () => {
    const { records } = read(docker('a\tb\u001b[0m\u2028 "c"\n') + docker('x\n')).sink;
    expect(records[0]?.get('message')).toMatch(/^a\\x09b\\x1b\[0m\u2028 "c"$/);
  });
});
