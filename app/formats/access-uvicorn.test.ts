import { expect, it } from 'vitest';
import { detectFormat, formatById } from './registry.ts';
import { readLog } from './testing.ts';

const requests = (log: string, timeZone?: string): unknown => {
  const { format } = detectFormat(Buffer.from(log), 'a.log');
  const { sink } = readLog(format, log, 99, false, timeZone === undefined ? {} : { timeZone });
  const names = ['ts', 'orig_h', 'orig_p', 'method', 'path', 'query', 'protocol', 'status'];
  return [
    format.id,
    sink.records.map((record) => names.map((name) => record.get(name) ?? null)),
    sink.rejects.map(({ line, reason }) => [line, reason]),
  ];
};
const at = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000;

it.each([
  ['2024-02-10 16:42:07 INFO:     192.0.2.7:51514 - "GET /a?b=1 HTTP/1.1" 200 OK', at],
  ['2024-02-10 16:42:07,123 - uvicorn.access - INFO - 192.0.2.7:51514 - "GET /a?b=1 HTTP/1.1" 200', at + 123_000],
  ['[2024-02-10 16:42:07] INFO:     192.0.2.7:51514 - "GET /a?b=1 HTTP/1.1" 200 OK', at],
  ['2024-02-10 16:42:07,123 INFO [uvicorn.access] [h11_impl.py:477] - 192.0.2.7:51514 - "GET /a?b=1 HTTP/1.1" 200', at + 123_000],
  ['2024-02-10T17:42:07+01:00 | INFO | stdout | INFO:     192.0.2.7:51514 - "GET /a?b=1 HTTP/1.1" 200 OK ', at],
])('reads what uvicorn writes, with a time before it: %s', (line, ts) => {
  const row = ['192.0.2.7', 51514, 'GET', '/a', 'b=1', 'HTTP/1.1', 200];
  expect(requests(`${line}\n${line}\n2024-02-10 16:42:09 INFO:     Application startup complete.\n`)).toEqual([
    'access-uvicorn',
    [
      [ts, ...row],
      [ts, ...row],
    ],
    [[3, 'NO_REQUEST']],
  ]);
});

it('takes the time of a zone that is given, a client that is IPv6, and no log that has no times', () => {
  const line = '2024-02-10 17:42:07 INFO:     2001:db8::1:51514 - "POST /b c HTTP/2" 404 Not Found\n';
  const row = [at, '2001:db8::1', 51514, 'POST', '/b c', null, 'HTTP/2', 404];
  expect(requests(line.repeat(2), 'Europe/Berlin')).toEqual(['access-uvicorn', [row, row], []]);
  const bare = 'INFO:     192.0.2.7:51514 - "GET /a HTTP/1.1" 200 OK\n';
  expect(formatById('access-uvicorn').detect(Buffer.from(bare.repeat(2))).confidence).toBe(0);
});

it("has the wrapper's time in a container's log", () => {
  const line = '2024-02-10T16:42:07Z stdout F INFO:     192.0.2.7:51514 - "GET /a HTTP/1.1" 200 OK\n';
  const row = [at, '192.0.2.7', 51514, 'GET', '/a', null, 'HTTP/1.1', 200];
  expect(requests(line.repeat(2))).toEqual(['cri', [row, row], []]);
});
