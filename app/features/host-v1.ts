import { dictionary, number } from './feature-spec.ts';
import { does, has, hostFeature, log, orig, port, resp, share, varied } from './host-feature.ts';
import { column, distinct, durations, entropy, largestPeer, mean, records, total } from './host-fills.ts';
import { outcome, times, web } from './host-v1-behaviour.ts';
import type { HostFeatureSpec, HostRecipe } from './types.ts';

const reach: readonly HostFeatureSpec[] = [
  hostFeature(
    'connections_out',
    log,
    [orig],
    ['Connections begun', 'connections in which it is orig_h'],
    does('begins', 'begun'),
    records('originators'),
  ),
  hostFeature(
    'connections_in',
    log,
    [resp],
    ['Connections taken', 'connections in which it is resp_h'],
    does('is called', 'called'),
    records('responders'),
  ),
  hostFeature(
    'fan_out',
    log,
    [orig, resp],
    ['Fan-out', 'different resp_h of the connections that it began'],
    has('peers called'),
    distinct('originators', 'resp_h'),
  ),
  hostFeature(
    'fan_in',
    log,
    [orig, resp],
    ['Fan-in', 'different orig_h of the connections to it'],
    has('callers'),
    distinct('responders', 'orig_h'),
  ),
  hostFeature(
    'ports_out',
    log,
    [orig, port],
    ['Ports called', 'different resp_p of the connections that it began'],
    has('ports called'),
    distinct('originators', 'resp_p'),
  ),
  hostFeature(
    'ports_in',
    { log: true, weight: 0.7 },
    [resp, port],
    ['Own ports called', 'different resp_p of the connections to it'],
    has('own ports called'),
    distinct('responders', 'resp_p'),
  ),
  hostFeature(
    'port_entropy',
    {},
    [orig, port],
    ['Entropy of ports', 'bits of resp_p over the connections that it began'],
    varied('ports'),
    entropy('originators', 'resp_p'),
  ),
  hostFeature(
    'service_entropy',
    { weight: 0.7 },
    [orig, [dictionary('service')]],
    ['Entropy of services', 'bits of service over the connections that it began'],
    varied('services'),
    entropy('originators', 'service'),
  ),
  hostFeature(
    'peer_entropy',
    { weight: 0.7 },
    [orig, resp],
    ['Entropy of peers', 'bits of resp_h over the connections that it began'],
    varied('peers'),
    entropy('originators', 'resp_h'),
  ),
  hostFeature(
    'largest_peer',
    { weight: 0.7 },
    [orig, resp],
    ['Share of its most-called peer', 'share of its connections that go to the resp_h it calls most'],
    share('calls to one peer'),
    largestPeer,
  ),
];

const volume: readonly HostFeatureSpec[] = [
  hostFeature(
    'bytes_out',
    { from: 'both', log: true },
    [[number('orig_bytes'), number('resp_bytes'), number('request_bytes')]],
    ['Bytes sent', 'bytes it sent, in both roles, and in requests as far as their logs say'],
    does('sends', 'sent'),
    total(['originators', 'orig_bytes'], ['responders', 'resp_bytes'], ['clients', 'request_bytes']),
  ),
  hostFeature(
    'bytes_in',
    { from: 'both', log: true },
    [[number('orig_bytes'), number('resp_bytes'), number('bytes')]],
    ['Bytes received', 'bytes sent to it, in both roles, and in answers to its requests'],
    does('receives', 'received'),
    total(['originators', 'resp_bytes'], ['responders', 'orig_bytes'], ['clients', 'bytes']),
  ),
  hostFeature(
    'mean_bytes_out',
    { log: true, weight: 0.7 },
    [orig, [number('orig_bytes')]],
    ['Bytes sent a connection', 'mean orig_bytes of the connections that it began'],
    does('sends in a connection', 'sent a connection'),
    mean('originators', column('orig_bytes')),
  ),
  hostFeature(
    'mean_duration',
    { log: true, weight: 0.7 },
    [orig, [number('duration')]],
    ['Mean duration', 'mean milliseconds of the connections that it began'],
    ['has ~longer connections', 'has ~shorter connections', 'long connections', 'short connections'],
    mean('originators', durations),
  ),
];

/**
 * Recipe host-v1: how hosts behave, over the whole case or in windows of time. Whom they call and who calls them, how much goes each way, how
 * varied their ports, services and peers are, what fails, when they are awake, how regular their calls are, and what they ask of web servers.
 * Hosts without records of one kind have counts of 0 there, and nothing where a share or a mean would be.
 *
 * Recorded runs name this recipe: never change what it computes; write host-v2 beside it.
 */
export const hostV1: HostRecipe = {
  name: 'host-v1',
  of: 'hosts',
  who: 'everybody',
  about: 'Reach, volume, ports and services, failures, day rhythm, regularity, and web requests of every host',
  scaling: 'standard',
  features: [...reach, ...volume, ...outcome, ...times, ...web],
};
