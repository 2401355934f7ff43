import { formatCount, formatShare, plural } from '../contract/format.ts';
import { metAmong } from '../learn/distinct.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import type { Split } from '../learn/validation/splits.ts';

/** From this share of the test on, rows that were learned from already are spoken of. */
const MANY = 0.05;
/** A test of fewer rows says so. */
const FEW = 100;
/** Quantile of the normal distribution for an interval of 95 %. */
const Z = 1.959963984540054;

/**
 * How much of a test is no test: rows that are the same in every feature as one that was learned from. `right`: of each row of the test, 1 where the
 * model tells its class. @throws FlowcaseError CANCELLED
 */
export async function repeatedWords(matrix: Matrix, { train, test }: Split, right: Uint8Array, pace: Pace): Promise<readonly string[]> {
  const met = await metAmong(matrix, test, train, pace);
  let [again, others, told] = [0, 0, 0];
  for (let at = 0; at < test.length; at++) {
    again += met[at];
    if (met[at] === 1) continue;
    others++;
    told += right[at];
  }
  if (again < MANY * test.length) return [];
  const same = `${formatCount(again)} of the ${plural(test.length, 'test row')} (${formatShare(again / test.length)}) ${again === 1 ? 'is' : 'are'} the same in every feature as a row that was learned from: that it tells ${again === 1 ? 'it' : 'these'} says little of new ones.`;
  const rest = others === 0 ? 'No other is left.' : `Of the ${plural(others, 'other')} it tells ${formatShare(told / others)} right.`;
  return [`${same} ${rest}`];
}

/** What a test of a few rows can say. `hosts`: where whole hosts or moments were kept for it, of how many hosts they are; else null. */
export function fewTested(rows: number, accuracy: number, hosts: number | null): readonly string[] {
  if (rows === 0 || rows >= FEW) return [];
  if (hosts !== null && hosts < rows) {
    return [
      `The test has ${formatCount(rows)} rows only, of ${plural(hosts, 'host')}: the rows of a host go together, so that they do not say how far its accuracy of ${accuracy.toFixed(3)} may be off.`,
    ];
  }
  const [low, high] = wilson(Math.round(accuracy * rows), rows).map((bound) => bound.toFixed(3));
  const of = rows === 1 ? 'one row only' : `${formatCount(rows)} rows only`;
  return [`The test has ${of}: its accuracy of ${accuracy.toFixed(3)} stands for anything from ${low} to ${high} (95 %, Wilson).`];
}

/** The interval of 95 % of a share (Wilson 1927). */
export function wilson(hits: number, rows: number): readonly [low: number, high: number] {
  const share = hits / rows;
  const [spread, below] = [Z * Math.sqrt((share * (1 - share)) / rows + (Z * Z) / (4 * rows * rows)), 1 + (Z * Z) / rows];
  const middle = share + (Z * Z) / (2 * rows);
  return [Math.max(0, (middle - spread) / below), Math.min(1, (middle + spread) / below)];
}
