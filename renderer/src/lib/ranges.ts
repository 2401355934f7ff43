/** Chosen rows as sorted, separate ranges `[from, to]`: a million rows chosen cost as much as one. */
export type Range = readonly [from: number, to: number];

export function has(ranges: readonly Range[], row: number): boolean {
  return ranges.some(([from, to]) => row >= from && row <= to);
}

export function count(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** Adds all rows from `a` to `b`, in either order. */
export function add(ranges: readonly Range[], a: number, b = a): readonly Range[] {
  const all = [...ranges, [Math.min(a, b), Math.max(a, b)] as const].sort((left, right) => left[0] - right[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of all) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function remove(ranges: readonly Range[], row: number): readonly Range[] {
  return ranges.flatMap(([from, to]): readonly Range[] => {
    if (row < from || row > to) return [[from, to]];
    const parts: Range[] = [];
    if (row > from) parts.push([from, row - 1]);
    if (row < to) parts.push([row + 1, to]);
    return parts;
  });
}

export function toggle(ranges: readonly Range[], row: number): readonly Range[] {
  return has(ranges, row) ? remove(ranges, row) : add(ranges, row);
}

/** The first `limit` rows, ascending. */
export function rowsOf(ranges: readonly Range[], limit: number): readonly number[] {
  const rows: number[] = [];
  for (const [from, to] of ranges) for (let row = from; row <= to && rows.length < limit; row++) rows.push(row);
  return rows;
}
