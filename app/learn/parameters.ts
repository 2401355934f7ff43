import { formatCount } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { allFinite, BLOCK, type Matrix } from './matrix.ts';
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

/** Values that are looked at in one go. */
const CHUNK = 8192;

/** @throws FlowcaseError NOT_FINITE (names row and column, from 0), CANCELLED. `absent`: NaN is allowed and means absent. */
export async function checkFinite(of: string, matrix: Matrix, pace: Pace, absent = false): Promise<void> {
  const { values } = matrix;
  for (let from = 0; from < values.length; from += CHUNK) {
    const to = Math.min(values.length, from + CHUNK);
    if (!allFinite(values, from, to - from)) refuseInfinite(of, matrix, values.subarray(from, to), from, absent);
    if (pace.due) await pace.breathe();
  }
}

/** Which value it is, is only asked where there is one. */
function refuseInfinite(of: string, { columns }: Matrix, values: Float32Array, from: number, absent: boolean): void {
  const found = values.findIndex((value) => value - value !== 0 && !(absent && Number.isNaN(value)));
  if (found === -1) return;
  const at = from + found;
  const block = Math.floor(at / (columns * BLOCK));
  const row = block * BLOCK + (at % BLOCK);
  const column = Math.floor((at % (columns * BLOCK)) / BLOCK);
  const value = String(values[found]);
  const text = `${of} takes finite numbers only${absent ? ' and absent ones' : ''}: row ${formatCount(row + 1)}, column ${column + 1} is ${value}.`;
  throw new FlowcaseError('NOT_FINITE', text, { row, column, value });
}
