import { ofDay, rhythm } from './day-figures.ts';
import { dictionary, number, texts, unspoken } from './feature-spec.ts';
import { RANDOM_SPREAD } from './groups.ts';
import { does, has, hostFeature, orig, resp, share, time, varied } from './host-feature.ts';
import { distinct, entropy, errors, failures, mean, peerSpread, records, silences } from './host-fills.ts';
import type { HostFeatureSpec } from './types.ts';

/** Features of host-v1: what fails, when a host is awake, how regular its calls are, and what it asks of web servers. */

export const outcome: readonly HostFeatureSpec[] = [
  hostFeature(
    'failed_share',
    {},
    [orig, [dictionary('conn_state')]],
    ['Failed', 'share of the connections that it began and that failed, by conn_state'],
    share('failed connections'),
    mean('originators', failures),
  ),
  hostFeature(
    'refusing_share',
    { weight: 0.7 },
    [resp, [dictionary('conn_state')]],
    ['Failed to it', 'share of the connections to it that failed, by conn_state'],
    share('failed calls to it'),
    mean('responders', failures),
  ),
  hostFeature(
    'unanswered_share',
    { weight: 0.7 },
    [orig, [number('resp_pkts'), number('resp_bytes')]],
    ['Unanswered', 'share of the connections that it began and that brought no packet back (without packet counts: no bytes)'],
    share('unanswered connections'),
    mean('originators', silences),
  ),
];

export const times: readonly HostFeatureSpec[] = [
  hostFeature(
    'active_hours',
    { from: 'both', log: true },
    [time],
    ['Active hours', 'different hours of the clock in which it took part in anything'],
    has('active hours'),
    ofDay(({ hours }, row) => hours[row]),
  ),
  hostFeature(
    'hourly',
    { from: 'both', log: true },
    [time],
    ['Records an active hour', 'records by active hours'],
    ['does ~more an hour than &', 'does ~less an hour than &', 'busy hours', 'quiet hours'],
    ofDay(({ records: all, hours }, row) => all[row] / hours[row]),
  ),
  hostFeature(
    'night_share',
    { from: 'both', weight: 0.7 },
    [time],
    ['By night', 'share of its records between 22:00 and 06:00 UTC'],
    share('records by night'),
    ofDay(({ records: all, night }, row) => night[row] / all[row]),
  ),
  hostFeature(
    'day_rhythm',
    { from: 'both', weight: 0.7 },
    [time],
    [
      'Rhythm of the day',
      'length of the mean place of its records on the circle of the day: 0 round the clock, 1 always at the same hour (UTC)',
    ],
    ['keeps ~more to one time of day', 'keeps ~less to one time of day', 'one time of day', 'round the clock'],
    ofDay(rhythm),
  ),
  hostFeature(
    'hour_sin',
    { from: 'both', kind: 'cycle', weight: 0.25 },
    [time],
    ['Hour of day, sine', 'sine of its mean place on the circle of the day (UTC)'],
    unspoken,
    ofDay(({ records: all, sine }, row) => sine[row] / all[row]),
  ),
  hostFeature(
    'hour_cos',
    { from: 'both', kind: 'cycle', weight: 0.25 },
    [time],
    ['Hour of day, cosine', 'cosine of its mean place on the circle of the day (UTC)'],
    unspoken,
    ofDay(({ records: all, cosine }, row) => cosine[row] / all[row]),
  ),
  hostFeature(
    'interval_spread',
    { neutral: RANDOM_SPREAD },
    [orig, resp, time],
    [
      'Interval spread',
      '(Q3 - Q1) / (Q3 + Q1) of the gaps between its calls to the resp_h it calls most; absent under 8 calls; measured from 0.66, what random calls have',
    ],
    ['calls at ~less regular intervals', 'calls at ~more regular intervals', 'irregular intervals', 'regular intervals'],
    peerSpread,
  ),
];

export const web: readonly HostFeatureSpec[] = [
  hostFeature(
    'requests',
    { from: 'requests', log: true },
    [orig],
    ['Requests', 'requests in which it is the client'],
    does('asks', 'requests'),
    records('clients'),
  ),
  hostFeature(
    'request_errors',
    { from: 'requests' },
    [orig, [number('status')]],
    ['Errors', 'share of its requests that were answered with 400 or above'],
    share('errors'),
    mean('clients', errors),
  ),
  hostFeature(
    'request_paths',
    { from: 'requests', log: true, weight: 0.7 },
    [orig, texts('path')],
    ['Paths', 'different paths that it asked for'],
    has('paths'),
    distinct('clients', 'path'),
  ),
  hostFeature(
    'path_entropy',
    { from: 'requests', weight: 0.7 },
    [orig, texts('path')],
    ['Entropy of paths', 'bits of path over its requests'],
    varied('paths'),
    entropy('clients', 'path'),
  ),
  hostFeature(
    'agents',
    { from: 'requests', log: true, weight: 0.7 },
    [orig, texts('agent')],
    ['Agents', 'different agents that it said it was'],
    has('agents'),
    distinct('clients', 'agent'),
  ),
];
