import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isoTime } from '../contract/format.ts';
import { FlowcaseError, toErrorShape } from '../errors.ts';
import { actingBy } from '../shared/acting.ts';
import { addDocs } from './docs.ts';
import { Door } from './door.ts';
import type { Drain } from './drain.ts';
import { eventNames, EventHub, MOST_OF_ONE, MOST_STREAMS } from './events.ts';
import { addHealth } from './health.ts';
import { addIngest } from './ingest.ts';
import { Knocks } from './knocks.ts';
import { addMetrics } from './metrics.ts';
import { addOperations, base, fastifyPath } from './operations.ts';
import { Paths } from './paths.ts';
import { problem, problemOf, problemType, RequestError, type Problem } from './problems.ts';
import { Revisions } from './revision.ts';
import { insteadOf, notRemote, refusedMethods } from './routes.ts';
import { bearerOf, type Scope, type Token, type TokenStore } from './tokens.ts';
import type { ApiOptions } from './types.ts';
import { answerUnparsed, HEADER_BYTES } from './unparsed.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null where the operation is open to all. */
    token: Token | null;
  }
  interface FastifyContextConfig {
    /** What a token must be good for; `open`: none is needed. */
    scope?: Scope | 'open';
    /** Why a token that reads is not enough: "it …". */
    because?: string;
    /** The command of the contract, for metrics. */
    command?: string;
  }
}

/** Whatever else an answer is, it is no page that runs anything, and nobody's frame. */
const headers = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

/** Seconds between two signs of life, below what proxies wait for. */
const HEARTBEAT = 15;

/** How requests are read. Who is too slow is looked for twice as often as headers may take; what has no name of a host is refused by the door, in words. */
const parsing = ({ timeouts }: ApiOptions): ServerOptions => ({
  maxHeaderSize: HEADER_BYTES,
  requireHostHeader: false,
  headersTimeout: timeouts.headers,
  requestTimeout: timeouts.request,
  connectionsCheckingInterval: timeouts.headers / 2,
});

/** The API as a server that does not listen yet; `drain` ends it. */
export async function createApi(options: ApiOptions, drain: Drain): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...(options.tls === null ? { http: parsing(options) } : { https: { ...parsing(options), ...options.tls, minVersion: 'TLSv1.2' } }),
    bodyLimit: options.bodyLimit,
    routerOptions: { maxParamLength: 512 },
    logger: options.log === null ? false : { level: 'info', stream: options.log, redact: ['req.headers'] },
    requestTimeout: options.timeouts.request,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerUnparsed,
  });
  const door = new Door(options.door, () => (app.server.address() as AddressInfo).port);
  const revisions = new Revisions(options.core);
  app.decorateRequest('token', null);
  drain.addTo(app);
  const paths = new Paths();
  paths.addTo(app);
  const knocks = new Knocks();
  app.addHook('onRequest', (request, reply) => admit(request, reply, { door, knocks, paths }, options));
  app.setErrorHandler((error, _, reply) => answerProblem(reply, problemOf(error)));
  app.setNotFoundHandler((request, reply) => answerNowhere(request, reply, paths));
  await app.register(rateLimit, {
    max: options.rate,
    timeWindow: 1000,
    keyGenerator: (request) => (request.token === null ? request.ip : `token ${request.token.sha256}`),
    errorResponseBuilder: (_, { max }) =>
      new RequestError('TOO_MANY_REQUESTS', `More than ${max} requests in a second with one token. Wait a second (--rate).`),
  });
  // what a request brings about is written down as asked for by its token
  app.addHook('preHandler', (request, _, done) => actingBy(request.token?.name ?? null, done));
  addHealth(app, options);
  addDocs(app, options.version);
  const jobs = addOperations(app, options, revisions);
  const hub = new EventHub(options.core, jobs, options.heartbeat ?? HEARTBEAT);
  app.addHook('preClose', (done) => {
    hub.close();
    done();
  });
  addEvents(app, options, hub);
  addMetrics(app, options, revisions, hub);
  await addIngest(app, options);
  return app;
}

