import { describe, expect, it } from 'vitest';
import { access } from './access.ts';
import { one, plain, time, ts } from './testing-access.ts';
import { readLog } from './testing.ts';

describe('the request', () => {
  it.each([
    ['"GET /a?b=1&c=%20?d HTTP/1.1"', { method: 'GET', path: '/a', query: 'b=1&c=%20?d', protocol: 'HTTP/1.1' }],
    ['"GET /a b c HTTP/1.1"', { method: 'GET', path: '/a b c', protocol: 'HTTP/1.1' }],
    ['"GET /"', { method: 'GET', path: '/' }],
    ['"CONNECT example.com:443 HTTP/1.1"', { method: 'CONNECT', path: 'example.com:443', protocol: 'HTTP/1.1' }],
    ['"GET http://example.com/x?y HTTP/1.0"', { method: 'GET', path: 'http://example.com/x', query: 'y', protocol: 'HTTP/1.0' }],
    ['"OPTIONS * HTTP/1.0"', { method: 'OPTIONS', path: '*', protocol: 'HTTP/1.0' }],
    ['"GET /\\"q\\"\\\\ HTTP/1.1"', { method: 'GET', path: '/"q"\\', protocol: 'HTTP/1.1' }],
    ['"GET /"raw" HTTP/1.1"', { method: 'GET', path: '/"raw"', protocol: 'HTTP/1.1' }],
    ['"GET /\\xc3\\xa4 HTTP/1.1"', { method: 'GET', path: '/ä', protocol: 'HTTP/1.1' }],
    ['"GET /\\xe4 HTTP/1.1"', { method: 'GET', path: '/\\xe4', protocol: 'HTTP/1.1' }],
    ['"GET /a\\x0ab HTTP/1.1"', { method: 'GET', path: '/a\\x0ab', protocol: 'HTTP/1.1' }],
    ['"GET  HTTP/1.1"', { method: 'GET', protocol: 'HTTP/1.1', request: 'GET  HTTP/1.1' }],
    ['GET /bare HTTP/1.0', { method: 'GET', path: '/bare', protocol: 'HTTP/1.0' }],
    ['"\\x16\\x03\\x01\\x02\\x00"', { request: '\\x16\\x03\\x01\\x02\\x00' }],
    ['"quit"', { request: 'quit' }],
    ['"SSH-2.0-Go\\r\\n"', { request: 'SSH-2.0-Go\\r\\n' }],
    ['"C:\\"', { request: 'C:\\' }],
    ['"-"', {}],
    ['""', {}],
    ['"GET / "', { method: 'GET', path: '/' }],
    ['(0 s) "GET / HTTP/1.0"', { method: 'GET', path: '/', protocol: 'HTTP/1.0', between: '(0 s)' }],
    ['"\x1b[33mGET /x HTTP/1.1\x1b[0m"', { method: 'GET', path: '/x', protocol: 'HTTP/1.1' }],
    ['"\x1b[31m\x1b[1mGET /x HTTP/1.1\x1b[0m"', { method: 'GET', path: '/x', protocol: 'HTTP/1.1' }],
  ])('%s', (request, expected) => {
    expect(one(`192.0.2.7 - - ${time} ${request} 400 226`)).toEqual({ ts, orig_h: '192.0.2.7', status: 400, bytes: 226, ...expected });
  });
});

const traefik = { request_number: '17', router: 'web', server_url: 'http://10.0.0.2:80', duration: 42_000 };

