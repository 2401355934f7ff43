import { formatCount } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { BLOCK, type Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';

/** @throws FlowcaseError PARAMETER where `value` is no whole number from `low` to `high`. `of`: the estimator, in words. */
export function checkWhole(of: string, name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw outside(of, name, value, `a whole number from ${formatCount(low)} to ${formatCount(high)}`);
  }
}

/** For a parameter outside of what is allowed. */
export function outside(of: string, name: string, value: number | string, allowed: string): FlowcaseError {
  return new FlowcaseError('PARAMETER', `${of} takes for ${name} ${allowed}, not ${value}.`, { name, value, allowed });
}

/** For an estimator that is asked before it has learned. */
export function notFitted(of: string): FlowcaseError {
  return new FlowcaseError('NOT_FITTED', `This ${of} has not learned anything yet.`);
}

/** @throws FlowcaseError NOT_FINITE (names row and column, from 0), CANCELLED. `absent`: NaN is allowed and means absent. */
export async function checkFinite(of: string, matrix: Matrix, pace: Pace, absent = false): Promise<void> {
  const { values, columns } = matrix;
  const stride = columns * BLOCK;
  for (let block = 0; block < values.length; block += stride) {
    for (let at = block; at < block + stride; at++) {
      const value = values[at];
      if (value - value === 0 || (absent && Number.isNaN(value))) continue;
      const row = (block / stride) * BLOCK + ((at - block) & (BLOCK - 1));
      const column = Math.floor((at - block) / BLOCK);
      const text = `${of} takes finite numbers only${absent ? ' and absent ones' : ''}: row ${formatCount(row + 1)}, column ${column + 1} is ${value}.`;
      throw new FlowcaseError('NOT_FINITE', text, { row, column, value: String(value) });
    }
    if ((block & 0xfff) === 0 && pace.due) await pace.breathe();
  }
}
