import { BATCH_BLOCKS, modelBytes, paddedColumns, STRIP, VECTOR, type Whitening } from './mixture-layout.ts';
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
 * - `differences`: room; what stands there for blocks beyond `blocks` and columns beyond `columns` must be finite
 * - `whitened`: per component `padded` strips, written: y = A (x − mean), with A of unit covariance
 * - `shares`: per component a strip, written: constant − y·y / 2
 *
 * A row is compared with the mean before it is multiplied, so that nothing cancels where features lie far from zero; what float32 loses
 * of the mean comes back as the residue A (mean − float32(mean)), from which the sums begin.
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
        differences(columns, padded),
        pairsOfBlocks(whitening, columns),
        advance(MODEL, constant(modelBytes(whitening, columns))),
        advance(WHITENED, constant(padded * STRIP)),
        advance(SHARES, constant(STRIP)),
        advance(COMPONENTS, constant(-1)),
        op.again(get(COMPONENTS)),
      ]),
    },
    MAX_PAGES,
  );
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

/** All pairs of blocks of the batch: FROM on the differences, TO on the first strip, STEP on the strip of shares. */
function pairsOfBlocks(whitening: Whitening, columns: number): Code {
  const padded = paddedColumns(columns);
  const end = modelBytes(whitening, columns) - VECTOR;
  const logProbability = (squares: number, offset: number): Code => {
    const half = vector.multiply(get(squares), vector.splatF32(op.constantF32(0.5)));
    // the farthest are kept finite: differences of infinities would be no numbers
    const bounded = vector.smaller(vector.splatF32(op.constantF32(1e38)), half);
    return vector.store(get(STEP), vector.subtract(vector.loadSplat(get(MODEL), end), bounded), offset);
  };
  const four = whitening === 'full' ? fourFull : fourDiagonal;
  return [
    set(FROM, get(DIFFERENCES)),
    set(TO, get(WHITENED)),
    set(STEP, get(SHARES)),
    set(LEFT, constant(BATCH_BLOCKS / 2)),
    op.loop([
      set(SQUARES, vector.zero()),
      set(OTHER_SQUARES, vector.zero()),
      Array.from({ length: padded / 4 }, (_, tile) => four(tile, padded)),
      logProbability(SQUARES, 0),
      logProbability(OTHER_SQUARES, VECTOR),
      advance(FROM, constant(2 * padded * VECTOR)),
      advance(TO, constant(2 * VECTOR)),
      advance(STEP, constant(2 * VECTOR)),
      advance(LEFT, constant(-1)),
      op.again(get(LEFT)),
    ]),
  ];
}

/** Whitened values of features 4 × tile to 4 × tile + 3: each the sum over all features up to itself. */
function fourFull(tile: number, padded: number): Code {
  const matrix = 8 * padded + VECTOR * 2 * tile * (tile + 1);
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
    begin(tile, padded),
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

/** Whitened values of four features, each its own difference times its own factor. */
function fourDiagonal(tile: number, padded: number): Code {
  return [
    begin(tile, padded),
    [0, 1, 2, 3].map((j) => {
      const at = (4 * tile + j) * VECTOR;
      return [
        set(SPLAT, vector.loadSplat(get(MODEL), 8 * padded + 16 * tile + 4 * j)),
        set(SUMS + j, vector.add(get(SUMS + j), vector.multiply(vector.load(get(FROM), at), get(SPLAT)))),
        set(SUMS + 4 + j, vector.add(get(SUMS + 4 + j), vector.multiply(vector.load(get(FROM), at + padded * VECTOR), get(SPLAT)))),
      ];
    }),
    finish(tile),
  ];
}

function begin(tile: number, padded: number): Code {
  return [0, 1, 2, 3].map((j) => [
    set(SUMS + j, vector.loadSplat(get(MODEL), 4 * padded + 16 * tile + 4 * j)),
    set(SUMS + 4 + j, get(SUMS + j)),
  ]);
}

function finish(tile: number): Code {
  return [0, 1, 2, 3].map((j) => [
    vector.store(get(TO), get(SUMS + j), (4 * tile + j) * STRIP),
    vector.store(get(TO), get(SUMS + 4 + j), (4 * tile + j) * STRIP + VECTOR),
    set(SQUARES, vector.add(get(SQUARES), vector.multiply(get(SUMS + j), get(SUMS + j)))),
    set(OTHER_SQUARES, vector.add(get(OTHER_SQUARES), vector.multiply(get(SUMS + 4 + j), get(SUMS + 4 + j)))),
  ]);
}
