import type { FindingCauses } from '../contract/records.ts';
import { createHash } from 'node:crypto';
import { createCase } from '../case/open.ts';
import { column, figures, request, source } from '../case/testing.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import { LINE_COLUMN, OFFSET_COLUMN } from '../columns/types.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';

/** A small but lifelike case for the report's tests: offices browsing, a beacon every minute, a scan. */

export const silent: Progress = { report: () => undefined, stopped: () => false };

const START = Date.UTC(2024, 3, 18, 6) * 1000;
const services = ['dns', 'ssl', 'http', null, 'ntp'] as const;
const states = ['SF', 'SF', 'SF', 'S0', 'REJ', 'RSTO'] as const;

export interface Connection {
  readonly ts: number;
  readonly uid: string;
  readonly orig_h: string;
  readonly resp_h: string;
  readonly resp_p: number;
  readonly service: string | null;
  readonly conn_state: string;
  readonly orig_bytes: number;
  readonly resp_bytes: number;
}

/** Connections of a working day: the same for the same seed. */
export function connections(rows: number, seed = 7): readonly Connection[] {
  const random = new Random(seed);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
  return Array.from({ length: rows }, (_, index) => {
    const ts = START + Math.floor((index / rows) * 31 * 3600e6) + random.below(900_000);
    const uid = `C${createHash('md5').update(`${seed} ${index}`).digest('base64url').slice(0, 17)}`;
    if (index % 17 === 0) {
      const beacon = { orig_h: '10.20.4.87', resp_h: '185.220.101.34', resp_p: 443, service: 'ssl', conn_state: 'SF' };
      return { ts, uid, ...beacon, orig_bytes: 412 + random.below(4), resp_bytes: 1108 };
    }
    const service = pick(services);
    return {
      ts,
      uid,
      orig_h: `10.20.4.${10 + random.below(60)}`,
      resp_h: random.below(9) === 0 ? '2a02:26f0:1180:2b::b856:6f91' : `93.184.${random.below(4)}.${random.below(200)}`,
      resp_p: pick([53, 443, 80, 22, 123]),
      service,
      conn_state: pick(states),
      orig_bytes: random.below(40_000),
      resp_bytes: random.below(4_000_000),
    };
  });
}

const specs = {
  ts: column('ts', 'time', 'number'),
  uid: column('uid', 'string', 'text'),
  orig_h: column('orig_h', 'addr', 'dictionary'),
  resp_h: column('resp_h', 'addr', 'dictionary'),
  resp_p: column('resp_p', 'port', 'number'),
  service: column('service', 'string', 'dictionary'),
  conn_state: column('conn_state', 'string', 'dictionary'),
  orig_bytes: column('orig_bytes', 'count', 'number'),
  resp_bytes: column('resp_bytes', 'count', 'number'),
  line: column(LINE_COLUMN, 'count', 'number'),
  offset: column(OFFSET_COLUMN, 'count', 'number'),
};

export interface TestReject {
  readonly line: number;
  readonly reason: string;
  readonly what: string;
  readonly text: string;
}