function addEvents(app: FastifyInstance, { tokens }: ApiOptions, hub: EventHub): void {
  app.get(`${base}/events`, { config: { scope: 'read' }, exposeHeadRoute: false }, (request, reply) => {
    const { token } = request;
    const asked = topicsOf(request.query as Record<string, unknown>);
    const owner = token?.sha256 ?? '';
    if (hub.streamsOf(owner) >= MOST_OF_ONE) {
      void reply.header('Retry-After', '5');
      throw new RequestError('TOO_MANY_REQUESTS', `${MOST_OF_ONE} clients with this token listen to events already. Close one of them.`);
    }
    if (hub.streams >= MOST_STREAMS)
      throw new RequestError('TOO_MANY_STREAMS', `${MOST_STREAMS} clients listen to events already. Close one of them.`);
    reply.hijack();
    reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'Content-Type': 'text/event-stream; charset=utf-8' });
    const stream = {
      response: reply.raw,
      owner,
      topics: asked,
      isWelcome: () => token !== null && tokens.isGood(token, Date.now() * 1000),
    };
    const lastId = request.headers['last-event-id'];
    hub.attach(stream, typeof lastId === 'string' ? lastId : undefined);
  });
}

/** Which events are asked for; null: all. @throws FlowcaseError INVALID_INPUT */
function topicsOf(query: Readonly<Record<string, unknown>>): readonly string[] | null {
  const stray = Object.keys(query).find((name) => name !== 'topics');
  const { topics } = query;
  const asked = topics === undefined ? null : typeof topics === 'string' ? topics.split(',') : [''];
  const wrong = asked?.find((topic) => !eventNames.some((name) => name === topic));
  if (stray === undefined && wrong === undefined) return asked;
  const why = stray === undefined ? `it takes ${eventNames.join(', ')}` : 'there is no such field';
  throw new FlowcaseError('INVALID_INPUT', `events: "${stray ?? 'topics'}" is not right: ${why}.`, { field: stray ?? 'topics' });
}

/** What every request passes. */
interface Gate {
  readonly door: Door;
  readonly knocks: Knocks;
  readonly paths: Paths;
}

/** A path that is there by its own name, with other methods, is no value of a path with a name in it. */
function isElsewhere({ is404, routeOptions: { url }, method, url: asked }: FastifyRequest, paths: Paths): boolean {
  if (is404 || url?.includes(':') !== true || method === 'HEAD') return false;
  return !paths.methodsOf(asked.split('?', 1)[0] ?? '').includes(method);
}

/** Name, site and token, in this order. Async hooks that answer return the reply. */
async function admit(request: FastifyRequest, reply: FastifyReply, { door, knocks, paths }: Gate, options: ApiOptions): Promise<unknown> {
  void reply.headers(headers);
  door.checkHost(request.raw);
  const other = door.checkOrigin(request.headers);
  if (other !== null) {
    void reply.headers({
      'Access-Control-Allow-Origin': other,
      Vary: 'Origin',
      'Access-Control-Expose-Headers': 'ETag, Link, Location, X-Total-Count, Retry-After',
    });
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      void reply.headers({
        'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
        'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID',
        'Access-Control-Max-Age': '600',
      });
      return reply.code(204).send();
    }
  }
  if (isElsewhere(request, paths)) return answerNowhere(request, reply, paths);
  const { scope } = request.routeOptions.config;
  if (request.is404 || scope === 'open') return undefined;
  request.token = admitted(request, reply, knocks, options);
  return undefined;
}

