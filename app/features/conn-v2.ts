import { categoriesOf } from './categories.ts';
import { outcomeFeatures, portFeatures, volumeFeatures } from './conn-v2-volume.ts';
import { isManyAddress, localEnd } from './ends.ts';
import { dictionary, feature, flagWords, number, unspoken } from './feature-spec.ts';
import { hour, ofGroup } from './fills.ts';
import { RANDOM_SPREAD } from './groups.ts';
import { historyFeatures } from './history.ts';
import { ofEntry, weekday } from './raw-fills.ts';
import type { FeatureSpec, RecordRecipe } from './types.ts';

const endFeatures: readonly FeatureSpec[] = [
  feature(
    'orig_local',
    { kind: 'flag', weight: 0.5, needs: [[number('local_orig'), dictionary('orig_h')]] },
    ['Originator is local', '1 where local_orig says so; without it, where orig_h is a private, shared, link-local or loopback address'],
    flagWords('from local hosts', 'from local hosts', 'from remote hosts'),
    localEnd('local_orig', 'orig_h'),
  ),
  feature(
    'resp_local',
    { kind: 'flag', weight: 0.5, needs: [[number('local_resp'), dictionary('resp_h')]] },
    ['Responder is local', '1 where local_resp says so; without it, where resp_h is a private, shared, link-local or loopback address'],
    flagWords('to local hosts', 'to local hosts', 'to remote hosts'),
    localEnd('local_resp', 'resp_h'),
  ),
  feature(
    'resp_many',
    { kind: 'flag', weight: 0.35, needs: [[dictionary('resp_h')]] },
    ['Responder is a group', '1 where resp_h is a multicast or broadcast address'],
    flagWords('to groups of hosts', 'to groups of hosts'),
    ofEntry('resp_h', 'many', isManyAddress),
  ),
];

const circle = (name: string, title: string, how: string, fill: FeatureSpec['fill']): FeatureSpec =>
  feature(name, { kind: 'cycle', weight: 0.25, needs: [[number('ts')]] }, [title, how], unspoken, fill);

const timeFeatures: readonly FeatureSpec[] = [
  circle('hour_sin', 'Hour of day, sine', 'sine of the time of day (UTC), 06:00 is 1', hour(Math.sin)),
  circle('hour_cos', 'Hour of day, cosine', 'cosine of the time of day (UTC), 00:00 is 1', hour(Math.cos)),
  circle('weekday_sin', 'Day of week, sine', 'sine of the time since Monday 00:00 (UTC), a week is a circle', weekday(Math.sin)),
  circle('weekday_cos', 'Day of week, cosine', 'cosine of the time since Monday 00:00 (UTC), a week is a circle', weekday(Math.cos)),
];

const ends = [[dictionary('orig_h')], [dictionary('resp_h')], [number('resp_p')]];
const same = 'with the same orig_h, resp_h and resp_p';

const groupFeatures: readonly FeatureSpec[] = [
  feature(
    'repeats',
    { kind: 'measure', weight: 0.7, needs: ends, log: 'always' },
    ['Repeats', `connections ${same}`],
    ['is repeated ~more often', 'is repeated ~less often', 'more repeated', 'less repeated'],
    ofGroup(({ groups }, group) => groups.sizes[group]),
  ),
  feature(
    'interval_spread',
    { kind: 'measure', needs: [...ends, [number('ts')]], neutral: RANDOM_SPREAD },
    [
      'Interval spread',
      `(Q3 - Q1) / (Q3 + Q1) of the gaps between starts ${same}; absent under 8 connections; measured from 0.66, what random calls have`,
    ],
    ['comes at ~less regular intervals', 'comes at ~more regular intervals', 'irregular intervals', 'regular intervals'],
    ofGroup(({ groups }, group) => groups.intervalSpread[group]),
  ),
  feature(
    'size_spread',
    { kind: 'measure', weight: 0.7, needs: [...ends, [number('orig_bytes')]] },
    ['Size spread', `(Q3 - Q1) / (Q3 + Q1) of orig_bytes ${same}; absent under 8 connections`],
    ['varies ~more in size', 'varies ~less in size', 'varying sizes', 'equal sizes'],
    ofGroup(({ groups }, group) => groups.sizeSpread[group]),
  ),
];

/**
 * Recipe conn-v2: everything that a connection log says of a connection. Amounts, rates and ratios, the responder's port by its role and, where
 * it is frequent, by its number; protocol, service and state as the log has them; what Zeek's history tells; local and remote ends; the hour and
 * the day of the week; how regular the calls of a pair of hosts are. Columns that a log does not have are named and left out.
 *
 * Amounts enter as log(1 + x); for trees (scaling `none`) in their own units. Weights below 1 stand where features say nearly the same or belong
 * together.
 *
 * Recorded runs name this recipe: never change what it computes; write conn-v3 beside it.
 */
export const connV2: RecordRecipe = {
  name: 'conn-v2',
  of: 'connections',
  about:
    'Volume, rates, ratios, ports, protocol, service, state, history, ends, time of day and week, and how regular the calls of a pair are',
  scaling: 'standard',
  features: [...volumeFeatures, ...portFeatures, ...outcomeFeatures, ...historyFeatures, ...endFeatures, ...timeFeatures, ...groupFeatures],
  families: [
    categoriesOf('proto', 'protocol', { most: 6 }),
    categoriesOf('service', 'service'),
    categoriesOf('conn_state', 'state', { weight: 0.35 }),
    categoriesOf('resp_p', 'port', { most: 10, least: 0.02, weight: 0.35 }),
  ],
};
