import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { toErrorShape, type EventName } from '../../app/contract.ts';
import { decodeFrame, encodeFrame } from '../../app/contract/wire.ts';
import type { Host } from '../host/host.ts';
import { Guard } from './guard.ts';
import { policyFor, readPages, securityHeaders, type Page } from './pages.ts';

/** A window's messages are commands: a filter, a list of ids. Larger ones are a mistake or an attack. */
const LARGEST_MESSAGE = 8 * 2 ** 20;
const events: readonly EventName[] = ['job', 'case', 'live', 'alert', 'trouble'];

export interface LocalServer {
  /** An address with a token that is good for one use; an earlier one that was not used is good no more. */
  newAddress(): string;
  close(): Promise<void>;
}

/** The same application for a browser on this machine: files of the window, and the contract over a WebSocket. Listens on 127.0.0.1 only. */
export async function serveLocally(host: Host, options: { readonly folder: string; readonly port: number }): Promise<LocalServer> {
  // a dropped file may take its time
  const server = createServer({ requestTimeout: 0 });
  const guard = new Guard(() => (server.address() as AddressInfo).port);
  const pages = readPages(options.folder);
  const uploads = await mkdtemp(join(tmpdir(), 'flowcase-'));
  server.on('request', (request, response) => {
    answer(request, response, guard, pages, uploads).catch((error: unknown) => refuse(response, 500, toErrorShape(error).message));
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!guard.hasOneHost(request)) {
      turnAway(socket, '400 Bad Request');
      return;
    }
    if (request.url !== '/contract' || !guard.isOurHost(request) || !guard.isOurOrigin(request, true) || !guard.hasCookie(request)) {
      turnAway(socket, '403 Forbidden');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (window) => converse(host, window));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { newAddress: () => `http://127.0.0.1:${port}/?token=${guard.newToken()}`, close: () => closeAll(server, sockets, uploads) };
}

async function closeAll(server: Server, sockets: WebSocketServer, uploads: string): Promise<void> {
  for (const window of sockets.clients) window.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(uploads, { recursive: true, force: true });
}

function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  guard: Guard,
  pages: ReadonlyMap<string, Page>,
  uploads: string,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (!guard.hasOneHost(request)) {
    refuse(response, 400, 'A request takes one header Host (RFC 9112, 3.2).');
    return;
  }
  if (!guard.isOurHost(request)) {
    refuse(response, 403, 'This address is not served here.');
    return;
  }
  if (!guard.isOurOrigin(request, request.method !== 'GET')) {
    refuse(response, 403, 'Another page may not ask here.');
    return;
  }
  response.setHeader('Content-Security-Policy', policyFor(request.headers.host ?? ''));
  const { path, query } = targetOf(request);
  const token = query.get('token');
  if (request.method === 'GET' && path === '/' && token !== null) {
    const cookie = guard.redeem(token);
    if (cookie !== null) response.setHeader('Set-Cookie', cookie);
    else if (!guard.hasCookie(request)) {
      refuse(response, 401, 'This address was used already. Press Enter where Flowcase was started: it gives a new one.');
      return;
    }
    response.writeHead(303, { Location: '/' }).end();
    return;
  }
  if (!guard.hasCookie(request)) {
    refuse(response, 401, 'Open Flowcase with the address that it printed when it started.');
    return;
  }
  if (request.method === 'PUT' && path === '/upload') return receive(request, response, query.get('name') ?? '', uploads);
  const page = request.method === 'GET' ? pages.get(path) : undefined;
  if (page === undefined) {
    refuse(response, 404, 'There is nothing here.');
    return;
  }
  response.writeHead(200, { 'Content-Type': page.type, 'Content-Length': page.body.length }).end(page.body);
}

/** The address as it was sent: nothing in it is resolved, joined or decoded. */
function targetOf(request: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
  const target = request.url ?? '/';
  const cut = target.indexOf('?');
  return cut < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, cut), query: new URLSearchParams(target.slice(cut + 1)) };
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** A file dropped on a browser's window: the browser does not say where it lies, so its bytes come here, under its own name. */
async function receive(request: IncomingMessage, response: ServerResponse, name: string, uploads: string): Promise<void> {
  const safe = basename(name.replaceAll('\\', '/')).replaceAll('\0', '');
  if (safe === '' || safe === '.' || safe === '..') {
    refuse(response, 400, 'A dropped file needs a name.');
    return;
  }
  const folder = await mkdtemp(join(uploads, 'drop-'));
  await mkdir(folder, { recursive: true });
  const path = join(folder, safe);
  try {
    await pipeline(request, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ path }));
}

/** One window: calls come in, answers and events go out. */
function converse(host: Host, window: WebSocket): void {
  const send = (message: unknown): void => {
    if (window.readyState === window.OPEN) window.send(encodeFrame(message));
  };
  const off = events.map((event) => host.on(event, (payload) => send({ event, payload })));
  window.on('close', () => off.forEach((stop) => stop()));
  window.on('error', () => window.terminate());
  window.on('message', (data) => {
    const frame = Array.isArray(data) ? Buffer.concat(data) : data;
    void handle(host, frame, send, () => window.close(1003));
  });
}

async function handle(host: Host, frame: ArrayBuffer | Buffer, send: (message: unknown) => void, leave: () => void): Promise<void> {
  let message: unknown;
  try {
    message = decodeFrame(frame);
  } catch {
    leave();
    return;
  }
  if (typeof message !== 'object' || message === null || !('call' in message) || typeof message.call !== 'number') {
    leave();
    return;
  }
  const { call } = message;
  try {
    const output = await host.call('name' in message ? message.name : undefined, 'input' in message ? message.input : undefined);
    send({ call, output: output ?? null });
  } catch (error) {
    send({ call, error: toErrorShape(error) });
  }
}
