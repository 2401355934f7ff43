/**
 * Made-up aggregates, runs and findings for the test double, shaped like a morning of office traffic with one beacon in it.
 * In the address: `?k=12` clusters, `?points=50000` drawn, `?hostile` names that try to be markup.
 */
import type {
  Checked,
  CommandName,
  CustodyEntry,
  Finding,
  HostDetail,
  HostRow,
  NamedCount,
  ConnectionOverview,
  Talker,
} from '../../app/contract.ts';
import { firstTime, mix } from './rows.ts';
import { clusters, run, runDetail, scatter } from './runs.ts';

const parameters = new URLSearchParams(typeof location === 'undefined' ? '' : location.search);
const hostile = parameters.has('hostile');
const hour = 3_600e6;
const start = firstTime - 3 * 24 * hour;
const sha = (seed: string): string => seed.repeat(64).slice(0, 64);

function timeline(count: number, scale: number): ConnectionOverview['timeline'] {
  const wave = (at: number): number => 1 + 0.8 * Math.sin((at / count) * 8 * Math.PI - 2) + (mix(at, 1) % 100) / 250;
  const connections = Float64Array.from({ length: count }, (_, at) => Math.round(wave(at) * 3100 * scale));
  return {
    start,
    step: (96 * hour) / count,
    connections,
    bytesOut: connections.map((value, at) => value * 4000 + (at === Math.floor(count * 0.78) ? 2.3 * 1024 ** 3 : 0)),
    bytesIn: connections.map((value) => value * 21_000),
    failed: connections.map((value, at) => Math.round(value * (at === Math.floor(count * 0.3) ? 0.7 : 0.06))),
  };
}

const talkers: readonly Talker[] = Array.from({ length: 20 }, (_, at) => ({
  host:
    at === 0
      ? '10.20.4.87'
      : at === 3 && hostile
        ? '<script>alert(1)</script>.example\u202ecod'
        : at === 5
          ? '2001:0db8:85a3:08d3:1319:8a2e:0370:7348'
          : `10.20.${at}.${(at * 37) % 250}`,
  connections: Math.round(180_000 / (at + 1) ** 1.4),
  bytesOut: Math.round(2.6e9 / (at + 1) ** 2.2),
  bytesIn: Math.round(9e9 / (at + 1) ** 1.1),
  peers: 900 - at * 40,
}));
const named = (names: readonly string[], top: number): readonly NamedCount[] =>
  names.map((name, at) => ({ name, connections: Math.round(top / (at + 1) ** 2.4), bytes: Math.round((top * 9000) / (at + 1)) }));
const services = named(['ssl', 'dns', 'quic', 'http', 'smb', '-', 'krb_tcp', 'ntp', 'ssh', 'rdp'], 512_000);
const meanings = ['normal end', 'no answer', 'refused', 'established, then reset', 'no SYN seen, traffic in mid-stream'];
const states = named(['SF', 'S0', 'REJ', 'RSTO', 'OTH'], 760_000).map((entry, at) => ({ ...entry, meaning: meanings[at] ?? '' }));
const portList = [443, 53, 80, 445, 88, 123, 22, 3389, 8443];
const ports = named(portList.map(String), 610_000).map((entry, at) => ({ ...entry, port: portList[at] ?? 0 }));
const why = '10.20.4.87 calls 185.220.101.34:443 every 60 s ± 4 s for 31 h, 1,842 times, with 412 to 418 bytes each. 1 of 214 hosts does.';

const hostRow = (at: number): HostRow => {
  const talker = talkers.at(at % talkers.length);
  const severity = (['critical', 'high', 'high', 'medium', 'low'] as const).at(at);
  return {
    host: at < talkers.length ? (talker?.host ?? '') : `142.250.${at % 90}.${(at * 7) % 250}`,
    rank: at < 30 ? at + 1 : null,
    score: at < 30 ? 0.99 - at / 40 : null,
    severity: at < 30 ? (severity ?? 'low') : null,
    why: at < 30 ? (at === 0 ? why : 'Its connections lie 3.1 standard deviations farther from their clusters than usual.') : '',
    asOriginator: Math.round(90_000 / (at + 1)),
    asResponder: at % 3 === 0 ? at * 11 : 0,
    requests: 0,
    bytesOut: Math.round(2.6e9 / (at + 1) ** 2),
    bytesIn: Math.round(9e9 / (at + 1)),
    peers: 900 - (at % 800),
    failed: at * 3,
    first: start,
    last: start + 90 * hour,
    tags: [],
  };
};

