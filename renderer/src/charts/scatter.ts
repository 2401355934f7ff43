/**
 * The scatter's arithmetic: window on the plane, points to pixels, hits and lassos. Points are drawn straight into a pixel buffer, so that
 * 50,000 of them take a few milliseconds on any machine, with or without a graphics card.
 */
import type { Scatter } from '../../../app/contract.ts';

/** The part of the plane that is looked at, in units of the components. */
export interface Window2 {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** The picture in pixels; y grows downwards. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Point = readonly [x: number, y: number];

/** All points with 4 % of air around; a window of its own where all are one point or there is none. */
export function fit(scatter: Pick<Scatter, 'x' | 'y'>): Window2 {
  const [x0, x1] = extent(scatter.x);
  const [y0, y1] = extent(scatter.y);
  return { x0, x1, y0, y1 };
}

function extent(values: Float32Array): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high >= low)) return [-1, 1];
  const air = high > low ? (high - low) * 0.04 : 1;
  return [low - air, high + air];
}

export function toPixel(view: Window2, size: Size, x: number, y: number): Point {
  return [((x - view.x0) / (view.x1 - view.x0)) * size.width, ((view.y1 - y) / (view.y1 - view.y0)) * size.height];
}

export function toPlane(view: Window2, size: Size, left: number, top: number): Point {
  return [view.x0 + (left / size.width) * (view.x1 - view.x0), view.y1 - (top / size.height) * (view.y1 - view.y0)];
}

/** Closer by `factor` (> 1) around a place that stays where it is. */
export function zoom(view: Window2, [x, y]: Point, factor: number): Window2 {
  const by = 1 / factor;
  return { x0: x + (view.x0 - x) * by, x1: x + (view.x1 - x) * by, y0: y + (view.y0 - y) * by, y1: y + (view.y1 - y) * by };
}

/** Moved by a share of itself: (1, 0) is a whole window to the right. */
export function pan(view: Window2, right: number, up: number): Window2 {
  const dx = (view.x1 - view.x0) * right;
  const dy = (view.y1 - view.y0) * up;
  return { x0: view.x0 + dx, x1: view.x1 + dx, y0: view.y0 + dy, y1: view.y1 + dy };
}

/** Round numbers inside a range, about `parts` of them. */
export function ticks(low: number, high: number, parts: number): readonly number[] {
  if (!(high > low)) return [];
  const raw = (high - low) / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const found: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high; at++) found.push(at * step);
  return found;
}

/** The nearest point within `reach` pixels of a place, or -1. */
export function nearest(scatter: Pick<Scatter, 'x' | 'y'>, view: Window2, size: Size, [left, top]: Point, reach: number): number {
  const [px, py] = toPlane(view, size, left, top);
  const sx = size.width / (view.x1 - view.x0);
  const sy = size.height / (view.y1 - view.y0);
  let best = -1;
  let closest = reach * reach;
  for (let at = 0; at < scatter.x.length; at++) {
    const dx = ((scatter.x[at] ?? 0) - px) * sx;
    const dy = ((scatter.y[at] ?? 0) - py) * sy;
    const distance = dx * dx + dy * dy;
    if (distance <= closest) {
      closest = distance;
      best = at;
    }
  }
  return best;
}

/** Indexes of the points inside a closed line (even-odd rule), ascending. Fewer than three corners hold nothing. */
export function pointsInside(scatter: Pick<Scatter, 'x' | 'y'>, line: readonly Point[]): Uint32Array {
  if (line.length < 3) return new Uint32Array(0);
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const found: number[] = [];
  for (let at = 0; at < scatter.x.length; at++) {
    const x = scatter.x[at] ?? 0;
    const y = scatter.y[at] ?? 0;
    if (x < left || x > right || y < low || y > high) continue;
    if (inside(xs, ys, x, y)) found.push(at);
  }
  return Uint32Array.from(found);
}

function inside(xs: readonly number[], ys: readonly number[], x: number, y: number): boolean {
  let odd = false;
  for (let a = 0, b = xs.length - 1; a < xs.length; b = a++) {
    const ya = ys[a] ?? 0;
    const yb = ys[b] ?? 0;
    const xa = xs[a] ?? 0;
    if (ya > y !== yb > y && x < (((xs[b] ?? 0) - xa) * (y - ya)) / (yb - ya) + xa) odd = !odd;
  }
  return odd;
}

/** The middle of every cluster's drawn points (median of each component), for its number in the picture. */
export function centres(scatter: Pick<Scatter, 'x' | 'y' | 'cluster'>): ReadonlyMap<number, Point> {
  const members = new Map<number, number[]>();
  scatter.cluster.forEach((cluster, at) => {
    const list = members.get(cluster);
    if (list === undefined) members.set(cluster, [at]);
    else list.push(at);
  });
  const median = (values: Float32Array, list: readonly number[]): number =>
    list.map((at) => values[at] ?? 0).sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)] ?? 0;
  return new Map([...members].map(([cluster, list]) => [cluster, [median(scatter.x, list), median(scatter.y, list)] as const]));
}
