import type { ChunkView, ColumnSpec, DictionaryReader, RecordTable, TextColumn } from '../columns/types.ts';
import { compareAddresses, readAddress, type Address } from '../query/addresses.ts';
import { sortedOrder } from './radix.ts';
import { valueCounts } from '../query/value-counts.ts';

/** One number a record by which the column sorts; NaN where it is absent. `ids` ascending. */
export function columnKeys(table: RecordTable, spec: ColumnSpec, ids: Float64Array): Float64Array {
  if (spec.storage === 'number') return gather(table, ids, (chunk) => chunk.numbers(spec.name));
  if (spec.storage === 'text') return textKeys(table, spec.name, ids);
  const ranks = ranksOf(table, spec);
  return gather(table, ids, (chunk) => chunk.ids(spec.name)).map((id) => ranks[id]);
}

/** Values of the records; `ids` ascending, so that every chunk is asked once. */
export function gather(table: RecordTable, ids: Float64Array, valuesOf: (chunk: ChunkView) => ArrayLike<number>): Float64Array {
  const values = new Float64Array(ids.length);
  eachChunk(table, ids, (chunk, from, to) => {
    const column = valuesOf(chunk);
    for (let k = from; k < to; k++) values[k] = column[ids[k] - chunk.firstRow];
  });
  return values;
}

/** Calls `work` for every chunk that holds some of the ascending ids: ids[from..to). */
function eachChunk(table: RecordTable, ids: Float64Array, work: (chunk: ChunkView, from: number, to: number) => void): void {
  let from = 0;
  for (const chunk of table.chunks) {
    let to = from;
    const end = chunk.firstRow + chunk.rows;
    while (to < ids.length && ids[to] < end) to++;
    if (to > from) work(chunk, from, to);
    from = to;
  }
}

const ranks = new WeakMap<RecordTable, Map<string, Float64Array>>();

/** The place of every entry that the column holds, by id; NaN for absent. */
function ranksOf(table: RecordTable, spec: ColumnSpec): Float64Array {
  const known = ranks.get(table) ?? new Map<string, Float64Array>();
  ranks.set(table, known);
  let rank = known.get(spec.name);
  if (rank === undefined) {
    const dictionary = table.dictionary(spec.dictionary ?? 'term');
    const ids = valueCounts(table, [spec.name]).map(({ id }) => id);
    const sorted = spec.type === 'addr' ? byAddress(ids, dictionary) : byText(ids, dictionary);
    rank = new Float64Array(dictionary.size + 1).fill(NaN);
    for (const [place, id] of sorted.entries()) rank[id] = place;
    known.set(spec.name, rank);
  }
  return rank;
}

function byText(ids: readonly number[], dictionary: DictionaryReader): number[] {
  return ids
    .map((id) => ({ id, text: dictionary.textOf(id) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ id }) => id);
}

/** Addresses by number, IPv4 first; what is no address comes after them, by text. */
function byAddress(ids: readonly number[], dictionary: DictionaryReader): number[] {
  const addresses: { id: number; address: Address }[] = [];
  const others: number[] = [];
  for (const id of ids) {
    const address = readAddress(dictionary.textOf(id));
    if (address === null) others.push(id);
    else addresses.push({ id, address });
  }
  addresses.sort((a, b) => compareAddresses(a.address, b.address) || a.id - b.id);
  return [...addresses.map(({ id }) => id), ...byText(others, dictionary)];
}

/** Bytes that fit a double as a whole number. */
const PREFIX = 6;

/** Ranks of the texts in byte order: by their first bytes as a number, then, where those are the same, by all bytes. */
function textKeys(table: RecordTable, column: string, ids: Float64Array): Float64Array {
  const keys = new Float64Array(ids.length);
  const columns: TextColumn[] = [];
  const places = new Uint32Array(ids.length);
  const rows = new Uint32Array(ids.length);
  eachChunk(table, ids, (chunk, from, to) => {
    const text = chunk.text(column);
    columns.push(text);
    for (let k = from; k < to; k++) {
      places[k] = columns.length - 1;
      rows[k] = ids[k] - chunk.firstRow;
      keys[k] = text.absent?.[rows[k]] === 1 ? NaN : prefixOf(text, rows[k]);
    }
  });
  const compare = (a: number, b: number): number =>
    keys[a] - keys[b] || compareBytes(columns[places[a]], rows[a], columns[places[b]], rows[b]);
  const sorted = sortedOrder(keys, false);
  const order = sorted.subarray(0, sorted.findLastIndex((k) => keys[k] === keys[k]) + 1);
  sortTies(order, keys, compare);
  const result = new Float64Array(ids.length).fill(NaN);
  let rank = 0;
  for (let k = 0; k < order.length; k++) {
    if (k > 0 && compare(order[k - 1], order[k]) !== 0) rank = k;
    result[order[k]] = rank;
  }
  return result;
}

/** Sorts every stretch of equal keys by all bytes. */
function sortTies(order: Uint32Array, keys: Float64Array, compare: (a: number, b: number) => number): void {
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && keys[order[to]] === keys[order[from]]) to++;
    if (to - from > 1) order.subarray(from, to).sort(compare);
    from = to;
  }
}

function prefixOf({ offsets, bytes }: TextColumn, row: number): number {
  let key = 0;
  const end = offsets[row + 1];
  for (let i = offsets[row], n = 0; n < PREFIX; i++, n++) key = key * 256 + (i < end ? bytes[i] : 0);
  return key;
}

function compareBytes(a: TextColumn, rowA: number, b: TextColumn, rowB: number): number {
  const startA = a.offsets[rowA];
  const startB = b.offsets[rowB];
  const lengthA = a.offsets[rowA + 1] - startA;
  const lengthB = b.offsets[rowB + 1] - startB;
  for (let i = 0; i < lengthA && i < lengthB; i++) {
    const difference = a.bytes[startA + i] - b.bytes[startB + i];
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}
