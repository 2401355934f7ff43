import { describe, expect, it } from 'vitest';
import { access } from './access.ts';
import { one, time, ts } from './testing-access.ts';
import { readLog } from './testing.ts';

describe('what stands before the time', () => {
  it.each([
    ['192.0.2.7 - alice', { orig_h: '192.0.2.7', user: 'alice' }],
    ['192.0.2.7 id -', { orig_h: '192.0.2.7', ident: 'id' }],
    ['192.0.2.7 - ""', { orig_h: '192.0.2.7' }],
    ['192.0.2.7 - John Q Public', { orig_h: '192.0.2.7', user: 'John Q Public' }],
    ['2001:DB8:0:0::1 - -', { orig_h: '2001:db8::1' }],
    ['[2001:db8::1]:443 - -', { orig_h: '2001:db8::1', orig_p: 443 }],
    ['192.0.2.7:4711 - -', { orig_h: '192.0.2.7', orig_p: 4711 }],
    ['Client.Example.net - -', { orig_h: 'client.example.net' }],
    ['- - -', {}],
    ['www.example.com 192.0.2.7 - -', { vhost: 'www.example.com', orig_h: '192.0.2.7' }],
    ['www.example.com:8443 192.0.2.7 - bob', { vhost: 'www.example.com', resp_p: 8443, orig_h: '192.0.2.7', user: 'bob' }],
    ['198.51.100.1:80 192.0.2.7 - -', { vhost: '198.51.100.1', resp_p: 80, orig_h: '192.0.2.7' }],
    ['198.51.100.1 192.0.2.7 - -', { vhost: '198.51.100.1', orig_h: '192.0.2.7' }],
    ['198.51.100.1 192.0.2.7:4711 - al ice', { vhost: '198.51.100.1', orig_h: '192.0.2.7', orig_p: 4711, user: 'al ice' }],
    ['[::1]:443 2001:db8::5 - bob', { vhost: '[::1]', resp_p: 443, orig_h: '2001:db8::5', user: 'bob' }],
    ['www.example.com 9.9.9.9 10.0.0.2 - -', { before: 'www.example.com 9.9.9.9', orig_h: '10.0.0.2' }],
    ['192.0.2.7 198.51.100.1 bob', { orig_h: '192.0.2.7', vhost: '198.51.100.1', user: 'bob' }],
    ['192.0.2.7 - 9.9.9.9 - -', { orig_h: '192.0.2.7', user: '9.9.9.9 - -' }],
    ['9.9.9.9, 8.8.8.8 10.0.0.1 - -', { forwarded_for: '9.9.9.9, 8.8.8.8', orig_h: '10.0.0.1' }],
    ['www.example.com host.example.net - -', { vhost: 'www.example.com', orig_h: 'host.example.net' }],
    ['192.0.2.7, 10.0.0.1, 10.0.0.2 - -', { orig_h: '192.0.2.7', forwarded_for: '192.0.2.7, 10.0.0.1, 10.0.0.2' }],
    ['"9.9.9.9" 10.0.0.1 - -', { forwarded_for: '9.9.9.9', orig_h: '10.0.0.1' }],
    ['"9.9.9.9, 8.8.8.8" 10.0.0.1 - bob', { forwarded_for: '9.9.9.9, 8.8.8.8', orig_h: '10.0.0.1', user: 'bob' }],
    ['"9.9.9.9" host.example.net - -', { forwarded_for: '9.9.9.9', orig_h: 'host.example.net' }],
    ['"9.9.9.9, 8.8.8.8" - -', { forwarded_for: '9.9.9.9, 8.8.8.8', orig_h: '9.9.9.9' }],
    ['"-" 10.0.0.1 - -', { orig_h: '10.0.0.1' }],
    ['"" 10.0.0.1 - -', { orig_h: '10.0.0.1' }],
    ['"www.example.com" 10.0.0.1 - -', { vhost: 'www.example.com', orig_h: '10.0.0.1' }],
    ['Feb 10 16:42:07 web1 nginx: 192.0.2.7 - -', { before: 'Feb 10 16:42:07 web1 nginx:', orig_h: '192.0.2.7' }],
    ['web_1  | 192.0.2.7 - -', { before: 'web_1  |', orig_h: '192.0.2.7' }],
    [
      'www.example.com 9.9.9.9, 8.8.8.8, 10.0.0.1 - -',
      { vhost: 'www.example.com', forwarded_for: '9.9.9.9, 8.8.8.8, 10.0.0.1', orig_h: '9.9.9.9' },
    ],
    [
      'www.example.com:80 "9.9.9.9, 8.8.8.8" 10.0.0.1 - bob',
      { vhost: 'www.example.com', resp_p: 80, forwarded_for: '9.9.9.9, 8.8.8.8', orig_h: '10.0.0.1', user: 'bob' },
    ],
    [
      '198.51.100.1 2001:db8::7, 9.9.9.9 10.0.0.1 - -',
      { vhost: '198.51.100.1', forwarded_for: '2001:db8::7, 9.9.9.9', orig_h: '10.0.0.1' },
    ],
    ['192.0.2.7:4711 www.example.com:443 - -', { orig_h: '192.0.2.7', orig_p: 4711, vhost: 'www.example.com', resp_p: 443 }],
    ['192.0.2.7 - www.example.com bob', { orig_h: '192.0.2.7', vhost: 'www.example.com', user: 'bob' }],
    ['192.0.2.7 - [192.0.2.7] - bob', { orig_h: '192.0.2.7', user: 'bob' }],
    ['10.0.0.1 (192.0.2.7, 10.0.0.2) - bob', { orig_h: '10.0.0.1', forwarded_for: '192.0.2.7, 10.0.0.2', user: 'bob' }],
    ['10.0.0.1 [2001:db8::7] - -', { orig_h: '10.0.0.1', forwarded_for: '2001:db8::7' }],
    ['10.0.0.1 [192.0.2.7] - -', { orig_h: '10.0.0.1', forwarded_for: '192.0.2.7' }],
    ['10.0.0.1 [-] - -', { orig_h: '10.0.0.1' }],
    ['192.0.2.7 https://www.example.com - -', { orig_h: '192.0.2.7', ident: 'https://www.example.com' }],
    ['/var/log/apache2/access.log:192.0.2.7 - -', { before: '/var/log/apache2/access.log', orig_h: '192.0.2.7' }],
    ['access.log:12:192.0.2.7 - bob', { before: 'access.log:12', orig_h: '192.0.2.7', user: 'bob' }],
    ['access.log:2001:db8::7 - -', { before: 'access.log', orig_h: '2001:db8::7' }],
    ['2024-02-10T16:42:07.123456789Z 192.0.2.7 - -', { before: '2024-02-10T16:42:07.123456789Z', orig_h: '192.0.2.7' }],
    ['[pod/web-7d4b8/nginx] 192.0.2.7 - bob', { before: '[pod/web-7d4b8/nginx]', orig_h: '192.0.2.7', user: 'bob' }],
    ['nginx: 192.0.2.7 - -', { before: 'nginx:', orig_h: '192.0.2.7' }],
    ['www.example.com 192.0.2.7', { vhost: 'www.example.com', orig_h: '192.0.2.7' }],
    ['client.example.net alice', { orig_h: 'client.example.net', user: 'alice' }],
    ['client.example.net - 9.9.9.9', { orig_h: 'client.example.net', user: '9.9.9.9' }],
    ['[edge full] 192.0.2.7', { before: '[edge full]', orig_h: '192.0.2.7' }],
    [
      'nginx.1    | www.example.com 192.0.2.7 - bob',
      { before: 'nginx.1    |', vhost: 'www.example.com', orig_h: '192.0.2.7', user: 'bob' },
    ],
    [
      'Feb 10 16:42:07 web1 nginx: www.example.com 192.0.2.7 - -',
      { before: 'Feb 10 16:42:07 web1 nginx:', vhost: 'www.example.com', orig_h: '192.0.2.7' },
    ],
    ['INFO:werkzeug:192.0.2.7 - -', { before: 'INFO:werkzeug', orig_h: '192.0.2.7' }],
    ['192.0.2.7 - john.doe', { orig_h: '192.0.2.7', user: 'john.doe' }],
  ])('%s', (before, expected) => {
    const row = one(`${before} ${time} "GET / HTTP/1.1" 200 5`);
    expect(row).toEqual({ ts, method: 'GET', path: '/', protocol: 'HTTP/1.1', status: 200, bytes: 5, ...expected });
  });
});

