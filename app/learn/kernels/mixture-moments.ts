import { BATCH_BLOCKS, paddedColumns, STRIP, sumBytes, VECTOR } from './mixture-layout.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';
import { MAX_PAGES } from './kmeans-module.ts';

const [SHARES, COMPONENTS, WHITENED, USED, SUMS] = [0, 1, 2, 3, 4];
/** AT: a block's place in a strip. NEXT: of the list. LEFT: blocks or list entries. TILE: four features. */
const [AT, NEXT, LEFT, TILE, ROW, SUM, FEATURES] = [5, 6, 7, 8, 9, 10, 11];
const FIRST = 12;
const SECOND = 16;
const [SHARE, VALUE, PART] = [20, 21, 22];
const { get, set, advance, constant, vector } = op;
const four = [0, 1, 2, 3];

/**
 * The module of the M step's sums where features stand alone (diagonal and spherical covariances): of every component its weight, its
 * whitened values and their squares, each row with its share.
 *
 * `gather(shares, components, whitened, used, sums)`, as in mixture-gather.ts; `used`: room for the places of the blocks in which a
 * component has a share at all (uint16 each). The others are passed over.
 */
export function momentsModule(columns: number): Uint8Array<ArrayBuffer> {
  const padded = paddedColumns(columns);
  return moduleBytes(
    {
      name: 'gather',
      parameters: new Array<'i32'>(5).fill('i32'),
      results: [],
      locals: [...new Array<'i32'>(7).fill('i32'), ...new Array<'v128'>(11).fill('v128')],
      body: op.loop([
        list(),
        op.when(op.notEqual(get(NEXT), get(USED)), moments(padded)),
        advance(SHARES, constant(STRIP)),
        advance(WHITENED, constant(padded * STRIP)),
        advance(SUMS, constant(sumBytes('diagonal', columns))),
        advance(COMPONENTS, constant(-1)),
        op.again(get(COMPONENTS)),
      ]),
    },
    MAX_PAGES,
  );
}

/** Lists the blocks with a share, NEXT behind the last of them, and adds the weight. */
function list(): Code {
  return [
    set(AT, constant(0)),
    set(NEXT, get(USED)),
    set(LEFT, constant(BATCH_BLOCKS)),
    set(PART, vector.load(get(SUMS))),
    op.loop([
      set(SHARE, vector.load(op.add(get(SHARES), get(AT)))),
      op.when(vector.any(get(SHARE)), [
        set(PART, vector.add(get(PART), get(SHARE))),
        op.store16(get(NEXT), get(AT)),
        advance(NEXT, constant(2)),
      ]),
      advance(AT, constant(VECTOR)),
      advance(LEFT, constant(-1)),
      op.again(get(LEFT)),
    ]),
    vector.store(get(SUMS), get(PART)),
  ];
}

/** Sums of shares × values and of shares × squares, four features at a time. */
function moments(padded: number): Code {
  const keep = (local: number, at: number): Code => vector.store(get(SUM), vector.add(vector.load(get(SUM), at), get(local)), at);
  return [
    set(SUM, op.add(get(SUMS), constant(VECTOR))),
    set(TILE, get(WHITENED)),
    set(FEATURES, constant(padded / 4)),
    op.loop([
      four.map((j) => [set(FIRST + j, vector.zero()), set(SECOND + j, vector.zero())]),
      set(LEFT, get(USED)),
      op.loop([
        set(AT, op.load16(get(LEFT))),
        set(SHARE, vector.load(op.add(get(SHARES), get(AT)))),
        set(ROW, op.add(get(TILE), get(AT))),
        four.map((j) => [
          set(VALUE, vector.load(get(ROW), j * STRIP)),
          set(PART, vector.multiply(get(SHARE), get(VALUE))),
          set(FIRST + j, vector.add(get(FIRST + j), get(PART))),
          set(SECOND + j, vector.add(get(SECOND + j), vector.multiply(get(PART), get(VALUE)))),
        ]),
        advance(LEFT, constant(2)),
        op.again(op.notEqual(get(LEFT), get(NEXT))),
      ]),
      four.map((j) => [keep(FIRST + j, j * VECTOR), keep(SECOND + j, (padded + j) * VECTOR)]),
      advance(SUM, constant(4 * VECTOR)),
      advance(TILE, constant(4 * STRIP)),
      advance(FEATURES, constant(-1)),
      op.again(get(FEATURES)),
    ]),
  ];
}