describe('what stands behind the request', () => {
  it.each([
    ['- -', {}],
    ['000 0', { bytes: 0 }],
    ['200 9007199254740993', { status: 200, bytes: 9007199254740992 }],
    ['200 18446744073709551615', { status: 200, log_bytes: '18446744073709551615' }],
    ['200 5 "-" "-"', { status: 200, bytes: 5 }],
    ['200 5 "" ""', { status: 200, bytes: 5 }],
    [
      '200 5 "https://a.example/" "curl/8.5.0"',
      { status: 200, bytes: 5, referrer: 'https://a.example/', agent: 'curl/8.5.0', agent_name: 'curl', agent_kind: 'tool' },
    ],
    ['200 5 0.25 "-" "x\\"y"', { status: 200, bytes: 5, extra_1: '0.25', agent: 'x"y' }],
    ['200 5 "-" "a"b c"', { status: 200, bytes: 5, agent: 'a"b c' }],
    ['200 5 "-" "-" "10.0.0.1, 2001:db8::1"', { status: 200, bytes: 5, forwarded_for: '10.0.0.1, 2001:db8::1' }],
    ['200 5 "-" "-" "-" 17 "two words"', { status: 200, bytes: 5, extra_2: '17', extra_3: 'two words' }],
    [
      '200 5 "-" "-" 17 "web@docker" "http://10.0.0.2:80" 42ms',
      { status: 200, bytes: 5, request_number: '17', router: 'web@docker', server_url: 'http://10.0.0.2:80', duration: 42_000 },
    ],
    ['200', { status: 200 }],
    ['404 "curl/8.5.0"', { status: 404, agent: 'curl/8.5.0', agent_name: 'curl', agent_kind: 'tool' }],
    ['200 5 "https://a.example/"', { status: 200, bytes: 5, referrer: 'https://a.example/' }],
    ['200 5 - "curl/8.5.0"', { status: 200, bytes: 5, agent: 'curl/8.5.0', agent_name: 'curl', agent_kind: 'tool' }],
    ['200 5 - "-" 17 "web" "http://10.0.0.2:80" 42ms', { status: 200, bytes: 5, ...traefik }],
    ['200 5 - - 17 "web" "http://10.0.0.2:80" 42ms', { status: 200, bytes: 5, ...traefik }],
    [
      '200 5 "-" "-" X-Forwarded-For="10.0.0.1, 2001:db8::1" up="a b" rt=0.25',
      { status: 200, bytes: 5, forwarded_for: '10.0.0.1, 2001:db8::1', extra_2: 'up="a b"', duration: 250_000 },
    ],
    ['200 5 "-" "-" 10.0.0.1, 2001:db8::1', { status: 200, bytes: 5, forwarded_for: '10.0.0.1, 2001:db8::1' }],
    ['200 5 "-" "-" 0.1, 0.2 : 0.3 x', { status: 200, bytes: 5, extra_1: '0.1, 0.2 : 0.3', extra_2: 'x' }],
    [
      '200 5 "-" "-" 91 0.25 [default-web-80] [] 10.0.0.5:80, [2001:db8::5]:80 0, 59 0.1, 0.2 502, 200 529a',
      {
        status: 200,
        bytes: 5,
        request_bytes: 91,
        duration: 250_000,
        proxy_upstream_name: 'default-web-80',
        upstream_addr: '10.0.0.5:80, [2001:db8::5]:80',
        upstream_response_length: '0, 59',
        upstream_response_time: '0.1, 0.2',
        upstream_status: '502, 200',
        req_id: '529a',
      },
    ],
    [
      '200 5 "" "-" 91 0.25 [default-web-80] 10.0.0.5:80 59 0.1 200',
      {
        status: 200,
        bytes: 5,
        request_bytes: 91,
        duration: 250_000,
        proxy_upstream_name: 'default-web-80',
        upstream_addr: '10.0.0.5:80',
        upstream_response_length: '59',
        upstream_response_time: '0.1',
        upstream_status: '200',
      },
    ],
  ])('%s', (behind, expected) => {
    const row = one(`192.0.2.7 - - ${time} "GET / HTTP/1.1" ${behind}`);
    expect(row).toEqual({ ts, orig_h: '192.0.2.7', method: 'GET', path: '/', protocol: 'HTTP/1.1', ...expected });
  });

  it('leaves out what an open quote holds, and says so', () => {
    const log = `192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 5 "-" "cut\n192.0.2.8 - - ${time} "GET / HTTP/1.1" 200 5 "-" "whole"\n`;
    const read = readLog(access, log);
    expect(plain(read).map(({ agent }) => agent)).toEqual([undefined, 'whole']);
    expect(access.open(Buffer.from(log), {}).remarks(read.figures.tallies).join()).toMatch(/1 line ended within quotes/);
  });
});

it('says how many numbers were too large, also with a log format that was given', () => {
  const log = `192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 18446744073709551615\n`;
  for (const options of [{}, { logFormat: 'common' }]) {
    const read = readLog(access, log, 65_536, false, options);
    expect(plain(read)).toMatchObject([{ status: 200, log_bytes: '18446744073709551615' }]);
    expect(access.open(Buffer.from(log), options).remarks(read.figures.tallies).join()).toMatch(/1 number was too large/);
  }
});

