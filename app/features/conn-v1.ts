import {
  MILLISECOND,
  balance,
  failedStates,
  hour,
  logOf,
  namePorts,
  ofGroup,
  otherSystem,
  portFlag,
  rate,
  unanswered,
  webPorts,
  wordFlag,
  type Fill,
} from './fills.ts';
import { RANDOM_SPREAD } from './groups.ts';
import type { FeatureKind, FeatureSpec, NeededColumn, RecordRecipe } from './types.ts';

/**
 * Recipe conn-v1: connections as nineteen quantities that separate browsing from beacons, scans and uploads.
 *
 * Quantities that spread over powers of ten enter as log(1 + x). What a log does not say (a byte count that is `-`) is absent, and absence
 * that carries meaning is a feature of its own (`unanswered`). Weights below 1 stand where features say nearly the same (packets and bytes),
 * belong together (ports, protocols) or matter less (hour of day).
 *
 * Recorded runs name this recipe: never change what it computes; write conn-v2 beside it.
 */

const number = (name: string): NeededColumn => ({ name, storage: 'number' });
const dictionary = (name: string): NeededColumn => ({ name, storage: 'dictionary' });

type Words = readonly [more: string, less: string, nameMore: string, nameLess: string];

function feature(
  name: string,
  kind: FeatureKind,
  weight: number,
  needs: FeatureSpec['needs'],
  [title, how]: readonly [string, string],
  [more, less, nameMore, nameLess]: Words,
  fill: Fill,
  neutral: number | null = null,
): FeatureSpec {
  return { name, title, how, kind, weight, neutral, needs, more, less, nameMore, nameLess, fill };
}

const ends = [[dictionary('orig_h')], [dictionary('resp_h')], [number('resp_p')]];
const port: readonly (readonly NeededColumn[])[] = [[number('resp_p')]];
const bothBytes = [[number('orig_bytes')], [number('resp_bytes')]];
const none: Words = ['', '', '', ''];

