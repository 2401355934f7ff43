/** What rows of hosts are. */
interface Rows {
  /** Row → id in the dictionary of hosts. */
  readonly hosts: Uint32Array;
  /** Row → start of its window in microseconds; null: the whole case. */
  readonly windows: Float64Array | null;
}

const HOSTS = 2 ** 32;

/** Finds the row of a host at a time, undefined where it has none; `window`: length in microseconds. A row a host, or a row a host and window. */
export function hostRowIndex({ hosts, windows }: Rows, window: number | null): (host: number, time: number) => number | undefined {
  if (windows === null || window === null) {
    let largest = 0;
    for (const host of hosts) if (host > largest) largest = host;
    // 1 + row, 0 where there is none
    const rows = new Uint32Array(largest + 1);
    hosts.forEach((host, row) => (rows[host] = row + 1));
    return (host) => {
      const found = host <= largest ? rows[host] : 0;
      return found === 0 ? undefined : found - 1;
    };
  }
  const places = new Map<number, number>();
  for (const start of windows) if (!places.has(start)) places.set(start, places.size);
  const keyOf = (place: number, host: number): number => place * HOSTS + host;
  const rows = new Map<number, number>();
  hosts.forEach((host, row) => rows.set(keyOf(places.get(windows[row]) ?? 0, host), row));
  return (host, time) => {
    const place = places.get(Math.floor(time / window) * window);
    return place === undefined ? undefined : rows.get(keyOf(place, host));
  };
}
