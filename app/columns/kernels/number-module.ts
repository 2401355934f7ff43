import {
  again,
  bytes16,
  define,
  f64,
  giveBack,
  i32,
  i64,
  joined,
  loop,
  narrow16,
  narrow8,
  pair,
  set,
  store16,
  when,
  wholeOf,
  type Variable,
} from '../../shared/wasm-code.ts';
import { moduleOver, type Code, type WasmFunction } from '../../shared/wasm-encoder.ts';
import { FIGURES, PAGES } from './number-memory.ts';

/*
 * The loops of number-blocks.ts over all rows of a column at once, two or sixteen at a time; `at` is where its values lie. They read a little beyond
 * the rows, and write a little beyond `out`: what they leave there is nobody's.
 */

const { constant, add } = i32;
const isAbsent = (value: Code): Code => pair.notEqual(value, value);

/** `figures(at, pairs)` of the first so many pairs of values; written to FIGURES. */
const figures = define(
  'figures',
  {
    parameters: { at: 'i32', pairs: 'i32' },
    locals: { value: 'v128', low: 'v128', high: 'v128', absent: 'v128', odd: 'v128' },
    results: [],
  },
  ({ pairs, at, value, low, high, absent, odd }) => [
    set(low, pair.splat(f64.constant(Infinity))),
    set(high, pair.splat(f64.constant(-Infinity))),
    loop([
      set(value, pair.load(at)),
      set(low, pair.smaller(low, value)),
      set(high, pair.larger(high, value)),
      set(absent, pair.count(absent, isAbsent(value))),
      set(odd, bytes16.or(odd, pair.greater(pair.subtract(value, pair.floor(value)), pair.splat(f64.constant(0))))),
      set(odd, bytes16.or(odd, pair.sameBits(value, pair.splat(f64.constant(-0))))),
      set(at, add(at, constant(16))),
      set(pairs, i32.subtract(pairs, constant(1))),
      again(pairs),
    ]),
    [low, high, absent, odd].map((vector, i) => bytes16.store(constant(FIGURES), vector, 16 * i)),
  ],
);

/** `steps(at, pairs)`: smallest and largest difference to the row before, of so many pairs of rows from row 1 on; written to FIGURES. */
const steps = define(
  'steps',
  { parameters: { at: 'i32', pairs: 'i32' }, locals: { step: 'v128', low: 'v128', high: 'v128' }, results: [] },
  ({ pairs, at, step, low, high }) => [
    set(low, pair.splat(f64.constant(Infinity))),
    set(high, pair.splat(f64.constant(-Infinity))),
    loop([
      set(step, pair.subtract(pair.load(at, 8), pair.load(at))),
      set(low, pair.smaller(low, step)),
      set(high, pair.larger(high, step)),
      set(at, add(at, constant(16))),
      set(pairs, i32.subtract(pairs, constant(1))),
      again(pairs),
    ]),
    [low, high].map((vector, i) => bytes16.store(constant(FIGURES), vector, 16 * i)),
  ],
);

/** `sequence(at, rows, base, step)`: whether row i is base + i * step for all of them. */
const sequence = define(
  'sequence',
  { parameters: { at: 'i32', rows: 'i32', base: 'f64', step: 'f64' }, locals: { row: 'i32' }, results: ['i32'] },
  ({ at, rows, base, step, row }) => [
    loop([
      when(
        f64.notEqual(f64.load(add(at, i32.shiftLeft(row, constant(3)))), f64.add(base, f64.multiply(f64.ofI32(row), step))),
        giveBack(constant(0)),
      ),
      set(row, add(row, constant(1))),
      again(i32.less(row, rows)),
    ]),
    constant(1),
  ],
);

/** `bitmap(at, rows, out)`: bit i & 7 of byte i >> 3 is 1 where row i is absent. */
const bitmap = define(
  'bitmap',
  { parameters: { at: 'i32', rows: 'i32', out: 'i32' }, locals: { row: 'i32', value: 'v128' }, results: [] },
  ({ at, rows, out, row, value }) => {
    const two = (n: number): Code => [set(value, pair.load(at, 16 * n)), i32.shiftLeft(pair.bits(isAbsent(value)), constant(2 * n))];
    return [
      loop([
        // `two` sets a variable before it leaves its bits
        i32.store8(out, i32.or(i32.or(two(0), two(1)), i32.or(two(2), two(3)))),
        set(out, add(out, constant(1))),
        set(at, add(at, constant(64))),
        set(row, add(row, constant(8))),
        again(i32.less(row, rows)),
      ]),
    ];
  },
);