export const connV1: RecordRecipe = {
  name: 'conn-v1',
  of: 'connections',
  scaling: 'standard',
  families: [],
  about: 'Volume, duration, balance, ports, protocol, failures, hour of day, and how regular the calls of a pair of hosts are',
  features: [
    feature(
      'orig_bytes',
      'measure',
      1,
      [[number('orig_bytes')]],
      ['Bytes sent', 'log(1 + orig_bytes)'],
      ['sends ~more than &', 'sends ~less than &', 'more sent', 'less sent'],
      logOf('orig_bytes'),
    ),
    feature(
      'resp_bytes',
      'measure',
      1,
      [[number('resp_bytes')]],
      ['Bytes received', 'log(1 + resp_bytes)'],
      ['receives ~more than &', 'receives ~less than &', 'more received', 'less received'],
      logOf('resp_bytes'),
    ),
    feature(
      'orig_pkts',
      'measure',
      0.5,
      [[number('orig_pkts')]],
      ['Packets sent', 'log(1 + orig_pkts)'],
      ['sends ~more packets', 'sends ~fewer packets', 'more packets sent', 'fewer packets sent'],
      logOf('orig_pkts'),
    ),
    feature(
      'resp_pkts',
      'measure',
      0.5,
      [[number('resp_pkts')]],
      ['Packets received', 'log(1 + resp_pkts)'],
      ['receives ~more packets', 'receives ~fewer packets', 'more packets received', 'fewer packets received'],
      logOf('resp_pkts'),
    ),
    feature(
      'duration',
      'measure',
      1,
      [[number('duration')]],
      ['Duration', 'log(1 + milliseconds)'],
      ['lasts ~longer', 'is ~shorter', 'longer', 'shorter'],
      logOf('duration', MILLISECOND),
    ),
    feature(
      'rate',
      'measure',
      0.7,
      [...bothBytes, [number('duration')]],
      ['Byte rate', 'log(1 + bytes both ways per second), durations under 1 ms taken as 1 ms'],
      ['is ~faster', 'is ~slower', 'faster', 'slower'],
      rate,
    ),
    feature(
      'balance',
      'measure',
      0.7,
      bothBytes,
      ['Balance', '(resp_bytes - orig_bytes) / (resp_bytes + orig_bytes): -1 all sent, 1 all received'],
      ['receives ~more than it sends', 'sends ~more than it receives', 'mostly received', 'mostly sent'],
      balance,
    ),
    feature(
      'port_web',
      'flag',
      0.5,
      port,
      ['Web port', '1 where resp_p is 80, 443, 8000, 8080 or 8443'],
      ['to web ports', 'to web ports', 'web', 'not web'],
      portFlag((p) => webPorts.has(p)),
    ),
    feature(
      'port_names',
      'flag',
      0.5,
      port,
      ['Name service port', '1 where resp_p is 53, 853, 5353 or 5355'],
      ['to name services', 'to name services', 'name service', 'not name service'],
      portFlag((p) => namePorts.has(p)),
    ),
    feature(
      'port_system',
      'flag',
      0.5,
      port,
      ['Other system port', '1 where resp_p is below 1024 and neither web nor name service'],
      ['to other ports below 1024', 'to other ports below 1024', 'system ports', 'no system ports'],
      portFlag(otherSystem),
    ),
    feature(
      'proto_udp',
      'flag',
      0.5,
      [[dictionary('proto')]],
      ['UDP', '1 where proto is udp'],
      ['over UDP', 'over UDP', 'UDP', 'not UDP'],
      wordFlag('proto', ['udp']),
    ),
    feature(
      'proto_icmp',
      'flag',
      0.5,
      [[dictionary('proto')]],
      ['ICMP', '1 where proto is icmp'],
      ['over ICMP', 'over ICMP', 'ICMP', 'not ICMP'],
      wordFlag('proto', ['icmp']),
    ),
    feature(
      'failed',
      'flag',
      1,
      [[dictionary('conn_state')]],
      ['Failed', `1 where conn_state is ${failedStates.join(', ')}`],
      ['failed', 'failed', 'failed', 'established'],
      wordFlag('conn_state', failedStates),
    ),
    feature(
      'unanswered',
      'flag',
      0.7,
      [[number('resp_pkts'), number('resp_bytes')]],
      ['Unanswered', '1 where the responder sent no packet (without packet counts: no bytes)'],
      ['unanswered', 'unanswered', 'unanswered', 'answered'],
      unanswered,
    ),
    feature(
      'hour_sin',
      'cycle',
      0.35,
      [[number('ts')]],
      ['Hour of day, sine', 'sine of the time of day (UTC), 06:00 is 1'],
      none,
      hour(Math.sin),
    ),
    feature(
      'hour_cos',
      'cycle',
      0.35,
      [[number('ts')]],
      ['Hour of day, cosine', 'cosine of the time of day (UTC), 00:00 is 1'],
      none,
      hour(Math.cos),
    ),
    feature(
      'repeats',
      'measure',
      0.7,
      ends,
      ['Repeats', 'log(1 + connections with the same orig_h, resp_h and resp_p)'],
      ['is repeated ~more often', 'is repeated ~less often', 'more repeated', 'less repeated'],
      ofGroup(({ groups }, group) => Math.log1p(groups.sizes[group])),
    ),
    feature(
      'interval_spread',
      'measure',
      1,
      [...ends, [number('ts')]],
      [
        'Interval spread',
        '(Q3 - Q1) / (Q3 + Q1) of the gaps between starts with the same orig_h, resp_h and resp_p; absent under 8 connections; measured from 0.66, what random calls have',
      ],
      ['comes at ~less regular intervals', 'comes at ~more regular intervals', 'irregular intervals', 'regular intervals'],
      ofGroup(({ groups }, group) => groups.intervalSpread[group]),
      RANDOM_SPREAD,
    ),
    feature(
      'size_spread',
      'measure',
      0.7,
      [...ends, [number('orig_bytes')]],
      ['Size spread', '(Q3 - Q1) / (Q3 + Q1) of orig_bytes with the same orig_h, resp_h and resp_p; absent under 8 connections'],
      ['varies ~more in size', 'varies ~less in size', 'varying sizes', 'equal sizes'],
      ofGroup(({ groups }, group) => groups.sizeSpread[group]),
    ),
  ],
};
