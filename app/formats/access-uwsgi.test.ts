import { expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';

const line = (client: string, time: string, asked: string, took: string, status: number, how = ''): string =>
  `[pid: 4711|app: 0|req: 3/9] ${client} {38 vars in 696 bytes} [${time}] ${asked} => generated 47 bytes in ${took}${how} (HTTP/1.1 ${status}) 9 headers in 378 bytes (1 switches on core 3)\n`;

it("reads uWSGI's own lines, among all else that it says", () => {
  const log =
    '*** Starting uWSGI 2.0.20 (64bit) on [Sat Feb 10 16:41:00 2024] ***\nspawned uWSGI worker 1 (pid: 4711, cores: 1)\n' +
    line('192.0.2.7 ()', 'Sat Feb 10 16:42:07 2024', 'GET /a?b=1', '129 msecs', 200) +
    line('2001:db8::1 (alice)', 'Sun Feb  4 06:02:07 2024', 'POST /a b => generated (x', '68 micros', 302, ' via sendfile()') +
    `Sat Feb 10 16:42:08 2024 - ${line(' ()', 'Sat Feb 10 16:42:08 2024', 'GET /\xe9', '0 msecs', 404)}`;
  const { format } = detectFormat(Buffer.from(log), 'uwsgi.log');
  expect(format.id).toBe('access-uwsgi');
  const { sink, figures } = readLog(format, log, 99, false, { timeZone: 'Europe/Berlin' });
  expect(sink.rejects.map(({ reason, line }) => [line, reason])).toEqual([
    [1, 'NO_REQUEST'],
    [2, 'NO_REQUEST'],
  ]);
  expect(figures).toMatchObject({ rows: 3, lines: 5 });
  const names = ['ts', 'orig_h', 'user', 'method', 'path', 'query', 'protocol', 'status', 'bytes', 'duration', 'via'];
  expect(sink.records.map((record) => names.map((name) => record.get(name) ?? null))).toEqual([
    [Date.UTC(2024, 1, 10, 15, 42, 7) * 1000, '192.0.2.7', null, 'GET', '/a', 'b=1', 'HTTP/1.1', 200, 47, 129000, null],
    [
      Date.UTC(2024, 1, 4, 5, 2, 7) * 1000,
      '2001:db8::1',
      'alice',
      'POST',
      '/a b => generated (x',
      null,
      'HTTP/1.1',
      302,
      47,
      68,
      'sendfile()',
    ],
    [Date.UTC(2024, 1, 10, 15, 42, 8) * 1000, null, null, 'GET', '/\xe9', null, 'HTTP/1.1', 404, 47, 0, null],
  ]);
  expect(sink.records[0]?.get('pid')).toBe(4711);
});

it('says what a line is that is cut, and takes no other log for one of uWSGI', () => {
  const log = line('192.0.2.7 ()', 'Sat Feb 10 16:42:07 2024', 'GET /a', '129 msecs', 200);
  const { sink, figures } = readLog(detectFormat(Buffer.from(log.repeat(3)), 'uwsgi.log').format, log + log.slice(0, 80));
  expect([figures.rows, figures.rejected, sink.rejects[0]?.line]).toEqual([1, 1, 2]);
  const other = `192.0.2.7 - - [10/Feb/2024:16:42:07 +0000] "GET /?${log.trim()} HTTP/1.1" 200 5\n`;
  expect(detectFormat(Buffer.from(other), 'a.log').format.id).toBe('access');
});
