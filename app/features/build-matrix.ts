import type { FeatureInfo } from '../contract/runs.ts';
import { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import { AbsentMarks } from './absent-marks.ts';
import { groundOf, openFamilies, type Candidate, type Ground } from './candidates.ts';
import { chooseFeatures } from './choose-features.ts';
import { applyFeature, fitFeature, infoOf, leftOut, scaleFeature, unitWords } from './fit-feature.ts';
import type { FittedFeature, FittedRecipe } from './fitted.ts';
import type { ConnectionGroups } from './groups.ts';
import { LeakFinder, type Leak } from './leaks.ts';
import { madeFeature } from './made-features.ts';
import { recipeNamed } from './recipes.ts';
import { selectedIds, selectedNumbers } from './selection.ts';
import type { FeatureDescription, HostRows, Labels, MatrixOptions, Recipe, Selection } from './types.ts';

/** A feature that is in the matrix: its column there is its place in `used`. Value in the matrix = (value - mean) / scale × weight. */
export interface UsedFeature {
  readonly spec: FeatureDescription;
  /** Its place in `features`. */
  readonly index: number;
  readonly mean: number;
  readonly scale: number;
  /** Where all are, and one standard deviation of them (or their median and its robust twin), in the units of the matrix: unscaled columns too have them. */
  readonly middle: number;
  readonly unit: number;
}

export interface FeatureMatrix {
  /** Rows as in the selection, or as in `hosts`. Has one column of zeros where no feature could be used. */
  readonly matrix: Matrix;
  /** Every feature of the recipe, used or not. */
  readonly features: readonly FeatureInfo[];
  readonly used: readonly UsedFeature[];
  /** Of `features`, those that were left out because they give the label away. */
  readonly leaks: ReadonlyMap<FeatureInfo, Leak>;
  readonly groups: ConnectionGroups;
  /** What the rows are, where they are hosts; else null. */
  readonly hosts: HostRows | null;
  /** Which values the log does not have, where `markAbsent` asked for it; else null: the matrix alone cannot tell them from neutral ones. */
  readonly absent: AbsentMarks | null;
  /** All that it takes to put other records through the same recipe. */
  readonly fitted: FittedRecipe;
}

/**
 * Computes a recipe over a selection (for hosts: over connections, requests or both) and scales it. Features that are constant, absent
 * throughout, copies of another, give away the label that is to be learned, or whose columns the log has not are left out and say why. Means and deviations are
 * float64, in the order of the rows: the same records give the same bits.
 * @throws FlowcaseError PARAMETER, OUT_OF_MEMORY, CANCELLED
 */
export async function buildMatrix(
  from: Selection | readonly Selection[],
  recipe: Recipe,
  pace: Pace,
  options: MatrixOptions = {},
): Promise<FeatureMatrix> {
  const scaling = options.scaling ?? recipe.scaling;
  const absent = options.absent ?? (scaling === 'none' ? 'nan' : 'neutral');
  const window = options.window ?? null;
  const noun = recipe.of !== 'hosts' ? 'record' : window === null ? 'host' : 'window of a host';
  pace.progress.report(0, 1, 'features', recipe.of === 'hosts' ? 'finding the hosts' : 'grouping connections by their ends');
  const ground = await groundOf(from, recipe, window, pace);
  const { candidates, refused } = await chooseFeatures(ground, await openFamilies(ground, pace), options.features, pace);
  const leaks = options.labels === undefined ? null : leakFinder(ground, options.labels, options.keepLeaks ?? []);
  const columns = new Columns(ground, candidates.length, options.markAbsent ?? false);
  for (const [index, candidate] of candidates.entries()) {
    const { spec } = candidate;
    pace.progress.report(index, candidates.length, 'features', spec.title.toLowerCase());
    if (candidate.missing !== null) {
      columns.leave(leftOut({ ...spec, how: `${spec.how}${unitWords(spec)}` }, ground.rows, candidate.missing));
      continue;
    }
    await candidate.fill(columns.values);
    const leak = leaks?.why(spec, columns.values) ?? null;
    await pace.breathe();
    const { fitted, info } = fitFeature(spec, columns.values, { scaling, absent, noun });
    await pace.breathe();
    if (leak !== null || info.dropped !== null) {
      if (leak === null) columns.leave(info);
      else columns.leave({ ...info, dropped: leak.words }, leak);
      continue;
    }
    const known = options.markAbsent === true ? columns.values.slice() : columns.values;
    scaleFeature(columns.values, fitted);
    await pace.breathe();
    const copied = columns.copyOf(fitted);
    if (copied === null) columns.take(spec, fitted, info, known);
    else columns.leave({ ...info, dropped: `the same as ${copied} in every record` });
    await pace.breathe();
  }
  for (const one of refused) columns.leave(leftOut({ ...one, how: one.name }, 0, one.why));
  return columns.finish({ recipe: recipe.name, scaling, absent, window });
}

/**
 * Puts records through a recipe as it was fitted: nothing is learned from them. On the records it was fitted on this gives the same matrix,
 * bit for bit. Features that look at other records (how often a pair of hosts calls) look at those that are given here. A feature whose column
 * the log has not is absent in every row.
 * @throws FlowcaseError PARAMETER, OUT_OF_MEMORY, CANCELLED
 */
export async function applyRecipe(from: Selection | readonly Selection[], fitted: FittedRecipe, pace: Pace): Promise<FeatureMatrix> {
  const ground = await groundOf(from, recipeNamed(fitted.recipe), fitted.window, pace);
  const columns = new Columns(ground, fitted.features.length, false);
  for (const [index, feature] of fitted.features.entries()) {
    pace.progress.report(index, fitted.features.length, 'features', feature.title.toLowerCase());
    const candidate = candidateOf(ground, feature);
    if (candidate.missing === null) await candidate.fill(columns.values);
    else columns.values.fill(Number.NaN);
    const absent = applyFeature(columns.values, feature);
    columns.take(candidate.spec, feature, infoOf(feature, absent, null), columns.values);
    await pace.breathe();
  }
  for (const info of fitted.dropped) columns.leave(info);
  return columns.finish(fitted);
}

function leakFinder({ source, span, rows }: Ground, labels: Labels, keep: readonly string[]): LeakFinder {
  if (labels.codes.length !== rows) throw new RangeError(`${labels.codes.length} labels for ${rows} rows`);
  return new LeakFinder(labels, span, keep, (column) => {
    if (source === null) return new Float64Array(rows);
    const { selection } = source;
    return selection.table.column(column)?.storage === 'dictionary' ? selectedIds(selection, column) : selectedNumbers(selection, column);
  });
}

function candidateOf(ground: Ground, { name, made }: FittedFeature): Candidate {
  if (made !== null) return ground.candidate(madeFeature(made));
  const own = ground.own.find(({ spec }) => spec.name === name);
  if (own === undefined) throw new TypeError(`${ground.recipe.name} has no feature ${name}`);
  return own;
}

/** The matrix while it fills, column by column. */
class Columns {
  readonly values: Float64Array;
  readonly #ground: Ground;
  readonly #matrix: Matrix;
  readonly #features: FeatureInfo[] = [];
  readonly #used: UsedFeature[] = [];
  readonly #fitted: FittedFeature[] = [];
  readonly #dropped: FeatureInfo[] = [];
  readonly #leaks = new Map<FeatureInfo, Leak>();
  readonly #absent: AbsentMarks | null;

  constructor(ground: Ground, most: number, markAbsent: boolean) {
    this.#absent = markAbsent ? new AbsentMarks() : null;
    this.#ground = ground;
    this.#matrix = new Matrix(ground.rows, Math.max(1, most));
    this.values = new Float64Array(ground.rows);
  }

  /** `known`: the values as they were before absent ones were filled. */
  take(spec: FeatureDescription, fitted: FittedFeature, info: FeatureInfo, known: Float64Array): void {
    this.#absent?.add(known);
    this.#matrix.setColumn(this.#used.length, this.values);
    const { weight, shift, divisor, kind, mean, scale } = fitted;
    const middle = ((mean - shift) / divisor) * weight;
    // a column that is alike wherever it is known has no deviation
    const unit = scale > 0 ? (scale / divisor) * weight : weight;
    this.#used.push({ spec: { ...spec, weight, kind }, index: this.#features.length, mean: shift, scale: divisor, middle, unit });
    this.#features.push(info);
    this.#fitted.push(fitted);
  }

  /** The column from the data that says the same as this one in every row (some logs give a figure twice); null: none does. */
  copyOf(fitted: FittedFeature): string | null {
    if (fitted.made?.from !== 'number') return null;
    const values = this.#matrix.values;
    for (const [column, other] of this.#fitted.entries()) {
      if (other.made?.from !== 'number' || other.mean !== fitted.mean || other.scale !== fitted.scale) continue;
      let row = 0;
      while (row < this.values.length && Object.is(values[this.#matrix.offset(row, column)], Math.fround(this.values[row] + 0))) row++;
      if (row === this.values.length) return other.name;
    }
    return null;
  }

  leave(info: FeatureInfo, leak: Leak | null = null): void {
    if (leak !== null) this.#leaks.set(info, leak);
    this.#features.push(info);
    this.#dropped.push(info);
  }

  finish({ recipe, scaling, absent, window }: Omit<FittedRecipe, 'features' | 'dropped'>): FeatureMatrix {
    this.#matrix.keepColumns(Math.max(1, this.#used.length));
    const fitted = { recipe, scaling, absent, window, features: this.#fitted, dropped: this.#dropped };
    const { groups, hosts } = this.#ground;
    const [matrix, features, used, leaks] = [this.#matrix, this.#features, this.#used, this.#leaks];
    return { matrix, features, used, leaks, groups, hosts, absent: this.#absent, fitted };
  }
}
