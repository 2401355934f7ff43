import { dictionary, feature, flagWords, number, type FeatureWords } from './feature-spec.ts';
import { failedStates, namePorts, portFlag, unanswered, webPorts, wordFlag, type Fill } from './fills.ts';
import { balanceOf, logRatio, numberFlag, perSecond, quantity, ratio } from './raw-fills.ts';
import type { FeatureSpec } from './types.ts';

/** Features of conn-v2 that a connection has by itself: amounts, rates and ratios, its port, how it went. */

const more = (what: string, name: string): FeatureWords => [`has ~more ${what}`, `has ~less ${what}`, `more ${name}`, `less ${name}`];

/** A quantity that spreads over powers of ten. */
function amount(
  name: string,
  weight: number,
  columns: readonly string[],
  about: readonly [string, string],
  words: FeatureWords,
  fill: Fill,
): FeatureSpec {
  return feature(name, { kind: 'measure', weight, needs: columns.map((column) => [number(column)]), log: 'always' }, about, words, fill);
}

const MILLISECOND = 1000;

export const volumeFeatures: readonly FeatureSpec[] = [
  amount(
    'orig_bytes',
    1,
    ['orig_bytes'],
    ['Bytes sent', 'orig_bytes'],
    ['sends ~more than &', 'sends ~less than &', 'more sent', 'less sent'],
    quantity('orig_bytes'),
  ),
  amount(
    'resp_bytes',
    1,
    ['resp_bytes'],
    ['Bytes received', 'resp_bytes'],
    ['receives ~more than &', 'receives ~less than &', 'more received', 'less received'],
    quantity('resp_bytes'),
  ),
  amount(
    'orig_pkts',
    0.5,
    ['orig_pkts'],
    ['Packets sent', 'orig_pkts'],
    ['sends ~more packets', 'sends ~fewer packets', 'more packets sent', 'fewer packets sent'],
    quantity('orig_pkts'),
  ),
  amount(
    'resp_pkts',
    0.5,
    ['resp_pkts'],
    ['Packets received', 'resp_pkts'],
    ['receives ~more packets', 'receives ~fewer packets', 'more packets received', 'fewer packets received'],
    quantity('resp_pkts'),
  ),
  amount(
    'duration',
    1,
    ['duration'],
    ['Duration', 'milliseconds'],
    ['lasts ~longer', 'is ~shorter', 'longer', 'shorter'],
    quantity('duration', MILLISECOND),
  ),
  amount(
    'rate',
    0.5,
    ['orig_bytes', 'resp_bytes', 'duration'],
    ['Byte rate', 'bytes both ways per second, durations under 1 ms taken as 1 ms'],
    ['is ~faster', 'is ~slower', 'faster', 'slower'],
    perSecond('orig_bytes', 'resp_bytes'),
  ),
  amount(
    'orig_rate',
    0.35,
    ['orig_bytes', 'duration'],
    ['Rate of sending', 'orig_bytes per second, durations under 1 ms taken as 1 ms'],
    ['sends ~faster', 'sends ~slower', 'faster sent', 'slower sent'],
    perSecond('orig_bytes'),
  ),
  amount(
    'resp_rate',
    0.35,
    ['resp_bytes', 'duration'],
    ['Rate of receiving', 'resp_bytes per second, durations under 1 ms taken as 1 ms'],
    ['receives ~faster', 'receives ~slower', 'faster received', 'slower received'],
    perSecond('resp_bytes'),
  ),
  amount(
    'packet_rate',
    0.35,
    ['orig_pkts', 'resp_pkts', 'duration'],
    ['Packet rate', 'packets both ways per second, durations under 1 ms taken as 1 ms'],
    more('packets a second', 'packets a second'),
    perSecond('orig_pkts', 'resp_pkts'),
  ),
  amount(
    'orig_payload',
    0.5,
    ['orig_bytes', 'orig_pkts'],
    ['Payload per packet sent', 'orig_bytes / orig_pkts'],
    more('payload in a packet sent', 'payload sent a packet'),
    ratio('orig_bytes', 'orig_pkts'),
  ),
  amount(
    'resp_payload',
    0.5,
    ['resp_bytes', 'resp_pkts'],
    ['Payload per packet received', 'resp_bytes / resp_pkts'],
    more('payload in a packet received', 'payload received a packet'),
    ratio('resp_bytes', 'resp_pkts'),
  ),
  feature(
    'balance',
    { kind: 'measure', weight: 0.7, needs: [[number('orig_bytes')], [number('resp_bytes')]] },
    ['Balance', '(resp_bytes - orig_bytes) / (resp_bytes + orig_bytes): -1 all sent, 1 all received'],
    ['receives ~more than it sends', 'sends ~more than it receives', 'mostly received', 'mostly sent'],
    balanceOf('orig_bytes', 'resp_bytes'),
  ),
  feature(
    'out_in',
    { kind: 'measure', weight: 0.5, needs: [[number('orig_bytes')], [number('resp_bytes')]] },
    ['Sent to received', 'log((1 + orig_bytes) / (1 + resp_bytes))'],
    ['sends ~more for what it receives', 'sends ~less for what it receives', 'more sent for received', 'less sent for received'],
    logRatio('orig_bytes', 'resp_bytes'),
  ),
  feature(
    'packet_balance',
    { kind: 'measure', weight: 0.35, needs: [[number('orig_pkts')], [number('resp_pkts')]] },
    ['Balance of packets', '(resp_pkts - orig_pkts) / (resp_pkts + orig_pkts): -1 all sent, 1 all received'],
    ['receives ~more packets than it sends', 'sends ~more packets than it receives', 'more packets back', 'more packets out'],
    balanceOf('orig_pkts', 'resp_pkts'),
  ),
  amount(
    'missed_bytes',
    0.35,
    ['missed_bytes'],
    ['Missed bytes', 'missed_bytes'],
    more('missed bytes', 'missed'),
    quantity('missed_bytes'),
  ),
];

