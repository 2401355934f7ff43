import { classificationReport } from '../learn/metrics/classes.ts';
import { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import { rowsByCluster, sampleRows } from '../learn/sample.ts';
import { DecisionTree } from '../learn/trees/decision-tree.ts';
import { NO_CLASS } from '../learn/types.ts';
import { timesOf } from '../features/validation-groups.ts';
import { Random } from '../shared/random.ts';
import { mostProbable } from './train-figures.ts';
import { shortList } from './train-split.ts';
import type { Lesson } from './train.ts';

/** Rows that are asked at most, as many of every class as there are; smaller classes than `LEAST_OF_CLASS` are not asked about. */
const ASKED = 5000;
const LEAST_OF_CLASS = 10;
/** One feature that tells so much alone is named. */
const SUSPECT = 0.95;
/** Rank correlation with the order or the time of the records beyond which a feature is one of them. */
const DISGUISED = 0.999;

/**
 * Remarks on features that give the label away without being copies of it: one tells the classes alone (a small tree of it has a balanced
 * accuracy of 0.95 or more), or it is the number or the time of the record in disguise. They are named and not left out: traffic may be as
 * plain. @throws FlowcaseError CANCELLED, OUT_OF_MEMORY
 */
export async function suspectFeatures(
  lesson: Pick<Lesson, 'matrix' | 'labels' | 'from' | 'fitted'>,
  pace: Pace,
): Promise<readonly string[]> {
  const { matrix, labels, from, fitted } = lesson;
  const { rows, y, classes } = sampleOf(labels.codes, labels.classes.length);
  if (classes < 2) return [];
  const orders = 'hosts' in from ? [] : [rowNumbers(rows), pick(timesOf(from), rows)].map(ranksOf);
  const column = new Matrix(rows.length, 1);
  const values = new Float64Array(rows.length);
  const alone: { readonly name: string; readonly share: number }[] = [];
  const disguised: string[] = [];
  const { values: cells } = matrix;
  for (const [at, { name }] of fitted.features.entries()) {
    for (const [i, row] of rows.entries()) values[i] = cells[matrix.offset(row, at)];
    const share = await toldBy(column, values, y, labels.classes.length, { pace, pool: null });
    if (share >= SUSPECT) alone.push({ name, share });
    if (orders.length > 0 && !values.some(Number.isNaN)) {
      const ranks = ranksOf(values);
      const as = orders.findIndex((order) => Math.abs(correlation(ranks, order)) > DISGUISED);
      if (as >= 0) disguised.push(`${name} (${as === 0 ? 'goes with the number of the record' : 'goes with the time of the record'})`);
    }
    await pace.breathe();
  }
  alone.sort((a, b) => b.share - a.share);
  return [...aloneWords(alone), ...disguisedWords(disguised)];
}

function aloneWords(alone: readonly { readonly name: string; readonly share: number }[]): readonly string[] {
  if (alone.length === 0) return [];
  const [{ name, share }, ...others] = alone;
  // whole percents, and never more of them than there are
  const percent = Math.floor(share * 100);
  const more =
    others.length === 0
      ? ''
      : ` So ${others.length === 1 ? 'does' : 'do'} ${shortList(
          others.map((one) => one.name),
          4,
        )}.`;
  const those = others.length === 0 ? 'it does' : 'they do';
  return [
    `\`${name.slice(0, 80)}\` alone tells ${percent} % of the rows' classes (every class counts the same): make sure that ${those} not give the label away.${more}`,
  ];
}

function disguisedWords(disguised: readonly string[]): readonly string[] {
  if (disguised.length === 0) return [];
  return [
    `Features that say when or where in the log a record is, not what it is: ${shortList(disguised, 4)}. --features leaves them out.`,
  ];
}

/** The balanced accuracy of a small tree of this column alone on what it learned from; 0 where it says the same of all. */
async function toldBy(
  column: Matrix,
  values: Float64Array,
  y: Uint16Array,
  classes: number,
  means: { readonly pace: Pace; readonly pool: null },
): Promise<number> {
  if (values.every((value) => Object.is(value, values[0]))) return 0;
  column.setColumn(0, values);
  // one question more than it takes to part so many
  const maxDepth = Math.ceil(Math.log2(classes)) + 1;
  const tree = await new DecisionTree({ maxDepth, minSamplesLeaf: LEAST_OF_CLASS / 2, classWeight: 'balanced' }).fit(
    column,
    y,
    classes,
    means,
  );
  const predicted = mostProbable(await tree.predictProba(column, means), classes);
  return classificationReport(y, predicted, classes).balancedAccuracy;
}

/** As many rows of every class as there may be, ascending. */
function sampleOf(codes: Uint16Array, classes: number): { readonly rows: Uint32Array; readonly y: Uint16Array; readonly classes: number } {
  const members = rowsByCluster(
    codes.map((code) => (code === NO_CLASS ? classes : code)),
    classes + 1,
  )
    .slice(0, classes)
    .filter((rows) => rows.length >= LEAST_OF_CLASS);
  const most = Math.max(LEAST_OF_CLASS, Math.floor(ASKED / Math.max(1, members.length)));
  const random = new Random(1);
  const picked = members.flatMap((of) => Array.from(sampleRows(of.length, most, random), (i) => of[i]));
  const rows = Uint32Array.from(picked).sort();
  return { rows, y: Uint16Array.from(rows, (row) => codes[row]), classes: members.length };
}

function rowNumbers(rows: Uint32Array): Float64Array {
  return Float64Array.from(rows);
}

function pick(values: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]);
}

/** Places in order, equal values at the middle of theirs. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let end = i + 1;
    while (end < order.length && values[order[end]] === values[order[i]]) end++;
    for (let at = i; at < end; at++) ranks[order[at]] = (i + end - 1) / 2;
    i = end;
  }
  return ranks;
}

/** Pearson's, of ranks Spearman's; 0 where one of them is the same throughout. */
function correlation(a: Float64Array, b: Float64Array): number {
  const middle = (a.length - 1) / 2;
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - middle) * (b[i] - middle);
    ofA += (a[i] - middle) ** 2;
    ofB += (b[i] - middle) ** 2;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}
