import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpTarget } from './http-target.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Asked {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that answers with these codes, one after the other. */
async function serve(codes: readonly number[], asked: Asked[]): Promise<URL> {
  const left = [...codes];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push({ url: request.url, headers: request.headers, body });
      const code = left.shift() ?? 200;
      response.writeHead(code, code === 429 ? { 'retry-after': '0.05' } : {}).end(code === 200 ? '{"accepted":1}' : 'no room');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/ingest`);
}

const lines = [{ bytes: Buffer.from('a line\n'), kind: 'record', ts: NaN } as const];

describe('lines for the API', () => {
  it('are posted as they are, with the token, and again where there was no room', async () => {
    const asked: Asked[] = [];
    const url = await serve([429, 503, 200], asked);
    await new HttpTarget(url, 'secret').write(lines);
    expect(asked.map(({ body }) => body)).toEqual(['a line\n', 'a line\n', 'a line\n']);
    expect(asked[2].headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'text/plain' });
    expect(asked[2].url).toBe('/api/v1/ingest?source=produce');
  });

  it('are not sent again where they are refused, or nobody answers', async () => {
    const asked: Asked[] = [];
    const url = await serve([401], asked);
    const refusal = new HttpTarget(url, 'secret').write(lines);
    await expect(refusal).rejects.toMatchObject({ code: 'REMOTE_REFUSED', message: expect.stringContaining('FLOWCASE_TOKEN') as string });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('secret') as string });
    expect(asked).toHaveLength(1);
    await expect(new HttpTarget(new URL('http://127.0.0.1:9/ingest'), undefined).write(lines)).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
    });
  });

  it('take no password in the address', () => {
    expect(() => new HttpTarget(new URL('http://a:b@127.0.0.1/'), undefined)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }) as Error,
    );
  });
});