/** Whose request it is. @throws RequestError UNAUTHORIZED for nobody's, FORBIDDEN where the scope of the token does not reach, MISCONFIGURED */
function admitted(request: FastifyRequest, reply: FastifyReply, knocks: Knocks, options: ApiOptions): Token {
  const { tokens } = options;
  const { scope = 'read', because = '' } = request.routeOptions.config;
  const { authorization } = request.headers;
  const secret = bearerOf(authorization);
  const needed = scope === 'read' ? 'read or write' : 'write';
  const token = secret === null ? null : whoseIs(secret, options);
  if (token === null) {
    // a token whose time is over was given to whoever has it: that is no guess
    const wait = secret === null || tokens.find(secret, -Infinity) !== null ? 0 : knocks.wrong(request.ip, performance.now());
    if (wait > 0) {
      void reply.header('Retry-After', String(wait));
      throw new RequestError(
        'TOO_MANY_REQUESTS',
        `Too many wrong tokens came from this address. Try again in ${wait} s; a right one is taken at once.`,
      );
    }
    void reply.header('WWW-Authenticate', `Bearer realm="flowcase"${secret === null ? '' : ', error="invalid_token"'}`);
    const how = `This needs a token of the scope ${needed}, in the header: Authorization: Bearer TOKEN.`;
    throw new RequestError('UNAUTHORIZED', `${whyNobody(authorization, secret, tokens)} ${how}`);
  }
  if (scope === 'write' && token.scope === 'read') {
    void reply.header('WWW-Authenticate', 'Bearer realm="flowcase", error="insufficient_scope", scope="write"');
    throw new RequestError(
      'FORBIDDEN',
      `The token “${token.name}” has the scope read. This needs one of the scope write: ${because}. “flowcase token add NAME --scope write” makes one.`,
    );
  }
  return token;
}

/** @throws RequestError MISCONFIGURED where the file of tokens cannot be used: where it lies is nobody's business, so only the log has it */
function whoseIs(secret: string, { tokens, log }: ApiOptions): Token | null {
  try {
    return tokens.find(secret, Date.now() * 1000);
  } catch (error) {
    log?.write(`${JSON.stringify({ level: 50, time: Date.now(), msg: toErrorShape(error).message })}\n`);
    throw new RequestError(
      'MISCONFIGURED',
      'This server cannot use its file of tokens, and lets nobody in until it can. Tell whoever runs it: started anew, it says what is wrong.',
    );
  }
}

/** What is wrong with what was sent as a token. Of a token whose time is over is told to whoever has it. */
function whyNobody(header: string | undefined, secret: string | null, tokens: TokenStore): string {
  if (header === undefined) return 'No token was sent.';
  if (secret === null) return 'The header Authorization holds no bearer token.';
  const over = tokens.find(secret, -Infinity);
  return over === null || over.expires === null
    ? 'This token is not known here, or was removed.'
    : `The time of the token “${over.name}” was over at ${isoTime(over.expires)}.`;
}

export function answerProblem(reply: FastifyReply, told: Problem): FastifyReply {
  return reply.code(told.status).type(problemType).header('Cache-Control', 'no-store').removeHeader('ETag').send(JSON.stringify(told));
}

/** 405 where the path is there and takes other methods. */
function answerNowhere(request: FastifyRequest, reply: FastifyReply, paths: Paths): FastifyReply {
  const [path = ''] = request.url.split('?', 1);
  const methods = paths.methodsOf(path);
  const refused = refusedMethods.find((one) => one.method === request.method && patternOf(one.path).test(path));
  const why =
    refused === undefined ? '' : ` ${request.method} is not served: ${notRemote[refused.command]}. ${insteadOf[refused.command] ?? ''}.`;
  if (methods.length > 0)
    return answerProblem(
      reply.header('Allow', methods.join(', ')),
      problem('METHOD_NOT_ALLOWED', `${path} takes ${methods.join(', ')}.${why}`),
    );
  return answerProblem(reply, problem('NO_SUCH_OPERATION', 'There is nothing here. /docs says what there is.'));
}

const patternOf = (path: string): RegExp => new RegExp(`^${fastifyPath(path).replaceAll(/:\w+/g, '[^/]+')}$`);
