import { CROWDED_CELL, QUESTION_BYTES, RANK_OFFSET, ROWS_TOGETHER, SCALE_BYTES } from '../kernels/isolation-answers-module.ts';
import type { PackedForest, PackedRanking, PackedTree } from '../kernels/isolation-answers-kernel.ts';
import { rankOf, type ForestQuestions, type RankedTree, type Ranking } from './isolation-questions.ts';

/** Cells of a column. With so many that hardly any has a threshold, hardly any value has to be looked for; more would not stay in the cache. */
const [LEAST_CELLS, MOST_CELLS] = [256, 4_096];

/** `rows`: how many will be scored. Cells are made for no more than that pays. */
export function packForest({ rankings, trees }: ForestQuestions, rows: number): PackedForest {
  const cells = Math.min(MOST_CELLS, Math.max(LEAST_CELLS, 2 ** Math.ceil(Math.log2(Math.max(1, rows) / 8))));
  const lengths = Math.max(...trees.map((tree) => tree.lengths.length));
  const chunks: { readonly at: number; readonly chunk: Uint8Array }[] = [];
  let size = 0;
  const add = (chunk: Uint8Array): number => {
    const at = size;
    chunks.push({ at, chunk });
    size += Math.ceil(chunk.length / QUESTION_BYTES) * QUESTION_BYTES;
    return at;
  };
  const ranked = rankings.map(({ column, thresholds }): PackedRanking => ({ column, scale: add(packColumn(thresholds, cells)) }));
  const packed = trees.map((tree): PackedTree => {
    const { ends, questions } = tree;
    const at = add(packTree(tree, rankings, lengths));
    return { questions: at, ends, others: questions.length - ends, lengths: add(bytesOf(Float64Array.from(tree.lengths))) };
  });
  const bytes = new Uint8Array(size);
  for (const { at, chunk } of chunks) bytes.set(chunk, at);
  return { bytes, rankings: ranked, trees: packed, lengths, questions: Math.max(...trees.map((tree) => tree.questions.length)) };
}

function packTree({ ends, questions, rankings: numbers }: RankedTree, rankings: readonly Ranking[], lengths: number): Uint8Array {
  const words = new Int32Array((questions.length * QUESTION_BYTES) / Int32Array.BYTES_PER_ELEMENT);
  questions.forEach(({ column, threshold, below, above }, number) => {
    // Answers lie behind the lengths; of ends, the numbers of the lengths stand in the place of where they lie.
    const place = (to: number): number => (number < ends ? -1 - to : ROWS_TOGETHER * (to < 0 ? -1 - to : lengths + to));
    const ranking = numbers.get(column) ?? 0;
    const rank = rankOf(threshold, rankings[ranking].thresholds);
    words.set([ROWS_TOGETHER * ranking, place(below), place(above), rank], (number * QUESTION_BYTES) / Int32Array.BYTES_PER_ELEMENT);
  });
  return bytesOf(words);
}

/**
 * A column's thresholds with cells of equal width over them: the cell of a value says what its place among the thresholds is, or where it is to be
 * looked for. The cells are reckoned in float32 as the kernel does; it rises with the value, and so nothing that lies in an earlier cell lies above.
 */
function packColumn(thresholds: Float32Array, cells: number): Uint8Array {
  const [least, greatest] = thresholds.length === 0 ? [0, 0] : [thresholds[0], thresholds[thresholds.length - 1]];
  const width = Math.fround(greatest - least);
  const scale = Math.fround(cells / width);
  // Nothing between them, or too much for a float32: one cell for all.
  const split = width > 0 && Number.isFinite(width) && Number.isFinite(scale);
  const last = split ? cells - 1 : 0;
  const cellOf = (value: number): number => (split ? Math.min(last, Math.trunc(Math.fround(Math.fround(value - least) * scale))) : 0);
  const mixed = Array.from(thresholds, cellOf);
  let [most, of] = [1, 0];
  mixed.forEach((cell, i) => {
    of = cell === mixed[i - 1] ? of + 1 : 1;
    most = Math.max(most, of);
  });
  // A value has one place more in its cell than that has thresholds.
  const open = 2 ** Math.ceil(Math.log2(most + 1));
  const words = SCALE_BYTES / 4 + Math.ceil((last + 1) / 2);
  const bytes = new Uint8Array(4 * (words + thresholds.length + open));
  new Float32Array(bytes.buffer).set([least, split ? scale : 0, last]);
  new Int32Array(bytes.buffer).set([open / 2, 4 * words], 3);
  const entries = new Uint16Array(bytes.buffer, SCALE_BYTES, last + 1);
  // From behind the cell of one threshold up to the cell of the next: all of the same place.
  mixed.forEach((cell, i) => entries.fill(RANK_OFFSET + i, i === 0 ? 0 : mixed[i - 1] + 1, cell + 1));
  entries.fill(RANK_OFFSET + mixed.length, (mixed.at(-1) ?? -1) + 1);
  mixed.forEach((cell, i) => {
    if (cell === mixed[i - 1] && cell !== mixed[i - 2]) entries[cell] += CROWDED_CELL;
  });
  const sorted = new Float32Array(bytes.buffer, 4 * words).fill(Number.POSITIVE_INFINITY);
  sorted.set(thresholds);
  return bytes;
}

function bytesOf(values: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
