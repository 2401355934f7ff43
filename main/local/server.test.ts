import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame } from '../../app/contract/wire.ts';
import { createHost, type Host } from '../host/host.ts';
import { serveLocally, type LocalServer } from './server.ts';

let folder: string;
let host: Host;
let server: LocalServer;
let port: number;
let origin: string;
/** The token of an address, as it stands in it. */
let search: string;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-server-'));
  const window = join(folder, 'window');
  mkdirSync(join(window, 'assets'), { recursive: true });
  writeFileSync(join(window, 'index.html'), '<!doctype html><title>Flowcase</title>');
  writeFileSync(join(window, 'assets', 'a.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  host = createHost({ kind: 'local', version: '0.0.1', dataFolder: join(folder, 'data'), recordOpenings: true });
  server = await serveLocally(host, { folder: window, port: 0 });
  const address = new URL(server.newAddress());
  ({ origin, search } = address);
  port = Number(address.port);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server.close();
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function enter(): Promise<string> {
  const { headers } = await ask(`/${search}`);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** Opens a WebSocket; answers with it, or with the status it was refused with. */
function open(headers: Record<string, string>): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/contract`, { headers });
    sockets.push(socket);
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0));
    socket.on('error', () => undefined);
  });
}

async function inside(): Promise<WebSocket> {
  const socket = await open({ Cookie: await enter(), Origin: origin });
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

async function next(socket: WebSocket): Promise<unknown> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return decodeFrame(data);
}

it('takes requests with one Host, and refuses all others as malformed', async () => {
  const own = `127.0.0.1:${port}`;
  const cookie = await enter();
  const answerTo = async (hosts: readonly string[], more = ''): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const path = more === '' ? '/' : '/contract';
    const headers = hosts.map((host) => `${host}\r\n`).join('');
    socket.write(`GET ${path} HTTP/1.1\r\n${headers}Cookie: ${cookie}\r\n${more === '' ? 'Connection: close\r\n' : more}\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return first.toString().split('\r\n', 1)[0];
  };
  const upgrade = `Origin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n`;
  expect(await answerTo([`Host: ${own}`])).toBe('HTTP/1.1 200 OK');
  for (const hosts of [
    [`Host: ${own}`, 'Host: evil.example'],
    ['host: evil.example', `HOST: ${own}`],
    [`Host: ${own}`, `Host: ${own}`],
  ]) {
    expect(await answerTo(hosts), hosts.join()).toBe('HTTP/1.1 400 Bad Request');
    expect(await answerTo(hosts, upgrade), hosts.join()).toBe('HTTP/1.1 400 Bad Request');
  }
  expect(await answerTo([`Host: ${own}`], upgrade)).toBe('HTTP/1.1 101 Switching Protocols');
});

describe('the door', () => {
  it('opens once for the token, with a cookie that no script reads and no other site sends', async () => {
    const entered = await ask(`/${search}`);
    expect(entered.status).toBe(303);
    expect(entered.headers.location).toBe('/');
    const [cookie = ''] = entered.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect((await ask(`/${search}`)).status).toBe(401);
    const [value = ''] = cookie.split(';');
    expect((await ask('/', { Cookie: value })).status).toBe(200);
    expect((await ask('/', { Cookie: `other=1; ${value}; more=2` })).status).toBe(200);
    expect((await ask('/', { Cookie: value.slice(0, -1) })).status).toBe(401);
    expect((await ask('/', { Cookie: value.replace(String(port), String(port + 1)) })).status).toBe(401);
  });

  it('opens again with a new address, which takes the place of one that nobody used', async () => {
    const second = new URL(server.newAddress()).search;
    expect((await ask(`/${search}`)).status).toBe(401);
    expect((await ask(`/${second}`)).status).toBe(303);
    expect((await ask(`/${new URL(server.newAddress()).search}`)).status).toBe(303);
  });

  it('stays shut for a wrong token, and the right one still works after it', async () => {
    for (const token of ['', 'x', 'a'.repeat(43)]) expect((await ask(`/?token=${token}`)).status).toBe(401);
    expect((await ask(`/${search}`)).status).toBe(303);
  });

  it('stays shut for other names and other pages, with the cookie and the token too', async () => {
    for (const name of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port + 1}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`])
      expect((await ask(`/${search}`, { Host: name })).status, name).toBe(403);
    const Cookie = await enter();
    for (const Origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`])
      expect((await ask('/', { Cookie, Origin })).status, Origin).toBe(403);
    expect((await ask('/', { Cookie })).status).toBe(200);
  });

  it('says no in one plain line, and never shows a page without the policy', async () => {
    for (const answer of [await ask('/'), await ask('/', { Host: 'evil.example' }), await ask('/none', { Cookie: await enter() })]) {
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.text.trimEnd().split('\n')).toHaveLength(1);
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('is on 127.0.0.1 alone', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    for (const other of others) {
      const socket = connect(port, other?.address);
      const [error] = (await once(socket, 'error')) as [Error & { readonly code?: string }];
      expect(error.code).toBe('ECONNREFUSED');
    }
    expect(new URL(origin).hostname).toBe('127.0.0.1');
  });
});

