import { chmodSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../host/host.ts';
import { codeOf, detailOf, ServeBench, type Service } from './testing-serve.ts';

/** What HTTP itself can get wrong, and clients that ask for more than their share. */
const bench = new ServeBench();
const log: string[] = [];
let host: Host;
let service: Service;

beforeAll(async () => {
  host = await bench.withCase(0);
  service = await bench.serve(host, { log: { write: (line) => void log.push(line) } });
});
afterAll(() => bench.close());

/** What comes back for these bytes, until the server closes the connection. */
async function raw(
  bytes: string,
  to: Service = service,
): Promise<{ readonly status: number; readonly head: string; readonly json: unknown }> {
  const socket = connect(to.served.port, '127.0.0.1');
  socket.write(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n', 2);
  return { status: Number(head.split(' ', 2)[1]), head, json: body === '' ? null : JSON.parse(body) };
}
const bearer = (): string => `Authorization: Bearer ${service.served.tokens.write ?? ''}\r\n`;

describe('a request', () => {
  it('may have a filter as long as the document allows, in any letters', async () => {
    const name = 'é'.repeat(19_000);
    const answer = await service.ask(`/api/v1/filter/request?filter=${encodeURIComponent(`path = "${name}"`)}&cursor=0`);
    expect(answer.status).toBe(200);
  });

  const ask = 'GET /api/v1/case HTTP/1.1\r\n';
  it.each([
    ['headers that are too long', () => `${ask}Host: ${service.host}\r\nX: ${'x'.repeat(300_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    [
      'two lengths',
      () => `POST /api/v1/tags/undo HTTP/1.1\r\nHost: ${service.host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'MALFORMED',
    ],
    [
      'a length beside chunks',
      () => `POST /api/v1/tags/undo HTTP/1.1\r\nHost: ${service.host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      'MALFORMED',
    ],
    ['what is no HTTP', () => 'hello\r\n\r\n', 400, 'MALFORMED'],
    ['no name of a host', () => `${ask}Connection: close\r\n${bearer()}\r\n`, 400, 'MALFORMED'],
    [
      'two names of hosts',
      () => `${ask}Host: ${service.host}\r\nHost: ${service.host}\r\nConnection: close\r\n${bearer()}\r\n`,
      400,
      'MALFORMED',
    ],
  ])('with %s is answered with problem details', async (_, bytes, status, code) => {
    const answer = await raw(bytes());
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/^content-type: application\/problem\+json/im);
    expect(answer.json).toMatchObject({ status, code });
  });

  it.each([
    ['headers', 'GET / HTTP/1.1\r\nX: '],
    ['a body', 'POST /api/v1/tags/undo HTTP/1.1\r\nContent-Length: 1000\r\nHost: '],
  ])('whose client is slow with %s is cut off', async (_, begun) => {
    const impatient = await bench.serve(host, { timeouts: { headers: 50, request: 100 } });
    const whole = begun.endsWith('Host: ') ? `${begun}${impatient.host}\r\nContent-Type: application/json\r\n\r\n{` : begun;
    const { tokens } = impatient.served;
    const answer = await raw(
      whole.replace('\r\nContent-Type', `\r\nAuthorization: Bearer ${tokens.write ?? ''}\r\nContent-Type`),
      impatient,
    );
    expect(answer.json).toMatchObject({ status: 408, code: 'TOO_SLOW' });
  });

  it('of a way to write that is not UTF-8 is refused in words', async () => {
    const post = (type: string): ReturnType<Service['ask']> =>
      service.ask('/api/v1/ingest?source=a', { method: 'POST', body: 'x', headers: { 'Content-Type': type } });
    const answer = await post('text/plain; charset=utf-16');
    expect([answer.status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(detailOf(answer)).toMatch(/utf-16.*UTF-8/);
    expect((await post('text/plain; charset="UTF-8"')).status).not.toBe(415);
  });
});

it('no token is written into the log, wherever somebody puts it', async () => {
  const { write = '' } = service.served.tokens;
  for (const address of [`/api/v1/case?token=${write}`, `/${write}`, `/api/v1/case?token=${write.replace('_', '%5F')}`])
    await service.ask(address, { token: null });
  expect(log.join('')).toContain('/api/v1/case?token=');
  expect(log.join('')).not.toContain(write.slice(9));
});

it('a token has so many streams of events, and leaves the rest to others', async () => {
  const { read = '', write = '' } = service.served.tokens;
  const opened: AbortController[] = [];
  const open = async (token: string): Promise<number> => {
    const stop = new AbortController();
    opened.push(stop);
    const answer = await fetch(`${service.served.address}/api/v1/events`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    return answer.status;
  };
  try {
    for (let i = 0; i < 20; i++) expect(await open(read), String(i)).toBe(200);
    expect(await open(read)).toBe(429);
    expect(await open(write)).toBe(200);
  } finally {
    for (const stop of opened) stop.abort();
  }
});

it('whoever guesses tokens is slowed down, and who has a right one at the same address is not', async () => {
  const guessed = await bench.serve(host);
  const statuses = new Set<number>();
  for (let i = 0; i < 120; i++) {
    const answer = await guessed.ask('/api/v1/case', { token: `flowcase_${i}` });
    statuses.add(answer.status);
    if (answer.status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  expect([...statuses]).toEqual([401, 429]);
  expect((await guessed.ask('/api/v1/case')).status).toBe(200);
});

it.skipIf(process.platform === 'win32')('a key that others may read is not taken', async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048, algorithm: 'sha256' });
  const tls = { cert: join(bench.folder, 'c.pem'), key: join(bench.folder, 'k.pem') };
  writeFileSync(tls.cert, made.cert);
  writeFileSync(tls.key, made.private);
  chmodSync(tls.key, 0o644);
  await expect(bench.serve(host, { tls })).rejects.toThrow(/may be read by others.*chmod 600/);
  chmodSync(tls.key, 0o600);
  expect((await bench.serve(host, { tls })).served.certificate).not.toBeNull();
});
