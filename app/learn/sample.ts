import type { Random } from '../shared/random.ts';

/** Shuffles in place (Fisher-Yates), every order as likely. */
export function shuffle(items: Uint32Array, random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
}

/** `size` of the numbers 0..count-1 without repetition, ascending; all of them where there are no more. */
export function sampleRows(count: number, size: number, random: Random): Uint32Array {
  if (size >= count) return Uint32Array.from({ length: count }, (_, i) => i);
  // Floyd's algorithm: one draw per number taken, whatever the count.
  const taken = new Set<number>();
  for (let i = count - size; i < count; i++) {
    const draw = random.below(i + 1);
    taken.add(taken.has(draw) ? i : draw);
  }
  return Uint32Array.from(taken).sort();
}

/**
 * About `size` rows in which every cluster has its share, but at least `least` rows or all it has. Rows within a cluster are drawn evenly.
 * `labels`: row → cluster below `k`. Ascending.
 */
export function stratifiedRows(labels: Uint16Array, k: number, size: number, least: number, random: Random): Uint32Array {
  if (size >= labels.length) return sampleRows(labels.length, size, random);
  const members = rowsByCluster(labels, k);
  const picked: number[] = [];
  for (const rows of members) {
    const share = Math.floor((rows.length / labels.length) * size);
    const wanted = Math.min(rows.length, Math.max(share, least));
    for (const i of sampleRows(rows.length, wanted, random)) picked.push(rows[i]);
  }
  return Uint32Array.from(picked).sort();
}

/** The rows of every cluster, ascending. */
export function rowsByCluster(labels: Uint16Array, k: number): Uint32Array[] {
  const counts = new Uint32Array(k);
  for (const label of labels) counts[label]++;
  const lists = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let row = 0; row < labels.length; row++) lists[labels[row]][counts[labels[row]]++] = row;
  return lists;
}
