import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { request as plain, type IncomingHttpHeaders } from 'node:http';
import { request as secure } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApi } from '../../app/api/openapi.ts';
import { serveCase, type Served, type ServeOptions } from '../../app/api/serve.ts';
import type { ApiCore } from '../../app/api/types.ts';
import type { JobState } from '../../app/contract.ts';
import { sampleOptions } from '../../app/generate/sample.ts';
import { generateZeekConn } from '../../app/generate/zeek-conn.ts';
import { createHost, type Host } from '../host/host.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** What the body says where it is JSON; else null. */
  readonly json: unknown;
}

export interface Ask {
  readonly method?: string;
  /** null: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON. */
  readonly body?: unknown;
}

/** A real host with a real case of generated traffic, served on a real socket, for tests; `close` it afterwards. */
export class ServeBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowcase-serve-test-'));
  /** Where files may be imported from; conn.log is in it. */
  readonly files = join(this.folder, 'files');
  readonly casePath = join(this.folder, 'a.flowcase');
  readonly #hosts: Host[] = [];
  readonly #served: Served[] = [];

  constructor() {
    mkdirSync(this.files);
  }

  host(): Host {
    const host = createHost({ kind: 'local', version: '0.0.1', dataFolder: join(this.folder, 'data'), recordOpenings: false, who: 'Ada' });
    this.#hosts.push(host);
    return host;
  }

  /** Writes a Zeek conn.log with planted incidents beside what may be imported. */
  async writeLog(rows: number, name = 'conn.log', seed = 3): Promise<string> {
    const path = join(this.files, name);
    await generateZeekConn({ ...sampleOptions, rows, seed }, (block) => appendFileSync(path, block));
    return path;
  }

  /** A host with a case of so many connections. */
  async withCase(rows: number): Promise<Host> {
    const host = this.host();
    await host.invoke('case.create', { path: this.casePath, name: 'a', number: '', examiner: '' });
    if (rows > 0) await host.runJob('evidence.import', { paths: [await this.writeLog(rows)] });
    return host;
  }

  async serve(host: ApiCore, options: Partial<ServeOptions> = {}): Promise<Service> {
    const served = await serveCase(host, { version: '0.0.1', rate: 100_000, files: [this.files], ...options });
    this.#served.push(served);
    return new Service(served);
  }

  async close(): Promise<void> {
    for (const served of this.#served.splice(0)) await served.close();
    for (const host of this.#hosts.splice(0)) await host.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What is served, as a client meets it. */
export class Service {
  readonly served: Served;

  constructor(served: Served) {
    this.served = served;
  }

  get host(): string {
    return `127.0.0.1:${this.served.port}`;
  }

  /** The answer to a request, which the document must know (`undocumented`), with the token that writes unless told otherwise. `path` goes out as it is. */
  ask(path: string, { method = 'GET', token, headers = {}, body }: Ask = {}): Promise<Answer> {
    const { address, port, tokens } = this.served;
    const isTls = address.startsWith('https:');
    const given = token === undefined ? (tokens.write ?? tokens.read) : token;
    const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const sent = {
      ...(given == null ? {} : { Authorization: `Bearer ${given}` }),
      ...(raw === body ? {} : { 'Content-Type': 'application/json' }),
      ...(raw === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(raw)) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method, headers: sent, agent: false, rejectUnauthorized: false } as const;
      const asked = (isTls ? secure : plain)(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString('utf8');
          const isJson = /json/.test(response.headers['content-type'] ?? '') && !/ndjson/.test(response.headers['content-type'] ?? '');
          const json: unknown = isJson ? JSON.parse(text) : null;
          const status = response.statusCode ?? 0;
          const wrong = undocumented(method, path, status, response.headers);
          if (wrong !== null) reject(new Error(`${wrong}: ${text.slice(0, 300)}`));
          else resolve({ status, headers: response.headers, text, bytes, json });
        });
      });
      asked.on('error', reject);
      asked.end(raw);
    });
  }

  /** The job that an answer started, when it has ended. */
  async ended(answer: Answer): Promise<JobState> {
    if (answer.status !== 202) throw new Error(`no job was started: ${answer.status} ${answer.text}`);
    for (;;) {
      const state = (await this.ask(answer.headers.location ?? '')).json as JobState;
      if (!['queued', 'running'].includes(state.status)) return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const document = openApi('0.0.1');
const patterns = Object.entries(document.paths)
  .map(([path, methods]) => ({ path, methods, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
/** Paths of the documentation itself, which it does not describe. */
const itself = ['/', '/docs/style.css'];

/** What the document does not say of an answer, or null: a status of an operation, and of a path what it takes and what it does not. */
export function undocumented(method: string, address: string, status: number, headers: IncomingHttpHeaders): string | null {
  const [path = ''] = address.split('?', 1);
  const found = patterns.find(({ pattern }) => pattern.test(path));
  if (found === undefined || itself.includes(path) || method === 'OPTIONS' || method === 'HEAD') return null;
  const taken = Object.keys(found.methods).map((one) => one.toUpperCase());
  const operation = found.methods[method.toLowerCase()];
  if (operation !== undefined)
    return Object.hasOwn(operation.responses, String(status)) ? null : `${method} ${found.path}: ${status} is not documented`;
  if (headers.allow === undefined && status !== 405 && found.path.includes('{')) return null;
  const allowed = (headers.allow ?? '').split(', ').sort().join();
  return status === 405 && allowed === taken.sort().join() ? null : `${method} ${found.path}: ${status}, Allow: ${allowed}`;
}

/** The core of a host, without what takes events. */
export function coreOf(behind: Host): ApiCore {
  return {
    invoke: (name, input) => behind.invoke(name, input),
    runJob: (name, input, told) => behind.runJob(name, input, told),
    on: (event, listener) => behind.on(event, listener),
  };
}

/** 3,000 connections, served to one other site, with bodies of at most 20,000 bytes. */
export async function serveSample(bench: ServeBench): Promise<{ readonly host: Host; readonly service: Service }> {
  const host = await bench.withCase(3_000);
  return { host, service: await bench.serve(host, { origins: ['https://board.example'], bodyLimit: 20_000 }) };
}

/** The code and the words of an answer that tells of an error. */
export const codeOf = (answer: Answer): unknown => (answer.json as { readonly code?: unknown } | null)?.code;
export const detailOf = (answer: Answer): string => String((answer.json as { readonly detail?: unknown } | null)?.detail);
