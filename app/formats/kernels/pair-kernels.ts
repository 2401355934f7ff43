import { bytes16, eight, f64, four, i32, leaveWhere, pair, set, type Variable } from '../../shared/wasm-code.ts';
import type { Code } from '../../shared/wasm-encoder.ts';
import { DECIMAL_MASKS, DIGIT_MASKS } from './map.ts';

/*
 * Two rows of a column at once, where both are of the usual shape: no branch depends on how many digits a number has, for nobody can foresee that.
 * Each of these leaves the innermost block where a row is not plainly of that shape, and sets `two` otherwise: what the kernel would say row by row.
 */

const { constant, subtract } = i32;

const DOT = 46;

export type PairNames =
  'end' | 'length' | 'nextEnd' | 'nextLength' | 'limit' | 'two' | 'next' | 'zeros' | 'nines' | 'low' | 'tens' | 'hundreds' | 'thousands';
type Pair = Readonly<Record<PairNames, Variable>>;

const sixteen = (...numbers: readonly number[]): Code =>
  bytes16.constant(new Uint8Array(Int16Array.from({ length: 8 }, (_, i) => numbers[i % numbers.length]).buffer));

/** Constants that the others need, set once a column. */
export const pairConstants = ({ zeros, nines, low, tens, hundreds, thousands }: Pair): Code => [
  set(zeros, bytes16.splat(constant(48))),
  set(nines, bytes16.splat(constant(9))),
  set(low, sixteen(255)),
  set(tens, sixteen(10)),
  set(hundreds, sixteen(100, 1)),
  set(thousands, sixteen(10_000, 0, 1, 0)),
];

/** Of sixteen digits (0 to 9) the number of the first eight as the first of four u32, that of the others as the third. */
const eightDigitsEach = (digits: Variable, { low, tens, hundreds, thousands }: Pair): Code => [
  // each step makes one number of two neighbours
  set(digits, eight.add(eight.multiply(bytes16.and(digits, low), tens), eight.shiftRight(digits, 8))),
  set(digits, four.multiply(eight.dot(digits, hundreds), thousands)),
  set(digits, four.add(digits, four.upper(digits))),
];

const isOutside = (value: Code, most: number): Code => i32.greater(value, constant(most));

/** The places of these two of eight u32, in the lower half; what is in the upper half means nothing. */
const places = (a: number, b: number): number[] => [a, b, a, b].flatMap((at) => [0, 1, 2, 3].map((byte) => 4 * at + byte));

/** `digits`, one to eight of them, at most `limit`. */
export function twoCounts(variables: Pair): Code {
  const { end, length, nextEnd, nextLength, limit, two, zeros, nines } = variables;
  const both = (address: (of: Variable, size: Variable) => Code, offset: number): Code =>
    bytes16.loadHigh(address(nextEnd, nextLength), bytes16.loadLow(address(end, length), offset), offset);
  return [
    leaveWhere(isOutside(i32.or(subtract(length, constant(1)), subtract(nextLength, constant(1))), 7), 0),
    set(
      two,
      bytes16.and(
        bytes16.subtract(
          both((of) => subtract(of, constant(8)), 0),
          zeros,
        ),
        both((_, size) => i32.shiftLeft(size, constant(3)), DIGIT_MASKS),
      ),
    ),
    leaveWhere(bytes16.any(bytes16.greater(two, nines)), 0),
    eightDigitsEach(two, variables),
    set(two, pair.ofU32(bytes16.shuffle(two, two, places(0, 2)))),
    leaveWhere(bytes16.any(pair.greater(two, pair.splat(limit))), 0),
  ];
}

/** `digits.dddddd`, one to eight digits before the dot: exact parts, one division. */
export function twoDecimals(variables: Pair): Code {
  const { end, length, nextEnd, nextLength, two, next, zeros, nines } = variables;
  const digitsOf = (of: Variable, size: Variable): Code =>
    bytes16.and(
      bytes16.subtract(bytes16.load(subtract(of, constant(16))), zeros),
      bytes16.load(i32.shiftLeft(subtract(size, constant(7)), constant(4)), DECIMAL_MASKS),
    );
  const noDot = (of: Variable): Code => i32.xor(i32.load8(subtract(of, constant(7))), constant(DOT));
  // eight digits before the dot; two that the mask made 0, and the six behind it
  const apart = [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11, 12, 13, 14, 15];
  const million = pair.splat(f64.constant(1_000_000));
  return [
    leaveWhere(isOutside(i32.or(subtract(length, constant(8)), subtract(nextLength, constant(8))), 7), 0),
    leaveWhere(i32.or(noDot(end), noDot(nextEnd)), 0),
    set(two, digitsOf(end, length)),
    set(next, digitsOf(nextEnd, nextLength)),
    leaveWhere(bytes16.any(bytes16.or(bytes16.greater(two, nines), bytes16.greater(next, nines))), 0),
    [two, next].map((digits) => [set(digits, bytes16.shuffle(digits, digits, apart)), eightDigitsEach(digits, variables)]),
    set(
      two,
      pair.divide(
        pair.add(
          pair.multiply(pair.ofU32(bytes16.shuffle(two, next, places(0, 4))), million),
          pair.ofU32(bytes16.shuffle(two, next, places(2, 6))),
        ),
        million,
      ),
    ),
  ];
}
