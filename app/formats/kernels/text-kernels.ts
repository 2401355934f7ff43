import { again, bytes16, call, define, either, f64, giveBack, i32, i64, loop, set, when } from '../../shared/wasm-code.ts';
import { FLAG } from './map.ts';
import { ABSENT } from './number-kernels.ts';

const { constant, add, subtract, and } = i32;

/** Longer texts are somebody else's matter. */
const MAX_TEXT = 4096;

/**
 * `texts(ends, stride, rows, out, outEnds, absents, base, empty, emptyLength, flags)`: the texts of a column, one after the other, to `out`; where
 * each ends, counted from `base`, to `outEnds` (u32), and whether there is none to `absents` (u8). Returns how many rows it took: less than `rows`
 * where one is needed and absent, too long, or the word for empty (`empty`: its bytes, `emptyLength` of them).
 */
export const textsKernel = define(
  'texts',
  {
    parameters: {
      ends: 'i32',
      stride: 'i32',
      rows: 'i32',
      out: 'i32',
      outEnds: 'i32',
      absents: 'i32',
      base: 'i32',
      empty: 'i64',
      emptyLength: 'i32',
      flags: 'i32',
    },
    locals: { row: 'i32', start: 'i32', length: 'i32', at: 'i32', none: 'i32', shift: 'i64' },
    results: ['i32'],
  },
  ({ ends, stride, rows, out, outEnds, absents, base, empty, emptyLength, flags, row, start, length, at, none, shift }) => {
    const isEmptyWord = [
      set(shift, i64.ofI32(subtract(constant(64), i32.shiftLeft(length, constant(3))))),
      when(i64.equal(i64.shiftRight(i64.shiftLeft(i64.load(start), shift), shift), empty), giveBack(row)),
    ];
    return [
      loop([
        set(start, add(i32.load(subtract(ends, constant(4))), constant(1))),
        set(length, subtract(i32.load(ends), start)),
        set(none, call(ABSENT, add(start, length), length, flags)),
        when(i32.isZero(length), [when(i32.isZero(emptyLength), giveBack(row)), set(none, i32.or(none, and(flags, constant(FLAG.empty))))]),
        either(none, set(length, constant(0)), [
          when(i32.greater(length, constant(MAX_TEXT)), giveBack(row)),
          when(length, [
            when(i32.equal(length, emptyLength), isEmptyWord),
            // `-` that must not stand for nothing
            when(
              and(flags, constant(FLAG.needed)),
              when(call(ABSENT, add(start, length), length, and(flags, constant(~FLAG.needed))), giveBack(row)),
            ),
          ]),
        ]),
        i32.store8(absents, i32.notEqual(none, constant(0))),
        set(at, constant(0)),
        loop([bytes16.store(add(out, at), bytes16.load(add(start, at))), set(at, add(at, constant(16))), again(i32.less(at, length))]),
        set(out, add(out, length)),
        set(base, add(base, length)),
        i32.store(outEnds, base),
        set(outEnds, add(outEnds, constant(4))),
        set(absents, add(absents, constant(1))),
        set(ends, add(ends, stride)),
        set(row, add(row, constant(1))),
        again(i32.less(row, rows)),
      ]),
      row,
    ];
  },
);

/** `starts(ends, stride, rows, out, base)`: where lines begin, `base` more than in memory, as float64. `ends`: of what is before the first line. */
export const startsKernel = define(
  'starts',
  { parameters: { ends: 'i32', stride: 'i32', rows: 'i32', out: 'i32', base: 'f64' }, locals: {}, results: [] },
  ({ ends, stride, rows, out, base }) => [
    loop([
      f64.store(out, f64.add(base, f64.ofI32(add(i32.load(ends), constant(1))))),
      set(out, add(out, constant(8))),
      set(ends, add(ends, stride)),
      set(rows, subtract(rows, constant(1))),
      again(rows),
    ]),
  ],
);

/** `sequence(rows, out, first)`: first, first + 1, ... as float64. */
export const sequenceKernel = define(
  'sequence',
  { parameters: { rows: 'i32', out: 'i32', first: 'f64' }, locals: {}, results: [] },
  ({ rows, out, first }) => [
    loop([
      f64.store(out, first),
      set(first, f64.add(first, f64.constant(1))),
      set(out, add(out, constant(8))),
      set(rows, subtract(rows, constant(1))),
      again(rows),
    ]),
  ],
);

/** `least(rows, values, sign)`: the least of `sign` times each value; Infinity where none is there. `sign` -1: the largest, negated. */
export const leastKernel = define(
  'least',
  { parameters: { rows: 'i32', values: 'i32', sign: 'f64' }, locals: { value: 'f64', least: 'f64' }, results: ['f64'] },
  ({ rows, values, sign, value, least }) => [
    set(least, f64.constant(Infinity)),
    loop([
      set(value, f64.multiply(sign, f64.load(values))),
      when(f64.less(value, least), set(least, value)),
      set(values, add(values, constant(8))),
      set(rows, subtract(rows, constant(1))),
      again(rows),
    ]),
    least,
  ],
);

/** `unlike(ends, stride, rows, byte)`: how many lines, from the first on, do not begin with this byte. */
export const unlikeKernel = define(
  'unlike',
  { parameters: { ends: 'i32', stride: 'i32', rows: 'i32', byte: 'i32' }, locals: { row: 'i32' }, results: ['i32'] },
  ({ ends, stride, rows, byte, row }) => [
    loop([
      when(i32.equal(i32.load8(i32.load(ends), 1), byte), giveBack(row)),
      set(ends, add(ends, stride)),
      set(row, add(row, constant(1))),
      again(i32.less(row, rows)),
    ]),
    row,
  ],
);
