import { modelBytes, paddedColumns, STRIP, VECTOR, type Whitening } from './mixture-layout.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';
import { MAX_PAGES } from './kmeans-module.ts';

const [X, BLOCKS, MODEL, COMPONENTS, DIFFERENCES, WHITENED, SHARES] = [0, 1, 2, 3, 4, 5, 6];
const [FROM, TO, LEFT, STEP, FACTOR, END] = [7, 8, 9, 10, 11, 12];
const FIRST_VECTOR = 13;
/** Sums of two blocks × four features, then two values, a factor, and the squares of two blocks. */
const [SUMS, ONE, OTHER, SPLAT, SQUARES, OTHER_SQUARES] = [FIRST_VECTOR, 21, 22, 23, 24, 25];
const { get, set, advance, constant, vector } = op;

/**
 * The module of the E step's first half, for matrices of `columns` columns: every row seen from every component, whitened, and its
 * log-probability there.
 *
 * `whiten(x, blocks, model, components, differences, whitened, shares)`, of one batch; addresses in bytes.
 * - `x`: the first of `blocks` ≥ 1 blocks of four rows, column within block (see Matrix)
 * - `model`: per component `modelBytes`, as `packComponent` writes them
 * - `differences`: room; what stands there for columns beyond `columns` must be zero
 * - `whitened`: per component `padded` strips, written for the blocks that there are (and one more where they are odd): y = A (x − mean), with A such that the component has unit covariance
 * - `shares`: per component a strip, written: constant − y·y / 2
 *
 * A row is compared with the mean before it is multiplied, so that nothing cancels where features lie far from zero. The mean is one
 * in float32, and all sums are about that.
 */
export function whitenModule(whitening: Whitening, columns: number): Uint8Array<ArrayBuffer> {
  const padded = paddedColumns(columns);
  return moduleBytes(
    {
      name: 'whiten',
      parameters: new Array<'i32'>(7).fill('i32'),
      results: [],
      locals: [...new Array<'i32'>(6).fill('i32'), ...new Array<'v128'>(13).fill('v128')],
      body: op.loop([
        whitening === 'full' ? differences(columns, padded) : [],
        whitening === 'full' ? pairs(DIFFERENCES, padded, eachFour(padded)) : pairs(X, columns, eachFeature(columns, padded)),
        advance(MODEL, constant(modelBytes(whitening, columns))),
        advance(WHITENED, constant(padded * STRIP)),
        advance(SHARES, constant(STRIP)),
        advance(COMPONENTS, constant(-1)),
        op.again(get(COMPONENTS)),
      ]),
    },
    MAX_PAGES,
  );

  /** All pairs of blocks of the batch: FROM on the first block's values, TO on its first strip, STEP on the strip of log-probabilities. */
  function pairs(values: number, width: number, whitened: Code): Code {
    return [
      set(FROM, get(values)),
      set(TO, get(WHITENED)),
      set(STEP, get(SHARES)),
      set(LEFT, get(BLOCKS)),
      op.loop([
        set(SQUARES, vector.zero()),
        set(OTHER_SQUARES, vector.zero()),
        whitened,
        logProbability(SQUARES, 0),
        logProbability(OTHER_SQUARES, VECTOR),
        advance(FROM, constant(2 * width * VECTOR)),
        advance(TO, constant(2 * VECTOR)),
        advance(STEP, constant(2 * VECTOR)),
        advance(LEFT, constant(-2)),
        op.again(op.greater(get(LEFT), constant(0))),
      ]),
    ];
  }

  function logProbability(squares: number, offset: number): Code {
    const half = vector.multiply(get(squares), vector.splatF32(op.constantF32(0.5)));
    // the farthest are kept finite: differences of infinities would be no numbers
    const bounded = vector.smaller(vector.splatF32(op.constantF32(1e38)), half);
    const peak = vector.loadSplat(get(MODEL), modelBytes(whitening, columns) - VECTOR);
    return vector.store(get(STEP), vector.subtract(peak, bounded), offset);
  }
}

