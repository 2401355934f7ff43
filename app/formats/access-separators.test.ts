import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { patternOf } from './access-pattern.ts';
import { access } from './access.ts';
import { readLog } from './testing.ts';

function rows(logFormat: string, log: string): readonly Record<string, Cell>[] {
  const { sink } = readLog(access, log, 65_536, false, { logFormat });
  expect(sink.rejects).toEqual([]);
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}

const ts = Date.UTC(2026, 10, 21, 23, 43, 4) * 1000;

describe('a log format as it stands in the configuration', () => {
  const row = { ts, orig_h: '127.0.0.1', method: 'GET', path: '/', status: 200, bytes: 240, agent: 'curl/7.88.1' };
  it.each([
    String.raw`log_format tabs '$time_iso8601\t$remote_addr\t$request_method\t$request_uri\t$status\t$bytes_sent\t$http_user_agent';`,
    String.raw`$time_iso8601\t$remote_addr\t$request_method\t$request_uri\t$status\t$bytes_sent\t$http_user_agent`,
    "log_format tabs '$time_iso8601\\t$remote_addr\\t'\n   \"$request_method\\t$request_uri\\t\"\n   '$status\\t$bytes_sent\\t$http_user_agent\\n';",
    String.raw`LogFormat "%{%Y-%m-%dT%H:%M:%S%z}t\t%h\t%m\t%U\t%>s\t%b\t%{User-Agent}i" tabs`,
    String.raw`LogFormat '%{%Y-%m-%dT%H:%M:%S%z}t\t%h\t%m\t%U\t%>s\t%b\t%{User-Agent}i' tabs`,
    'LogFormat "%{%Y-%m-%dT%H:%M:%S%z}t\\t%h\\t%m\\t\\\n%U\\t%>s\\t%b\\t%{User-Agent}i\\r\\n" tabs',
  ])('%s', (format) => {
    expect(rows(format, '2026-11-21T23:43:04+00:00\t127.0.0.1\tGET\t/\t200\t240\tcurl/7.88.1\n')).toMatchObject([row]);
  });

  it("undoes nginx's escapes and no others", () => {
    const format = String.raw`log_format x '\'$msec\' \"$request\" \\ \x \$ $status';`;
    expect(rows(format, String.raw`'1795304584.662' "GET / HTTP/1.1" \ \x \$ 200` + '\n')).toMatchObject([{ path: '/', status: 200 }]);
  });

  it('refuses a format of several lines', () => {
    expect(() => patternOf(String.raw`log_format x '$msec\n$status';`)).toThrow(/line break/);
  });
});

describe('a separator within a value', () => {
  const format = '$msec|$remote_addr|$request|$status|$body_bytes_sent|$http_user_agent';
  it.each([
    ['GET /a|b HTTP/1.1|404|9|x|y', { path: '/a|b', status: 404, bytes: 9, agent: 'x|y' }],
    ['GET /|200|5|x HTTP/1.1|404|9|y', { path: '/|200|5|x', status: 404, bytes: 9, agent: 'y' }],
    ['|||400|9|-', { request: '||', status: 400, bytes: 9 }],
    ['GET / HTTP/1.1|200|6|-', { path: '/', status: 200, bytes: 6 }],
  ])('%s', (behind, expected) => {
    expect(rows(format, `1795304584.662|127.0.0.1|${behind}\n`)).toMatchObject([{ orig_h: '127.0.0.1', ...expected }]);
  });

  it('is found also in quotes that nothing escapes', () => {
    const none = `log_format x escape=none '$msec "$http_user_agent" "$request" $status "$http_referer"';`;
    expect(rows(none, String.raw`1795304584.662 "ends in \" "GET /" HTTP/1.1" 404 "r\"` + '\n')).toMatchObject([
      { agent: 'ends in \\', path: '/"', status: 404, referrer: 'r\\' },
    ]);
  });

  it('keeps to what was found first where nothing fits, with what is wrong', () => {
    const { sink } = readLog(access, '1795304584.662|127.0.0.1|GET / HTTP/1.1|x|9|-\n', 65_536, false, { logFormat: format });
    expect(sink.rejects).toMatchObject([{ reason: 'BAD_NUMBER', what: 'status is x' }]);
  });

  it('is looked for in bounded work', () => {
    const text = '$msec $a|$b|$c|$d|$e|$f|$status|$g|$body_bytes_sent';
    const { sink } = readLog(access, `1795304584.662 ${'|'.repeat(300_000)}x\n`, 65_536, false, { logFormat: text });
    expect(sink.rejects).toHaveLength(1);
  });
});
