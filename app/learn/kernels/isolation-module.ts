import { MAX_PAGES } from './kmeans-module.ts';
import { moduleBytes, op, type Code } from './wasm-encoder.ts';

/** Rows that go down a tree side by side: while one waits for its node to be loaded, the others compute. Two blocks of four. */
export const ROWS_AT_ONCE = 8;

/** Levels whose questions are all asked of four rows at once: where there are few, that costs less than finding each row's own. */
const WIDE_LEVELS = 3;

/**
 * The module that takes rows down one isolation tree of `depth` levels and adds up how long their paths were.
 *
 * `walk(x, tree, sums, groups, stride)`; every address in bytes.
 * - `x`: rows in blocks of four, column within block, float32 (see Matrix); read to the end of the last group of eight
 * - `tree`: 2^(depth + 1) entries of 8 bytes. Entry k from 1 to 2^depth - 1 is a node: where its column lies in a block (uint32, bytes), and
 *   its threshold (float32); values up to it go to entry 2k, values above to 2k + 1. Entry k from 2^depth on is a path length (float64).
 *   A path that ends earlier goes on through nodes whose threshold is infinite: no row needs a question whether it has arrived.
 * - `sums`: float64 a row, added to. `groups`: groups of eight rows, at least one. `stride`: bytes of a block of four rows
 */
export function isolationModule(depth: number): Uint8Array<ArrayBuffer> {
  return moduleBytes(
    {
      name: 'walk',
      parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
      results: [],
      locals: [...new Array<'i32'>(1 + ROWS_AT_ONCE + NODES).fill('i32'), ...new Array<'v128'>(NODES + WIDE_LEVELS + 1).fill('v128')],
      body: walk(depth),
    },
    MAX_PAGES,
  );
}

/** Entries 1 to 7; place 0 of their locals is not used. */
const NODES = 2 ** WIDE_LEVELS;
const [X, TREE, SUMS, GROUPS, STRIDE] = [0, 1, 2, 3, 4];
const SECOND = 5;
const AT = 6;
const COLUMN = AT + ROWS_AT_ONCE;
const THRESHOLD = COLUMN + NODES;
/** Per wide level, all ones in the lanes of rows that go to the right. */
const RIGHT = THRESHOLD + NODES;
const ENTRIES = RIGHT + WIDE_LEVELS;
const { get, set, advance, constant, vector } = op;

function walk(depth: number): Code {
  const wide = Math.min(WIDE_LEVELS, depth);
  const rows = Array.from({ length: ROWS_AT_ONCE }, (_, row) => row);
  const nodes = Array.from({ length: 2 ** wide - 1 }, (_, i) => i + 1);
  return [
    nodes.map((node) => [
      set(COLUMN + node, op.load32(get(TREE), 8 * node)),
      set(THRESHOLD + node, vector.loadSplat(get(TREE), 8 * node + 4)),
    ]),
    op.loop([
      set(SECOND, op.add(get(X), get(STRIDE))),
      wideLevels(wide, X, AT),
      wideLevels(wide, SECOND, AT + 4),
      Array.from({ length: depth - wide }, () => rows.map(step)),
      rows.map((row) => {
        const path = op.loadF64(op.add(get(TREE), get(AT + row)));
        return op.storeF64(get(SUMS), op.addF64(op.loadF64(get(SUMS), 8 * row), path), 8 * row);
      }),
      set(X, op.add(get(SECOND), get(STRIDE))),
      advance(SUMS, constant(8 * ROWS_AT_ONCE)),
      advance(GROUPS, constant(-1)),
      op.again(get(GROUPS)),
    ]),
  ];
}

/** Takes the four rows of the block at `x` down the first levels; their entries, as byte offsets (8k), go to the locals from `at`. */
function wideLevels(levels: number, x: number, at: number): Code {
  const asked = (node: number): Code => vector.greater(vector.load(op.add(get(x), get(COLUMN + node))), get(THRESHOLD + node));
  /** What the rows answer at `level`, each at its own node; all of them are below `node`, which stands at `from`. */
  const answers = (level: number, node: number, from: number): Code =>
    level === from
      ? asked(node)
      : vector.select(answers(level, 2 * node + 1, from + 1), answers(level, 2 * node, from + 1), get(RIGHT + from));
  const each = Array.from({ length: levels }, (_, level) => level);
  return [
    each.map((level) => set(RIGHT + level, answers(level, 1, 0))),
    set(ENTRIES, vector.splatI32(constant(8 * 2 ** levels))),
    // All ones are -1: taking them away counts.
    each.map((level) => set(ENTRIES, vector.subtractI32(get(ENTRIES), vector.shiftLeftI32(get(RIGHT + level), 2 + levels - level)))),
    [0, 1, 2, 3].map((lane) => set(at + lane, vector.laneI32(get(ENTRIES), lane))),
  ];
}

/** One row, one level: from the entry at 8k to that at 16k or 16k + 8. */
function step(row: number): Code {
  const node = op.add(get(TREE), get(AT + row));
  const value = op.loadF32(op.add(get(row < 4 ? X : SECOND), op.load32(node)), 4 * (row % 4));
  const above = op.greaterF32(value, op.loadF32(node, 4));
  return set(AT + row, op.add(op.shiftLeft(get(AT + row), 1), op.shiftLeft(above, 3)));
}
