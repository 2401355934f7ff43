import { request, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import type { ApiCore } from '../../app/api/types.ts';
import type { CaseInfo, Client, EventName, Events, JobState } from '../../app/contract.ts';
import type { Host } from '../host/host.ts';
import { coreOf, ServeBench, type Service } from './testing-serve.ts';

const bench = new ServeBench();
let host: Host;
let service: Service;
const open: Listener[] = [];

beforeAll(async () => {
  host = await bench.withCase(500);
  service = await bench.serve(host, { heartbeat: 0.05 });
});
afterAll(async () => {
  for (const listener of open) listener.stop();
  await bench.close();
});

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** A client of server-sent events, as the standard has it. */
class Listener {
  readonly told: Told[] = [];
  text = '';
  ended = false;
  readonly #response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      this.text += part;
      this.told.splice(0, Infinity, ...this.text.split('\n\n').slice(0, -1).flatMap(blockOf));
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
    });
  }

  static at(
    where: Service,
    path = '/api/v1/events',
    headers: Record<string, string> = {},
    token = where.served.tokens.read ?? '',
  ): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const sent = { Authorization: `Bearer ${token}`, ...headers };
      const asked = request({ host: '127.0.0.1', port: where.served.port, path, headers: sent, agent: false }, (response) => {
        const listener = new Listener(response);
        open.push(listener);
        resolve(listener);
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  get headers(): IncomingMessage['headers'] {
    return this.#response.headers;
  }

  async until(test: (told: Told) => boolean): Promise<Told> {
    for (;;) {
      const found = this.told.find(test);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  stop(): void {
    this.#response.destroy();
  }
}

function blockOf(block: string): Told[] {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const));
  const data = fields.get('data');
  return data === undefined ? [] : [{ id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) as unknown }];
}

const tag = (name: string): Promise<unknown> =>
  service.ask('/api/v1/taggings', { method: 'POST', body: { target: { type: 'host', host: '10.20.1.77' }, name } });

describe('events', () => {
  it('tell of jobs and of the case as they happen, with a sign of life between', async () => {
    const listener = await Listener.at(service);
    expect(listener.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(listener.headers['cache-control']).toBe('no-store');
    await tag('first');
    const { data } = await listener.until(({ event }) => event === 'case');
    expect((data as CaseInfo).created).toMatch(/^\d{4}-.*\.\d{6}Z$/);
    const started = await service.ask('/api/v1/runs', { method: 'POST', body: { k: 2 } });
    const { job } = started.json as { readonly job: string };
    const done = await listener.until(
      ({ event, data: state }) => event === 'job' && (state as JobState).id === job && (state as JobState).status === 'done',
    );
    expect((done.data as JobState).result).toBeNull();
    await listener.until(() => listener.text.includes('\n: still here\n'));
  });

  it('are only those that were asked for', async () => {
    const jobs = await Listener.at(service, '/api/v1/events?topics=job');
    const both = await Listener.at(service, '/api/v1/events?topics=job,case');
    await tag('second');
    await service.ended(await service.ask('/api/v1/tables/hosts', { method: 'POST', body: {} }));
    await both.until(({ event }) => event === 'case');
    await jobs.until(({ event, data }) => event === 'job' && (data as JobState).status === 'done');
    expect(jobs.told.every(({ event }) => event === 'job')).toBe(true);
    expect((await service.ask('/api/v1/events?topics=weather')).status).toBe(400);
    expect((await service.ask('/api/v1/events?nope=1')).status).toBe(400);
  });

  it('that were missed come again, each once and in order, or word that they are gone', async () => {
    const first = await Listener.at(service);
    await tag('third');
    const { id } = await first.until(({ event }) => event === 'case');
    first.stop();
    for (const name of ['a', 'b', 'c']) {
      await tag(name);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const again = await Listener.at(service, '/api/v1/events', { 'Last-Event-ID': id });
    await again.until(({ data }) => (data as CaseInfo).tags >= 6);
    const numbers = again.told.map((told) => Number(told.id.split('-')[1]));
    const last = Number(id.split('-')[1]);
    expect(numbers).toEqual(numbers.map((_, i) => last + 1 + i));
    for (const strange of ['000000000000-1', `${id.split('-')[0]}-999999`, 'x', '-', `${id}x`]) {
      const lost = await Listener.at(service, '/api/v1/events', { 'Last-Event-ID': strange });
      await lost.until(({ event }) => event === 'reset');
    }
  });

  it('end for a token that is good no more', async () => {
    const file = join(bench.folder, 'tokens.json');
    const { token, secret } = makeToken('t', 'read', null, Date.now() * 1000);
    writeTokens(file, [token]);
    const other = await bench.serve(host, { tokenFile: file, heartbeat: 0.05 });
    const listener = await Listener.at(other, '/api/v1/events', {}, secret);
    writeTokens(file, []);
    while (!listener.ended) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('do not pile up for a client that does not read', async () => {
    const source = new Source(host);
    const other = await bench.serve(source.core);
    const socket = createConnection(other.served.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${other.host}\r\nAuthorization: Bearer ${other.served.tokens.read ?? ''}\r\n\r\n`);
    await once(socket, 'readable');
    socket.pause();
    const metric = async (): Promise<string> => /^flowcase_event_streams (\d+)$/m.exec((await other.ask('/metrics')).text)?.[1] ?? '';
    expect(await metric()).toBe('1');
    const trouble = { message: 'x'.repeat(100_000), fatal: false };
    for (let i = 0; i < 400 && (await metric()) === '1'; i++) {
      source.tell('trouble', trouble);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await metric()).toBe('0');
    socket.destroy();
  });

  it('end when the server is stopped, which does not wait for them', async () => {
    const other = await bench.serve(host);
    const listener = await Listener.at(other);
    await other.served.close();
    while (!listener.ended) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

/** A core whose events a test tells itself. */
class Source {
  readonly core: ApiCore;
  readonly #listeners = new Map<string, ((payload: never) => void)[]>();

  constructor(behind: Host) {
    const on: Client['on'] = (event, listener) => {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      return () => undefined;
    };
    this.core = { ...coreOf(behind), on };
  }

  tell<E extends EventName>(event: E, payload: Events[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }
}