const port = (name: string, title: string, how: string, said: string, test: (port: number) => boolean): FeatureSpec =>
  feature(
    name,
    { kind: 'flag', weight: 0.35, needs: [[number('resp_p')]] },
    [title, `1 where resp_p ${how}`],
    flagWords(`to ${said}`, said),
    portFlag(test),
  );

export const portFeatures: readonly FeatureSpec[] = [
  port('port_well_known', 'Well-known port', 'is below 1024', 'well-known ports', (p) => p < 1024),
  port('port_registered', 'Registered port', 'is 1024 to 49151', 'registered ports', (p) => p >= 1024 && p < 49_152),
  port('port_ephemeral', 'Ephemeral port', 'is 49152 or above', 'ephemeral ports', (p) => p >= 49_152),
  port('port_web', 'Web port', 'is 80, 443, 8000, 8080 or 8443', 'web ports', (p) => webPorts.has(p)),
  port('port_names', 'Name service port', 'is 53, 853, 5353 or 5355', 'name services', (p) => namePorts.has(p)),
  feature(
    'orig_port_low',
    { kind: 'flag', weight: 0.35, needs: [[number('orig_p')]] },
    ["Originator's port is well known", '1 where orig_p is below 1024'],
    flagWords('from well-known ports', 'from well-known ports'),
    numberFlag('orig_p', (p) => p < 1024),
  ),
];

export const outcomeFeatures: readonly FeatureSpec[] = [
  feature(
    'failed',
    { kind: 'flag', needs: [[dictionary('conn_state')]] },
    ['Failed', `1 where conn_state is ${failedStates.join(', ')}`],
    flagWords('failed', 'failed', 'established'),
    wordFlag('conn_state', failedStates),
  ),
  feature(
    'unanswered',
    { kind: 'flag', weight: 0.7, needs: [[number('resp_pkts'), number('resp_bytes')]] },
    ['Unanswered', '1 where the responder sent no packet (without packet counts: no bytes)'],
    flagWords('unanswered', 'unanswered', 'answered'),
    unanswered,
  ),
];
