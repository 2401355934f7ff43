/**
 * The arithmetic of a table of any number of rows in a browser that allows a scrolling height of some 16 million pixels.
 *
 * `top` is the truth: the distance in pixels from the start of the rows to the upper edge of the window, as if no limit existed.
 * The scroll bar shows it in a shorter, linear scale (`scrollHeight`); below the limit both are the same.
 */
export interface Geometry {
  readonly rows: number;
  readonly rowHeight: number;
  /** Height of the window on the rows, in pixels. */
  readonly height: number;
}

/** Below what every browser allows (Firefox: 17.8 million), with room to spare. */
export const heightLimit = 8_000_000;

/** The height of all rows. */
export function fullHeight(geometry: Geometry): number {
  return geometry.rows * geometry.rowHeight;
}

/** The height the scroll bar is told. */
export function scrollHeight(geometry: Geometry): number {
  return Math.min(fullHeight(geometry), heightLimit);
}

export function isScaled(geometry: Geometry): boolean {
  return fullHeight(geometry) > heightLimit;
}

/** The largest `top`. */
export function maxTop(geometry: Geometry): number {
  return Math.max(0, fullHeight(geometry) - geometry.height);
}

export function clampTop(geometry: Geometry, top: number): number {
  return Math.min(maxTop(geometry), Math.max(0, top));
}

/** Where the scroll bar stands for a `top`. */
export function scrollTopOf(geometry: Geometry, top: number): number {
  const most = maxTop(geometry);
  const bar = Math.max(0, scrollHeight(geometry) - geometry.height);
  return most === 0 ? 0 : isScaled(geometry) ? (clampTop(geometry, top) / most) * bar : clampTop(geometry, top);
}

/** The `top` that a place of the scroll bar means. */
export function topOf(geometry: Geometry, scrollTop: number): number {
  const most = maxTop(geometry);
  const bar = Math.max(0, scrollHeight(geometry) - geometry.height);
  if (bar === 0) return 0;
  return clampTop(geometry, isScaled(geometry) ? (scrollTop / bar) * most : scrollTop);
}

/** The rows that can be seen, `[first, end)`, with `spare` more on either side. */
export function visibleRows(geometry: Geometry, top: number, spare = 0): { readonly first: number; readonly end: number } {
  const first = Math.floor(top / geometry.rowHeight) - spare;
  const end = Math.ceil((top + geometry.height) / geometry.rowHeight) + spare;
  return { first: Math.max(0, first), end: Math.min(geometry.rows, Math.max(0, end)) };
}

/** The smallest move of `top` that shows a row whole. */
export function revealRow(geometry: Geometry, top: number, row: number): number {
  const upper = row * geometry.rowHeight;
  const lower = upper + geometry.rowHeight;
  if (upper < top) return clampTop(geometry, upper);
  if (lower > top + geometry.height) return clampTop(geometry, lower - geometry.height);
  return clampTop(geometry, top);
}
