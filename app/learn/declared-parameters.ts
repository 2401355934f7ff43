import { formatCount } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';

/** What a parameter can be: plain JSON, so that a person, a case and a model file can hold it. */
export type ParameterValue = number | string | boolean | null;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** One kind of value that a parameter takes. Borders belong to it, unless they are said to be open. */
export type Allowed =
  | { readonly type: 'whole'; readonly low: number; readonly high: number }
  | { readonly type: 'number'; readonly low: number; readonly high: number; readonly lowOpen?: boolean; readonly highOpen?: boolean }
  | { readonly type: 'choice'; readonly choices: readonly (string | boolean | null)[] };

/** A parameter as a person meets it: declared once, for the checks, the window and the tuning. */
export interface ParameterDeclaration {
  readonly default: ParameterValue;
  /** One of these it has to be. */
  readonly allowed: readonly Allowed[];
  /** What it does, in one sentence. */
  readonly sentence: string;
}

export type ParameterDeclarations = Readonly<Record<string, ParameterDeclaration>>;

export const whole = (low: number, high: number): Allowed => ({ type: 'whole', low, high });
export const choice = (...choices: readonly (string | boolean | null)[]): Allowed => ({ type: 'choice', choices });
export const numberFrom = (low: number, high: number, open: { readonly lowOpen?: boolean; readonly highOpen?: boolean } = {}): Allowed => ({
  type: 'number',
  low,
  high,
  ...open,
});

/**
 * The given parameters with the defaults of those that are not given. This is the one place where values from outside are checked.
 * `of`: the estimator, in words.
 * @throws FlowcaseError PARAMETER; details: name, value, allowed (in words)
 */
export function checkedParameters(of: string, declared: ParameterDeclarations, given: ParameterValues): ParameterValues {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(declared, name)) {
      const known = Object.keys(declared).join(', ');
      throw new FlowcaseError('PARAMETER', `${of} has no parameter ${name}. It has ${known}.`, { name, value, allowed: known });
    }
    const { allowed } = declared[name];
    if (allowed.some((one) => takes(one, value))) continue;
    const words = allowedWords(allowed);
    throw new FlowcaseError('PARAMETER', `${of} takes for ${name} ${words}, not ${valueWords(value)}.`, { name, value, allowed: words });
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, { default: usual }]) => [name, given[name] ?? (name in given ? null : usual)]),
  );
}

/** "a whole number from 1 to 100, sqrt or none". */
export function allowedWords(allowed: readonly Allowed[]): string {
  const words = allowed.flatMap((one) => (one.type === 'choice' ? one.choices.map(valueWords) : [rangeWords(one)]));
  return words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

function takes(allowed: Allowed, value: ParameterValue): boolean {
  if (allowed.type === 'choice') return typeof value !== 'number' && allowed.choices.includes(value);
  if (typeof value !== 'number') return false;
  if (allowed.type === 'whole') return Number.isInteger(value) && value >= allowed.low && value <= allowed.high;
  const { low, high, lowOpen = false, highOpen = false } = allowed;
  return (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
}

function rangeWords(range: Exclude<Allowed, { type: 'choice' }>): string {
  if (range.type === 'whole') return `a whole number from ${formatCount(range.low)} to ${formatCount(range.high)}`;
  const { low, high, lowOpen = false, highOpen = false } = range;
  const from = lowOpen ? `above ${low}` : `from ${low}`;
  return high === Number.MAX_VALUE ? `a number ${from} on` : `a number ${from} ${highOpen ? 'and below' : 'to'} ${high}`;
}

function valueWords(value: ParameterValue): string {
  return value === null ? 'none' : String(value);
}
