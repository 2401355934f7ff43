import { FlowcaseError } from '../../errors.ts';
import type { Matrix } from '../matrix.ts';
import type { Pace } from '../pace.ts';
import { checkFinite, checkWhole, outside } from '../parameters.ts';
import type { ThreadPool } from '../thread-pool.ts';
import { NO_CLASS } from '../types.ts';
import { binMatrix } from './bin-matrix.ts';
import type { TrainingSet } from './training-set.ts';
import { classWeights, notEnough, type ClassWeight } from './tree-parameters.ts';

export interface Prepared {
  readonly set: TrainingSet;
  /** The rows that have a class, in the order of the set. */
  readonly matrix: Matrix;
}

/**
 * Checks what a tree is to learn from, leaves out rows without a class, and bins the rest.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function prepare(
  of: string,
  given: Matrix,
  y: Uint16Array,
  classes: number,
  classWeight: ClassWeight,
  seed: number,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<Prepared> {
  checkWhole(of, 'classes', classes, 1, NO_CLASS);
  if (y.length !== given.rows) throw outside(of, 'y', y.length, `one class a row, ${given.rows} of them`);
  const labelled = labelledRows(of, y, classes);
  const matrix = labelled === null ? given : given.pick(labelled);
  await checkFinite(of, matrix, pace, true);
  const own = sharedClasses(y, labelled);
  const weights = classWeights(of, classWeight, own, classes);
  try {
    return { set: { bins: await binMatrix(matrix, seed, pace, pool), y: own, weights }, matrix };
  } catch (cause) {
    throw cause instanceof RangeError ? notEnough(`the bins of ${matrix.rows} × ${matrix.columns} values`, cause) : cause;
  }
}

/** Null where every row has a class. */
function labelledRows(of: string, y: Uint16Array, classes: number): Uint32Array | null {
  let count = 0;
  for (const k of y) {
    if (k === NO_CLASS) continue;
    if (k >= classes) throw outside(of, 'y', k, `classes from 0 to ${classes - 1}`);
    count++;
  }
  if (count === 0) throw new FlowcaseError('NOTHING_TO_CLUSTER', 'There are no records with a class to learn from.');
  if (count === y.length) return null;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < y.length; row++) if (y[row] !== NO_CLASS) rows[at++] = row;
  return rows;
}

function sharedClasses(y: Uint16Array, rows: Uint32Array | null): Uint16Array {
  const own = new Uint16Array(new SharedArrayBuffer((rows ?? y).length * 2));
  if (rows === null) own.set(y);
  else for (let i = 0; i < rows.length; i++) own[i] = y[rows[i]];
  return own;
}
