import { formatCount } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import { Random } from '../../shared/random.ts';
import type { ParameterValue, ParameterValues } from '../declared-parameters.ts';
import { checkWhole, outside } from '../parameters.ts';
import { sampleRows } from '../sample.ts';

/** Values to try of every parameter: all that can be put together is tried. */
export type Grid = Readonly<Record<string, readonly ParameterValue[]>>;

/** Where a parameter's values are drawn from. `log`: every order of magnitude as often (both borders above zero). */
export type Distribution =
  | { readonly type: 'choice'; readonly values: readonly ParameterValue[] }
  | { readonly type: 'whole' | 'number'; readonly low: number; readonly high: number; readonly log?: boolean };

export type Distributions = Readonly<Record<string, Distribution>>;

const NAME = 'Tuning';
/** More than this is a mistake. */
const MOST = 10_000;
/** How often something new is drawn for before nothing new is taken to be left. */
const PATIENCE = 200;

/** Everything that can be put together, the last parameter changing first. @throws FlowcaseError PARAMETER where that is nothing, or too much */
export function gridCandidates(grid: Grid): ParameterValues[] {
  const count = Object.values(grid).reduce((product, values) => product * values.length, 1);
  if (count === 0) throw new FlowcaseError('PARAMETER', 'A parameter of the grid has no values to try.', { name: 'grid' });
  if (count > MOST) {
    const text = `The grid has ${formatCount(count)} combinations, more than ${formatCount(MOST)}. Take fewer values, or draw some at random.`;
    throw new FlowcaseError('PARAMETER', text, { name: 'grid', value: count, allowed: MOST });
  }
  return Object.entries(grid).reduce<ParameterValues[]>(
    (before, [name, values]) => before.flatMap((some) => values.map((value) => ({ ...some, [name]: value }))),
    [{}],
  );
}

/**
 * `iterations` of them, none twice: fewer where there are no more. Where all are choices they are drawn from the grid without putting back, in the
 * grid's order, as scikit-learn's ParameterSampler does. @throws FlowcaseError PARAMETER
 */
export function randomCandidates(distributions: Distributions, iterations: number, seed: number): ParameterValues[] {
  checkWhole(NAME, 'iterations', iterations, 1, MOST);
  for (const [name, distribution] of Object.entries(distributions)) checkDistribution(name, distribution);
  const random = new Random(seed);
  const choices = Object.entries(distributions).flatMap(([name, from]) => (from.type === 'choice' ? [[name, from.values] as const] : []));
  const combinations = choices.reduce((product, [, values]) => product * values.length, 1);
  if (choices.length === Object.keys(distributions).length && combinations <= MOST) {
    const grid = gridCandidates(Object.fromEntries(choices));
    return Array.from(sampleRows(grid.length, iterations, random), (i) => grid[i]);
  }
  const found = new Map<string, ParameterValues>();
  for (let missed = 0; found.size < iterations && missed < PATIENCE;) {
    const drawn = Object.fromEntries(Object.entries(distributions).map(([name, from]) => [name, draw(from, random)]));
    const key = JSON.stringify(drawn);
    missed = found.has(key) ? missed + 1 : 0;
    found.set(key, drawn);
  }
  return [...found.values()];
}

function draw(from: Distribution, random: Random): ParameterValue {
  if (from.type === 'choice') return from.values[random.below(from.values.length)];
  // Whole numbers are drawn as if each had a unit of the line, so that both borders are as likely as the rest.
  const [low, high] = from.type === 'whole' ? [from.low, from.high + 1] : [from.low, from.high];
  const share = random.float();
  const value = from.log === true ? Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low))) : low + share * (high - low);
  const cut = from.type === 'whole' ? Math.floor(value) : value;
  return Math.min(from.high, Math.max(from.low, cut));
}

function checkDistribution(name: string, from: Distribution): void {
  if (from.type === 'choice') {
    if (from.values.length === 0) throw outside(NAME, name, 'none', 'at least one value');
    return;
  }
  const { low, high, log = false, type } = from;
  const whole = type !== 'whole' || (Number.isSafeInteger(low) && Number.isSafeInteger(high));
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high || !whole || (log && low <= 0)) {
    throw outside(
      NAME,
      name,
      `${low} to ${high}`,
      `${type === 'whole' ? 'whole ' : ''}borders, the lower one first${log ? ' and above zero' : ''}`,
    );
  }
}
