import { moduleBytes, op, type Code } from './wasm-encoder.ts';

/** Centres are compared in groups of this many: as many sums as fit the sixteen vector registers beside what else is needed. */
export const GROUP = 8;

/** The label of a row that has none yet. */
export const NO_LABEL = 0xffff;

/** WebAssembly's 32-bit memory ends here: 65,536 pages of 64 KiB. */
export const MAX_PAGES = 65_536;

/**
 * The module of the one inner loop of k-means, for matrices of `columns` columns and k with k mod GROUP = `rest`: assigns rows to their nearest centre and adds them up.
 *
 * `sweep(x, labels, distances, rows, centres, groups, partial, k)`; every address in bytes.
 * - `x`: rows in blocks of four, column within block, float32 (see Matrix)
 * - `labels`: uint16 a row, read (to count changes) and written. `distances`: float32 a row, squared; room for whole blocks of four
 * - `centres`: float32, in `groups` groups of GROUP centres and one of `rest`; column by column within a group
 * - `partial`: float64: sum of squared distances, labels that changed (both begin at zero), k counts, k × columns sums (both kept from
 *   the pass before: only rows whose label changes are moved, which is most of the work saved once the clusters have settled)
 *
 * Squared distances are sums of (x - c)² in float32 in the order of the columns, without the dot-product identity, which cancels.
 * Of equally near centres the first wins. Everything that is added over rows is added in float64 in the order of the rows.
 */
export function kmeansModule(rest: number, columns: number): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    {
      name: 'sweep',
      parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
      results: [],
      locals: [...new Array<'i32'>(8).fill('i32'), ...new Array<'v128'>(4 + GROUP).fill('v128'), 'f64'],
      body: sweep(rest, columns),
    },
    MAX_PAGES,
  );
}

const [X, LABELS, DISTANCES, ROWS, CENTRES, GROUPS, PARTIAL, K] = [0, 1, 2, 3, 4, 5, 6, 7];
const [ROW, CENTRE, BASE, LEFT, LABEL, OLD, SUM, END] = [8, 9, 10, 11, 12, 13, 14, 15];
const [BEST, NEAREST, VALUE, DELTA] = [16, 17, 18, 19];
const TOTAL = 20;
const INERTIA = TOTAL + GROUP;
const { get, set, advance, constant, vector } = op;

function sweep(rest: number, columns: number): Code {
  const whole = op.when(get(GROUPS), [
    set(LEFT, get(GROUPS)),
    op.loop([group(GROUP, columns), advance(LEFT, constant(-1)), op.again(get(LEFT))]),
  ]);
  return [
    op.loop([
      set(BEST, vector.splatF32(op.constantF32(Number.POSITIVE_INFINITY))),
      set(NEAREST, vector.zero()),
      set(CENTRE, get(CENTRES)),
      set(BASE, constant(0)),
      whole,
      rest === 0 ? [] : group(rest, columns),
      vector.store(get(DISTANCES), get(BEST)),
      [0, 1, 2, 3].map((lane) => op.when(op.greater(get(ROWS), constant(lane)), addRow(lane, columns))),
      advance(X, constant(16 * columns)),
      advance(LABELS, constant(8)),
      advance(DISTANCES, constant(16)),
      advance(ROWS, constant(-4)),
      op.again(op.greater(get(ROWS), constant(0))),
    ]),
    op.storeF64(get(PARTIAL), op.addF64(op.loadF64(get(PARTIAL)), get(INERTIA))),
  ];
}

/** Four rows against `size` centres at once; moves CENTRE and BASE behind them. */
function group(size: number, columns: number): Code {
  const centres = Array.from({ length: size }, (_, j) => j);
  const distance = (j: number): Code => [
    set(DELTA, vector.subtract(get(VALUE), vector.loadSplat(get(CENTRE), 4 * j))),
    set(TOTAL + j, vector.add(get(TOTAL + j), vector.multiply(get(DELTA), get(DELTA)))),
  ];
  const compare = (j: number): Code => [
    set(DELTA, vector.less(get(TOTAL + j), get(BEST))),
    set(BEST, vector.select(get(TOTAL + j), get(BEST), get(DELTA))),
    set(NEAREST, vector.select(vector.splatI32(op.add(get(BASE), constant(j))), get(NEAREST), get(DELTA))),
  ];
  return [
    centres.map((j) => set(TOTAL + j, vector.zero())),
    set(ROW, get(X)),
    set(END, op.add(get(X), constant(16 * columns))),
    op.loop([
      set(VALUE, vector.load(get(ROW))),
      centres.map(distance),
      advance(CENTRE, constant(4 * size)),
      advance(ROW, constant(16)),
      op.again(op.notEqual(get(ROW), get(END))),
    ]),
    centres.map(compare),
    advance(BASE, constant(size)),
  ];
}

/** Counts the row in `lane`, and moves it from its old centre's sum to its new one's where that is another. */
function addRow(lane: number, columns: number): Code {
  const bump = (address: Code, offset: number, by: number): Code =>
    op.storeF64(address, op.addF64(op.loadF64(address, offset), op.constantF64(by)), offset);
  const value = (column: number): Code => op.promote(op.loadF32(get(X), 16 * column + 4 * lane));
  const move = (label: number, by: 1 | -1): Code => [
    bump(op.add(get(PARTIAL), op.shiftLeft(get(label), 3)), 16, by),
    set(SUM, op.add(op.add(get(PARTIAL), op.shiftLeft(get(K), 3)), op.multiply(get(label), constant(8 * columns)))),
    Array.from({ length: columns }, (_, column) => {
      const at = 16 + 8 * column;
      const sum = op.loadF64(get(SUM), at);
      return op.storeF64(get(SUM), by === 1 ? op.addF64(sum, value(column)) : op.subtractF64(sum, value(column)), at);
    }),
  ];
  return [
    set(INERTIA, op.addF64(get(INERTIA), op.promote(vector.laneF32(get(BEST), lane)))),
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
