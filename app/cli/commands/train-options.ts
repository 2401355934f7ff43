import type { LabelSource, Parameters, TuneRequest } from '../../contract.ts';
import { scorings } from '../../contract.ts';
import { UsageError, type Args } from '../args.ts';

type Value = Parameters[string];

/** Short names of the parameters that people say most. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ['trees', 'nEstimators'],
  ['depth', 'maxDepth'],
  ['leaf', 'minSamplesLeaf'],
]);

/** `20`, `0.5`, `true`, `none` (nothing), else a word. */
export function parameterValue(text: string): Value {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'none' || text === 'null' ? null : text;
}

/** `maxDepth=20`, one a time or with commas between. @throws UsageError */
export function parametersFrom(texts: readonly string[]): Parameters {
  return Object.fromEntries(texts.map((text) => named(text, '--param')).map(([name, value]) => [name, parameterValue(value)]));
}

/** `maxDepth=15,20,25;criterion=gini,entropy`. @throws UsageError */
export function gridFrom(text: string): TuneRequest['values'] {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0)
    throw new UsageError('--grid takes NAME=VALUE,VALUE;NAME=VALUE, such as "maxDepth=15,20,25;criterion=gini,entropy"');
  return Object.fromEntries(
    parts.map((part) => {
      const [name, values] = named(part, '--grid');
      return [name, values.split(',').map((value) => parameterValue(value.trim()))];
    }),
  );
}

/** The search that the options ask for; null: none. @throws UsageError */
export function tuneFrom(args: Args): TuneRequest | null {
  const grid = args.text('grid');
  const iterations = args.integer('random', 1);
  const scoring = args.text('scoring') ?? 'accuracy';
  if (grid === undefined) {
    if (iterations !== undefined || args.text('scoring') !== undefined) throw new UsageError('--random and --scoring go with --grid');
    return null;
  }
  const known = scorings.find((one) => one === scoring);
  if (known === undefined) throw new UsageError(`--scoring takes ${scorings.join(', ')}, not "${scoring}"`);
  return {
    search: iterations === undefined ? 'grid' : 'random',
    values: gridFrom(grid),
    iterations: iterations ?? 20,
    folds: args.integer('grid-folds', 2) ?? 3,
    scoring: known,
  };
}

/** Folds of a cross-validation beside the split; 0: none. @throws UsageError */
export function foldsFrom(args: Args): number {
  const folds = args.integer('folds') ?? 0;
  if (folds === 1) throw new UsageError('--folds takes a whole number from 2, or 0 for none, not "1"');
  return folds;
}

/** --label COLUMN, or --tags with all tags or some. @throws UsageError */
export function labelFrom(args: Args): LabelSource {
  const column = args.text('label');
  const tags = args.texts('tags');
  if ((column === undefined) === (tags === undefined))
    throw new UsageError('one of --label COLUMN and --tags says where the classes come from');
  return column === undefined ? { type: 'tags', tags: tags ?? [] } : { type: 'column', column };
}

function named(text: string, option: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) throw new UsageError(`${option} takes NAME=VALUE, not "${text}"`);
  const name = text.slice(0, at).trim();
  return [shortNames.get(name) ?? name, text.slice(at + 1).trim()];
}
