import type { Scatter } from '../../../app/contract.ts';
import { categoryColor } from '../lib/format.ts';
import { mix, rgb, type ChartTheme } from './colors.ts';
import { dot, drawPoints, fillAll, hairline } from './raster.ts';
import { toPixel, type Size, type Window2 } from './scatter.ts';

export interface Picture {
  readonly scatter: Scatter;
  readonly view: Window2;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  /** 1 for points that stay bright while the others fade; null: all are. */
  readonly bright: Uint8Array | null;
  /** Pixels of the canvas per pixel of the window. */
  readonly ratio: number;
  readonly theme: ChartTheme;
}

/** Draws hairlines and points; `size` in pixels of the canvas. Dots of 3 px at 0.7, rings from the eighth cluster on. */
export function paint(canvas: HTMLCanvasElement, size: Size, picture: Picture): void {
  const { scatter, view, bright, ratio, theme } = picture;
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return;
  const image = context.createImageData(size.width, size.height);
  const largest = scatter.cluster.reduce((best, cluster) => Math.max(best, cluster), 0);
  const looks = Array.from({ length: largest + 1 }, (_, cluster) => categoryColor(Math.max(1, cluster), theme.dark));
  const colors = looks.map((look) => rgb(look.color));
  const [disc, ring] = [dot(3 * ratio, false), dot(4 * ratio, true)];
  const dots = looks.map((look) => (look.hatched ? ring : disc));
  fillAll(image.data, rgb(theme.bg));
  for (const x of picture.xTicks) hairline(image.data, size, toPixel(view, size, x, 0)[0], true, rgb(theme.line));
  for (const y of picture.yTicks) hairline(image.data, size, toPixel(view, size, 0, y)[1], false, rgb(theme.line));
  if (bright !== null) {
    // A colour near the background instead of a thin one: thousands of thin points on one another would be bright again.
    const faded = looks.map((look) => rgb(mix(theme.bg, look.color, 0.22)));
    drawPoints(image.data, size, view, scatter, { colors: faded, dots, opacity: 0.7 }, bright, 0);
  }
  drawPoints(image.data, size, view, scatter, { colors, dots, opacity: 0.7 }, bright, 1);
  context.putImageData(image, 0, 0);
}
