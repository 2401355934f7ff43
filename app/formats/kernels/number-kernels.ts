import {
  again,
  block,
  bytes16,
  call,
  choose,
  define,
  either,
  f64,
  giveBack,
  i32,
  i64,
  leave,
  leaveWhere,
  loop,
  pair,
  set,
  when,
  type Variable,
} from '../../shared/wasm-code.ts';
import type { Code, WasmFunction } from '../../shared/wasm-encoder.ts';
import { FLAG, POWERS, WHOLE_POWERS } from './map.ts';
import { pairConstants, twoCounts, twoDecimals, type PairNames } from './pair-kernels.ts';

/*
 * Numbers of a column, row by row. All of these: `(ends, stride, rows, out, flags, limit, none)`. `ends`: where the field's first end stands,
 * `stride` bytes to that of the next row; `out`: float64 a row, NaN where absent; `flags`: see FLAG; `limit`: what a number must not be above;
 * `none`: the number that stands for absent. They return how many rows they took: less than `rows` where one is not plainly such a number,
 * which is somebody else's to judge.
 */

const { constant, add, subtract, and } = i32;

/** Places in the module. */
export const WHOLE = 0;
export const ABSENT = 1;

const DASH = 45;
const DOT = 46;
const repeated = (byte: bigint): Code => i64.constant(byte * 0x0101_0101_0101_0101n);

/**
 * `word` becomes the number whose `count` (1 to 8) digits end before `end`, all eight at once: each step makes one number of two neighbours. What
 * is no digit sets a bit in `bad`.
 */
function eightDigits(end: Code, count: Code, { word, bad, shift }: Record<'word' | 'bad' | 'shift', Variable>): Code {
  const joined = (factor: bigint, by: bigint): Code => i64.shiftRight(i64.multiply(word, i64.constant(factor)), i64.constant(by));
  return [
    set(shift, i64.ofI32(i32.shiftLeft(subtract(constant(8), count), constant(3)))),
    set(word, i64.xor(i64.load(subtract(end, constant(8))), repeated(0x30n))),
    set(word, i64.shiftLeft(i64.shiftRight(word, shift), shift)),
    set(bad, i64.or(bad, i64.and(i64.or(i64.add(word, repeated(0x76n)), word), repeated(0x80n)))),
    set(word, i64.and(joined(10n * 2n ** 8n + 1n, 8n), i64.constant(0x00ff_00ff_00ff_00ffn))),
    set(word, i64.and(joined(100n * 2n ** 16n + 1n, 16n), i64.constant(0x0000_ffff_0000_ffffn))),
    set(word, joined(10_000n * 2n ** 32n + 1n, 32n)),
  ];
}

/** `whole(end, count)`: the number of the `count` digits before `end`; below zero where they are none, or more than fifteen. */
const whole = define(
  'whole',
  { parameters: { end: 'i32', count: 'i32' }, locals: { word: 'i64', bad: 'i64', shift: 'i64', high: 'i64' }, results: ['i64'] },
  ({ end, count, word, bad, shift, high }) => [
    when(i32.greater(subtract(count, constant(1)), constant(14)), giveBack(i64.constant(-1n))),
    when(i32.greater(count, constant(8)), [
      eightDigits(subtract(end, constant(8)), subtract(count, constant(8)), { word, bad, shift }),
      set(high, i64.multiply(word, i64.constant(100_000_000n))),
      set(count, constant(8)),
    ]),
    eightDigits(end, count, { word, bad, shift }),
    choose(i64.isZero(bad), i64.add(high, word), i64.constant(-1n)),
  ],
);

/** `absent(end, length, flags)`: whether these bytes say that there is no value. */
const absent = define(
  'absent',
  { parameters: { end: 'i32', length: 'i32', flags: 'i32' }, locals: { word: 'i32' }, results: ['i32'] },
  ({ end, length, flags, word }) => {
    const isWord = (text: string): Code => i32.equal(word, constant(Buffer.from(text).readInt32LE()));
    return [
      when(and(flags, constant(FLAG.needed)), giveBack(constant(0))),
      when(i32.equal(length, constant(1)), giveBack(i32.equal(i32.load8(subtract(end, constant(1))), constant(DASH)))),
      when(i32.isZero(and(flags, constant(FLAG.words))), giveBack(constant(0))),
      set(word, i32.load(subtract(end, constant(4)))),
      when(i32.equal(length, constant(4)), giveBack(isWord('-nan'))),
      when(i32.notEqual(length, constant(3)), giveBack(constant(0))),
      set(word, i32.or(i32.shiftRight(word, constant(8)), constant(32 << 24))),
      i32.or(isWord('--- '), isWord('nan ')),
    ];
  },
);

