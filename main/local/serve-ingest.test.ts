import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiCore } from '../../app/api/types.ts';
import { FlowcaseError, type LiveStatus } from '../../app/contract.ts';
import type { Host } from '../host/host.ts';
import { coreOf, ServeBench, type Service } from './testing-serve.ts';

const bench = new ServeBench();
const formatTitle = 'Web access log (Combined)';
let host: Host;

beforeAll(async () => {
  host = await bench.withCase(0);
});
afterAll(() => bench.close());

describe('what is posted', () => {
  const taken: { readonly source: string; readonly type: string; readonly text: string; readonly format?: string }[] = [];
  const read = { format: 'access', formatTitle: 'Combined', recognised: true };
  let taking: Service;

  beforeAll(async () => {
    const ingest: ApiCore['ingest'] = {
      accept: (source, type, body, format) => {
        taken.push({ source, type, text: body.toString(), ...(format === undefined ? {} : { format }) });
        const lines = body.toString().trimEnd().split('\n').length;
        return Promise.resolve({ accepted: lines, rejected: 0, comments: 0, ...read });
      },
    };
    const core: ApiCore = { ...coreOf(host), ingest };
    taking = await bench.serve(core, { ingestLimit: 5_000 });
  });

  const post = (
    body: string | Buffer,
    type: string,
    headers: Record<string, string> = {},
    query = 'source=shop',
  ): ReturnType<Service['ask']> =>
    taking.ask(`/api/v1/ingest?${query}`, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } });

  it('reaches who takes it as it was sent, unpacked', async () => {
    const lines = '{"a":1}\n{"a":2}\n';
    expect((await post(lines, 'application/x-ndjson')).json).toEqual({ accepted: 2, rejected: 0, comments: 0, ...read });
    expect((await post('[{"a":1},{"a":2}]', 'application/json; charset=utf-8')).status).toBe(200);
    expect((await post(gzipSync(lines), 'application/x-ndjson', { 'Content-Encoding': 'gzip' })).status).toBe(200);
    expect((await post('one\ntwo\n', 'text/plain')).status).toBe(200);
    expect((await post('a,b\n', 'text/csv; charset=utf-8')).status).toBe(200);
    expect((await post('a\tb\n', 'text/tab-separated-values')).status).toBe(200);
    expect((await post('three\n', 'text/plain', {}, 'source=shop&format=syslog')).status).toBe(200);
    const json = { source: 'shop', type: 'application/x-ndjson', text: lines };
    expect(taken).toEqual([
      json,
      { source: 'shop', type: 'application/json', text: '[{"a":1},{"a":2}]' },
      json,
      { source: 'shop', type: 'text/plain', text: 'one\ntwo\n' },
      { source: 'shop', type: 'text/csv', text: 'a,b\n' },
      { source: 'shop', type: 'text/tab-separated-values', text: 'a\tb\n' },
      { source: 'shop', type: 'text/plain', text: 'three\n', format: 'syslog' },
    ]);
  });

  it('is refused where it is too large, also only once it is unpacked, and where it is not what it says', async () => {
    const before = taken.length;
    const codes = async (answer: ReturnType<Service['ask']>): Promise<unknown> => {
      const { status, json } = await answer;
      return [status, (json as { readonly code: string }).code];
    };
    expect(await codes(post('x'.repeat(6_000), 'text/plain'))).toEqual([413, 'TOO_LARGE']);
    expect(await codes(post(gzipSync('x'.repeat(1_000_000)), 'text/plain', { 'Content-Encoding': 'gzip' }))).toEqual([413, 'TOO_LARGE']);
    expect(await codes(post('x', 'text/plain', { 'Content-Encoding': 'gzip' }))).toEqual([400, 'MALFORMED']);
    expect(await codes(post(gzipSync('x'.repeat(500)).subarray(0, 20), 'text/plain', { 'Content-Encoding': 'gzip' }))).toEqual([
      400,
      'MALFORMED',
    ]);
    expect(await codes(post('x', 'text/plain', { 'Content-Encoding': 'br' }))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(await codes(post('{"a":1}', 'application/json'))).toEqual([400, 'MALFORMED']);
    expect(await codes(post('[1,', 'application/json'))).toEqual([400, 'MALFORMED']);
    expect(await codes(post('x', 'image/png'))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect((await post('x', 'image/png')).json).toMatchObject({
      detail: expect.stringMatching(/image\/png.*text\/plain, text\/csv/) as string,
    });
    for (const query of [
      '',
      'source=',
      'source=..%2f',
      'source=A%20b',
      'source=a&source=b',
      'source=a&x=1',
      'source=a&format=',
      'source=a&format=b&format=c',
    ])
      expect(await codes(post('x', 'text/plain', {}, query)), query).toEqual([400, 'INVALID_INPUT']);
    expect(taken).toHaveLength(before);
  });

  it('is told that nobody takes it where nobody does', async () => {
    const alone = await bench.serve(coreOf(host));
    const answer = await alone.ask('/api/v1/ingest?source=shop', { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/plain' } });
    expect(answer.json).toMatchObject({ status: 501, code: 'NOT_SERVED' });
  });

  it('is in the case when it is answered, and figures of it are told', async () => {
    const own = new ServeBench();
    try {
      const live = await own.serve(await own.withCase(0));
      const source = { type: 'http', name: 'shop' };
      expect((await live.ask('/api/v1/live/sources', { method: 'POST', body: { source, name: 'Shop' } })).status).toBe(200);
      const line = (second: number): string =>
        `192.0.2.7 - - [21/Nov/2026:10:00:${String(second).padStart(2, '0')} +0000] "GET /basket HTTP/1.1" 200 512 "-" "curl/8.5.0"\n`;
      const headers = { 'Content-Type': 'text/plain' };
      for (const start of [0, 20, 40]) {
        const body = Array.from({ length: 20 }, (_, i) => line(start + i)).join('');
        const answer = await live.ask('/api/v1/ingest?source=shop', { method: 'POST', body, headers });
        expect(answer.json).toEqual({ accepted: 20, rejected: 0, comments: 0, format: 'access', formatTitle, recognised: true });
        const page = (await live.ask('/api/v1/records/request?filter=path%20%3D%20%22%2Fbasket%22&limit=0')).json;
        expect(page).toMatchObject({ total: start + 20 });
      }
      expect((await live.ask('/metrics')).text.split('\n')).toContain('flowcase_live_records_total{source="Shop",id="1",path=""} 60');
      expect((await live.ask('/api/v1/live')).json).toMatchObject({
        sources: [{ name: 'Shop', records: 60, lastRecord: '2026-11-21T10:00:59.000000Z', format: 'access', formatTitle }],
      });
    } finally {
      await own.close();
    }
  });

  it('is read as its sender says, as long as nothing of it was read in another way', async () => {
    const own = new ServeBench();
    try {
      const live = await own.serve(await own.withCase(0));
      const post = (source: string, body: string): ReturnType<Service['ask']> =>
        live.ask(`/api/v1/ingest?source=${source}`, { method: 'POST', body, headers: { 'Content-Type': 'text/plain' } });
      const message = '<13>1 2026-11-21T10:00:00Z shop app 1 - - hello\n';
      const request = '192.0.2.7 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0"\n';
      expect((await post('named&format=syslog', message)).json).toMatchObject({ format: 'syslog', recognised: false });
      expect((await post('named', message)).json).toMatchObject({ accepted: 1, format: 'syslog', recognised: false });
      const other = await post('named&format=access', request);
      expect(other.json).toMatchObject({ status: 400, code: 'INVALID_INPUT', details: { field: 'format', format: 'syslog' } });
      // nothing had come yet: the sender knows better than who began to watch
      expect(
        (await live.ask('/api/v1/live/sources', { method: 'POST', body: { source: { type: 'http', name: 'late' }, name: 'Late' } })).status,
      ).toBe(200);
      expect((await post('late&format=access', request)).json).toMatchObject({ format: 'access', recognised: false });
      expect((await live.ask('/api/v1/live')).json).toMatchObject({
        sources: [
          { name: 'API: named', format: 'syslog', watch: { format: 'syslog' } },
          { name: 'Late', format: 'access', watch: { format: 'access' } },
        ],
      });
      // lines of which none can be read have no time, and that is no reason to fall over
      expect((await post('odd&format=access', 'what is this\n')).json).toMatchObject({ format: 'access', recognised: false });
      const odd = ((await live.ask('/api/v1/live')).json as LiveStatus).sources.at(-1);
      expect(odd).toMatchObject({ name: 'API: odd', records: 0, rejected: 1, lastRecord: null, behind: null });
      const unknown = await post('third&format=nonsense', message);
      expect(unknown.json).toMatchObject({ status: 400, code: 'INVALID_INPUT', detail: expect.stringContaining('nonsense') as string });
      expect(((await live.ask('/api/v1/live')).json as LiveStatus).sources).toHaveLength(3);
    } finally {
      await own.close();
    }
  });

  it('is counted as the case counts it, post by post; what nobody can read is refused with the reason, and stops nothing', async () => {
    const own = new ServeBench();
    try {
      const live = await own.serve(await own.withCase(0));
      const post = async (source: string, body: string, type = 'text/plain'): Promise<unknown> => {
        const answer = await live.ask(`/api/v1/ingest?source=${source}`, { method: 'POST', body, headers: { 'Content-Type': type } });
        return answer.json;
      };
      const request = '192.0.2.7 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0"\n';
      for (let i = 0; i < 2; i++) {
        expect(await post('web', 'hello world\n')).toMatchObject({
          status: 422,
          code: 'FORMAT_UNKNOWN',
          detail: expect.stringMatching(/no log that Flowcase knows.*Nothing of this was taken.*format=.*access/s) as string,
        });
      }
      expect(await post('web', `${request}rubbish\n\nmore of it\n`)).toMatchObject({
        accepted: 1,
        rejected: 2,
        comments: 1,
        format: 'access',
      });
      expect(await post('web', 'rubbish\n')).toMatchObject({ accepted: 0, rejected: 1, comments: 0 });
      expect(await post('table', 'name,count,place\n', 'text/csv')).toMatchObject({ status: 422, code: 'FORMAT_UNKNOWN' });
      const table = 'name,count,place\none,1,here\ntwo,2,there\n';
      expect(await post('table', table, 'text/csv')).toMatchObject({ accepted: 2, rejected: 0, comments: 1, format: 'csv' });
      const zeek = [
        '#separator \\x09',
        '#fields\tts\tuid\thost',
        '#types\ttime\tstring\taddr',
        '1300475167.096535\tCx\t192.0.2.1',
        '',
      ].join('\n');
      expect(await post('zeek', zeek)).toMatchObject({ accepted: 1, rejected: 0, comments: 3 });
      const array = '[{"ts":"2026-11-21T10:00:00Z","n": 12345678901234567890, "d":1.0},\n{"ts":"2026-11-21T10:00:01Z","n":1,"d":0.5}]';
      expect(await post('rows', array, 'application/json')).toMatchObject({ accepted: 2, rejected: 0, comments: 0 });
      const { sources } = (await live.ask('/api/v1/live')).json as LiveStatus;
      expect(sources.map(({ name, state, records, rejected }) => [name, state, records, rejected])).toEqual([
        ['API: web', 'running', 1, 3],
        ['API: table', 'running', 2, 0],
        ['API: zeek', 'running', 1, 0],
        ['API: rows', 'running', 2, 0],
      ]);
    } finally {
      await own.close();
    }
  });

  it('is to be sent again where more waits than can be kept', async () => {
    const busy: ApiCore['ingest'] = { accept: () => Promise.reject(new FlowcaseError('BUSY', 'too much waits')) };
    const full = await bench.serve({ ...coreOf(host), ingest: busy });
    const answer = await full.ask('/api/v1/ingest?source=shop', { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/plain' } });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  });
});
