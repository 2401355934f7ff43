/** Points into pixels. Colours are 0..255; the buffer is RGBA, row by row, opaque. */
import type { Scatter } from '../../../app/contract.ts';
import type { Size, Window2 } from './scatter.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** A dot: where its pixels lie around its middle, and how much of each it covers (0..1). */
export interface Dot {
  readonly dx: Int8Array;
  readonly dy: Int8Array;
  readonly cover: Float32Array;
}

/** A disc, or from the eighth cluster on a ring: the form that goes with the hatch. `diameter` in pixels of the buffer. */
export function dot(diameter: number, ring: boolean): Dot {
  const radius = diameter / 2;
  const reach = Math.ceil(radius + 1);
  const dx: number[] = [];
  const dy: number[] = [];
  const cover: number[] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const distance = Math.hypot(x, y);
      const outer = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const inner = ring ? Math.min(1, Math.max(0, radius - diameter / 3.2 + 0.5 - distance)) : 0;
      if (outer - inner <= 0.02) continue;
      dx.push(x);
      dy.push(y);
      cover.push(outer - inner);
    }
  }
  return { dx: Int8Array.from(dx), dy: Int8Array.from(dy), cover: Float32Array.from(cover) };
}

/** The whole buffer in one colour. */
export function fillAll(pixels: Uint8ClampedArray, [red, green, blue]: Rgb): void {
  new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4).fill(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
}

/** A hairline, upright at x or level at y. */
export function hairline(pixels: Uint8ClampedArray, size: Size, at: number, upright: boolean, color: Rgb): void {
  const place = Math.round(at);
  if (place < 0 || place >= (upright ? size.width : size.height)) return;
  const count = upright ? size.height : size.width;
  for (let step = 0; step < count; step++) {
    const pixel = (upright ? step * size.width + place : place * size.width + step) * 4;
    pixels[pixel] = color[0];
    pixels[pixel + 1] = color[1];
    pixels[pixel + 2] = color[2];
  }
}

export interface PointStyle {
  /** By cluster; index 0 stands for clusters without one. */
  readonly colors: readonly Rgb[];
  readonly dots: readonly Dot[];
  /** 0..1 */
  readonly opacity: number;
}

/** Draws the points for which `pick` (one byte each; null: all) says `wanted`, in their order. */
export function drawPoints(
  pixels: Uint8ClampedArray,
  size: Size,
  view: Window2,
  scatter: Pick<Scatter, 'x' | 'y' | 'cluster'>,
  style: PointStyle,
  pick: Uint8Array | null = null,
  wanted = 1,
): void {
  const sx = size.width / (view.x1 - view.x0);
  const sy = size.height / (view.y1 - view.y0);
  const first = style.dots.at(0);
  const grey = style.colors.at(0);
  if (first === undefined || grey === undefined) return;
  for (let at = 0; at < scatter.x.length; at++) {
    if (pick !== null && pick[at] !== wanted) continue;
    const x = Math.round(((scatter.x[at] ?? 0) - view.x0) * sx);
    const y = Math.round((view.y1 - (scatter.y[at] ?? 0)) * sy);
    if (x < -8 || y < -8 || x > size.width + 8 || y > size.height + 8) continue;
    const cluster = scatter.cluster[at] ?? 0;
    blend(pixels, size, x, y, style.dots[cluster] ?? first, style.colors[cluster] ?? grey, style.opacity);
  }
}

function blend(pixels: Uint8ClampedArray, size: Size, x: number, y: number, shape: Dot, color: Rgb, opacity: number): void {
  for (let at = 0; at < shape.dx.length; at++) {
    const px = x + (shape.dx[at] ?? 0);
    const py = y + (shape.dy[at] ?? 0);
    if (px < 0 || py < 0 || px >= size.width || py >= size.height) continue;
    const alpha = (shape.cover[at] ?? 0) * opacity;
    const pixel = (py * size.width + px) * 4;
    for (let channel = 0; channel < 3; channel++) {
      const under = pixels[pixel + channel] ?? 0;
      pixels[pixel + channel] = under + ((color[channel] ?? 0) - under) * alpha;
    }
  }
}