type Names =
  | 'ends'
  | 'stride'
  | 'rows'
  | 'out'
  | 'flags'
  | 'limit'
  | 'none'
  | 'end'
  | 'length'
  | 'row'
  | 'value'
  | 'whole'
  | 'part'
  | 'count'
  | 'sign'
  | 'digits'
  | 'shift'
  | PairNames;

type Column = Readonly<Record<Names, Variable>>;

/** A kernel over a column. `parse` sets `value`, or leaves its block by `wrongWhere`. `two`: the quick way for two rows, see pair-kernels.ts. */
function columnKernel(name: string, parse: (variables: Column) => Code, two: ((variables: Column) => Code) | null = null): WasmFunction {
  return define(
    name,
    {
      parameters: { ends: 'i32', stride: 'i32', rows: 'i32', out: 'i32', flags: 'i32', limit: 'f64', none: 'f64' },
      locals: {
        end: 'i32',
        length: 'i32',
        row: 'i32',
        value: 'f64',
        whole: 'i64',
        part: 'i64',
        count: 'i32',
        sign: 'i32',
        digits: 'i32',
        shift: 'i64',
        nextEnd: 'i32',
        nextLength: 'i32',
        two: 'v128',
        next: 'v128',
        zeros: 'v128',
        nines: 'v128',
        low: 'v128',
        tens: 'v128',
        hundreds: 'v128',
        thousands: 'v128',
      },
      results: ['i32'],
    },
    (variables) => {
      const { ends, stride, rows, out, flags, none, end, length, row, value } = variables;
      return [
        two === null ? [] : pairConstants(variables),
        loop([
          two === null ? [] : block(pairOfRows(variables, two)),
          set(end, i32.load(ends)),
          set(length, subtract(subtract(end, i32.load(subtract(ends, constant(4)))), constant(1))),
          block([
            // out of the inner one where it is wrong, out of both where it is right
            block([parse(variables), leave(1)]),
            when(i32.isZero(call(ABSENT, end, length, flags)), giveBack(row)),
            set(value, f64.constant(NaN)),
          ]),
          f64.store(out, choose(f64.equal(value, none), f64.constant(NaN), value)),
          set(out, add(out, constant(8))),
          set(ends, add(ends, stride)),
          set(row, add(row, constant(1))),
          again(i32.less(row, rows)),
        ]),
        row,
      ];
    },
  );
}

/** Directly in a block in a loop: goes on with the loop where both rows were taken, out of the block where not. */
function pairOfRows(variables: Column, take: (variables: Column) => Code): Code {
  const { ends, stride, rows, out, none, end, length, nextEnd, nextLength, row, two } = variables;
  const next = add(ends, stride);
  return [
    leaveWhere(i32.atMost(rows, add(row, constant(1))), 0),
    set(end, i32.load(ends)),
    set(nextEnd, i32.load(next)),
    set(length, subtract(subtract(end, i32.load(subtract(ends, constant(4)))), constant(1))),
    set(nextLength, subtract(subtract(nextEnd, i32.load(subtract(next, constant(4)))), constant(1))),
    take(variables),
    bytes16.store(out, bytes16.select(pair.splat(f64.constant(NaN)), two, pair.equal(two, pair.splat(none)))),
    set(out, add(out, constant(16))),
    set(ends, add(next, stride)),
    set(row, add(row, constant(2))),
    leaveWhere(i32.less(row, rows), 1),
    giveBack(row),
  ];
}

/** Inside `parse`, at its own level: out of it where the condition holds. */
const wrongWhere = (condition: Code): Code => leaveWhere(condition, 0);

/** `digits`. Most are short: those take no call. */
const oneCount = ({ end, length, limit, value, whole: word, part: bad, shift, count: digit }: Column): Code => [
  either(
    i32.equal(length, constant(1)),
    [
      set(digit, subtract(i32.load8(subtract(end, constant(1))), constant(48))),
      leaveWhere(i32.greater(digit, constant(9)), 1),
      set(value, f64.ofI32(digit)),
    ],
    [
      either(
        i32.less(subtract(length, constant(1)), constant(8)),
        [set(bad, i64.constant(0n)), eightDigits(end, length, { word, bad, shift }), leaveWhere(i64.notEqual(bad, i64.constant(0n)), 2)],
        [set(word, call(WHOLE, end, length)), leaveWhere(i64.negative(word), 2)],
      ),
      set(value, f64.ofI64(word)),
    ],
  ),
  wrongWhere(f64.greater(value, limit)),
];
const counts = columnKernel('counts', oneCount, twoCounts);

