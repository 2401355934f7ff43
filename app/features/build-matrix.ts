import type { FeatureInfo } from '../contract/runs.ts';
import { formatCount } from '../contract/format.ts';
import { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import type { RecordTable } from '../columns/types.ts';
import { groupConnections, type ConnectionGroups } from './groups.ts';
import type { FeatureKind, FeatureSource, FeatureSpec, Recipe, Selection } from './types.ts';

/** The unit of a feature in the matrix is its standard deviation, but at least this. */
const leastScale: Readonly<Record<FeatureKind, number>> = { measure: 0, flag: 0.25, cycle: 0.5 };

/** A standard deviation of less than this share of the mean's size is noise of the arithmetic: the feature is constant. */
const CONSTANT = 1e-12;

/** A feature that is in the matrix: its column there is its place in `used`. Value in the matrix = (value - mean) / scale × weight. */
export interface UsedFeature {
  readonly spec: FeatureSpec;
  /** Its place in `features`. */
  readonly index: number;
  readonly mean: number;
  readonly scale: number;
}

export interface FeatureMatrix {
  /** Rows as in the selection. Has one column of zeros where no feature could be used. */
  readonly matrix: Matrix;
  /** Every feature of the recipe, used or not. */
  readonly features: readonly FeatureInfo[];
  readonly used: readonly UsedFeature[];
  readonly groups: ConnectionGroups;
}

/**
 * Computes a recipe over a selection and standardises it: mean and standard deviation in float64, two passes in the order of the rows, over
 * the values that are there (from the neutral value where a feature has one). An absent value becomes the mean, which is 0. Features that are constant, absent throughout, or whose
 * columns the log has not are left out and say why.
 * @throws FlowcaseError OUT_OF_MEMORY, CANCELLED
 */
export async function buildMatrix(selection: Selection, recipe: Recipe, pace: Pace): Promise<FeatureMatrix> {
  pace.progress.report(0, recipe.features.length, 'features', 'grouping connections by their ends');
  const groups = await groupConnections(selection, pace);
  const source: FeatureSource = { selection, groups };
  const matrix = new Matrix(selection.rows, recipe.features.length);
  const features: FeatureInfo[] = [];
  const used: UsedFeature[] = [];
  const values = new Float64Array(selection.rows);
  for (const [index, spec] of recipe.features.entries()) {
    pace.progress.report(index, recipe.features.length, 'features', spec.title.toLowerCase());
    const missing = missingColumn(selection.table, spec);
    if (missing !== null) {
      features.push(describe(spec, { absent: selection.rows, mean: 0, scale: 0 }, `the log has no ${missing}`));
      continue;
    }
    for (const part of selection.parts) {
      spec.fill(source, part, values);
      await pace.breathe();
    }
    const figures = figuresOf(values, leastScale[spec.kind], spec.neutral);
    const reason = whyDropped(figures, selection.rows);
    features.push(describe(spec, figures, reason));
    if (reason !== null) continue;
    standardise(values, figures, spec.weight);
    matrix.setColumn(used.length, values);
    used.push({ spec, index, mean: figures.mean, scale: figures.scale });
    await pace.breathe();
  }
  matrix.keepColumns(Math.max(1, used.length));
  return { matrix, features, used, groups };
}

interface Figures {
  readonly absent: number;
  readonly mean: number;
  /** Unit in the matrix. */
  readonly scale: number;
  readonly constant: boolean;
}

function figuresOf(values: Float64Array, least: number, neutral: number | null): Figures {
  let count = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    count++;
    sum += values[i];
  }
  const average = count === 0 ? 0 : sum / count;
  const mean = neutral ?? average;
  let squares = 0;
  let fromAverage = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    squares += (values[i] - mean) ** 2;
    fromAverage += (values[i] - average) ** 2;
  }
  const deviation = Math.sqrt(squares / Math.max(1, count));
  const none = CONSTANT * Math.max(1, Math.abs(average));
  // Where absent values stand at the neutral value, one known value beside them is a difference.
  const constant = count === values.length ? Math.sqrt(fromAverage / Math.max(1, count)) <= none : deviation <= none;
  return { absent: values.length - count, mean, scale: constant ? 0 : Math.max(least, deviation), constant };
}

function whyDropped({ absent, mean, constant }: Figures, rows: number): string | null {
  if (absent === rows) return 'absent in every record';
  if (!constant) return null;
  return absent === 0 ? `the same in every record (${short(mean)})` : `the same wherever it is known (${short(mean)})`;
}

function short(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toPrecision(3);
}

function standardise(values: Float64Array, { mean, scale }: Figures, weight: number): void {
  for (let i = 0; i < values.length; i++) values[i] = Number.isFinite(values[i]) ? ((values[i] - mean) / scale) * weight : 0;
}

function describe(spec: FeatureSpec, { absent, mean, scale }: Omit<Figures, 'constant'>, dropped: string | null): FeatureInfo {
  const weight = spec.weight === 1 ? '' : `; weight ${spec.weight}`;
  const least = leastScale[spec.kind] === 0 ? '' : `; unit at least ${leastScale[spec.kind]}`;
  return { name: spec.name, title: spec.title, how: `${spec.how}${least}${weight}`, absent, mean, scale, dropped };
}

/** "column duration", or null where nothing is missing. */
function missingColumn(table: RecordTable, spec: FeatureSpec): string | null {
  for (const choice of spec.needs) {
    if (choice.some(({ name, storage }) => table.column(name)?.storage === storage)) continue;
    return `column ${choice.map(({ name }) => name).join(' or ')}`;
  }
  return null;
}