function differences(columns: number, padded: number): Code {
  return [
    set(FROM, get(X)),
    set(TO, get(DIFFERENCES)),
    set(LEFT, get(BLOCKS)),
    op.loop([
      Array.from({ length: columns }, (_, c) =>
        vector.store(get(TO), vector.subtract(vector.load(get(FROM), c * VECTOR), vector.loadSplat(get(MODEL), 4 * c)), c * VECTOR),
      ),
      advance(FROM, constant(columns * VECTOR)),
      advance(TO, constant(padded * VECTOR)),
      advance(LEFT, constant(-1)),
      op.again(get(LEFT)),
    ]),
  ];
}

function eachFour(padded: number): Code {
  return Array.from({ length: padded / 4 }, (_, tile) => fourFull(tile, padded));
}

/** Whitened values of features 4 × tile to 4 × tile + 3: each the sum over all features up to itself. */
function fourFull(tile: number, padded: number): Code {
  const matrix = 4 * padded + VECTOR * 2 * tile * (tile + 1);
  /** Feature `i` at offset `i` × 16 of `from`, its four factors at `factors` + 16 × i of `model`. */
  const product = (from: number, model: number, factors: number, i: number, first: number): Code => [
    set(ONE, vector.load(get(from), i * VECTOR)),
    set(OTHER, vector.load(get(from), i * VECTOR + padded * VECTOR)),
    Array.from({ length: 4 - first }, (_, n) => first + n).map((j) => [
      set(SPLAT, vector.loadSplat(get(model), factors + i * VECTOR + 4 * j)),
      set(SUMS + j, vector.add(get(SUMS + j), vector.multiply(get(ONE), get(SPLAT)))),
      set(SUMS + 4 + j, vector.add(get(SUMS + 4 + j), vector.multiply(get(OTHER), get(SPLAT)))),
    ]),
  ];
  const before = [0, 1, 2, 3].map((i) => product(END, FACTOR, matrix, i, 0));
  return [
    Array.from({ length: 8 }, (_, n) => set(SUMS + n, vector.zero())),
    tile === 0
      ? []
      : [
          set(END, get(FROM)),
          set(FACTOR, get(MODEL)),
          op.loop([
            before,
            advance(END, constant(4 * VECTOR)),
            advance(FACTOR, constant(4 * VECTOR)),
            op.again(op.notEqual(get(END), op.add(get(FROM), constant(tile * 4 * VECTOR)))),
          ]),
        ],
    [0, 1, 2, 3].map((i) => product(FROM, MODEL, matrix, 4 * tile + i, i)),
    finish(tile),
  ];
}

function finish(tile: number): Code {
  return [0, 1, 2, 3].map((j) => [
    vector.store(get(TO), get(SUMS + j), (4 * tile + j) * STRIP),
    vector.store(get(TO), get(SUMS + 4 + j), (4 * tile + j) * STRIP + VECTOR),
    set(SQUARES, vector.add(get(SQUARES), vector.multiply(get(SUMS + j), get(SUMS + j)))),
    set(OTHER_SQUARES, vector.add(get(OTHER_SQUARES), vector.multiply(get(SUMS + 4 + j), get(SUMS + 4 + j)))),
  ]);
}

/** Whitened values where features stand alone: each its own difference times its own factor. */
function eachFeature(columns: number, padded: number): Code {
  return Array.from({ length: columns }, (_, c) => [
    set(OTHER, vector.loadSplat(get(MODEL), 4 * c)),
    set(SPLAT, vector.loadSplat(get(MODEL), 4 * padded + 4 * c)),
    [
      [SQUARES, 0],
      [OTHER_SQUARES, 1],
    ].map(([squares, block]) => [
      set(ONE, vector.multiply(vector.subtract(vector.load(get(FROM), (block * columns + c) * VECTOR), get(OTHER)), get(SPLAT))),
      vector.store(get(TO), get(ONE), c * STRIP + block * VECTOR),
      set(squares, vector.add(get(squares), vector.multiply(get(ONE), get(ONE)))),
    ]),
  ]);
}
