import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiCore, IngestSink } from '../../app/api/types.ts';
import type { Host } from '../host/host.ts';
import { coreOf, ServeBench, type Service } from './testing-serve.ts';

/** How a server ends, whatever its clients do. */
const bench = new ServeBench();
let host: Host;
beforeAll(async () => {
  host = await bench.withCase(0);
});
afterAll(() => bench.close());

const taken = { accepted: 1, rejected: 0, comments: 0, format: null, formatTitle: '', recognised: false };

/** Somebody who takes what is posted when the test says so. */
function slowSink(): { readonly sink: IngestSink; readonly waiting: () => number; readonly release: () => void } {
  const waits: (() => void)[] = [];
  const accept = (): ReturnType<IngestSink['accept']> => new Promise((resolve) => waits.push(() => resolve(taken)));
  return { sink: { accept }, waiting: () => waits.length, release: () => waits.splice(0).forEach((go) => go()) };
}

interface Posted {
  readonly status: number;
  readonly connection: string | undefined;
  readonly body: string;
}

function post(service: Service, agent: Agent): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${service.served.tokens.write ?? ''}`, 'Content-Type': 'text/plain' };
    const asked = request(
      { host: '127.0.0.1', port: service.served.port, path: '/api/v1/ingest?source=a', method: 'POST', headers, agent },
      (answer) => {
        const { statusCode = 0, headers: said } = answer;
        text(answer).then((body) => resolve({ status: statusCode, connection: said.connection, body }), reject);
      },
    );
    asked.on('error', reject);
    asked.end('a line\n');
  });
}

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('ends when what is under way is answered, although its clients keep their connections', async () => {
  const { sink, waiting, release } = slowSink();
  const core: ApiCore = { ...coreOf(host), ingest: sink };
  const service = await bench.serve(core);
  const agent = new Agent({ keepAlive: true });
  const idle = connect(service.served.port, '127.0.0.1');
  try {
    const posts = [post(service, agent), post(service, agent)];
    await until(() => waiting() === 2);
    const closed = service.served.close();
    release();
    for (const { status, connection } of await Promise.all(posts)) expect([status, connection]).toEqual([200, 'close']);
    expect(await closed).toEqual([]);
  } finally {
    agent.destroy();
    idle.destroy();
  }
});

it('answers 503 with problem details to whoever asks while it ends', async () => {
  const { sink, waiting, release } = slowSink();
  const service = await bench.serve({ ...coreOf(host), ingest: sink });
  // a connection that is there already, with half a request on it
  const late = connect(service.served.port, '127.0.0.1');
  const answer = text(late);
  late.write(`GET /api/v1/case HTTP/1.1\r\nHost: ${service.host}\r\n`);
  const agent = new Agent({ keepAlive: true });
  try {
    const under = post(service, agent);
    await until(() => waiting() === 1);
    const closed = service.served.close();
    late.write(`Authorization: Bearer ${service.served.tokens.read ?? ''}\r\n\r\n`);
    const said = await answer;
    expect(said).toMatch(/^HTTP\/1\.1 503 /);
    expect(said).toMatch(/^content-type: application\/problem\+json/im);
    expect(said).toMatch(/^retry-after: \d+/im);
    expect(said).toMatch(/^connection: close/im);
    expect(said).toContain('"code":"STOPPING"');
    release();
    expect((await under).status).toBe(200);
    expect(await closed).toEqual([]);
  } finally {
    agent.destroy();
    late.destroy();
  }
});

it('ends after a limit of time all the same, and says what was not finished', async () => {
  const { sink, waiting } = slowSink();
  const service = await bench.serve({ ...coreOf(host), ingest: sink }, { patience: 50 });
  const agent = new Agent({ keepAlive: true });
  try {
    const cut = expect(post(service, agent)).rejects.toThrow();
    await until(() => waiting() === 1);
    // the query can hold anything: it is not told
    expect(await service.served.close()).toEqual(['POST /api/v1/ingest']);
    await cut;
  } finally {
    agent.destroy();
  }
});
