/** Writes app/learn/metrics/fixtures/figures.json anew: scikit-learn's figures of the seeded cases. `node tools/oracle/write-metrics.ts` */
import { writeFileSync } from 'node:fs';
import { metricCase } from '../../app/learn/metrics/testing.ts';
import { peerVersion } from '../../bench/lib/python-peer.ts';
import { theirFigures } from './metrics-peer.ts';

const seeds = [1, 2, 3];
const figures = Object.fromEntries(seeds.map((seed) => [seed, theirFigures(metricCase(seed))]));
const origin = `scikit-learn ${peerVersion() ?? ''} by tools/oracle/write-metrics.ts on the seeded cases of app/learn/metrics/testing.ts`;
writeFileSync(
  new URL('../../app/learn/metrics/fixtures/figures.json', import.meta.url),
  `${JSON.stringify({ origin, figures }, null, 1)}\n`,
);
