import type { LabelSource, ModelKind, Parameters, TuneRequest } from '../../contract.ts';
import { scorings } from '../../contract.ts';
import { UsageError, type Args, type OptionSpecs } from '../args.ts';

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

/** More values of one range than this are a mistake. */
const MOST_OF_RANGE = 1000;

/** `maxDepth=15,20,25;criterion=gini,entropy`, whole numbers also as `k=2..12`. `option`: as the person wrote it. @throws UsageError */
export function gridFrom(text: string, option: string): TuneRequest['values'] {
  const parts = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0)
    throw new UsageError(`--${option} takes NAME=VALUE,VALUE;NAME=VALUE, such as "maxDepth=15,20,25;criterion=gini,entropy"`);
  return Object.fromEntries(
    parts.map((part) => {
      const [name, values] = named(part, `--${option}`);
      return [name, values.split(',').flatMap((value) => valuesFrom(value.trim(), option))];
    }),
  );
}

function valuesFrom(text: string, option: string): readonly Value[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  if (range === null) return [parameterValue(text)];
  const [low, high] = [Number(range[1]), Number(range[2])];
  if (low > high || high - low >= MOST_OF_RANGE)
    throw new UsageError(`--${option}: ${text} is no range: the lower border comes first, and it has at most ${MOST_OF_RANGE} values`);
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** What is searched, and how: the part that every search has. */
export interface SearchOptions {
  /** As the person wrote it: tune or grid. */
  readonly option: string;
  readonly values: TuneRequest['values'];
  readonly search: 'grid' | 'random';
  readonly iterations: number;
}

/** --tune (--grid), --search and --trials (--random). null: nothing is searched. @throws UsageError */
export function searchFrom(args: Args, always = false): SearchOptions | null {
  const [tune, grid] = [args.text('tune'), args.text('grid')];
  if (tune !== undefined && grid !== undefined) throw new UsageError('--tune and --grid are the same: give one of them');
  const option = grid === undefined ? 'tune' : 'grid';
  const given = tune ?? grid;
  const [trials, drawn] = [args.integer('trials', 1), args.integer('random', 1)];
  const kind = args.text('search') ?? (trials === undefined && drawn === undefined ? 'grid' : 'random');
  if (given === undefined && !always) {
    const alone = ['search', 'trials', 'random', 'scoring'].find((name) => args.text(name) !== undefined);
    if (alone !== undefined) throw new UsageError(`--${alone} goes with --tune, which names what to try`);
    return null;
  }
  if (kind !== 'grid' && kind !== 'random') throw new UsageError(`--search takes grid, random, not "${kind}"`);
  if (kind === 'grid' && trials !== undefined) throw new UsageError('--trials goes with --search random: a grid tries everything');
  return { option, values: given === undefined ? {} : gridFrom(given, option), search: kind, iterations: trials ?? drawn ?? 20 };
}

/** The search that the options of `train` ask for; null: none. @throws UsageError */
export function tuneFrom(args: Args, model: ModelKind): TuneRequest | null {
  const prune = args.text('prune');
  if (prune !== undefined && prune !== 'auto')
    throw new UsageError(`--prune takes auto, not "${prune}"; a cost of your own is --param ccpAlpha=${prune}`);
  if (prune === 'auto' && model !== 'tree') throw new UsageError('--prune goes with --model tree: forests are not pruned');
  const scoring = args.text('scoring') ?? 'accuracy';
  const asked = searchFrom(args, prune === 'auto');
  if (asked === null) return null;
  const known = scorings.find((one) => one === scoring);
  if (known === undefined) throw new UsageError(`--scoring takes ${scorings.join(', ')}, not "${scoring}"`);
  const { search, values, iterations } = asked;
  const all = prune === 'auto' ? { ...values, ccpAlpha: ['auto'] } : values;
  return { search, values: all, iterations, folds: args.integer('grid-folds', 2) ?? 3, scoring: known };
}

/** Of `train` and `cluster`. */
export const searchOptions: OptionSpecs = {
  search: { type: 'string', about: 'grid (tries everything, default) or random' },
  trials: { type: 'string', about: 'of a random search: how many settings, drawn by chance (default 20)', value: 'N' },
};

/** --calibrate METHOD as the parameter that it is. @throws UsageError */
export function calibrationFrom(args: Args): Parameters {
  const method = args.text('calibrate');
  if (method === undefined) return {};
  if (method !== 'sigmoid' && method !== 'isotonic') throw new UsageError(`--calibrate takes sigmoid or isotonic, not "${method}"`);
  return { calibration: method };
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
