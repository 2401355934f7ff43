import type { ErrorShape } from '../contract.ts';
import type { OptionSpecs } from './args.ts';

/** Fields of the commands' input whose option has another name. */
const optionOf: ReadonlyMap<string, string> = new Map([
  ['parameters', 'param'],
  ['keepLeaks', 'keep-leaks'],
  ['tune.values', 'tune'],
  ['tune.folds', 'grid-folds'],
  ['tune.iterations', 'trials'],
  ['tune.search', 'search'],
  ['tune.scoring', 'scoring'],
]);

/** Commands whose options are parameters of what they run. */
const learning: ReadonlySet<string> = new Set(['cluster', 'train', 'anomalies']);

/** Parameters that depend on what the case holds: that they cannot be is a failure and no wrong usage. */
const ofTheCase: ReadonlySet<string> = new Set(['label', 'tags', 'split', 'test']);

/**
 * The message in the words of the option that has a wrong value; null where the error is not about one. `args`: the command line, where a
 * parameter may stand in --tune (--grid) or in --param.
 */
export function wrongOption(
  { code, message, details }: ErrorShape,
  command: { readonly name: string; readonly options: OptionSpecs },
  args: readonly string[],
): string | null {
  if (code === 'INVALID_INPUT') {
    const field = details?.['field'];
    const option = typeof field === 'string' ? optionNamed(field, command.options) : null;
    if (option === null || typeof field !== 'string') return message;
    // of an option that takes JSON it is a field of that
    const spec = command.options[option];
    const inner = spec.type === 'string' && spec.value === 'JSON' ? field.split('.').slice(1).join('.') : '';
    return message.replace(/^[\w.]+: "[^"]*" is/, () => (inner === '' ? `--${option} is` : `"${inner}" of --${option} is`));
  }
  if (code !== 'PARAMETER') return null;
  const name = details?.['name'];
  // what was given is wrong itself: other than with what a case or a file holds, nothing but another command line helps
  if (command.name === 'serve' && typeof name === 'string' && details?.['value'] !== undefined && Object.hasOwn(command.options, name))
    return `--${name}: ${message}`;
  if (typeof name !== 'string' || !learning.has(command.name) || details?.['allowed'] === undefined || ofTheCase.has(name)) return null;
  const option = optionNamed(name, command.options) ?? parameterOption(name, command.options, args);
  return option === null ? null : `--${option}: ${message}`;
}

/** "tune.folds" → grid-folds, "features.0" → features; null where the command has no such option. */
function optionNamed(field: string, options: OptionSpecs): string | null {
  const [first, second] = field.split('.');
  const option = optionOf.get(`${first}.${second}`) ?? optionOf.get(first) ?? first;
  return Object.hasOwn(options, option) ? option : null;
}

/** The option that gives an estimator's parameter. */
function parameterOption(name: string, options: OptionSpecs, args: readonly string[]): string | null {
  if (!Object.hasOwn(options, 'param')) return null;
  const searched = ['tune', 'grid'].find((option) => given(option, args));
  if (searched === undefined) return 'param';
  const inSearch = args.some((text, i) => (args[i - 1] === `--${searched}` || text.startsWith(`--${searched}=`)) && text.includes(name));
  return inSearch || !given('param', args) ? searched : 'param';
}

function given(option: string, args: readonly string[]): boolean {
  return args.some((text) => text === `--${option}` || text.startsWith(`--${option}=`));
}
