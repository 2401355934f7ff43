import { formatCount } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import { Random } from '../../shared/random.ts';
import { checkWhole, outside } from '../parameters.ts';
import { rowsByCluster, sampleRows, shuffle } from '../sample.ts';
import { NO_CLASS } from '../types.ts';

/** Rows to learn from and rows to be asked about: numbers of rows, ascending, none in both. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

const NAME = 'Splitting';

/**
 * Test sets of about `testShare` (0..1, exclusive) in which every class has its share; `repeats` of them, drawn anew each time.
 * A class with two rows or more has at least one on each side. Rows of NO_CLASS are on neither.
 * @throws FlowcaseError PARAMETER where a class has only one row
 */
export function stratifiedShuffleSplit(
  y: Uint16Array,
  classes: number,
  { testShare = 0.25, seed = 0, repeats = 1 }: { readonly testShare?: number; readonly seed?: number; readonly repeats?: number } = {},
): Split[] {
  checkShare(testShare);
  checkWhole(NAME, 'repeats', repeats, 1, 1000);
  const members = membersOf(y, classes, 2, 'both sides of a split');
  const random = new Random(seed);
  return Array.from({ length: repeats }, () => {
    const side = newSides(y.length);
    for (const rows of members) {
      const wanted = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * testShare)));
      for (const row of rows) side[row] = TRAIN;
      for (const i of sampleRows(rows.length, wanted, random)) side[rows[i]] = TEST;
    }
    return splitOf(side);
  });
}

/**
 * Every row is in exactly one test set, and every class is spread evenly over the `folds`. Rows of NO_CLASS are in none.
 * @throws FlowcaseError PARAMETER where a class has fewer rows than there are folds
 */
export function stratifiedKFold(
  y: Uint16Array,
  classes: number,
  { folds = 5, seed = 0 }: { readonly folds?: number; readonly seed?: number } = {},
): Split[] {
  checkWhole(NAME, 'folds', folds, 2, 1000);
  const members = membersOf(y, classes, folds, `every one of ${folds} folds`);
  const random = new Random(seed);
  const fold = new Int32Array(y.length).fill(-1);
  // The next class goes on where the last one ended, so that folds differ by one row at most, in total as in each class.
  let next = 0;
  for (const rows of members) {
    shuffle(rows, random);
    for (const row of rows) fold[row] = next++ % folds;
  }
  return splitsOf(fold, folds);
}

/** As `stratifiedKFold`, where there are no classes. @throws FlowcaseError PARAMETER where there are fewer rows than folds */
export function kFold(rows: number, { folds = 5, seed = 0 }: { readonly folds?: number; readonly seed?: number } = {}): Split[] {
  if (rows < folds) throw tooFew(`There are ${formatCount(rows)} rows for ${folds} folds. Choose fewer folds.`, { rows, folds });
  return stratifiedKFold(new Uint16Array(rows), 1, { folds, seed });
}

/** @throws FlowcaseError PARAMETER */
export function checkShare(testShare: number): void {
  if (!(testShare > 0 && testShare < 1)) throw outside(NAME, 'testShare', testShare, 'a share above 0 and below 1');
}

/** For data that cannot be split as asked. */
export function tooFew(message: string, details: Readonly<Record<string, unknown>>): FlowcaseError {
  return new FlowcaseError('PARAMETER', message, details);
}

const [NEITHER, TRAIN, TEST] = [0, 1, 2];

function newSides(rows: number): Uint8Array {
  return new Uint8Array(rows).fill(NEITHER);
}

function splitOf(side: Uint8Array): Split {
  return { train: rowsWhere(side, TRAIN), test: rowsWhere(side, TEST) };
}

function rowsWhere(side: Uint8Array, wanted: number): Uint32Array {
  let count = 0;
  for (const of of side) if (of === wanted) count++;
  const rows = new Uint32Array(count);
  for (let row = 0, to = 0; row < side.length; row++) if (side[row] === wanted) rows[to++] = row;
  return rows;
}

/** `fold`: row → the split whose test set it is in, -1: none, ever. */
export function splitsOf(fold: Int32Array, folds: number): Split[] {
  return Array.from({ length: folds }, (_, tested) => {
    const side = newSides(fold.length);
    for (let row = 0; row < fold.length; row++) if (fold[row] >= 0) side[row] = fold[row] === tested ? TEST : TRAIN;
    return splitOf(side);
  });
}

/** The rows of every class that has any. @throws FlowcaseError PARAMETER where one has fewer than `least` */
function membersOf(y: Uint16Array, classes: number, least: number, where: string): Uint32Array[] {
  // One more class for the rows that have none.
  const labels = y.map((label) => (label === NO_CLASS ? classes : label));
  const members = rowsByCluster(labels, classes + 1).slice(0, classes);
  const small = members.findIndex((rows) => rows.length > 0 && rows.length < least);
  if (small >= 0) {
    const rows = members[small].length;
    const text = `Class ${small + 1} has ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}, but needs ${least} to be on ${where}. Label more of it, or leave it out.`;
    throw tooFew(text, { class: small, rows, least });
  }
  const present = members.filter((rows) => rows.length > 0);
  if (present.length === 0) throw tooFew('No row has a class: there is nothing to learn from.', { rows: y.length });
  return present;
}
