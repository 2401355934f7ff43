import { expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { squid } from './squid.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const line = (what: string): string => `1795304659.340      1 127.0.0.1 ${what}`;

it("reads Squid's native log, also what is no request", () => {
  const log = [
    line('TCP_MISS/200 319 GET http://127.0.0.1:18080/index.html?a=1 - HIER_DIRECT/127.0.0.1 text/html'),
    line('TCP_TUNNEL/200 279 CONNECT example.com:443 alice HIER_DIRECT/peer.example.net -'),
    line('NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -'),
    line('NONE_NONE/400 3376 NONE error:invalid-request - HIER_NONE/- text/html'),
    line('NONE_NONE/400 3600 GET //evil/../../etc/passwd - HIER_NONE/- text/html'),
    line('TCP_MISS/404 387 GET https://a.example/a b "c" - HIER_DIRECT/127.0.0.1 text/html'),
    line('TCP_MISS/200 1 GET http://a.example/ - HIER_DIRECT/127.0.0.1 text/html [Host: a.example\\r\\n] [Server: x]'),
  ].join('\n');
  expect(detectFormat(Buffer.from(`${log}\n`), 'access.log').format).toBe(squid);
  const { sink, figures } = readLog(squid, `${log}\n`);
  expect(sink.rejects).toEqual([]);
  const rows = sink.records.map((record) =>
    Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))),
  );
  const always = { ts: 1_795_304_659_340_000, duration: 1000, orig_h: '127.0.0.1' };
  expect(rows).toEqual([
    {
      ...{
        ...always,
        cache_result: 'TCP_MISS',
        status: 200,
        bytes: 319,
        method: 'GET',
        scheme: 'http',
        vhost: '127.0.0.1',
        resp_p: 18_080,
      },
      ...{ path: '/index.html', query: 'a=1', hierarchy: 'HIER_DIRECT', resp_h: '127.0.0.1', content_type: 'text/html' },
    },
    {
      ...{ ...always, cache_result: 'TCP_TUNNEL', status: 200, bytes: 279, method: 'CONNECT', vhost: 'example.com', resp_p: 443 },
      ...{ user: 'alice', hierarchy: 'HIER_DIRECT', resp_h: 'peer.example.net' },
    },
    { ...always, cache_result: 'NONE_NONE', bytes: 0, request: 'error:transaction-end-before-headers', hierarchy: 'HIER_NONE' },
    {
      ...{ ...always, cache_result: 'NONE_NONE', status: 400, bytes: 3376, method: 'NONE', request: 'error:invalid-request' },
      ...{ hierarchy: 'HIER_NONE', content_type: 'text/html' },
    },
    {
      ...{ ...always, cache_result: 'NONE_NONE', status: 400, bytes: 3600, method: 'GET', path: '//evil/../../etc/passwd' },
      ...{ hierarchy: 'HIER_NONE', content_type: 'text/html' },
    },
    {
      ...{ ...always, cache_result: 'TCP_MISS', status: 404, bytes: 387, method: 'GET', scheme: 'https', vhost: 'a.example' },
      ...{ path: '/a b "c"', hierarchy: 'HIER_DIRECT', resp_h: '127.0.0.1', content_type: 'text/html' },
    },
    {
      ...{ ...always, cache_result: 'TCP_MISS', status: 200, bytes: 1, method: 'GET', scheme: 'http', vhost: 'a.example', path: '/' },
      ...{ hierarchy: 'HIER_DIRECT', resp_h: '127.0.0.1', content_type: 'text/html', extra_1: '[Host: a.example\\r\\n] [Server: x]' },
    },
  ]);
  for (const every of [1, 2]) expect(outcome(readPieces(squid, `${log}\n`, every))).toEqual(outcome({ sink, figures }));
});

it('rejects what is no line of it', () => {
  const good = line('TCP_MISS/200 319 GET http://a.example/ - HIER_DIRECT/127.0.0.1 text/html');
  const bad = ['nonsense', good.replace('/200', '/x'), good.replace('1795304659.340', 'x'), good.replace(' HIER_DIRECT/', ' ')];
  const { sink } = readLog(squid, `${good}\n${bad.join('\n')}\n`);
  expect(sink.rejects.map(({ reason }) => reason)).toEqual(['NO_SQUID', 'BAD_NUMBER', 'BAD_TIME', 'NO_SQUID']);
});
