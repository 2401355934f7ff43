import { categoriesOf } from './categories.ts';
import { feature, flagWords, number } from './feature-spec.ts';
import { portFlag } from './fills.ts';
import { numberColumns } from './number-columns.ts';
import type { FeatureSpec, RecordRecipe } from './types.ts';

const port = (name: string, title: string, how: string, test: (port: number) => boolean): FeatureSpec =>
  feature(
    name,
    { kind: 'flag', weight: 0.5, needs: [[number('resp_p')]] },
    [title, `1 where resp_p ${how}`],
    flagWords(`to ${title.toLowerCase()}s`, title.toLowerCase()),
    portFlag(test),
  );

/** Numbers by which Tstat calls kinds of things, several of them bit masks: names, not quantities. Column → what it tells. */
export const tstatCodes: ReadonlyMap<string, string> = new Map([
  ['con_t', 'protocols'],
  ['p2p_t', 'peer-to-peer protocol'],
  ['p2p_st', 'peer-to-peer message'],
  ['http_t', 'HTTP service'],
  ['http_res', 'HTTP answer'],
  ['c_npnalpn', 'ALPN of the client'],
  ['s_npnalpn', 'ALPN of the server'],
  ['c_type', 'protocol of the client'],
  ['s_type', 'protocol of the server'],
  ['tls_session_stat', 'TLS resumption'],
  ['dns_enc', 'encryption of DNS'],
]);

/**
 * Recipe tstat-v1: all that Tstat measures of a connection. Every column of numbers that varies is a feature: as it is, or with the scaling
 * `log` its logarithm where it has a heavy tail. Codes and the responder's port come in as flags. Moments, identifiers and labels do not.
 *
 * Recorded runs name this recipe: never change what it computes; write tstat-v2 beside it.
 */
export const tstatV1: RecordRecipe = {
  name: 'tstat-v1',
  of: 'connections',
  about: 'Every column of numbers of a Tstat log that varies, its codes and the port by its role',
  scaling: 'log',
  features: [
    port('port_well_known', 'Well-known port', 'is below 1024', (p) => p < 1024),
    port('port_registered', 'Registered port', 'is 1024 to 49151', (p) => p >= 1024 && p < 49_152),
    port('port_ephemeral', 'Ephemeral port', 'is 49152 or above', (p) => p >= 49_152),
  ],
  families: [numberColumns(new Set(tstatCodes.keys())), ...Array.from(tstatCodes, ([column, title]) => categoriesOf(column, title))],
};