/** `digits.dddddd`, seconds, as microseconds; below `limit` seconds. */
const micros = columnKernel('micros', ({ end, length, limit, value, whole: seconds, part }) => [
  wrongWhere(i32.less(length, constant(8))),
  wrongWhere(i32.greater(length, constant(17))),
  wrongWhere(i32.notEqual(i32.load8(subtract(end, constant(7))), constant(DOT))),
  set(seconds, call(WHOLE, subtract(end, constant(7)), subtract(length, constant(7)))),
  set(part, call(WHOLE, end, constant(6))),
  wrongWhere(i64.negative(i64.or(seconds, part))),
  wrongWhere(f64.atLeast(f64.ofI64(seconds), limit)),
  set(value, f64.ofI64(i64.add(i64.multiply(seconds, i64.constant(1_000_000n)), part))),
]);

/** `T` or `F`, as 1 or 0. */
const bools = columnKernel('bools', ({ end, length, value, count }) => [
  wrongWhere(i32.notEqual(length, constant(1))),
  set(count, i32.load8(subtract(end, constant(1)))),
  wrongWhere(i32.equal(i32.equal(count, constant(84)), i32.equal(count, constant(70)))),
  set(value, f64.ofI32(i32.equal(count, constant(84)))),
]);

/**
 * Digits before the dot, fifteen at most, in `whole`, those behind it, six at most, in `part`, and how many these are in `count`: 0 where there is
 * no dot. `digits`: all, with the dot; at most `most`.
 */
function decimalParts({ end, digits, whole: number, part, count }: Column, most: number): Code {
  const from = subtract(end, digits);
  const dots = bytes16.bits(bytes16.equal(bytes16.load(from), bytes16.splat(constant(DOT))));
  const seen = choose(i32.less(digits, constant(16)), digits, constant(16));
  return [
    wrongWhere(i32.greater(subtract(digits, constant(1)), constant(most - 1))),
    set(count, i32.trailingZeros(i32.or(dots, i32.shiftLeft(constant(1), seen)))),
    set(number, call(WHOLE, add(from, count), count)),
    set(part, i64.constant(0n)),
    set(count, subtract(digits, count)),
    when(count, [
      set(count, subtract(count, constant(1))),
      leaveWhere(i32.greater(subtract(count, constant(1)), constant(5)), 1),
      set(part, call(WHOLE, end, count)),
    ]),
    wrongWhere(i64.negative(i64.or(number, part))),
  ];
}

const power = (count: Code): Code => f64.load(i32.shiftLeft(count, constant(3)), POWERS);

/** `digits` or `digits.d` to `digits.dddddd`, fifteen digits at most, maybe below zero: exact parts, one division. */
const oneDecimal = (variables: Column): Code => {
  const { end, length, value, sign, digits, whole: number, part, count } = variables;
  return [
    set(sign, i32.equal(i32.load8(subtract(end, length)), constant(DASH))),
    set(digits, subtract(length, sign)),
    // fifteen digits in all: exact
    decimalParts(variables, 16),
    set(value, f64.divide(f64.add(f64.multiply(f64.ofI64(number), power(count)), f64.ofI64(part)), power(count))),
    // nor is there a -0
    set(value, choose(sign, f64.subtract(f64.constant(0), value), value)),
  ];
};
const decimals = columnKernel('decimals', oneDecimal, twoDecimals);

/** Milliseconds with up to six decimals, below `limit`, as microseconds, rounded half up. */
const millis = columnKernel('millis', (variables) => {
  const { length, limit, value, digits, whole: number, part, count } = variables;
  return [
    set(digits, length),
    decimalParts(variables, 22),
    wrongWhere(f64.atLeast(f64.ofI64(number), limit)),
    set(part, i64.multiply(part, i64.load(i32.shiftLeft(subtract(constant(6), count), constant(3)), WHOLE_POWERS))),
    set(number, i64.add(i64.multiply(number, i64.constant(1000n)), i64.divide(i64.add(part, i64.constant(500n)), i64.constant(1000n)))),
    set(value, f64.ofI64(number)),
  ];
});

/** In the order of their places. */
export const numberKernels: readonly WasmFunction[] = [whole, absent, counts, micros, bools, decimals, millis];