/** `name(at, rows, out, min)`: numbers of so many bytes, made of pairs of values, sixteen at a time. */
function packed(name: string, width: 1 | 2 | 4, value: (at: Code, min: Variable) => Code): WasmFunction {
  return define(
    name,
    { parameters: { at: 'i32', rows: 'i32', out: 'i32', min: 'f64' }, locals: { row: 'i32', low: 'v128' }, results: [] },
    ({ at, rows, out, min, row, low }) => {
      const two = (n: number): Code => pair.toU32(value(add(at, constant(16 * n)), low));
      const four = (n: number): Code => joined(two(2 * n), two(2 * n + 1));
      const eight = (n: number): Code => narrow16(four(2 * n), four(2 * n + 1));
      const vectors = width === 1 ? [narrow8(eight(0), eight(1))] : width === 2 ? [eight(0), eight(1)] : [0, 1, 2, 3].map(four);
      return [
        set(low, pair.splat(min)),
        loop([
          vectors.map((vector, i) => bytes16.store(out, vector, 16 * i)),
          set(out, add(out, constant(16 * width))),
          set(at, add(at, constant(128))),
          set(row, add(row, constant(16))),
          again(i32.less(row, rows)),
        ]),
      ];
    },
  );
}

/** Above the smallest; 0 where absent. */
const offset = (at: Code, min: Variable): Code => pair.subtract(pair.load(at), min);
/** From the row before, above the smallest difference; `at` is where the row before lies. What stands for row 0 means nothing. */
const delta = (at: Code, min: Variable): Code => pair.subtract(pair.subtract(pair.load(at, 8), pair.load(at)), min);

/** `offset48(at, rows, out, min)`: the lower 32 bits of all, then the upper 16. */
const offset48 = define(
  'offset48',
  { parameters: { at: 'i32', rows: 'i32', out: 'i32', min: 'f64' }, locals: { row: 'i32', high: 'i32', whole: 'i64' }, results: [] },
  ({ at, rows, out, min, row, high, whole }) => [
    set(high, add(out, i32.shiftLeft(rows, constant(2)))),
    loop([
      set(whole, wholeOf(f64.subtract(f64.load(add(at, i32.shiftLeft(row, constant(3)))), min))),
      i32.store(out, i32.ofI64(whole)),
      store16(high, i32.ofI64(i64.shiftRight(whole, i64.constant(32n)))),
      set(out, add(out, constant(4))),
      set(high, add(high, constant(2))),
      set(row, add(row, constant(1))),
      again(i32.less(row, rows)),
    ]),
  ],
);

/**
 * `scaled(at, pairs, out, scale)`: writes pairs of values times `scale`, rounded to whole numbers; returns 0 where every one of them is the value again
 * when it is divided by `scale`, bit by bit. Absent stays so.
 */
const scaled = define(
  'scaled',
  {
    parameters: { at: 'i32', pairs: 'i32', out: 'i32', scale: 'f64' },
    locals: { by: 'v128', value: 'v128', whole: 'v128', odd: 'v128' },
    results: ['i32'],
  },
  ({ at, pairs, out, scale, by, value, whole, odd }) => [
    set(by, pair.splat(scale)),
    loop([
      set(value, pair.load(at)),
      set(whole, pair.nearest(pair.multiply(value, by))),
      bytes16.store(out, whole),
      // of absent ones neither side equals itself
      set(odd, bytes16.or(odd, bytes16.andNot(pair.notEqual(pair.divide(whole, by), value), isAbsent(value)))),
      set(odd, bytes16.or(odd, pair.sameBits(value, pair.splat(f64.constant(-0))))),
      set(at, add(at, constant(16))),
      set(out, add(out, constant(16))),
      set(pairs, i32.subtract(pairs, constant(1))),
      again(pairs),
    ]),
    bytes16.any(odd),
  ],
);

/** The module: the same bytes on every machine. `node tools/kernel-bytes.ts` writes them to number-bytes.ts. */
export function numberModule(): Uint8Array<ArrayBuffer> {
  const offsets = [packed('offset8', 1, offset), packed('offset16', 2, offset), packed('offset32', 4, offset), offset48];
  return moduleOver([figures, steps, sequence, bitmap, scaled, ...offsets, packed('delta8', 1, delta), packed('delta16', 2, delta)], PAGES);
}