it('ends a request where its version ends, whatever field in quotes stands between it and the status', () => {
  const row = one(`192.0.2.7 - - ${time} "GET /a b HTTP/1.1" "10.0.0.1" 200 5 "-" "curl/8.5.0"`);
  expect(row).toMatchObject({ method: 'GET', path: '/a b', protocol: 'HTTP/1.1', status: 200, between: '10.0.0.1', agent: 'curl/8.5.0' });
  const dash = one(`192.0.2.7 - - ${time} "www.example.com" "POST /a HTTP/2.0" "-" 200 5`);
  expect(dash).toMatchObject({ method: 'POST', path: '/a', protocol: 'HTTP/2.0', status: 200, between: 'www.example.com' });
  expect(one(`192.0.2.7 - - ${time} "GET /"a" "b HTTP/1.1" 200 5`)).toMatchObject({ path: '/"a" "b', status: 200 });
});

it('takes a host in quotes behind the size for the host, and what stands behind it for referrer and agent, where most lines have it', () => {
  const behind = (host: string, rest: string): string =>
    `192.0.2.7 - - [10/Feb/2024:16:42:07 +0000] "GET /a HTTP/1.1" 200 5 "${host}" ${rest}\n`;
  const log =
    behind('www.example.com', '"https://www.example.com/b" - "curl/8.5.0" "-" 10.0.0.9:80 200 0.616 0.617') +
    behind('www.example.com', '"-" id=1&a=b "Mozilla/5.0 (X11)" "-" 10.0.0.9:80 200 0.616 0.617') +
    behind('-', '"-" - "-" "-" - - - 0.000');
  const { records } = readLog(access, log).sink;
  const names = ['vhost', 'referrer', 'agent', 'extra_1', 'extra_3', 'extra_4'];
  expect(records.map((record) => names.map((name) => record.get(name) ?? null))).toEqual([
    ['www.example.com', 'https://www.example.com/b', 'curl/8.5.0', null, '10.0.0.9:80', '200'],
    ['www.example.com', null, 'Mozilla/5.0 (X11)', 'id=1&a=b', '10.0.0.9:80', '200'],
    [null, null, null, null, null, null],
  ]);
  const usual = behind('https://www.example.com/b', '"curl/8.5.0" "-"').repeat(3) + behind('www.example.com', '"-" "x"');
  const last = readLog(access, usual).sink.records[3];
  expect([last?.get('vhost'), last?.get('referrer')]).toEqual([undefined, 'www.example.com']);
});