/** Imports connections, and rejects, as a file of this name. */
export function importConnections(
  writer: CaseWriter,
  name: string,
  rows: readonly Connection[],
  rejects: readonly TestReject[] = [],
  path = `/evidence/2024-04/${name}`,
): void {
  const session = writer.beginEvidence({ ...source(name), path, bytes: 402_118_232, modified: START });
  const hosts = session.dictionary('host');
  const terms = session.dictionary('term');
  const number = (of: (row: Connection, index: number) => number) => ({ storage: 'number' as const, values: Float64Array.from(rows, of) });
  const ids = (of: (row: Connection) => number) => ({ storage: 'dictionary' as const, values: Uint32Array.from(rows, of) });
  let end = 0;
  const ends = Uint32Array.from(rows, ({ uid }) => (end += Buffer.byteLength(uid)));
  const bytes = Buffer.from(rows.map(({ uid }) => uid).join(''));
  const term = (text: string | null): number => (text === null ? 0 : terms.internText(text));
  const used = new Map(Object.entries(specs).map(([key, spec]) => [key, session.column(spec)]));
  const spec = (key: keyof typeof specs) => used.get(key) ?? specs[key];
  if (rows.length > 0) {
    session.append(rows.length, [
      { spec: spec('ts'), buffer: number(({ ts }) => ts) },
      { spec: spec('uid'), buffer: { storage: 'text', ends, absent: new Uint8Array(rows.length), bytes } },
      { spec: spec('orig_h'), buffer: ids((row) => hosts.internText(row.orig_h)) },
      { spec: spec('resp_h'), buffer: ids((row) => hosts.internText(row.resp_h)) },
      { spec: spec('resp_p'), buffer: number((row) => row.resp_p) },
      { spec: spec('service'), buffer: ids((row) => term(row.service)) },
      { spec: spec('conn_state'), buffer: ids((row) => term(row.conn_state)) },
      { spec: spec('orig_bytes'), buffer: number((row) => row.orig_bytes) },
      { spec: spec('resp_bytes'), buffer: number((row) => row.resp_bytes) },
      { spec: spec('line'), buffer: number((_, index) => index + 9) },
      { spec: spec('offset'), buffer: number((_, index) => index * 140 + 700) },
    ]);
  }
  for (const reject of rejects) session.reject({ ...reject, offset: reject.line * 140 });
  const sha256 = createHash('sha256').update(name).digest('hex');
  session.finish({
    ...figures(rows.length, rejects.length, sha256),
    comments: 8,
    lines: rows.length + rejects.length + 8,
    first: rows[0]?.ts ?? null,
    last: rows.at(-1)?.ts ?? null,
    unpackedBytes: 1_802_118_232,
    unpackedSha256: createHash('sha256').update(`${name} unpacked`).digest('hex'),
  });
}

const clusterNames = [
  'DNS to the two resolvers',
  'Web browsing over TLS, short',
  'QUIC and long TLS',
  'Failed or refused, many ports',
  'SMB and Kerberos inside',
  'Large transfers out and in',
  'Same size every minute to one address',
];
const featureTitles = [
  'Duration',
  'Originator bytes',
  'Responder bytes',
  'Originator packets',
  'Responder packets',
  'Bytes ratio',
  'Bytes a second',
  'Well-known port',
  'UDP',
  'ICMP',
  'Failed',
  'Hour of day',
];

