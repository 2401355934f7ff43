import type { Random } from '../shared/random.ts';
import { attackPayloads, probes } from './access-attacks.ts';
import { HOST } from './access-site.ts';
import { dash, type AccessRequest } from './access-writer.ts';
import { DAY, moment } from './clock.ts';
import { bytesOf } from './tstat-writer.ts';

export const accessScenarios = ['brute-force', 'web-attack', 'scan', 'flood', 'exfiltration', 'drip'] as const;
export type AccessScenario = (typeof accessScenarios)[number];

/** A planted incident and what is true of it. */
export interface AccessIncident {
  readonly kind: AccessScenario;
  readonly title: string;
  readonly clients: readonly string[];
  readonly facts: Readonly<Record<string, number>>;
}

/** One planted request. */
export interface PlantedRequest {
  readonly ts: number;
  readonly incident: AccessIncident;
  readonly request: AccessRequest;
}

/** Where and when an incident is planted. */
export interface AccessStage {
  readonly start: number;
  readonly days: number;
  /** Requests it may have. */
  readonly budget: number;
  readonly random: Random;
}

const SECOND = 1e6;

export function plantAccess(scenario: AccessScenario, stage: AccessStage): readonly PlantedRequest[] {
  switch (scenario) {
    case 'brute-force':
      return bruteForce(stage);
    case 'web-attack':
      return webAttack(stage);
    case 'scan':
      return scan(stage);
    case 'flood':
      return flood(stage);
    case 'exfiltration':
      return exfiltration(stage);
    case 'drip':
      return drip(stage);
  }
}

interface Timed {
  readonly ts: number;
  readonly request: AccessRequest;
}

/** What of an incident falls within the log, and what is true of that; `facts` are counted from it. `clients`: those it may come from. */
function told(
  { start, days }: AccessStage,
  incident: Omit<AccessIncident, 'facts'>,
  requests: readonly Timed[],
  facts: (kept: readonly Timed[]) => AccessIncident['facts'] = () => ({}),
): PlantedRequest[] {
  const end = start + days * DAY;
  const kept = requests.filter(({ ts }) => ts < end);
  const seen = new Set(kept.map(({ request }) => Buffer.from(request.client).toString()));
  const clients = incident.clients.filter((client) => seen.has(client));
  const whole: AccessIncident = { ...incident, clients, facts: { requests: kept.length, ...facts(kept) } };
  return kept.map((one) => ({ ...one, incident: whole }));
}

function countOf(requests: readonly Timed[], counts: (request: AccessRequest) => boolean): number {
  return requests.filter(({ request }) => counts(request)).length;
}

function ask(
  client: Uint8Array,
  method: string,
  target: string,
  status: number,
  bytes: number,
  agent: Uint8Array,
  more?: Partial<AccessRequest>,
): AccessRequest {
  const request = bytesOf(`${method} ${target} HTTP/1.1`);
  return { client, user: dash, request, status, bytes, referrer: dash, agent, ...more };
}

const chrome = bytesOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36');
/** The beginning of a TLS handshake, as a server without TLS writes it down. */
const handshake = bytesOf('\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03');
const loginPage = bytesOf(`https://${HOST}/login`);

/** One client tries passwords until one fits, and looks around. */
function bruteForce(stage: AccessStage): PlantedRequest[] {
  const { random, budget } = stage;
  const client = bytesOf('203.0.113.50');
  const agent = bytesOf('python-requests/2.28.1');
  const count = Math.min(budget, 2400);
  const after = Math.min(6, Math.floor(count / 10));
  const title = 'Passwords are tried until one fits';
  let ts = moment(stage, 0.4, 3);
  const requests = Array.from({ length: count }, (_, i) => {
    ts += (0.3 + 0.9 * random.float()) * SECOND;
    let request = ask(client, 'POST', '/login', 401, 1_834, agent, { referrer: loginPage });
    if (i === count - after - 1) request = ask(client, 'POST', '/login', 302, 0, agent, { referrer: loginPage });
    else if (i >= count - after)
      request = ask(client, 'GET', `/account/orders?page=${i - (count - after) + 1}`, 200, 9_000 + random.below(20_000), agent);
    return { ts, request };
  });
  return told(stage, { kind: 'brute-force', title, clients: ['203.0.113.50'] }, requests, (kept) => ({
    failed: countOf(kept, ({ status }) => status === 401),
    requestsAfter: countOf(kept, ({ status }) => status === 200),
  }));
}