describe('times', () => {
  it.each([
    ['CDT', 5],
    ['UTC', 0],
    ['CEST', -2],
    ['JST', -9],
  ])('have the zones of these names: %s', (name, hours) => {
    const row = one(`192.0.2.7 - - [10/Feb/2024:16:42:07 ${name}] "GET / HTTP/1.1" 200 5`);
    expect(row['ts']).toBe(ts + hours * 3_600_000_000);
  });

  it('with a blank before the time of day, as Python and Ruby write them, leave the evidence as it is', () => {
    const log = Buffer.from('192.0.2.7 - - [10/Feb/2024 16:42:07] "GET / HTTP/1.1" 200 -\n');
    const before = Buffer.from(log).toString();
    expect(plain(readLog(access, log))).toMatchObject([{ ts, path: '/' }]);
    expect(log.toString()).toBe(before);
  });

  it.each([
    ['[10/Feb/2024:17:42:07 +0100]', ts],
    ['[10/feb/2024:11:12:07 -0530]', ts],
    ['[10/Feb/2024:16:42:07.250 +0000]', ts + 250_000],
    ['[2024-02-10T17:42:07+01:00]', ts],
    ['[10/Feb/2024:17:42:07]', ts],
  ])('%s', (written, expected) => {
    expect(one(`192.0.2.7 - - ${written} "GET / HTTP/1.1" 200 5`, { timeZone: 'Europe/Berlin' }).ts).toBe(expected);
  });

  it.each(['[32/Feb/2024:16:42:07 +0000]', '[10/Foo/2024:16:42:07 +0000]', '[10/Feb/2024:25:42:07 +0000]', '[10/Feb/2999:16:42:07 +0000]'])(
    '%s is none',
    (written) => {
      const { sink } = readLog(access, `192.0.2.7 - - ${written} "GET / HTTP/1.1" 200 5\n192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 5\n`);
      expect(sink.rejects.map(({ reason }) => reason)).toEqual(['BAD_TIME']);
      expect(sink.records).toHaveLength(1);
    },
  );
});

it('reads lines within quotes, also where theirs are doubled', () => {
  const line = `192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 5 "-" "a b"`;
  expect(one(`"${line}"`)).toEqual(one(line));
  expect(one(`"${line.replaceAll('"', '""')}"`)).toEqual(one(line));
});

it.each(['"9.9.9.9"', '"9.9.9.9, 8.8.8.8"', '"-"'])('keeps the agent of a line that begins with the field %s', (front) => {
  const whole = `${front} 10.0.0.1 - - ${time} "GET /a HTTP/1.1" 200 2326 "-" "curl/8"`;
  const row = one(whole);
  expect(row).toMatchObject({ orig_h: '10.0.0.1', path: '/a', bytes: 2326, agent: 'curl/8' });
  expect(one(`"${whole.replaceAll('"', '""')}"`)).toEqual(row);
  expect(one(`${front} 10.0.0.1 - "" ${time} "GET /a HTTP/1.1" 200 2326 "-" "curl/8"`)).toEqual(row);
});

it("takes lighttpd's virtual host, which stands behind the client, for one where most lines have it", () => {
  const line = (second: string): string => `192.0.2.7 ${second} bob ${time} "GET / HTTP/1.1" 200 5 "-" "x"\n`;
  const read = plain(readLog(access, ['www.example.com', 'localhost:8080', 'other', '-', 'a.example'].map(line).join('')));
  expect(read.map(({ vhost, resp_p, ident, user }) => [vhost, resp_p, ident, user])).toEqual([
    ['www.example.com', undefined, undefined, 'bob'],
    ['localhost', 8080, undefined, 'bob'],
    [undefined, undefined, 'other', 'bob'],
    [undefined, undefined, undefined, 'bob'],
    ['a.example', undefined, undefined, 'bob'],
  ]);
  const few = plain(readLog(access, ['-', '-', 'some.body'].map(line).join('')));
  expect(few.map(({ vhost, ident }) => [vhost, ident]).at(-1)).toEqual([undefined, 'some.body']);
});

it('says that the last line is cut where it lacks what the others have', () => {
  const line = `192.0.2.7 - - ${time} "GET / HTTP/1.1" 200 512 "-" "a b"\n`;
  for (const cut of [2, 4, 9, 14, 20, 50]) {
    const { figures, sink } = readLog(access, line + line.slice(0, -cut));
    expect(figures).toMatchObject({ rows: 1, rejected: 1, cut: true });
    expect(sink.rejects[0].reason).toBe('TRUNCATED');
  }
  expect(readLog(access, line + line.trimEnd()).figures).toMatchObject({ rows: 2, cut: false });
  expect(readLog(access, line + line.trimEnd(), 65_536, true).figures).toMatchObject({ rows: 1, rejected: 1, cut: true });
});
