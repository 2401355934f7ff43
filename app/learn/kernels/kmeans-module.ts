import { moduleBytes, op, type Code } from './wasm-encoder.ts';

/** Centres are compared in groups of this many: as many sums as fit the sixteen vector registers beside what else is needed. */
export const GROUP = 8;

/** Figures before the counts in `partial`. */
export const HEAD = 3;

/** The label of a row that has none yet. */
export const NO_LABEL = 0xffff;

/** WebAssembly's 32-bit memory ends here: 65,536 pages of 64 KiB. */
export const MAX_PAGES = 65_536;

/**
 * The module of the one inner loop of k-means, for matrices of `columns` columns and k with k mod GROUP = `rest`: assigns rows to their nearest centre and adds them up.
 *
 * `sweep(x, labels, distances, rows, centres, groups, partial, k, limits, reached, from, passing, halves, largest)`; every address in bytes.
 * - `x`: rows in blocks of four, column within block, float32 (see Matrix)
 * - `labels`: uint16 a row, read (to count changes) and written. `distances`: float32 a row, squared; room for whole blocks of four
 * - `centres`: float32, in `groups` groups of GROUP centres and one of `rest`; column by column within a group
 * - `partial`: float64: sum of squared distances, labels that changed, blocks that could be passed over (all begin at zero), k counts, k × columns sums (both kept from
 *   the pass before: only rows whose label changes are moved, which is most of the work saved once the clusters have settled)
 * - `limits`: float32 a row, read and written; room for whole blocks of four. How far two centres may have moved, taken together, since the very
 *   first pass, before the row can be nearer to another one (Hamerly 2010, with one bound): a block of which every limit is above `reached` could
 *   be passed over, and is where `passing` is not zero. `from`: what is reached now, rounded down, which new limits count from
 * - `halves`: half the square of each centre, float32, or 0. `largest`: the largest square. Where they are given, distances are not asked for: rows are
 *   compared by |c|² / 2 − x · c, which is two thirds of the work, and where that is too near to be sure of, by distances. `distances` are then of
 *   nothing, and the first of `partial` counts the blocks where it was too near.
 *
 * Products may be rounded once or twice (multiplyAdd), as the machine can: the bounds hold for both, and nothing that is kept depends on it.
 * Squared distances are sums of (x - c)² in float32 in the order of the columns, without the dot-product identity, which cancels. Passing over and
 * comparing by products give the labels that distances would give: bounds on what float32 is off see to it.
 * Of equally near centres the first wins. Everything that is added over rows is added in float64 in the order of the rows.
 */
export function kmeansModule(rest: number, columns: number): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    {
      name: 'sweep',
      parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32', 'f32', 'i32', 'i32', 'f32'],
      results: [],
      locals: [...new Array<'i32'>(11).fill('i32'), ...new Array<'v128'>(7 + GROUP).fill('v128'), 'f64'],
      body: sweep(rest, columns),
    },
    MAX_PAGES,
  );
}

const [X, LABELS, DISTANCES, ROWS, CENTRES, GROUPS, PARTIAL, K] = [0, 1, 2, 3, 4, 5, 6, 7];
const [LIMITS, REACHED, FROM, PASSING, HALVES, LARGEST] = [8, 9, 10, 11, 12, 13];
const [ROW, CENTRE, LEFT, LABEL, OLD, SUM, END, HALF, SURE, PASSED, SKIP] = [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];
const [BEST, SECOND, NEAREST, NUMBER, VALUE, DELTA, SQUARES] = [25, 26, 27, 28, 29, 30, 31];
const TOTAL = 32;
const INERTIA = TOTAL + GROUP;
const { get, set, advance, constant, vector } = op;

/** Squares of less come out as nothing. */
const TINY = 1e-18;

