import { MAX_PAGES } from './kmeans-module.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';

/** Rows that are asked one question together: eight vectors of sixteen, so that what is read of the question costs little. */
export const ROWS_TOGETHER = 128;
/** Bytes of a question. */
export const QUESTION_BYTES = 16;
/** Bytes of what is said of a column before its cells. */
export const SCALE_BYTES = 20;
/** What the number in a cell has where more than one threshold lies in it. */
export const CROWDED_CELL = 0x8000;
/** A value's place among the thresholds is written as an int8: what is taken away from it. */
export const RANK_OFFSET = 128;

const LANES = 16;
const VECTORS = ROWS_TOGETHER / LANES;
/** Rows whose places are looked for side by side. */
const ROWS_AT_ONCE = 8;

/**
 * The module that takes rows down isolation trees of few questions: all questions are asked of all rows, and every question's answer chooses
 * between what two earlier ones came to. That is more questions than a row needs, but 128 rows share each, and nobody waits for a node to be
 * loaded. The same idea as Lucchese et al. 2015 ("QuickScorer", SIGIR), who ask what is false of all trees' nodes, and Ye et al. 2018
 * ("RapidScorer", KDD), who ask it of bytes; here the trees keep their shape. Every address in bytes.
 *
 * `rank(x, ranks, groups, stride, ranksStride, column)`: how many thresholds of a column lie below each value, less RANK_OFFSET, as int8; 1 where every
 * value is finite, else 0 (and what it wrote is of nothing).
 * - `x`: the column's values in blocks of four rows, `stride` apart (see Matrix). `ranks`: 128 in a row, `ranksStride` from one group of rows to the next
 * - `column`: the least threshold and cells a unit (float32), the number of the last cell (float32), half of 2^s (int32), from here to the thresholds
 *   (int32); a uint16 a cell: the thresholds in earlier cells and RANK_OFFSET, and CROWDED_CELL where more than one lies in it; the thresholds in
 *   ascending order (float32), with 2^s infinite ones behind: no cell has 2^s. Most cells have one at most, and their values take one comparison
 *
 * `answer(ranks, questions, ends, others, results, first, lengths, sums, groups, stride)`: adds to each row the length of its path down one tree.
 * - `questions`: `ends` whose answers are both lengths, and `others` behind them, each behind those it needs, the tree's first at the end; one at least.
 *   QUESTION_BYTES each: where the column lies in a group's ranks; the answer up to the threshold, and above it (`ends`: number of the length;
 *   `others`: where in `results`); the threshold's rank less RANK_OFFSET
 * - `results`: 128 bytes an answer: numbers of lengths. `first`: where in them the answers to the questions go
 * - `lengths`: float64. `sums`: float64 a row, added to. `groups`: groups of 128 rows, `stride` bytes of ranks each
 */
export function isolationAnswersModule(): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    [
      {
        name: 'rank',
        parameters: new Array<'i32'>(6).fill('i32'),
        results: ['i32'],
        locals: [...new Array<'i32'>(5 + ROWS_AT_ONCE).fill('i32'), ...new Array<'v128'>(3).fill('v128')],
        body: rank(),
      },
      {
        name: 'answer',
        parameters: new Array<'i32'>(10).fill('i32'),
        results: [],
        locals: [...new Array<'i32'>(6).fill('i32'), ...new Array<'v128'>(3).fill('v128')],
        body: answer(),
      },
    ],
    MAX_PAGES,
  );
}

const { get, set, advance, constant, vector } = op;