it('takes an address behind a name for the client, where only a user follows', () => {
  const rest = '[10/Feb/2024:16:42:07 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5.0"';
  const who = (front: string): unknown => {
    const [record] = readLog(access, `${front} ${rest}\n`).sink.records;
    return ['vhost', 'orig_h', 'ident', 'user'].map((name) => record.get(name) ?? null);
  };
  expect(who('www.example.com 192.0.2.7 alice')).toEqual(['www.example.com', '192.0.2.7', null, 'alice']);
  expect(who('www.example.com:8080 2001:db8::1 -')).toEqual(['www.example.com', '2001:db8::1', null, null]);
  expect(who('192.0.2.7 192.0.2.9 alice')).toEqual(['192.0.2.9', '192.0.2.7', null, 'alice']);
  expect(who('client.example.net - alice')).toEqual([null, 'client.example.net', null, 'alice']);
});

it('has no client where nginx was asked over a socket, keeps what stood there and says so', () => {
  const rest = '[10/Feb/2024:16:42:07 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5.0"\n';
  const log = `192.0.2.1 - - ${rest}unix: - - ${rest}www.example.com unix:/run/a.sock - bob ${rest}`;
  const { sink, figures } = readLog(access, log);
  expect(sink.records.map((record) => ['orig_h', 'log_orig_h', 'vhost', 'user'].map((name) => record.get(name) ?? null))).toEqual([
    ['192.0.2.1', null, null, null],
    [null, 'unix:', null, null],
    [null, 'unix:/run/a.sock', 'www.example.com', 'bob'],
  ]);
  expect(access.open(Buffer.from(log), {}).remarks(figures.tallies).join()).toContain('2 requests came over a socket');
});