function sweep(rest: number, columns: number): Code {
  // what is no number is not above anything, so that it is looked at
  const stays = vector.all(vector.greater(vector.load(get(LIMITS)), vector.splatF32(get(REACHED))));
  const haveStayed = vector.all(vector.equalI32(vector.load16(get(LABELS)), get(NEAREST)));
  const byProducts = [compareAll(rest, columns, productGroup), set(SURE, isSure(columns)), op.when(get(SURE), limitsOfProducts(columns))];
  const byDistances = [
    compareAll(rest, columns, distanceGroup),
    vector.store(get(DISTANCES), get(BEST)),
    newLimits(columns, vector.squareRoot(get(BEST)), vector.squareRoot(get(SECOND))),
    op.when(get(HALVES), set(INERTIA, op.addF64(get(INERTIA), op.constantF64(1)))),
  ];
  return [
    op.loop([
      set(SKIP, stays),
      advance(PASSED, get(SKIP)),
      op.when(op.isZero(op.multiply(get(SKIP), get(PASSING))), [
        set(SURE, constant(0)),
        op.when(get(HALVES), byProducts),
        op.when(op.isZero(get(SURE)), byDistances),
        // most rows stay where they are, and where distances are not asked for, nothing is to be done for them
        op.when(op.isZero(op.multiply(get(HALVES), haveStayed)), [
          [0, 1, 2, 3].map((lane) => op.when(op.greater(get(ROWS), constant(lane)), addRow(lane, columns))),
        ]),
      ]),
      advance(LIMITS, constant(16)),
      advance(X, constant(16 * columns)),
      advance(LABELS, constant(8)),
      advance(DISTANCES, constant(16)),
      advance(ROWS, constant(-4)),
      op.again(op.greater(get(ROWS), constant(0))),
    ]),
    op.storeF64(get(PARTIAL), op.addF64(op.loadF64(get(PARTIAL)), get(INERTIA))),
    op.storeF64(get(PARTIAL), op.addF64(op.loadF64(get(PARTIAL), 16), op.toF64(get(PASSED))), 16),
  ];
}

/** Four rows against all centres: BEST and SECOND, and which is NEAREST. */
function compareAll(rest: number, columns: number, group: (size: number, columns: number) => Code): Code {
  return [
    set(BEST, vector.splatF32(op.constantF32(Number.POSITIVE_INFINITY))),
    set(SECOND, get(BEST)),
    set(NEAREST, vector.zero()),
    set(CENTRE, get(CENTRES)),
    set(HALF, get(HALVES)),
    set(NUMBER, vector.zero()),
    op.when(get(GROUPS), [set(LEFT, get(GROUPS)), op.loop([group(GROUP, columns), advance(LEFT, constant(-1)), op.again(get(LEFT))])]),
    rest === 0 ? [] : group(rest, columns),
  ];
}

/** Four rows against `size` centres at once; moves CENTRE behind them. */
function distanceGroup(size: number, columns: number): Code {
  const distance = (j: number): Code => [
    set(DELTA, vector.subtract(get(VALUE), vector.loadSplat(get(CENTRE), 4 * j))),
    set(TOTAL + j, vector.add(get(TOTAL + j), vector.multiply(get(DELTA), get(DELTA)))),
  ];
  return [eachColumn(size, columns, [], distance), upTo(size).map(compare)];
}

/** The same by products; moves HALF too, and leaves the squares of the rows. */
function productGroup(size: number, columns: number): Code {
  const product = (j: number): Code => set(TOTAL + j, vector.multiplyAdd(get(VALUE), vector.loadSplat(get(CENTRE), 4 * j), get(TOTAL + j)));
  const squares = set(SQUARES, vector.multiplyAdd(get(VALUE), get(VALUE), get(SQUARES)));
  return [
    set(SQUARES, vector.zero()),
    eachColumn(size, columns, squares, product),
    upTo(size).map((j) => [set(TOTAL + j, vector.subtract(vector.loadSplat(get(HALF), 4 * j), get(TOTAL + j))), compare(j)]),
    advance(HALF, constant(4 * size)),
  ];
}

function upTo(size: number): readonly number[] {
  return Array.from({ length: size }, (_, j) => j);
}

/** TOTAL over the columns, from nothing, by what `add` does with VALUE and the centre at CENTRE + 4 j. */
function eachColumn(size: number, columns: number, first: Code, add: (j: number) => Code): Code {
  return [
    upTo(size).map((j) => set(TOTAL + j, vector.zero())),
    set(ROW, get(X)),
    set(END, op.add(get(X), constant(16 * columns))),
    op.loop([
      set(VALUE, vector.load(get(ROW))),
      first,
      upTo(size).map(add),
      advance(CENTRE, constant(4 * size)),
      advance(ROW, constant(16)),
      op.again(op.notEqual(get(ROW), get(END))),
    ]),
  ];
}

