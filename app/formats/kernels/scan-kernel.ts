import { again, bytes16, define, giveBack, i32, loop, set, when } from '../../shared/wasm-code.ts';
import type { Code } from '../../shared/wasm-encoder.ts';

const { constant, add, subtract, and, or, shiftLeft } = i32;

/**
 * Finds where fields end: `scan(from, ends, limit, width, most, separator, newline, odd)` returns how many lines, one after the other from the
 * byte at `from` on, have `width` fields and nothing but bytes from 32 on, none of them `odd`; at most `most`. Where their fields end goes to
 * `ends`, up to about `limit`. A byte below 32 must stand behind the last line.
 */
export const scanKernel = define(
  'scan',
  {
    parameters: { from: 'i32', ends: 'i32', limit: 'i32', width: 'i32', most: 'i32', separator: 'i32', newline: 'i32', odd: 'i32' },
    locals: {
      to: 'i32',
      rowEnd: 'i32',
      rows: 'i32',
      separators: 'i32',
      newlines: 'i32',
      bad: 'i32',
      count: 'i32',
      bits: 'i32',
      chunk: 'v128',
    },
    results: ['i32'],
  },
  ({ from, ends, limit, width, most, separator, newline, odd, to, rowEnd, rows, separators, newlines, bad, count, bits, chunk }) => {
    const place = (n: number): Code => [
      i32.store(to, add(from, i32.trailingZeros(bits)), 4 * n),
      set(bits, and(bits, subtract(bits, constant(1)))),
    ];
    const where = (what: Code): Code => bytes16.bits(bytes16.equal(chunk, bytes16.splat(what)));
    const before = (stop: Code): Code => subtract(and(stop, subtract(constant(0), stop)), constant(1));
    const lowest = and(newlines, subtract(constant(0), newlines));
    return [
      set(to, ends),
      set(rowEnd, add(ends, shiftLeft(width, constant(2)))),
      loop([
        set(chunk, bytes16.load(from)),
        set(newlines, where(newline)),
        set(separators, or(where(separator), newlines)),
        set(bad, bytes16.bits(bytes16.or(bytes16.less(chunk, bytes16.splat(constant(32))), bytes16.equal(chunk, bytes16.splat(odd))))),
        set(bad, and(bad, i32.xor(separators, constant(-1)))),
        when(bad, [set(separators, and(separators, before(bad))), set(newlines, and(newlines, separators))]),
        set(count, i32.ones(separators)),
        set(bits, separators),
        // more than there are do no harm: they are written again
        [0, 1, 2, 3].map(place),
        when(i32.greater(count, constant(4)), [
          [4, 5, 6, 7].map(place),
          when(i32.greater(count, constant(8)), [8, 9, 10, 11, 12, 13, 14, 15].map(place)),
        ]),
        when(
          newlines,
          loop([
            // the fields of a line must end where the line does
            set(bits, add(to, shiftLeft(i32.ones(and(separators, or(before(newlines), lowest))), constant(2)))),
            when(i32.notEqual(bits, rowEnd), giveBack(rows)),
            set(rows, add(rows, constant(1))),
            when(i32.equal(rows, most), giveBack(rows)),
            set(rowEnd, add(rowEnd, shiftLeft(width, constant(2)))),
            set(newlines, and(newlines, subtract(newlines, constant(1)))),
            again(newlines),
          ]),
        ),
        when(bad, giveBack(rows)),
        set(to, add(to, shiftLeft(count, constant(2)))),
        set(from, add(from, constant(16))),
        again(i32.less(to, limit)),
      ]),
      rows,
    ];
  },
);
