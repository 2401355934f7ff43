import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { patternOf } from './access-pattern.ts';
import { access } from './access.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const second = 1_000_000;
/** 10 February 2024, 16:42:07 UTC. */
const ts = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000;

function rows(logFormat: string, log: string, timeZone?: string): readonly Record<string, Cell>[] {
  const { sink, figures } = readLog(access, log, 65_536, false, timeZone === undefined ? { logFormat } : { logFormat, timeZone });
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}

const main = `log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for" $request_time $upstream_response_time $ssl_protocol';`;

describe('a log format given as text', () => {
  it("reads nginx's as it stands in its configuration; unknown variables become columns", () => {
    const log = [
      '192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /a?b=1 HTTP/1.1" 200 512 "-" "curl/8.5.0" "-" 0.012 0.004 TLSv1.3',
      '2001:db8::1 - al ice [10/Feb/2024:17:42:08 +0100] "POST /x HTTP/2.0" 502 0 "https://a.example/" "x \\x22y\\x22" "10.0.0.1, 10.0.0.2" 1.5 0.004, 0.003 : 0.100 -',
    ].join('\n');
    expect(rows(main, log)).toEqual([
      {
        ts,
        orig_h: '192.0.2.7',
        method: 'GET',
        path: '/a',
        query: 'b=1',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 512,
        agent: 'curl/8.5.0',
        agent_name: 'curl',
        agent_kind: 'tool',
        duration: 12_000,
        upstream_response_time: '0.004',
        ssl_protocol: 'TLSv1.3',
      },
      {
        ts: ts + second,
        orig_h: '2001:db8::1',
        user: 'al ice',
        method: 'POST',
        path: '/x',
        protocol: 'HTTP/2.0',
        status: 502,
        bytes: 0,
        referrer: 'https://a.example/',
        agent: 'x "y"',
        forwarded_for: '10.0.0.1, 10.0.0.2',
        duration: 1_500_000,
        upstream_response_time: '0.004, 0.003 : 0.100',
      },
    ]);
  });

  it("reads Apache's, with and without its directive", () => {
    const format = '%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D %{X-Request-Id}o %%';
    const log = 'www.example.com:443 192.0.2.7 - alice [10/Feb/2024:16:42:07 +0000] "GET /\\"q\\" HTTP/1.1" 200 512 "-" "-" 2500 abc-1 %\n';
    const expected = [
      {
        ts,
        vhost: 'www.example.com',
        resp_p: 443,
        orig_h: '192.0.2.7',
        user: 'alice',
        method: 'GET',
        path: '/"q"',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 512,
        duration: 2500,
        'X-Request-Id': 'abc-1',
      },
    ];
    expect(rows(`LogFormat "${format}" mine`, log)).toEqual(expected);
    expect(rows(format.replaceAll('\\"', '"'), log)).toEqual(expected);
    expect(rows('combined', log.slice(20).replace(/ 2500.*/, ''))).toMatchObject([{ orig_h: '192.0.2.7', path: '/"q"' }]);
  });

  it.each([
    ['$msec $remote_addr "$request" $status', '1707583327.250 192.0.2.7 "GET / HTTP/1.1" 200', ts + 250_000],
    ['$time_iso8601|$remote_addr', '2024-02-10T17:42:07+01:00|192.0.2.7', ts],
    ['$time_local|$remote_addr', '10/Feb/2024:17:42:07 +0100|192.0.2.7', ts],
    ['[$time_local] $remote_addr', '[10/Feb/2024:17:42:07 +0100] 192.0.2.7', ts],
    ['$time_local $remote_addr', '10/Feb/2024:17:42:07 +0100 192.0.2.7', ts],
    ['%{%Y-%m-%d %H:%M:%S}t %h', '2024-02-10 16:42:07 192.0.2.7', ts],
    [
      '$syslog: $remote_addr:$remote_port [$time_local] $frontend $backend $timers $status $bytes_sent $rest "$request"',
      'Feb 10 16:42:07 web1 haproxy[6801]: 192.0.2.7:55008 [10/Feb/2024:16:42:07.000] ft bk/abc 0/0/0/72/72 200 7456 - - ---- 5/4/0/1/0 0/0 "POST /user/ HTTP/1.1"',
      ts,
    ],
    ['%{sec}t %h', '1707583327 192.0.2.7', ts],
    ['%{msec}t %h', '1707583327250 192.0.2.7', ts + 250_000],
    ['%{usec}t %h', '1707583327250123 192.0.2.7', ts + 250_123],
    ['%{begin:msec}t %h', '1707583327250 192.0.2.7', ts + 250_000],
    ['[%{%d/%b/%Y:%T}t.%{usec_frac}t %{%z}t] %h', '[10/Feb/2024:09:42:07.012345 -0700] 192.0.2.7', ts + 12_345],
    ['%{%Y-%m-%d}t %h %{%H:%M:%S}t.%{msec_frac}t %{%z}t', '2024-02-10 192.0.2.7 17:42:07.250 +0100', ts + 250_000],
    ['%{usec_frac}t %{sec}t %h', '250000 1707583327 192.0.2.7', ts + 250_000],
    ['%t %{msec_frac}t %h', '[10/Feb/2024:16:42:07 +0000] 250 192.0.2.7', ts + 250_000],
    [
      'log_format j escape=json \'{"t":"$time_iso8601","ip":"$remote_addr","ua":"$http_user_agent"}\';',
      '{"t":"2024-02-10T16:42:07Z","ip":"192.0.2.7","ua":"a\\"b\\u00e4"}',
      ts,
    ],
  ])('%s', (format, line, time) => {
    expect(rows(format, `${line}\n`)).toMatchObject([{ ts: time, orig_h: '192.0.2.7' }]);
  });

  it.each([
    ['2001:db8::5:4711', { orig_h: '2001:db8::5', orig_p: 4711 }],
    ['::1:55008', { orig_h: '::1', orig_p: 55_008 }],
    ['[2001:db8::5]:4711', { orig_h: '2001:db8::5', orig_p: 4711 }],
    ['192.0.2.7:4711', { orig_h: '192.0.2.7', orig_p: 4711 }],
    ['cafe:4711', { orig_h: 'cafe', orig_p: 4711 }],
  ])('parts address and port of %s', (client, expected) => {
    const [row] = rows('$remote_addr:$remote_port [$time_local] $status', `${client} [10/Feb/2024:16:42:07 +0000] 200\n`);
    expect(row).toEqual({ ts, status: 200, ...expected });
  });

  it('keeps further times that are no part of the first', () => {
    const [row] = rows('%{%F %T}t %{%z}t %{end:%F %T}t %h', '2024-02-10 17:42:07 +0100 2024-02-10 17:42:09 192.0.2.7\n');
    expect(row).toMatchObject({ ts, orig_h: '192.0.2.7' });
    expect(Object.values(row)).toContain('2024-02-10 17:42:09');
  });

  it('rejects a fraction or a zone that is none', () => {
    const log = ['10/Feb/2024:16:42:07.x +0000 a', '10/Feb/2024:16:42:07.000001 no a', '10/Feb/2024:16:42:07.000001 +0000 a'].join('\n');
    const { sink } = readLog(access, `${log}\n`, 65_536, false, { logFormat: '%{%d/%b/%Y:%T}t.%{usec_frac}t %{%z}t %h' });
    expect(sink.rejects.map(({ reason }) => reason)).toEqual(['BAD_TIME', 'BAD_TIME']);
    expect(sink.records.map((record) => new Map(record).get('ts'))).toEqual([ts + 1]);
  });

  it('takes times without a zone in the zone that was given', () => {
    expect(rows('%{%Y-%m-%d %H:%M:%S}t %h', '2024-02-10 17:42:07 192.0.2.7\n', 'Europe/Berlin')).toMatchObject([{ ts }]);
  });

  it('rejects lines that are written otherwise, and says where', () => {
    const { sink, figures } = readLog(access, '192.0.2.7|x\n192.0.2.7 10/Feb/2024:16:42:07 +0000\nnonsense\n', 65_536, false, {
      logFormat: '$remote_addr $time_local',
    });
    expect(figures).toMatchObject({ rows: 1, rejected: 2 });
    expect(sink.rejects[0]).toMatchObject({ reason: 'NO_MATCH', what: 'behind $remote_addr there is no " "' });
  });

  it.each([
    ['', /names nothing/],
    ['$remote_addr $status', /has no time/],
    ['$time_local$remote_addr', /nothing between \$remote_addr/],
  ])('refuses %j', (format, message) => {
    expect(() => patternOf(format)).toThrow(message);
    expect(() => access.open(Buffer.from('x'), { logFormat: format })).toThrow(message);
  });

  it('reads the same in pieces', () => {
    const line = (i: number): string =>
      `192.0.2.${i} - - [10/Feb/2024:17:42:0${i} +0100] "GET /${i} HTTP/1.1" 200 ${i} "-" "${i === 3 ? 'new' : '-'}" "-" 0.1 - -\n`;
    const log = Array.from({ length: 9 }, (_, i) => line(i)).join('');
    const options = { logFormat: main };
    const expected = outcome(readLog(access, log, 65_536, false, options));
    for (const every of [1, 2, 4]) expect(outcome(readPieces(access, log, every, options))).toEqual(expected);
  });
});