/** Injection, traversal and the like, some of it with a browser's agent, some of it no HTTP at all. */
function webAttack(stage: AccessStage): PlantedRequest[] {
  const { random, budget } = stage;
  const client = bytesOf('203.0.113.77');
  const tool = bytesOf('sqlmap/1.7.2#stable (https://sqlmap.org)');
  const count = Math.min(budget, 900);
  const noise = Math.floor(count / 40);
  const title = 'Injections, path traversal and shells are tried on every form';
  let ts = moment(stage, 0.6, 14);
  const requests = Array.from({ length: count }, (_, i) => {
    ts += (0.2 + 3 * random.float()) * SECOND;
    if (noise > 0 && i % 40 === 39) {
      return { ts, request: { ...ask(client, 'GET', '/', 400, 226, dash), request: handshake } };
    }
    const draw = random.below(100);
    const status = draw < 55 ? 200 : draw < 75 ? 403 : draw < 90 ? 404 : 500;
    const payload = attackPayloads[random.below(attackPayloads.length)];
    const agent = payload.agent === undefined ? (i % 3 === 0 ? chrome : tool) : bytesOf(payload.agent);
    return { ts, request: ask(client, payload.method, payload.target, status, 200 + random.below(6000), agent) };
  });
  return told(stage, { kind: 'web-attack', title, clients: ['203.0.113.77'] }, requests, (kept) => ({
    notHttp: countOf(kept, ({ request }) => request === handshake),
  }));
}

/** One client asks for everything that might lie about. Nearly nothing is there. */
function scan(stage: AccessStage): PlantedRequest[] {
  const { random, budget } = stage;
  const client = bytesOf('203.0.113.91');
  const agent = bytesOf('Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:map_codes)');
  const count = Math.min(budget, 6000);
  const title = 'Everything that might lie about is asked for';
  let ts = moment(stage, 0.25, 22);
  const requests = Array.from({ length: count }, (_, i) => {
    ts += (0.02 + 0.08 * random.float()) * SECOND;
    const there = random.below(60) === 0;
    return {
      ts,
      request: ask(client, 'GET', probes(i), there ? (random.below(2) === 0 ? 200 : 403) : 404, there ? 3_120 : 1_245, agent),
    };
  });
  return told(stage, { kind: 'scan', title, clients: ['203.0.113.91'] }, requests);
}

/** Many clients ask for one dear page at once, until the server gives way. */
function flood(stage: AccessStage): PlantedRequest[] {
  const { random, budget } = stage;
  const clients = Array.from({ length: Math.max(1, Math.min(240, Math.floor(budget / 4))) }, (_, i) => `198.51.100.${i + 1}`);
  const bytes = clients.map(bytesOf);
  const seconds = 90;
  const title = 'Hundreds of clients search at once until the server gives way';
  const start = moment(stage, 0.8, 11);
  const requests = Array.from({ length: budget }, (_, i) => {
    const share = (i + random.float()) / budget;
    const fails = share > 0.3 && random.float() < share;
    const target = `/search?q=${random.uint32().toString(36)}&page=1`;
    const ts = start + share * seconds * SECOND;
    return {
      ts,
      request: ask(bytes[random.below(bytes.length)], 'GET', target, fails ? 503 : 200, fails ? 299 : 5_200 + random.below(9000), chrome),
    };
  });
  return told(stage, { kind: 'flood', title, clients }, requests, (kept) => ({
    seconds,
    clients: new Set(kept.map(({ request }) => request.client)).size,
  }));
}

/** A few archives go out at night, to somebody who is known to the server. */
function exfiltration(stage: AccessStage): PlantedRequest[] {
  const { random, budget } = stage;
  const client = bytesOf('203.0.113.120');
  const user = bytesOf('backup');
  const sizes = Array.from({ length: Math.min(8, budget) }, () => 240_000_000 + random.below(900_000_000));
  const title = 'Archives of hundreds of megabytes go out at night';
  let ts = moment(stage, 0.9, 2);
  const requests = sizes.map((size, i) => {
    ts += (60 + 240 * random.float()) * SECOND * Math.min(1, stage.days);
    return {
      ts,
      request: ask(client, 'GET', `/backup/customers-2024-04-${10 + i}.zip`, 200, size, bytesOf('Wget/1.21.3'), { user }),
    };
  });
  return told(stage, { kind: 'exfiltration', title, clients: ['203.0.113.120'] }, requests, (kept) => ({
    bytes: kept.reduce((sum, { request }) => sum + request.bytes, 0),
  }));
}

/** The same export, a page at a time, every ten minutes, day and night. */
function drip(stage: AccessStage): PlantedRequest[] {
  const { random, budget, start, days } = stage;
  const client = bytesOf('203.0.113.133');
  const period = 600;
  const jitter = 20;
  const count = Math.min(budget, Math.floor((days * DAY) / (period * SECOND)));
  const title = 'An export is fetched page by page, every ten minutes';
  const requests = Array.from({ length: count }, (_, i) => {
    const ts = start + ((i + 0.5) * period + (random.float() * 2 - 1) * jitter) * SECOND;
    return {
      ts,
      request: ask(client, 'GET', `/api/v1/customers?page=${i + 1}&limit=500`, 200, 182_000 + random.below(9_000), chrome),
    };
  });
  return told(stage, { kind: 'drip', title, clients: ['203.0.113.133'] }, requests, () => ({
    periodSeconds: period,
    jitterSeconds: jitter,
  }));
}
