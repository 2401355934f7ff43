import { DAY, moment } from './clock.ts';
import type { Conn } from './conn.ts';
import type { Incident, Planted, Stage } from './incidents.ts';
import { local, remote } from './network.ts';

const SECOND = 1e6;
/** Shorter sessions end before anybody has done anything in them. */
const TRY = 10 * SECOND;

/** What a planted connection sets of its record. */
type Told = Readonly<Conn>;

/** What of an incident falls within the log, and what is true of that: all of it is counted from the records that are kept. */
function told(
  { start, days }: Stage,
  about: Pick<Incident, 'kind' | 'title'>,
  records: readonly Told[],
  facts: (kept: readonly Told[]) => Incident['facts'],
): Planted[] {
  const kept = records.filter(({ ts }) => ts < start + days * DAY);
  if (kept.length === 0) return [];
  const originators = [...new Set(kept.map(({ orig }) => orig.text))];
  const incident: Incident = {
    ...about,
    originator: originators[0],
    ...(originators.length === 1 ? {} : { originators }),
    responders: [...new Set(kept.map(({ resp }) => resp.text))],
    ports: [...new Set(kept.map(({ respPort }) => respPort))],
    facts: { connections: kept.length, ...facts(kept) },
  };
  return kept.map(({ ts, ...record }) => ({ ts, incident, fill: (conn) => void Object.assign(conn, record) }));
}

const bytesSent = (records: readonly Told[]): number => records.reduce((sum, { origBytes }) => sum + origBytes, 0);

/** One host outside tries passwords on one SSH server until one fits: many short sessions, then one that stays. */
export function bruteForce(stage: Stage): Planted[] {
  const { random, budget, network } = stage;
  const orig = remote('203.0.113.246');
  const resp = network.servers[2];
  const count = Math.min(budget, 2400);
  let ts = moment(stage, 0.4, 3);
  const records = Array.from({ length: count }, (_, i): Told => {
    ts += Math.round((0.4 + random.float()) * SECOND);
    const fits = count > 1 && i === count - 1;
    const origBytes = fits ? 48_000 + random.below(30_000) : 1_720 + random.below(400);
    const respBytes = fits ? 700_000 + random.below(900_000) : 2_350 + random.below(500);
    const duration = Math.round((fits ? 840 + 300 * random.float() : 1.2 + 2.3 * random.float()) * SECOND);
    const [origPackets, respPackets] = fits ? [900, 1100] : [14 + random.below(4), 15 + random.below(4)];
    const ends = { orig, origPort: 32_768 + random.below(28_000), resp, respPort: 22, proto: 'tcp' as const, service: 'ssh' };
    return { ts, ...ends, duration, origBytes, respBytes, state: 'SF', history: 'ShAdDaFf', missed: 0, origPackets, respPackets };
  });
  return told(stage, { kind: 'brute-force', title: 'Passwords are tried on SSH until one fits' }, records, (kept) => ({
    tries: kept.filter(({ duration }) => duration < TRY).length,
    sessionsAfter: kept.filter(({ duration }) => duration >= TRY).length,
  }));
}

const halfOpen = {
  duration: -1,
  origBytes: -1,
  respBytes: -1,
  state: 'S0',
  history: 'S',
  missed: 0,
  origPackets: 1,
  respPackets: 0,
};

/** Within two minutes, SYN after SYN from addresses that are not the sender's own: none of them is answered or goes on. */
export function flood(stage: Stage): Planted[] {
  const { random, budget, network } = stage;
  const resp = network.servers[1];
  const nets = ['192.0.2', '198.51.100', '203.0.113'];
  const spoofed = nets.flatMap((net) => Array.from({ length: 254 }, (_, i) => remote(`${net}.${i + 1}`)));
  const start = moment(stage, 0.8, 11);
  const seconds = 120;
  const records = Array.from({ length: budget }, (_, i): Told => {
    const ts = Math.round(start + ((i + random.float()) / budget) * seconds * SECOND);
    const orig = spoofed[random.below(spoofed.length)];
    const ends = { orig, origPort: 1024 + random.below(64_000), resp, respPort: 443, proto: 'tcp' as const, service: '-' };
    return { ts, ...ends, ...halfOpen };
  });
  return told(stage, { kind: 'flood', title: 'A server is flooded with connections that stay half open' }, records, (kept) => ({
    halfOpen: kept.filter(({ state }) => state === 'S0').length,
    sources: new Set(kept.map(({ orig }) => orig.text)).size,
    seconds: Math.ceil((kept[kept.length - 1].ts - kept[0].ts) / SECOND),
  }));
}

/** A quarter of a megabyte leaves every quarter of an hour, day and night. */
export function drip(stage: Stage): Planted[] {
  const { random, budget, start, days } = stage;
  const [orig, resp] = [local('10.20.1.29'), remote('192.0.2.247')];
  const [period, jitter] = [900, 45];
  const count = Math.min(budget, Math.floor((days * DAY) / (period * SECOND)));
  const records = Array.from({ length: count }, (_, i): Told => {
    const ts = Math.round(start + ((i + 0.5) * period + (random.float() * 2 - 1) * jitter) * SECOND);
    const origBytes = 240_000 + random.below(20_000);
    const respBytes = 2_000 + random.below(900);
    const duration = Math.round((1.5 + 2 * random.float()) * SECOND);
    const ends = { orig, origPort: 49_152 + random.below(16_000), resp, respPort: 443, proto: 'tcp' as const, service: 'ssl' };
    const origPackets = Math.ceil(origBytes / 1448) + 3;
    const rest = { state: 'SF', history: 'ShADadFf', missed: 0, origPackets, respPackets: origPackets >> 1 };
    return { ts, ...ends, duration, origBytes, respBytes, ...rest };
  });
  return told(stage, { kind: 'drip', title: 'A little leaves every quarter of an hour' }, records, (kept) => ({
    periodSeconds: period,
    jitterSeconds: jitter,
    origBytes: bytesSent(kept),
  }));
}
