import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServeOptions } from '../../app/api/serve.ts';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import type { Host } from '../host/host.ts';
import { codeOf, detailOf, ServeBench, type Answer, type Service } from './testing-serve.ts';

let bench: ServeBench;
let host: Host;
let served: Service;
beforeEach(async () => {
  bench = new ServeBench();
  host = await bench.withCase(0);
  served = await bench.serve(host);
});
afterEach(() => bench.close());

const line = (second: number): string =>
  `192.0.2.7 - - [21/Nov/2026:10:00:${String(second).padStart(2, '0')} +0000] "GET /basket HTTP/1.1" 200 512 "-" "curl/8.5.0"\n`;
const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => line(from + i)).join('');
const total = async (): Promise<number> => ((await served.ask('/api/v1/records/request?limit=0')).json as { readonly total: number }).total;

/** The server ends, and another one opens the case. */
async function openAgain(options: Partial<ServeOptions> = {}): Promise<void> {
  await served.served.close();
  await host.close();
  host = bench.host();
  await host.invoke('case.open', { path: bench.casePath });
  served = await bench.serve(host, options);
}

interface Post {
  readonly key?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}
function post(body: string | Buffer, { key, query = 'source=shop', headers = {}, token }: Post = {}): Promise<Answer> {
  const own = { 'Content-Type': 'text/plain', ...(key === undefined ? {} : { 'Idempotency-Key': key }), ...headers };
  return served.ask(`/api/v1/ingest?${query}`, { method: 'POST', body, headers: own, ...(token === undefined ? {} : { token }) });
}

describe('a post with an Idempotency-Key', () => {
  it('that comes again is answered as it was first, and kept once', async () => {
    const key = '"8e03978e-40d5-43e8-bc93-6894a57f9324"';
    const first = await post(lines(0, 5), { key });
    expect(first.json).toMatchObject({ accepted: 5, rejected: 0, format: 'access', recognised: true });
    expect((await post(lines(5, 9))).status).toBe(200);
    for (const again of [
      await post(lines(0, 5), { key }),
      // the same key without its quotes, and the same body packed
      await post(lines(0, 5), { key: key.slice(1, -1) }),
      await post(gzipSync(lines(0, 5)), { key, headers: { 'Content-Encoding': 'gzip' } }),
    ]) {
      expect(again.status).toBe(200);
      expect(again.json).toEqual(first.json);
    }
    expect(await total()).toBe(9);
    expect((await post(lines(0, 5), { key: '"another"' })).json).toEqual(first.json);
    expect((await post(lines(0, 5))).status).toBe(200);
    expect(await total()).toBe(19);
  });

  it('and another body, source, type or format than before is refused, and nothing of it is taken', async () => {
    await post(lines(0, 5), { key: '"a"' });
    for (const other of [
      await post(lines(0, 6), { key: '"a"' }),
      await post(lines(0, 5), { key: '"a"', query: 'source=other' }),
      await post(lines(0, 5), { key: '"a"', query: 'source=shop&format=access' }),
      await post(lines(0, 5), { key: '"a"', headers: { 'Content-Type': 'text/csv' } }),
    ]) {
      expect(other.status).toBe(422);
      expect(codeOf(other)).toBe('IDEMPOTENCY_KEY_REUSED');
      expect(detailOf(other)).toMatch(/nothing of this was taken/i);
    }
    expect(await total()).toBe(5);
  });

  it('is remembered when the case is opened again', async () => {
    const first = await post(lines(0, 5), { key: '"a"' });
    const blank = await post('\n', { key: '"b"' });
    await openAgain();
    expect((await post(lines(0, 5), { key: '"a"' })).json).toEqual(first.json);
    expect((await post('\n', { key: '"b"' })).json).toEqual(blank.json);
    expect((await post(lines(0, 6), { key: '"a"' })).status).toBe(422);
    expect((await post(lines(0, 5), { key: '"b"' })).status).toBe(422);
    expect(await total()).toBe(5);
  });

  it('is answered with 409 while the first one is being taken', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(lines(0, 50), { key: '"a"' })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(codeOf(answer)).toBe('IDEMPOTENCY_KEY_IN_USE');
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect(statuses).toContain(409);
    expect(await total()).toBe(50);
  });

  it('that was refused is done anew', async () => {
    expect((await post('what is this\n', { key: '"a"' })).status).toBe(422);
    expect(codeOf(await post('what is this\n', { key: '"a"' }))).toBe('FORMAT_UNKNOWN');
    expect((await post(lines(0, 5), { key: '"a"' })).status).toBe(200);
    expect(await total()).toBe(5);
  });

  it('of two tokens are two', async () => {
    const now = Date.now() * 1000;
    const [one, two] = ['one', 'two'].map((name) => makeToken(name, 'write', null, now));
    const path = `${bench.folder}/tokens.json`;
    writeTokens(path, [one.token, two.token]);
    await openAgain({ tokenFile: path });
    await post(lines(0, 5), { key: '"a"', token: one.secret });
    expect((await post(lines(5, 7), { key: '"a"', token: two.secret })).json).toMatchObject({ accepted: 2 });
    expect((await post(lines(0, 5), { key: '"a"', token: one.secret })).json).toMatchObject({ accepted: 5 });
    expect((await served.ask('/api/v1/records/request?limit=0', { token: one.secret })).json).toMatchObject({ total: 7 });
  });

  it('that is none is refused', async () => {
    for (const key of ['""', '"a', 'a b', '"a", "b"', 'a,b', '"\u00e9"', 'x'.repeat(256)]) {
      const answer = await post(lines(0, 1), { key });
      expect(answer.status, key).toBe(400);
      expect(detailOf(answer), key).toContain('Idempotency-Key');
    }
  });
});
