import { CHUNK_ROWS, type ChunkView } from '../columns/types.ts';

/** Which rows of a chunk are meant: none (null), all, or one byte a row. Shared: never write to one that was handed over. */
export type Selection = Uint8Array | 'all' | null;

export type Selector = (chunk: ChunkView) => Selection;

const ones = new Uint8Array(CHUNK_ROWS).fill(1);

export const nothing: Selector = () => null;

/** One byte a row, or null for none. */
export function maskOf(selection: Selection, rows: number): Uint8Array | null {
  return selection === 'all' ? ones.subarray(0, rows) : selection;
}

/** A mask that was just filled and holds `count` ones. */
export function settled(mask: Uint8Array, count: number): Selection {
  return count === 0 ? null : count === mask.length ? 'all' : mask;
}

/** Calls `test` for every row. */
export function eachRow(rows: number, test: (index: number) => boolean): Selection {
  const mask = new Uint8Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (!test(i)) continue;
    mask[i] = 1;
    count++;
  }
  return settled(mask, count);
}

export function not(selector: Selector): Selector {
  return (chunk) => {
    const selection = selector(chunk);
    if (selection === null) return 'all';
    if (selection === 'all') return null;
    const mask = new Uint8Array(selection.length);
    let count = 0;
    for (let i = 0; i < mask.length; i++) count += mask[i] = selection[i] ^ 1;
    return settled(mask, count);
  };
}

/** Asks the selectors in turn and stops at the first that leaves nothing. */
export function every(selectors: readonly Selector[]): Selector {
  if (selectors.length === 1) return selectors[0];
  return (chunk) => {
    let both: Selection = 'all';
    let own = false;
    for (const selector of selectors) {
      const selection = selector(chunk);
      if (selection === null) return null;
      if (selection === 'all') continue;
      if (both === 'all') {
        both = selection;
        continue;
      }
      const mask: Uint8Array = own ? both : new Uint8Array(both.length);
      own = true;
      let count = 0;
      for (let i = 0; i < mask.length; i++) count += mask[i] = both[i] & selection[i];
      if (count === 0) return null;
      both = mask;
    }
    return both;
  };
}

export function some(selectors: readonly Selector[]): Selector {
  if (selectors.length === 1) return selectors[0];
  const contraries = selectors.map((selector) => not(selector));
  return not(every(contraries));
}

/** How many rows a selection means. */
export function countOf(selection: Selection, rows: number): number {
  if (selection === null) return 0;
  if (selection === 'all') return rows;
  let count = 0;
  for (let i = 0; i < rows; i++) count += selection[i];
  return count;
}