function rank(): Code {
  const [X, RANKS, GROUPS, STRIDE, RANKS_STRIDE, COLUMN] = [0, 1, 2, 3, 4, 5];
  const [LEFT, HALF, NEXT, MIDDLE, CROWDED] = [6, 7, 8, 9, 10];
  const ENTRY = 11;
  const [CELL, VALUES, FINITE] = [ENTRY + ROWS_AT_ONCE, ENTRY + ROWS_AT_ONCE + 1, ENTRY + ROWS_AT_ONCE + 2];
  const rows = Array.from({ length: ROWS_AT_ONCE }, (_, row) => row);
  const from = (row: number): Code => get(row < 4 ? X : NEXT);
  // What lies outside is of the first cell or the last; what is no number, where the thresholds lie too far apart, of the only one.
  const scaled = vector.multiply(vector.subtract(get(VALUES), vector.loadSplat(get(COLUMN))), vector.loadSplat(get(COLUMN), 4));
  const cell = vector.toI32(vector.greatest(vector.zero(), vector.smaller(vector.loadSplat(get(COLUMN), 8), scaled)));
  const look = (at: number, half: number): Code => [
    set(VALUES, vector.load(get(at))),
    // Zero times anything finite is zero; times the rest it is NaN, which stays.
    set(FINITE, vector.add(get(FINITE), vector.multiply(get(VALUES), vector.zero()))),
    set(CELL, cell),
    [0, 1, 2, 3].map((lane) =>
      set(ENTRY + 4 * half + lane, op.load16(op.add(get(COLUMN), op.shiftLeft(vector.laneI32(get(CELL), lane), 1)), SCALE_BYTES)),
    ),
  ];
  /** -1 where the threshold at `at` lies below the row's value, else 0: the sign of their difference says so. */
  const below = (row: number, threshold: Code): Code =>
    op.shiftRightSigned(op.bitsF32(op.subtractF32(threshold, op.loadF32(from(row), 4 * (row % 4)))), 31);
  const thresholdAt = (place: Code, offset = 0): Code => op.loadF32(op.add(get(MIDDLE), op.shiftLeft(place, 2)), offset);
  const halve = (row: number): Code => {
    const middle = thresholdAt(op.add(get(ENTRY + row), get(HALF)));
    return set(ENTRY + row, op.add(get(ENTRY + row), op.and(below(row, middle), get(HALF))));
  };
  /** All steps but the last. */
  const search = [
    rows.map((row) => set(ENTRY + row, op.and(get(ENTRY + row), constant(CROWDED_CELL - 1)))),
    set(HALF, op.load32(get(COLUMN), 12)),
    op.loop([rows.map(halve), set(HALF, op.shiftRight(get(HALF), 1)), op.again(op.greater(get(HALF), constant(1)))]),
  ];
  const lastStep = (row: number): Code => op.subtract(get(ENTRY + row), below(row, thresholdAt(get(ENTRY + row), 4)));
  return [
    // Where the threshold lies that an entry and half of what is open, added, mean.
    set(MIDDLE, op.add(op.add(get(COLUMN), op.load32(get(COLUMN), 16)), constant(-Float32Array.BYTES_PER_ELEMENT * (RANK_OFFSET + 1)))),
    op.loop([
      set(LEFT, constant(ROWS_TOGETHER / ROWS_AT_ONCE)),
      op.loop([
        set(NEXT, op.add(get(X), get(STRIDE))),
        [X, NEXT].map(look),
        set(
          CROWDED,
          rows.slice(1).reduce<Code>((crowded, row) => op.or(crowded, get(ENTRY + row)), get(ENTRY)),
        ),
        op.when(op.and(get(CROWDED), constant(CROWDED_CELL)), search),
        rows.map((row) => op.store8(get(RANKS), lastStep(row), row)),
        advance(RANKS, constant(ROWS_AT_ONCE)),
        set(X, op.add(get(NEXT), get(STRIDE))),
        advance(LEFT, constant(-1)),
        op.again(get(LEFT)),
      ]),
      advance(RANKS, op.subtract(get(RANKS_STRIDE), constant(ROWS_TOGETHER))),
      advance(GROUPS, constant(-1)),
      op.again(get(GROUPS)),
    ]),
    vector.all(vector.equal(get(FINITE), vector.zero())),
  ];
}

function answer(): Code {
  const [RANKS, QUESTIONS, ENDS, OTHERS, RESULTS, FIRST, LENGTHS, SUMS, GROUPS, STRIDE] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [QUESTION, LEFT, INTO, COLUMN, BELOW, ABOVE] = [10, 11, 12, 13, 14, 15];
  const [THRESHOLD, LENGTH_BELOW, LENGTH_ABOVE] = [16, 17, 18];
  const vectors = Array.from({ length: VECTORS }, (_, i) => LANES * i);
  const asked = (at: number): Code => vector.greaterI8(vector.load(get(COLUMN), at), get(THRESHOLD));
  const each = (count: number, answers: Code, result: (at: number) => Code): Code => [
    set(LEFT, get(count)),
    op.when(
      get(LEFT),
      op.loop([
        set(COLUMN, op.add(get(RANKS), op.load32(get(QUESTION)))),
        set(THRESHOLD, vector.loadSplat8(get(QUESTION), 12)),
        answers,
        vectors.map((at) => vector.store(get(INTO), result(at), at)),
        advance(INTO, constant(ROWS_TOGETHER)),
        advance(QUESTION, constant(QUESTION_BYTES)),
        advance(LEFT, constant(-1)),
        op.again(get(LEFT)),
      ]),
    ),
  ];
  const ends = each(
    ENDS,
    [set(LENGTH_BELOW, vector.loadSplat8(get(QUESTION), 4)), set(LENGTH_ABOVE, vector.loadSplat8(get(QUESTION), 8))],
    (at) => vector.chooseI8(get(LENGTH_ABOVE), get(LENGTH_BELOW), asked(at)),
  );
  const others = each(
    OTHERS,
    [set(BELOW, op.add(get(RESULTS), op.load32(get(QUESTION), 4))), set(ABOVE, op.add(get(RESULTS), op.load32(get(QUESTION), 8)))],
    (at) => vector.chooseI8(vector.load(get(ABOVE), at), vector.load(get(BELOW), at), asked(at)),
  );
  const length = (row: number): Code => op.loadF64(op.add(get(LENGTHS), op.shiftLeft(op.load8(get(INTO), row), 3)));
  const rows = Array.from({ length: ROWS_TOGETHER }, (_, row) => row);
  return op.loop([
    set(QUESTION, get(QUESTIONS)),
    set(INTO, get(FIRST)),
    ends,
    others,
    advance(INTO, constant(-ROWS_TOGETHER)),
    rows.map((row) => op.storeF64(get(SUMS), op.addF64(op.loadF64(get(SUMS), 8 * row), length(row)), 8 * row)),
    advance(SUMS, constant(8 * ROWS_TOGETHER)),
    advance(RANKS, get(STRIDE)),
    advance(GROUPS, constant(-1)),
    op.again(get(GROUPS)),
  ]);
}