/** A run of k clusters over all connections: row i in cluster 1 + i mod k, but for the beacon, which is the last. */
export function lifelikeOutcome(reader: CaseReader, k = 7, seed = 1): RunOutcome {
  const random = new Random(seed);
  const { chunks, rows } = reader.table('connection');
  const labelOf = (id: number): number => (id % 17 === 0 ? k : 1 + Math.floor((k - 1) * (random.below(1000) / 1000) ** 2));
  const assignments = chunks.map((chunk) => ({
    chunk: chunk.id,
    labels: Uint16Array.from({ length: chunk.rows }, (_, index) => labelOf(chunk.firstRow + index)),
    distance: Float32Array.from({ length: chunk.rows }, () => random.float() * 4),
    z: Float32Array.from({ length: chunk.rows }, () => random.normal()),
  }));
  const ids = Float64Array.from(chunks.flatMap((chunk) => Array.from({ length: chunk.rows }, (_, index) => chunk.firstRow + index)));
  const labels = Uint16Array.from(assignments.flatMap((one) => [...one.labels]));
  const size = (cluster: number): number => labels.reduce((sum, label) => sum + (label === cluster ? 1 : 0), 0);
  return {
    summary: {
      task: 'cluster',
      of: 'connections',
      method: 'kmeans',
      recipe: 'conn-v1',
      requestedK: k,
      k,
      seed,
      where: '',
      rows,
      iterations: 18,
      converged: true,
      seconds: 1.7,
      inertia: 18_204.4712,
      logLikelihood: null,
      bic: null,
      aic: null,
      covariance: null,
      daviesBouldin: null,
      calinskiHarabasz: null,
      window: null,
      tuning: null,
      silhouette: 0.61,
      silhouetteSample: Math.min(rows, 2000),
      fingerprint: createHash('sha256').update(`run ${seed}`).digest('hex'),
      input: createHash('sha256').update('input').digest('hex'),
      remarks: ['ICMP is the same in every row and was left out.'],
    },
    features: featureTitles.map((title, index) => ({
      name: title.toLowerCase().replaceAll(' ', '_'),
      title,
      how: index === 7 ? '1 where the responder’s port is below 1024, else 0' : `log(1 + ${title.toLowerCase()}), 0 where absent`,
      absent: index === 0 ? 41 : 0,
      mean: random.float() * 8,
      scale: 0.2 + random.float(),
      dropped: title === 'ICMP' ? 'the same in every row' : null,
    })),
    clusters: Array.from({ length: k }, (_, index) => ({
      cluster: index + 1,
      autoName: clusterNames[index % clusterNames.length],
      size: size(index + 1),
      share: rows === 0 ? 0 : size(index + 1) / rows,
      profile: featureTitles.map(() => random.normal() * 1.4),
      words: 'Short and small: duration 0.9 standard deviations below the mean, responder bytes 0.6 below; mostly UDP to port 53.',
      originators: 1 + random.below(60),
      responders: 1 + random.below(400),
      spread: random.float() * 2,
      bytes: random.below(2 ** 31),
      first: START,
      last: START + 31 * 3600e6,
      typical: index,
      typicalHost: null,
      separates: [],
      purity: null,
    })),
    hostAssignment: null,
    odd: {
      cluster: k,
      why: 'Same size every minute to one address: 10.20.4.87 calls 185.220.101.34:443 every 60 s ± 4 s for 31 h, with 412 to 415 bytes each.',
    },
    curve: [],
    centres: new Float64Array(k * featureTitles.length),
    assignments,
    scatter: {
      id: ids,
      x: Float32Array.from(labels, (label) => 3 * Math.cos(label * 2.1) + random.normal() * 0.6),
      y: Float32Array.from(labels, (label) => 2 * Math.sin(label * 2.1) + random.normal() * 0.5),
      cluster: labels,
      variance: 0.62,
    },
    findings: (['critical', 'high', 'medium', 'low'] as const).map((severity, index) => ({
      kind: 'far-from-cluster',
      title: 'Far from its cluster',
      subject: index === 0 ? '10.20.4.87 → 185.220.101.34:443' : `10.20.4.${10 + index}`,
      host: index === 0 ? '10.20.4.87' : `10.20.4.${10 + index}`,
      score: 9.4 - index * 1.7,
      severity,
      why: `${index === 0 ? '10.20.4.87' : `10.20.4.${10 + index}`} has ${240 - index * 50} connections that lie more than ${9 - index} standard deviations from the centre of their cluster. 1 of 61 hosts has so many.`,
      causes: causesOf(index),
      doubt: 'Updates and time servers look like this too: check who owns the address and when it was first seen.',
      records: [...ids.subarray(index, index + 30)],
      ids: ids.slice(index, index + 30),
    })),
  };
}

/** What puts the findings apart, the first the farthest. */
function causesOf(index: number): FindingCauses {
  return {
    path: null,
    features: [
      {
        feature: 'orig_bytes',
        title: 'Bytes sent',
        measure: 'value',
        value: 2.1e9 / (index + 1),
        typical: 3400,
        deviation: 38.2 - 9 * index,
        words: ['2.0 GiB', '3.3 KiB'],
      },
      { feature: 'failed', title: 'Failed', measure: 'share', value: 1, typical: 0.12, deviation: 2.7, words: ['all', '12 %'] },
      {
        feature: 'duration',
        title: 'Duration',
        measure: 'value',
        value: 40,
        typical: 40_000,
        deviation: null,
        words: ['40 ms', '40,000 ms'],
      },
    ],
  };
}

export const runRequest = { ...request, k: 7 } as const;

/** A clock of the case that goes on by 37.5 s with every act. */
export function steppingClock(): () => number {
  let now = Date.UTC(2024, 3, 20, 9, 12) * 1000;
  return () => (now += 37_500_123);
}

export function newCase(
  path: string,
  over: { readonly name?: string; readonly number?: string; readonly examiner?: string } = {},
): CaseWriter {
  return createCase(path, {
    name: 'Operation Harbour Light',
    number: '2026-0417',
    examiner: 'M. Okafor',
    who: 'M. Okafor',
    program: 'Flowcase 0.1.0',
    now: steppingClock(),
    ...over,
  });
}
