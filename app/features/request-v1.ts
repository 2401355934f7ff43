import { categoriesOf } from './categories.ts';
import { prepareClients } from './client-figures.ts';
import { described, dictionary, feature, flagWords, number, texts, unspoken, type FeatureWords } from './feature-spec.ts';
import { hour } from './fills.ts';
import { quantity } from './raw-fills.ts';
import { agentFlag, ofClient, ofText, saysSomething, statusFlag } from './request-fills.ts';
import { depthOf, entropyOf, isDigit, isSpecial, parametersOf, percentsOf, shareOf, type Letters } from './text-measures.ts';
import type { FeatureSpec, NeededColumn, RecordRecipe } from './types.ts';

type About = readonly [title: string, how: string];
const more = (what: string, name = what): FeatureWords => [
  `has ~more ${what} than &`,
  `has ~less ${what} than &`,
  `more ${name}`,
  `less ${name}`,
];
const long = (what: string): FeatureWords => [
  `has a ~longer ${what} than &`,
  `has a ~shorter ${what} than &`,
  `long ${what}`,
  `short ${what}`,
];

const flag = (
  name: string,
  weight: number,
  needs: NeededColumn | readonly NeededColumn[],
  about: About,
  said: string,
  fill: FeatureSpec['fill'],
): FeatureSpec => feature(name, { kind: 'flag', weight, needs: ['name' in needs ? [needs] : needs] }, about, flagWords(said, said), fill);

const status = (digit: number, title: string, said: string): FeatureSpec =>
  flag(`status_${digit}xx`, 0.6, number('status'), [title, `1 where status is ${digit}00 to ${digit}99`], said, statusFlag(digit));

/** Counted in every path; where the case keeps it as repeated text, once, however often it is asked for. */
function ofPath(
  name: string,
  log: boolean,
  weight: number,
  about: About,
  words: FeatureWords,
  figure: (letters: Letters) => number,
): FeatureSpec {
  const frame = { kind: 'measure' as const, weight, needs: [texts('path')], log: log ? ('always' as const) : undefined };
  return { ...described(name, frame, about, words), fill: ofText('path', name, Number.NaN, figure) };
}

/** Counted in every query; a request without one has 0. */
function ofQuery(
  name: string,
  log: boolean,
  weight: number,
  about: About,
  words: FeatureWords,
  figure: (letters: Letters) => number,
): FeatureSpec {
  const frame = { kind: 'measure' as const, weight, needs: [texts('query')], log: log ? ('always' as const) : undefined };
  return { ...described(name, frame, about, words), fill: ofText('query', name, 0, figure) };
}

const client = [[dictionary('orig_h')]];

/**
 * Recipe request-v1: requests as web servers log them. How they were asked and answered, what their path and query look like, who the client
 * says it is, the hour, and what the same client did in all the requests that are looked at.
 *
 * Paths and queries are counted, never decoded. Times are of the clock in UTC.
 *
 * Recorded runs name this recipe: never change what it computes; write request-v2 beside it.
 */
