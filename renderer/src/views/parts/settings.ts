import type { Input } from '../../../../app/contract.ts';
import { covarianceTypes } from '../../../../app/contract/runs.ts';

/** Settings that a person typed: values by name, and values to try. */

type Value = number | string | boolean | null;

export function readValue(text: string): Value {
  if (text === 'none' || text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}

/** More values of one range than this are a mistake. */
const MOST_OF_RANGE = 1000;

/** "20", or "2..12": whole numbers from the first to the last. */
function readValues(text: string): Value[] {
  const [low, high] = /^(\d+)\.\.(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  if (low === undefined || high === undefined || low > high || high - low >= MOST_OF_RANGE) return [readValue(text)];
  return Array.from({ length: high - low + 1 }, (_, at) => low + at);
}

/** "maxDepth=15,20,25 leaf=1..5 criterion=gini,entropy": what a grid tries; null where nothing stands there. */
export function readGrid(text: string): {
  readonly values: Readonly<Record<string, Value[]>> | null;
  readonly error: string;
} {
  const values = new Map<string, Value[]>();
  for (const word of text.split(/[\s;]+/).filter((one) => one !== '')) {
    const [, name, list = ''] = /^([A-Za-z]+)=(.+)$/.exec(word) ?? [];
    const read = list
      .split(',')
      .filter((one) => one !== '')
      .flatMap(readValues);
    if (name === undefined || read.length === 0)
      return { values: null, error: `“${word}” is not name=value,value, as in maxDepth=15,20,25.` };
    values.set(name, read);
  }
  return { values: values.size === 0 ? null : Object.fromEntries(values), error: '' };
}

type ClusterValues = NonNullable<Input<'cluster.run'>['tune']>['values'];

/** "k=2..12 covariance=full,diag starts=1,10": settings of a clustering to try; null where nothing stands there. */
export function readClusterGrid(text: string): { readonly values: ClusterValues | null; readonly error: string } {
  const { values, error } = readGrid(text);
  if (values === null) return { values: null, error };
  const wrong = (words: string): { readonly values: null; readonly error: string } => ({ values: null, error: words });
  const read = new Map(Object.entries(values));
  const unknown = [...read.keys()].find((name) => !['k', 'covariance', 'starts'].includes(name));
  if (unknown !== undefined) return wrong(`k, covariance and starts can be tried, not “${unknown}”.`);
  const whole = (name: string): number[] | undefined => read.get(name)?.map((value) => (typeof value === 'number' ? value : Number.NaN));
  const [k, starts] = [whole('k'), whole('starts')];
  if ([...(k ?? []), ...(starts ?? [])].some((value) => !Number.isInteger(value) || value < 1 || value > 1000))
    return wrong('k and starts are whole numbers from 1 to 1,000.');
  const named = read.get('covariance');
  const covariance = named?.flatMap((value) => covarianceTypes.filter((type) => type === value));
  if (covariance?.length !== named?.length) return wrong(`Covariances are ${covarianceTypes.join(', ')}.`);
  return {
    values: {
      ...(k === undefined ? {} : { k }),
      ...(covariance === undefined ? {} : { covariance }),
      ...(starts === undefined ? {} : { starts }),
    },
    error: '',
  };
}
