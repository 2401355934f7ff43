import { described, dictionary, number, type FeatureWords } from './feature-spec.ts';
import { column, mean, records, total, type HostFill } from './host-fills.ts';
import type { HostFeatureSpec, HostRecipe } from './types.ts';

const words = (name: string): FeatureWords => [`has ~more ${name} than &`, `has ~less ${name} than &`, `more ${name}`, `less ${name}`];

/** `kept`: what Flowcase calls Tstat's column. */
function ofClients(name: string, kept: string, title: string, how: string, fill: HostFill): HostFeatureSpec {
  const frame = { kind: 'measure' as const, needs: [[dictionary('orig_h')], ...(kept === '' ? [] : [[number(kept)]])] };
  return { ...described(name, frame, [title, how], words(title.toLowerCase())), from: 'connections', fill };
}

/**
 * Recipe tstat-client-v1: the clients of a Tstat log, one row a client, by the sums and means that are customary for telling kinds of users
 * apart. Values as they are, by their standard deviation. Sums and means leave out what the log does not know, where others count Tstat's 0.
 *
 * Recorded runs name this recipe: never change what it computes; write tstat-client-v2 beside it.
 */
export const tstatClientV1: HostRecipe = {
  name: 'tstat-client-v1',
  of: 'hosts',
  who: 'originators',
  about: 'Clients of a Tstat log: connections, bytes of both sides, retransmitted bytes, round-trip time and first payload of the server',
  scaling: 'standard',
  features: [
    ofClients('connections', '', 'Connections', 'connections of the client', records('originators')),
    ofClients('s_bytes_all', 'resp_bytes', 'Bytes of the server', 'sum of s_bytes_all (resp_bytes)', total(['originators', 'resp_bytes'])),
    ofClients('s_bytes_retx', 's_bytes_retx', 'Bytes the server sent again', 'sum of s_bytes_retx', total(['originators', 's_bytes_retx'])),
    ofClients('c_bytes_all', 'orig_bytes', 'Bytes of the client', 'sum of c_bytes_all (orig_bytes)', total(['originators', 'orig_bytes'])),
    ofClients('s_rtt_avg', 's_rtt_avg', 'Round-trip time', 'mean of s_rtt_avg, milliseconds', mean('originators', column('s_rtt_avg'))),
    ofClients(
      's_first',
      's_first',
      'First payload of the server',
      'mean of s_first, milliseconds after the start',
      mean('originators', column('s_first')),
    ),
  ],
};