export const requestV1: RecordRecipe = {
  name: 'request-v1',
  of: 'requests',
  about: 'Method, status, size, what path and query look like, kind of agent, hour, and what the client did in all',
  scaling: 'standard',
  prepare: prepareClients,
  features: [
    status(2, 'Success', 'answered with success'),
    status(3, 'Redirected', 'redirected'),
    status(4, "Client's error", "answered with a client's error"),
    status(5, "Server's error", "answered with a server's error"),
    feature(
      'bytes',
      { kind: 'measure', needs: [[number('bytes')]], log: 'always' },
      ['Bytes of the answer', 'bytes'],
      ['gets ~more than &', 'gets ~less than &', 'large answers', 'small answers'],
      quantity('bytes'),
    ),
    feature(
      'duration',
      { kind: 'measure', weight: 0.7, needs: [[number('duration')]], log: 'always' },
      ['Time the server took', 'milliseconds'],
      ['takes ~longer', 'takes ~shorter', 'slow answers', 'quick answers'],
      quantity('duration', 1000),
    ),
    ofPath('path_length', true, 1, ['Length of the path', 'bytes of path'], long('path'), (letters) => letters.length),
    ofPath('path_depth', false, 0.7, ['Depth of the path', 'names between slashes'], more('depth', 'depth'), depthOf),
    ofPath(
      'path_entropy',
      false,
      0.7,
      ['Entropy of the path', 'bits per byte of path, 0 to 8'],
      more('entropy in its path', 'entropy'),
      entropyOf,
    ),
    ofPath('path_digits', false, 0.7, ['Digits in the path', 'share of digits in path'], more('digits in its path', 'digits'), (letters) =>
      shareOf(letters, isDigit),
    ),
    ofPath(
      'path_special',
      false,
      0.7,
      ['Special signs in the path', 'share of bytes in path that are neither letter, digit nor / . - _ = & + %'],
      more('special signs in its path', 'special signs'),
      (letters) => shareOf(letters, isSpecial),
    ),
    ofPath(
      'path_percents',
      true,
      0.5,
      ['Percent-encoding in the path', '% before two hexadecimal digits in path'],
      more('percent-encoding'),
      percentsOf,
    ),
    ofQuery('query_length', true, 1, ['Length of the query', 'bytes of query, 0 without one'], long('query'), (letters) => letters.length),
    ofQuery('parameters', true, 0.7, ['Parameters', 'parameters of query, 0 without one'], more('parameters'), parametersOf),
    ofQuery(
      'query_entropy',
      false,
      0.35,
      ['Entropy of the query', 'bits per byte of query, 0 to 8'],
      more('entropy in its query', 'entropy in queries'),
      entropyOf,
    ),
    ofQuery(
      'query_special',
      false,
      0.7,
      ['Special signs in the query', 'share of bytes in query that are neither letter, digit nor / . - _ = & + %'],
      more('special signs in its query', 'special signs in queries'),
      (letters) => shareOf(letters, isSpecial),
    ),
    ofQuery(
      'query_percents',
      true,
      0.5,
      ['Percent-encoding in the query', '% before two hexadecimal digits in query'],
      more('percent-encoding in its query', 'percent-encoded queries'),
      percentsOf,
    ),
    flag(
      'agent_known',
      0.5,
      dictionary('agent_name'),
      ['Agent is known', '1 where the agent names a program'],
      'with an agent that names a program',
      saysSomething('agent_name'),
    ),
    flag('agent_bot', 0.5, dictionary('agent_kind'), ['Agent is a bot', '1 where agent_kind is bot'], 'of bots', agentFlag('bot')),
    flag(
      'agent_tool',
      0.7,
      dictionary('agent_kind'),
      ['Agent is a tool', '1 where agent_kind is tool or scanner'],
      'of tools',
      agentFlag('tool', 'scanner'),
    ),
    flag(
      'referrer_present',
      0.5,
      texts('referrer'),
      ['Has a referrer', '1 where referrer says anything'],
      'with a referrer',
      saysSomething('referrer'),
    ),
    feature(
      'hour_sin',
      { kind: 'cycle', weight: 0.25, needs: [[number('ts')]] },
      ['Hour of day, sine', 'sine of the time of day (UTC), 06:00 is 1'],
      unspoken,
      hour(Math.sin),
    ),
    feature(
      'hour_cos',
      { kind: 'cycle', weight: 0.25, needs: [[number('ts')]] },
      ['Hour of day, cosine', 'cosine of the time of day (UTC), 00:00 is 1'],
      unspoken,
      hour(Math.cos),
    ),
    feature(
      'client_rate',
      { kind: 'measure', needs: [...client, [number('ts')]], log: 'always' },
      ['Requests a minute of the client', 'requests of orig_h by the minutes of the clock in which it made any'],
      ['comes from ~busier clients', 'comes from ~quieter clients', 'busy clients', 'quiet clients'],
      ofClient(({ requests, minutes }, id) => (minutes[id] > 0 ? requests[id] / minutes[id] : Number.NaN)),
    ),
    feature(
      'client_errors',
      { kind: 'measure', needs: [...client, [number('status')]] },
      ['Errors of the client', 'share of the requests of orig_h that were answered with 400 or above'],
      ['comes from clients with ~more errors', 'comes from clients with ~fewer errors', 'clients with errors', 'clients without errors'],
      ofClient(({ answered, errors }, id) => (answered[id] > 0 ? errors[id] / answered[id] : Number.NaN)),
    ),
    feature(
      'client_paths',
      { kind: 'measure', weight: 0.7, needs: [...client, texts('path')], log: 'always' },
      ['Paths of the client', 'distinct paths that orig_h asked for'],
      [
        'comes from clients that ask for ~more paths',
        'comes from clients that ask for ~fewer paths',
        'clients of many paths',
        'clients of few paths',
      ],
      ofClient(({ paths }, id) => paths[id]),
    ),
  ],
  families: [categoriesOf('method', 'method', { most: 6 })],
};
