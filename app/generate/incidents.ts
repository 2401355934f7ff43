import type { Random } from '../shared/random.ts';
import { attempt } from './background.ts';
import type { Conn } from './conn.ts';
import { bruteForce, drip, flood } from './incidents-attacks.ts';
import { local, remote, shuffled, type Network } from './network.ts';

/** Planted unless told otherwise; logs made so long ago, of the same seed, are the same still. */
export const usualScenarios = ['beacon', 'scan', 'exfiltration'] as const;
/** New ones go behind: each draws its random numbers after those before it. */
export const scenarios = [...usualScenarios, 'brute-force', 'flood', 'drip'] as const;
export type Scenario = (typeof scenarios)[number];

/** One planted connection: when, and how it looks. */
export interface Planted {
  readonly ts: number;
  readonly incident: Incident;
  readonly fill: (conn: Conn) => void;
}

/** A planted incident and what is true of it. */
export interface Incident {
  readonly kind: Scenario;
  readonly title: string;
  /** Of several, the one that comes first. */
  readonly originator: string;
  /** All of them, where there are several. */
  readonly originators?: readonly string[];
  readonly responders: readonly string[];
  readonly ports: readonly number[];
  readonly facts: Readonly<Record<string, number>>;
}

/** Where and when an incident is planted. */
export interface Stage {
  readonly start: number;
  readonly days: number;
  /** Connections it may have. */
  readonly budget: number;
  readonly network: Network;
  readonly random: Random;
}

const SECOND = 1e6;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

export function plant(scenario: Scenario, stage: Stage): readonly Planted[] {
  switch (scenario) {
    case 'beacon':
      return beacon(stage);
    case 'scan':
      return scan(stage);
    case 'exfiltration':
      return exfiltration(stage);
    case 'brute-force':
      return bruteForce(stage);
    case 'flood':
      return flood(stage);
    case 'drip':
      return drip(stage);
  }
}

/** A backdoor that calls home every minute, give or take, and says the same each time. */
function beacon({ start, days, budget, random }: Stage): Planted[] {
  const [orig, resp] = [local('10.20.1.77'), remote('203.0.113.247')];
  const period = 60;
  const jitter = 3;
  const count = Math.min(budget, Math.floor((days * DAY) / (period * SECOND)));
  const incident: Incident = {
    kind: 'beacon',
    title: 'A backdoor calls home every minute',
    originator: orig.text,
    responders: [resp.text],
    ports: [443],
    facts: { periodSeconds: period, jitterSeconds: jitter, connections: count, origBytes: 517, respBytes: 1320 },
  };
  return Array.from({ length: count }, (_, i) => {
    const late = (random.float() * 2 - 1) * jitter * SECOND;
    const origBytes = 517 + random.below(7);
    const respBytes = 1320 + random.below(11);
    const duration = 180_000 + random.below(90_000);
    const origPort = 49_152 + random.below(16_000);
    const fill = (conn: Conn): void => {
      Object.assign(conn, { orig, origPort, resp, respPort: 443, proto: 'tcp', service: 'ssl', duration, origBytes, respBytes });
      Object.assign(conn, { state: 'SF', history: 'ShADadFf', missed: 0, origPackets: 8, respPackets: 7 });
    };
    return { ts: Math.round(start + (i + 0.5) * period * SECOND + late), incident, fill };
  });
}

/** From one workstation: every low port of one server, then three ports of a whole network. Nearly all of it fails. */
function scan({ start, days, budget, network, random }: Stage): Planted[] {
  const orig = local('10.20.1.66');
  const target = network.servers[0];
  const vertical = shuffled(
    Array.from({ length: 1024 }, (_, i) => i + 1),
    random,
  ).map((port) => ({ resp: target, port }));
  const swept = [22, 445, 3389];
  const net = Array.from({ length: 254 }, (_, i) => local(`10.10.0.${i + 1}`));
  const probes = [...vertical, ...swept.flatMap((port) => net.map((resp) => ({ resp, port })))].slice(0, budget);
  const sweep = probes.slice(vertical.length);
  const open = new Set([22, 80, 443]);
  const incident: Incident = {
    kind: 'scan',
    title: 'A workstation looks for open doors',
    originator: orig.text,
    responders: [...new Set(probes.map(({ resp }) => resp.text))],
    ports: [...new Set(probes.map(({ port }) => port))].sort((a, b) => a - b),
    facts: {
      connections: probes.length,
      verticalPorts: Math.min(probes.length, vertical.length),
      sweptHosts: new Set(sweep.map(({ resp }) => resp.text)).size,
      sweptPorts: new Set(sweep.map(({ port }) => port)).size,
    },
  };
  let ts = start + ((Math.floor(days / 2) * DAY + 13 * HOUR + 300 * SECOND) % (days * DAY));
  return probes.map(({ resp, port }) => {
    ts += 20_000 + random.below(180_000);
    const origPort = 40_000 + random.below(20_000);
    const answered = resp === target && open.has(port);
    const refused = random.below(100) < 65;
    const draws = random.fork();
    const fill = (conn: Conn): void => {
      attempt(conn, resp, port, refused, draws);
      Object.assign(conn, { orig, origPort });
      if (answered)
        Object.assign(conn, { state: 'RSTO', history: 'ShAR', duration: 900, origPackets: 3, respPackets: 1, origBytes: 0, respBytes: 0 });
    };
    return { ts, incident, fill };
  });
}

/** A few huge uploads to one address outside, in the last night. */
function exfiltration({ start, days, budget, random }: Stage): Planted[] {
  const [orig, resp] = [local('10.20.1.42'), remote('198.51.100.249')];
  const sizes = Array.from({ length: Math.min(7, budget) }, () => 180_000_000 + random.below(900_000_000));
  const incident: Incident = {
    kind: 'exfiltration',
    title: 'Gigabytes leave at night',
    originator: orig.text,
    responders: [resp.text],
    ports: [443],
    facts: { connections: sizes.length, origBytes: sizes.reduce((sum, size) => sum + size, 0) },
  };
  let ts = start + Math.max(0, Math.ceil(days) - 1) * DAY + 2 * HOUR;
  if (ts >= start + days * DAY) ts = start + (days * DAY) / 4;
  return sizes.map((origBytes) => {
    ts += Math.round((4 + random.below(9)) * 60 * SECOND * Math.min(1, days));
    const duration = Math.round((origBytes / 6_000_000) * SECOND * (1 + random.float()));
    const origPort = 50_000 + random.below(10_000);
    const respBytes = 6_000 + random.below(30_000);
    const origPackets = Math.ceil(origBytes / 1448);
    const fill = (conn: Conn): void => {
      Object.assign(conn, { orig, origPort, resp, respPort: 443, proto: 'tcp', service: 'ssl', duration, origBytes, respBytes, missed: 0 });
      Object.assign(conn, { state: 'SF', history: 'ShADadFf', origPackets, respPackets: origPackets >> 1 });
    };
    return { ts, incident, fill };
  });
}
