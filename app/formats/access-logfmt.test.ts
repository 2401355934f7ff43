import { expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { accessLogfmt } from './access-logfmt.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const ts = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000 + 515_030;

function read(log: string): { readonly rows: readonly Record<string, Cell>[]; readonly whats: readonly string[] } {
  expect(detectFormat(Buffer.from(log), 'a.log').format.id).toBe('access-logfmt');
  const { sink, figures } = readLog(accessLogfmt, log);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  const rows = sink.records.map((record) =>
    Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))),
  );
  return { rows, whats: sink.rejects.map(({ what }) => what) };
}

const router =
  'at=info method=GET path="/a?b=\\"1\\"" host=www.example.com request_id=id-1 fwd="192.0.2.7" dyno=web.1 connect=1ms service=18ms status=200 bytes=153 protocol=https';

it.each([
  ['as its logs are shown', '2024-02-10T16:42:07.515030+00:00 heroku[router]: '],
  ['as it sends them', '<158>1 2024-02-10T16:42:07.515030+00:00 host heroku router - '],
])("reads Heroku's router, %s", (_, front) => {
  const { rows } = read(`${front}${router}\n`.repeat(2));
  expect(rows[0]).toMatchObject({
    ts,
    orig_h: '192.0.2.7',
    method: 'GET',
    path: '/a',
    query: 'b="1"',
    status: 200,
    bytes: 153,
    duration: 18_000,
    vhost: 'www.example.com',
    protocol: 'https',
    request_id: 'id-1',
    dyno: 'web.1',
    connect: '1ms',
    process: 'heroku',
    pid: 'router',
  });
});

it('takes the first who is forwarded for, keeps all of them, and says what is no request', () => {
  const front = '2024-02-10T16:42:07.515030+00:00';
  const log = [
    `${front} heroku[router]: at=error code=H12 desc="Request timeout" method=POST path="/" host=h fwd="2001:db8::7, 10.0.0.1" dyno=web.1 service=30000ms status=503 bytes=0\n`,
    `${front} heroku[router]: ${router}\n`,
    `${front} app[web.1]: Started GET "/a" for 192.0.2.7\n`,
  ].join('');
  const { rows, whats } = read(log);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    orig_h: '2001:db8::7',
    forwarded_for: '2001:db8::7, 10.0.0.1',
    duration: 30_000_000,
    desc: 'Request timeout',
  });
  expect(whats).toEqual([`it is no request, but says: ${front} app[web.1]: Started GET "/a" for 192.0.2.7`]);
  expect(outcome(readPieces(accessLogfmt, log, 1))).toEqual(outcome(readLog(accessLogfmt, log)));
});

it('reads logfmt that has its own time, bytes as they are', () => {
  const { rows } = read(
    'time=2024-02-10T16:42:07.515030Z level=info msg="request done" method=GET uri=/\u00e4?b status=404 remote_addr=192.0.2.7:4711 latency=1.5ms\n'.repeat(
      2,
    ),
  );
  expect(rows[0]).toMatchObject({
    ts,
    orig_h: '192.0.2.7',
    orig_p: 4711,
    method: 'GET',
    path: '/\u00e4',
    query: 'b',
    status: 404,
    duration: 1500,
    msg: 'request done',
  });
});

it('leaves messages that are no requests to syslog', () => {
  const message = '2024-02-10T16:42:07+00:00 web1 app[7]: level=info msg="started" port=8080\n';
  expect(detectFormat(Buffer.from(message.repeat(3)), 'a.log').format.id).toBe('syslog');
});