function compare(j: number): Code {
  return [
    set(DELTA, vector.less(get(TOTAL + j), get(BEST))),
    set(SECOND, vector.smaller(get(SECOND), vector.greatest(get(BEST), get(TOTAL + j)))),
    set(BEST, vector.smaller(get(BEST), get(TOTAL + j))),
    set(NEAREST, vector.choose(get(NUMBER), get(NEAREST), get(DELTA))),
    set(NUMBER, vector.addI32(get(NUMBER), vector.constant([1, 1, 1, 1]))),
  ];
}

/**
 * With u the unit of float32's last place and n columns, a comparison by products is off by less than (n + 6) u (|x|² + |c|²), and one by distances,
 * which it must agree with, by less than (2 n + 4) u of the same: within (4 n + 32) u it is not to be relied on.
 */
function slack(columns: number): Code {
  return vector.splatF32(op.constantF32((columns + 8) * 2 ** -22));
}

/** (4 n + 32) u (|x|² + |c|²) of each row, in DELTA. */
function doubt(columns: number): Code {
  return set(DELTA, vector.multiply(slack(columns), vector.add(get(SQUARES), vector.splatF32(get(LARGEST)))));
}

function isSure(columns: number): Code {
  const least = vector.add(get(DELTA), vector.splatF32(op.constantF32(TINY * TINY)));
  return [doubt(columns), vector.all(vector.greater(vector.subtract(get(SECOND), get(BEST)), least))];
}

/** Distances out of squares and products: the nearest at its farthest, the second at its nearest. */
function limitsOfProducts(columns: number): Code {
  const squared = (score: number): Code => vector.add(get(SQUARES), vector.add(get(score), get(score)));
  const root = (of: Code): Code => vector.squareRoot(vector.greatest(of, vector.zero()));
  return newLimits(columns, root(vector.add(squared(BEST), get(DELTA))), root(vector.subtract(squared(SECOND), get(DELTA))));
}

/**
 * A row stays while the centres have moved by less than its second nearest is farther than its nearest. Squared distances of n columns are off by
 * (n + 2) u at most, now and when they would be looked at again, whence the slack.
 */
function newLimits(columns: number, nearest: Code, second: Code): Code {
  const sum = vector.add(get(VALUE), get(DELTA));
  const off = vector.add(vector.multiply(slack(columns), sum), vector.splatF32(op.constantF32(TINY)));
  return [
    set(VALUE, second),
    set(DELTA, nearest),
    vector.store(get(LIMITS), vector.add(vector.splatF32(get(FROM)), vector.subtract(vector.subtract(get(VALUE), get(DELTA)), off))),
  ];
}

/** Counts the row in `lane`, and moves it from its old centre's sum to its new one's where that is another. */
function addRow(lane: number, columns: number): Code {
  const bump = (address: Code, offset: number, by: number): Code =>
    op.storeF64(address, op.addF64(op.loadF64(address, offset), op.constantF64(by)), offset);
  const value = (column: number): Code => op.promote(op.loadF32(get(X), 16 * column + 4 * lane));
  const move = (label: number, by: 1 | -1): Code => [
    bump(op.add(get(PARTIAL), op.shiftLeft(get(label), 3)), 8 * HEAD, by),
    set(SUM, op.add(op.add(get(PARTIAL), op.shiftLeft(get(K), 3)), op.multiply(get(label), constant(8 * columns)))),
    Array.from({ length: columns }, (_, column) => {
      const at = 8 * (HEAD + column);
      const sum = op.loadF64(get(SUM), at);
      return op.storeF64(get(SUM), by === 1 ? op.addF64(sum, value(column)) : op.subtractF64(sum, value(column)), at);
    }),
  ];
  return [
    op.when(op.isZero(get(HALVES)), set(INERTIA, op.addF64(get(INERTIA), op.promote(vector.laneF32(get(BEST), lane))))),
    set(LABEL, vector.laneI32(get(NEAREST), lane)),
    set(OLD, op.load16(get(LABELS), 2 * lane)),
    op.when(op.notEqual(get(OLD), get(LABEL)), [
      op.store16(get(LABELS), get(LABEL), 2 * lane),
      bump(get(PARTIAL), 8, 1),
      move(LABEL, 1),
      op.when(op.notEqual(get(OLD), constant(NO_LABEL)), move(OLD, -1)),
    ]),
  ];
}
