/** Which of two indices comes first where their values are the same: below 0 for a. */
export type TieBreak = (a: number, b: number) => number;

const byIndex: TieBreak = (a, b) => a - b;

/**
 * Indices of the `count` largest values, the largest first; of equal ones those that the tie break puts first (the lower index, unless
 * told). NaN is left out. One pass with a heap: nothing else is sorted.
 */
export function largest(values: ArrayLike<number>, count: number, tie: TieBreak = byIndex): readonly number[] {
  const before = (a: number, b: number): number => values[b] - values[a] || tie(a, b);
  return first(values, count, before, (value, last) => value >= last);
}

/** As `largest`, the smallest first. */
export function smallest(values: ArrayLike<number>, count: number, tie: TieBreak = byIndex): readonly number[] {
  const before = (a: number, b: number): number => values[a] - values[b] || tie(a, b);
  return first(values, count, before, (value, last) => value <= last);
}

function first(
  values: ArrayLike<number>,
  count: number,
  before: (a: number, b: number) => number,
  mayEnter: (value: number, last: number) => boolean,
): readonly number[] {
  // A heap with the one that goes next at the top.
  const heap: number[] = [];
  if (count <= 0) return heap;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    if (heap.length < count) {
      heap.push(i);
      if (heap.length === count) heap.sort((a, b) => before(b, a));
    } else if (mayEnter(value, values[heap[0]]) && before(i, heap[0]) < 0) sink(heap, i, before);
  }
  return heap.sort(before);
}

/** Puts `index` in the place of the top and restores the order of the heap. */
function sink(heap: number[], index: number, before: (a: number, b: number) => number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child]) > 0) child++;
    if (before(heap[child], index) <= 0) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = index;
}
