import { clusterMethods, clusterScorings, covarianceTypes, scalings, subjects } from '../../contract.ts';
import type { ClusterMethod, Input } from '../../contract.ts';
import { readDuration } from '../../query/values.ts';
import { UsageError, wholeNumber, type Args } from '../args.ts';
import type { OptionSpecs } from '../args.ts';
import { searchFrom, searchOptions } from './train-options.ts';

export const clusterOptions: OptionSpecs = {
  of: { type: 'string', about: 'what to group: connections (default), requests or hosts', value: 'WHAT' },
  method: { type: 'string', about: 'kmeans (default), or gmm: a Gaussian mixture', value: 'M' },
  k: { type: 'string', about: 'number of clusters (default 7), or auto', value: 'N' },
  seed: { type: 'string', about: 'seed of the random numbers (default 1)', value: 'N' },
  recipe: { type: 'string', about: 'feature recipe (default: the one made for such rows)', value: 'R' },
  features: { type: 'string', multiple: true, about: 'only these features or columns', value: 'a,b' },
  scaling: { type: 'string', about: 'standard, robust, log or none (default: the recipe’s own)', value: 'S' },
  covariance: { type: 'string', about: 'of a mixture: full (default), tied, diag or spherical', value: 'C' },
  starts: { type: 'string', about: 'how often to start anew, the best is kept (default: 4 by k-means, once by a mixture)', value: 'N' },
  tune: {
    type: 'string',
    about: 'tries settings first and takes the best: "k=2..12;covariance=full,diag;starts=1,10"',
    value: 'NAME=A,B;…',
  },
  ...searchOptions,
  scoring: { type: 'string', about: 'what decides there: silhouette, daviesBouldin, calinskiHarabasz, or bic (default of a mixture)' },
  window: { type: 'string', about: 'of hosts: a row is a host in so long a time, such as 1h; default: the whole case', value: 'TIME' },
  where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
};

/** As the contract has it. */
const MOST_CLUSTERS = 1000;

/** What `cluster` was asked for. @throws UsageError */
export function clusterInput(args: Args): Input<'cluster.run'> {
  const k = args.text('k') ?? '7';
  const of = oneOf(args, 'of', subjects) ?? 'connections';
  const method = oneOf(args, 'method', clusterMethods) ?? 'kmeans';
  const covariance = oneOf(args, 'covariance', covarianceTypes);
  const window = args.text('window');
  const length = window === undefined ? null : microseconds(window);
  if (covariance !== undefined && method === 'kmeans')
    throw new UsageError('--covariance has no effect with --method kmeans: it is the shape of a mixture, --method gmm');
  if (length !== null && of !== 'hosts') throw new UsageError(`--window goes with --of hosts: ${of} are not looked at in windows of time`);
  return {
    of,
    method,
    k: k === 'auto' ? 'auto' : clusters(k),
    seed: args.integer('seed') ?? 1,
    recipe: args.text('recipe') ?? '',
    where: args.text('where') ?? '',
    covariance: covariance ?? 'full',
    scaling: oneOf(args, 'scaling', scalings) ?? null,
    features: [...(args.texts('features') ?? [])],
    window: length,
    starts: args.integer('starts', 1) ?? null,
    tune: tuneOf(args, method),
  };
}

const tunable = ['k', 'covariance', 'starts'];

/** The search that the options ask for; null: none. @throws UsageError */
function tuneOf(args: Args, method: ClusterMethod): NonNullable<Input<'cluster.run'>['tune']> | null {
  const asked = searchFrom(args);
  if (asked === null) return null;
  const { search, values, iterations } = asked;
  const unknown = Object.keys(values).find((name) => !tunable.includes(name));
  if (unknown !== undefined) throw new UsageError(`--tune tries ${tunable.join(', ')}; there is no "${unknown}"`);
  const scoring = oneOf(args, 'scoring', clusterScorings) ?? (method === 'gmm' ? 'bic' : 'silhouette');
  // that the values are right is for the contract to say
  return { search, values: values, iterations, scoring };
}

function oneOf<T extends string>(args: Args, name: string, allowed: readonly T[]): T | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--${name} takes ${allowed.join(', ')}, not "${text}"`);
  return found;
}

function clusters(text: string): number {
  const k = wholeNumber(text, '--k', 1);
  if (k > MOST_CLUSTERS) throw new UsageError(`--k takes a whole number from 1 to ${MOST_CLUSTERS}, or auto, not "${text}"`);
  return k;
}

function microseconds(text: string): number {
  const window = readDuration(text);
  if (window === null || window <= 0) throw new UsageError(`--window takes a time such as 1h or 10min, not "${text}"`);
  return Math.round(window);
}