describe('files', () => {
  it('are those of the window, and no others by any spelling', async () => {
    const Cookie = await enter();
    expect(await ask('/assets/a.js', { Cookie })).toMatchObject({ status: 200, text: 'export {};' });
    const spellings = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/../../secret.txt',
      '//secret.txt',
      '/..\\secret.txt',
      '/index.html%00',
      '/assets',
      'http://evil.example/secret.txt',
      '/__proto__',
    ];
    for (const path of spellings) {
      const answer = await ask(path, { Cookie });
      expect(answer.status, path).toBe(404);
      expect(answer.text).not.toContain('secret');
    }
  });

  it('that are dropped are kept under their name in a private folder, until the end', async () => {
    const Cookie = await enter();
    const put = (name: string, body: string): Promise<Answer> =>
      ask(`/upload?name=${encodeURIComponent(name)}`, { Cookie, Origin: origin }, 'PUT', body);
    const kept: string[] = [];
    for (const name of ['conn.log', 'conn.log', 'ä ö.log', '../../up.log', 'C:\\x\\win.log']) {
      const answer = await put(name, `body of ${name}`);
      expect(answer.status).toBe(200);
      const { path } = JSON.parse(answer.text) as { readonly path: string };
      expect(readFileSync(path, 'utf8')).toBe(`body of ${name}`);
      expect(path.endsWith(name.split(/[/\\]/).at(-1) ?? '')).toBe(true);
      expect(path.startsWith(tmpdir())).toBe(true);
      if (process.platform !== 'win32') expect(statSync(dirname(path)).mode & 0o077).toBe(0);
      kept.push(path);
    }
    expect(new Set(kept).size).toBe(kept.length);
    for (const name of ['', '.', '..', '/']) expect((await put(name, 'x')).status).toBe(400);
    expect((await ask('/upload?name=a', { Cookie }, 'PUT', 'x')).status).toBe(403);
    expect((await ask('/upload?name=a', { Origin: origin }, 'PUT', 'x')).status).toBe(401);
    await server.close();
    expect(kept.filter((path) => existsSync(path))).toEqual([]);
  });

  it.each(['POST', 'DELETE', 'OPTIONS', 'PATCH'])('are not changed by %s', async (method) => {
    const answer = await ask('/index.html', { Cookie: await enter(), Origin: origin }, method, '');
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe('the contract over a WebSocket', () => {
  it('needs cookie, origin and address', async () => {
    const Cookie = await enter();
    expect(await open({ Cookie })).toBe(403);
    expect(await open({ Origin: origin })).toBe(403);
    expect(await open({ Cookie, Origin: 'http://evil.example' })).toBe(403);
    expect(await open({ Cookie, Origin: origin, Host: 'evil.example' })).toBe(403);
    expect(await open({ Cookie, Origin: origin })).toBeInstanceOf(WebSocket);
  });

  it('answers calls, tells what is wrong with them, and tells events to every window', async () => {
    const [socket, other] = await Promise.all([inside(), inside().catch(() => null)]);
    expect(other).toBeNull(); // the token was used: a second window comes with the cookie of the first
    socket.send(encodeFrame({ call: 1, name: 'app.info', input: {} }));
    expect(await next(socket)).toMatchObject({ call: 1, output: { name: 'Flowcase', host: 'local' } });
    socket.send(encodeFrame({ call: 2, name: 'case.open', input: { path: 5 } }));
    expect(await next(socket)).toMatchObject({ call: 2, error: { code: 'INVALID_INPUT', details: { field: 'path' } } });
    socket.send(encodeFrame({ call: 3, name: '__proto__', input: {} }));
    expect(await next(socket)).toMatchObject({ call: 3, error: { code: 'INVALID_INPUT' } });
    const messages: unknown[] = [];
    const told = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        messages.push(decodeFrame(data));
        if (messages.length === 2) resolve();
      }),
    );
    socket.send(encodeFrame({ call: 4, name: 'case.create', input: { path: join(folder, 'a.flowcase'), name: 'a' } }));
    await told;
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ event: 'case', payload: expect.objectContaining({ name: 'a' }) as unknown }),
        expect.objectContaining({ call: 4 }),
      ]),
    );
  });

  it.each([
    ['a text', 'text'],
    ['bytes that are no frame', Buffer.alloc(64)],
    ['a frame without a call', encodeFrame({ name: 'app.info' })],
    ['a message that is far too large', Buffer.alloc(9 * 2 ** 20)],
  ])('hangs up on %s, and the host goes on', async (_, data) => {
    const socket = await inside();
    socket.send(data);
    await once(socket, 'close');
    expect(await host.invoke('app.info', {})).toMatchObject({ name: 'Flowcase' });
  });
});

it('survives a caller that hangs up in the middle of a refused upgrade', async () => {
  for (let i = 0; i < 20; i++) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /contract HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    socket.resetAndDestroy();
  }
  expect((await ask('/')).status).toBe(401);
});
