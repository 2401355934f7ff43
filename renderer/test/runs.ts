/** Made-up runs for the test double: `?k=12` clusters, `?points=50000` drawn, `?hostile` names that try to be markup. */
import type { ClusterSummary, FeatureInfo, RunDetail, RunSummary, Scatter } from '../../app/contract.ts';
import { clusterOf, firstTime, mix } from './rows.ts';

const parameters = new URLSearchParams(typeof location === 'undefined' ? '' : location.search);
const hostile = parameters.has('hostile');
const hour = 3_600e6;
const start = firstTime - 3 * 24 * hour;
const sha = (seed: string): string => seed.repeat(64).slice(0, 64);

export const clusters = Number(parameters.get('k') ?? 7);

const featureTitles = [
  'Bytes sent',
  'Bytes received',
  'Packets sent',
  'Packets received',
  'Duration',
  'Interval spread',
  'Size spread',
  'Byte rate',
  'Balance',
  'ICMP',
  'Web port',
  'Name service port',
  'Other system port',
  'UDP',
  'Failed',
  'Unanswered',
  'Hour of day, sine',
  'Hour of day, cosine',
  'Repeats',
];
const features: readonly FeatureInfo[] = featureTitles.map((title, at) => ({
  name: `f${at}`,
  title,
  how: 'log1p, standardised',
  absent: at,
  mean: 1,
  scale: 1,
  dropped: at === 9 ? 'constant' : null,
}));
const autoNames = [
  'DNS to the two resolvers',
  'Web browsing over TLS, short',
  'QUIC and long TLS',
  'Failed or refused, many ports',
  'SMB and Kerberos inside',
  'Large transfers out and in',
  'Same size every minute to one address',
];

function clusterSummary(at: number): ClusterSummary {
  const size = Math.max(1, Math.round(412_806 / (at + 1) ** 1.9)) - (at === clusters - 1 ? 100 : 0);
  return {
    cluster: at + 1,
    name: '',
    autoName:
      hostile && at === 2
        ? '<img src=x onerror=alert(1)> a name that goes on and on and on, without any end in sight'
        : (autoNames[at % autoNames.length] ?? ''),
    suspect: at === 6,
    size: Math.max(1, size),
    share: Math.max(1, size) / 1_004_219,
    profile: features.map((_, feature) =>
      at === 6 && feature === 5 ? -4.1 : at === 6 && feature === 6 ? -3.8 : ((mix(at, feature) % 500) - 250) / 100,
    ),
    words:
      at === 6
        ? 'Same size every minute to one address: 10.20.4.87 calls 185.220.101.34:443 every 60 s ± 4 s for 31 h with 412 to 415 bytes. No other of 2,214 hosts does.'
        : `More ${featureTitles[at % 9] ?? ''} and fewer failures than the rest.`,
    originators: at === 6 ? 1 : 214 - at,
    responders: at === 6 ? 1 : 900 - at * 9,
    spread: 0.4 + at / 10,
    bytes: size * 40_000,
    first: start,
    last: start + 90 * hour,
    typical: at * 100 + 41,
    typicalHost: null,
    separates: [
      { feature: 'f5', effect: -2.4 },
      { feature: 'f2', effect: 1.1 },
    ],
    purity: null,
    tags: [],
  };
}

export const run = (id: number, k: number): RunSummary => ({
  id,
  created: firstTime,
  by: 'M. Okafor',
  program: 'Flowcase 0.1.0',
  task: 'cluster',
  of: 'connections',
  method: 'kmeans',
  recipe: 'conn-v1',
  requestedK: id === 1 ? 'auto' : k,
  k,
  seed: 1,
  where: '',
  rows: 1_004_219,
  iterations: 18,
  converged: true,
  seconds: 2.1,
  inertia: 3_120_441,
  logLikelihood: null,
  bic: null,
  aic: null,
  covariance: null,
  tuning: null,
  daviesBouldin: 0.81,
  calinskiHarabasz: 41_208,
  window: null,
  silhouette: 0.61,
  silhouetteSample: 20_000,
  fingerprint: sha('ab12cd'),
  input: sha('cd'),
  remarks: [],
});

export function runDetail(id: number): RunDetail {
  const list = Array.from({ length: clusters }, (_, at) => clusterSummary(at));
  return {
    run: run(id, clusters),
    features,
    clusters: list,
    odd: {
      cluster: Math.min(7, clusters),
      why: 'It is the smallest, one host makes it alone, and its intervals spread least of all (−4.1 σ).',
    },
    curve:
      id === 1
        ? Array.from({ length: 14 }, (_, at) => ({
            k: at + 2,
            inertia: 9e6 / (at + 2) ** 0.6,
            silhouette: 0.35 + 0.26 * Math.exp(-((at - 5) ** 2) / 9),
          }))
        : [],
  };
}

export function scatter(id: number, points: number): Scatter {
  const drawn = Number(parameters.get('points') ?? points);
  const x = new Float32Array(drawn);
  const y = new Float32Array(drawn);
  const cluster = new Uint16Array(drawn);
  const gauss = (at: number, salt: number): number =>
    Math.sqrt(-2 * Math.log((mix(at, salt) + 1) / 2 ** 32)) * Math.cos((mix(at, salt + 1) / 2 ** 32) * 2 * Math.PI);
  for (let at = 0; at < drawn; at++) {
    const number = clusters === 7 ? clusterOf(at) : 1 + (mix(at, 9) % clusters);
    cluster[at] = number;
    const [cx, cy] = [Math.cos(number * 2.4) * (1 + number / 3), Math.sin(number * 2.4) * (1 + number / 4)];
    const spread = number === 7 ? 0.12 : 0.5;
    x[at] = cx + gauss(at, 20) * spread;
    y[at] = cy + gauss(at, 30) * spread * 0.7;
  }
  const ids = Float64Array.from({ length: drawn }, (_, at) => at);
  return { run: id, picture: 'pca', x, y, cluster, id: ids, hosts: null, variance: 0.62, drawn, total: 1_004_219 };
}
