import { BLOCK } from '../matrix.ts';
import { MAX_PAGES } from './kmeans-module.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';

/**
 * Rows that go down a tree side by side: while one waits for its node to be loaded, the others compute. Four blocks of four; with two of them
 * the machine waited (measured: 1.3 times the time).
 */
export const ROWS_AT_ONCE = 16;
/** Blocks of the matrix in a group of rows. */
export const BLOCKS_AT_ONCE = ROWS_AT_ONCE / BLOCK;

/** Levels whose questions are all asked of four rows at once: where there are few, that costs less than finding each row's own. */
const WIDE_LEVELS = 4;

/**
 * The module that takes rows down one isolation tree of `depth` levels and adds up how long their paths were.
 *
 * `walk(x, tree, sums, groups, stride)`; every address in bytes.
 * - `x`: rows in blocks of four, column within block, float32 and finite (see Matrix); read to the end of the last group of sixteen
 * - `tree`: 2^(depth + 1) entries of 8 bytes. Entry k from 1 to 2^depth - 1 is a node: where its column lies in a block (uint32, bytes), and
 *   its threshold (float32); values up to it go to entry 2k, values above to 2k + 1. Entry k from 2^depth on is a path length (float64).
 *   A path that ends earlier goes on through nodes whose threshold is infinite: no row needs a question whether it has arrived.
 * - `sums`: float64 a row, added to. `groups`: groups of sixteen rows, at least one. `stride`: bytes of a block of four rows
 */
export function isolationModule(depth: number): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    {
      name: 'walk',
      parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
      results: [],
      locals: [
        ...new Array<'i32'>(BLOCKS_AT_ONCE + ROWS_AT_ONCE + NODES).fill('i32'),
        ...new Array<'v128'>(NODES + WIDE_LEVELS + 1).fill('v128'),
      ],
      body: walk(depth),
    },
    MAX_PAGES,
  );
}

/** Entries 1 to 15; place 0 of their locals is not used. */
const NODES = 2 ** WIDE_LEVELS;
const [X, TREE, SUMS, GROUPS, STRIDE] = [0, 1, 2, 3, 4];
/** Where each block of the group begins. */
const BASE = 5;
/** Row → k of the entry where it is. */
const AT = BASE + BLOCKS_AT_ONCE;
const COLUMN = AT + ROWS_AT_ONCE;
const THRESHOLD = COLUMN + NODES;
/** Per wide level, all ones in the lanes of rows that go to the right. */
const RIGHT = THRESHOLD + NODES;
const ENTRIES = RIGHT + WIDE_LEVELS;
const { get, set, advance, constant, vector } = op;

function walk(depth: number): Code {
  const wide = Math.min(WIDE_LEVELS, depth);
  const rows = Array.from({ length: ROWS_AT_ONCE }, (_, row) => row);
  const blocks = Array.from({ length: BLOCKS_AT_ONCE }, (_, block) => block);
  const nodes = Array.from({ length: 2 ** wide - 1 }, (_, i) => i + 1);
  return [
    nodes.map((node) => [
      set(COLUMN + node, op.load32(get(TREE), 8 * node)),
      set(THRESHOLD + node, vector.loadSplat(get(TREE), 8 * node + 4)),
    ]),
    op.loop([
      blocks.map((block) => [set(BASE + block, get(X)), advance(X, get(STRIDE))]),
      blocks.map((block) => wideLevels(wide, block)),
      Array.from({ length: depth - wide }, () => rows.map(step)),
      rows.map((row) => op.storeF64(get(SUMS), op.addF64(op.loadF64(get(SUMS), 8 * row), op.loadF64(entry(row))), 8 * row)),
      advance(SUMS, constant(8 * ROWS_AT_ONCE)),
      advance(GROUPS, constant(-1)),
      op.again(get(GROUPS)),
    ]),
  ];
}

/** Takes the four rows of a block down the first levels. */
function wideLevels(levels: number, block: number): Code {
  const asked = (node: number): Code => vector.greater(vector.load(op.add(get(BASE + block), get(COLUMN + node))), get(THRESHOLD + node));
  /** What the rows answer at `level`, each at its own node; all of them are below `node`, which stands at `from`. */
  const answers = (level: number, node: number, from: number): Code =>
    level === from
      ? asked(node)
      : vector.choose(answers(level, 2 * node + 1, from + 1), answers(level, 2 * node, from + 1), get(RIGHT + from));
  const each = Array.from({ length: levels }, (_, level) => level);
  return [
    each.map((level) => set(RIGHT + level, answers(level, 1, 0))),
    set(ENTRIES, vector.splatI32(constant(2 ** levels))),
    // All ones are -1: taking them away counts.
    each.map((level) => set(ENTRIES, vector.subtractI32(get(ENTRIES), vector.shiftLeftI32(get(RIGHT + level), levels - 1 - level)))),
    [0, 1, 2, 3].map((lane) => set(AT + BLOCK * block + lane, vector.laneI32(get(ENTRIES), lane))),
  ];
}

function entry(row: number): Code {
  return op.add(get(TREE), op.shiftLeft(get(AT + row), 3));
}

/**
 * One row, one level: from entry k to 2k or 2k + 1. What is above the threshold makes the difference negative, and its sign is the answer:
 * float32 knows numbers so small that a difference is zero only between equals.
 */
function step(row: number): Code {
  const value = op.loadF32(op.add(get(BASE + Math.floor(row / BLOCK)), op.load32(entry(row))), 4 * (row % BLOCK));
  const above = op.shiftRight(op.bitsF32(op.subtractF32(op.loadF32(entry(row), 4), value)), 31);
  return set(AT + row, op.add(above, op.shiftLeft(get(AT + row), 1)));
}