const findings: readonly Finding[] = Array.from({ length: 27 }, (_, at) => ({
  id: at + 1,
  kind: 'far-from-cluster',
  title: 'Far from its clusters',
  subject: hostRow(at).host,
  host: hostRow(at).host,
  score: 0.99 - at / 40,
  severity: hostRow(at).severity ?? 'low',
  why: hostRow(at).why,
  causes: null,
  doubt: 'Updates and time servers look like this too: check who owns the address and when it was first seen.',
  count: 1240,
  records: Array.from({ length: 40 }, (_, record) => record * 97 + 41),
  run: 2,
  of: 'connections',
  created: firstTime,
}));

const custody: readonly CustodyEntry[] = Array.from({ length: 112 }, (_, at) => ({
  seq: at + 1,
  form: 2,
  at: firstTime + at * 61e6,
  who: { account: 'mokafor', examiner: 'M. Okafor' },
  act: ['evidence.imported', 'tag.added', 'cluster.run', 'report.exported'][at % 4] ?? '',
  summary:
    [
      '1,000,000 records from conn.log in 0.5 s. 12 lines rejected.',
      'Tagged host 10.20.4.87 as suspect.',
      'k-means, k = 7, seed 1 over 1,004,219 connections.',
      'Report harbour-report.pdf, 14 pages.',
    ][at % 4] ?? '',
  details: { path: '/home/analyst/evidence/zeek/conn.log.gz', rows: 1_000_000, options: { force: false } },
  previous: at === 0 ? sha('0') : sha(`${at}a91c2f`),
  hash: sha(`${at + 1}a91c2f`),
}));

const hostDetail = (host: string, buckets: number): HostDetail => {
  const found = Array.from({ length: 60 }, (_, at) => hostRow(at)).find((row) => row.host === host) ?? hostRow(40);
  return {
    row: { ...found, host },
    timeline: timeline(buckets, 0.02),
    peers: talkers.slice(1, 14).map((talker) => ({ ...talker, bytesOut: Math.round(talker.bytesOut / 3) })),
    ports: ports.slice(0, 6),
    services: services.slice(0, 5),
    clusters: [
      { run: 2, cluster: 7, records: 1842 },
      { run: 2, cluster: 2, records: 211 },
    ],
    findings: findings.filter((finding) => finding.host === host),
    rhythm: Float64Array.from({ length: 168 }, (_, at) => (at >= 120 || at % 24 < 7 || at % 24 > 18 ? at % 5 : 100 + (mix(at, 3) % 400))),
  };
};

export const insightAnswers: { readonly [N in CommandName]?: (input: Checked<N>) => unknown } = {
  'insight.overview': ({ filter, buckets, top }) => {
    const empty = filter.includes('nothing');
    const time = timeline(buckets, empty ? 0 : filter === '' ? 1 : 0.05);
    const total = time.connections.reduce((sum, value) => sum + value, 0);
    return {
      kind: 'connection',
      volume: 'payload',
      total,
      all: 1_004_219,
      first: empty ? null : start,
      last: empty ? null : start + 96 * hour,
      bytesOut: 6.1e9,
      bytesIn: 21e9,
      hosts: 2214,
      timeline: time,
      talkers: empty ? [] : talkers.slice(0, top),
      responders: empty ? [] : talkers.map((talker) => ({ ...talker, host: talker.host.replace('10.20', '142.250') })),
      services: empty ? [] : services,
      states: empty ? [] : states,
      ports: empty ? [] : ports,
      sentences: empty
        ? []
        : [
            '2.3 GiB left in one span of 24 minutes from 17 April 06:43, 41 times the median: 10.20.4.87 sent nearly all of it to 91.198.174.22.',
            '70 % of the connections between 15 April 08:00 and 08:24 failed; the usual share is 6 %.',
            '1,004,219 connections among 2,214 hosts, 5.7 GiB out and 19.6 GiB in, 2026-04-14 03:11:00 to 2026-04-18 03:11:00 UTC (4 d).',
          ],
      milliseconds: 9,
    } satisfies ConnectionOverview;
  },
  'hosts.list': ({ search, offset, limit, sort }) => {
    const rows = Array.from({ length: 2214 }, (_, at) => hostRow(at)).filter((row) => row.host.includes(search));
    if (sort?.descending === true) rows.reverse();
    return { rows: rows.slice(offset, offset + limit), total: rows.length, all: 2214 };
  },
  'host.get': ({ host, buckets }) => hostDetail(host, buckets),
  'findings.list': () => findings,
  'models.list': () => [],
  'predictions.list': () => [],
  'crosschecks.list': () => [],
  'recipes.list': () => [],
  'runs.list': () => [run(2, clusters), run(1, clusters)],
  'run.get': ({ run: id }) => runDetail(id),
  'run.scatter': ({ run: id, points }) => scatter(id, points),
  'cluster.name': () => null,
  'custody.list': () => custody,
};
