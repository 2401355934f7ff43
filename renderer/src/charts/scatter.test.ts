import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, drawPoints, fillAll, hairline } from './raster.ts';
import { centres, fit, nearest, pan, pointsInside, ticks, toPixel, toPlane, zoom } from './scatter.ts';

const size = { width: 400, height: 300 };
const cloud = fc.array(fc.tuple(fc.float({ min: -50, max: 50, noNaN: true }), fc.float({ min: -50, max: 50, noNaN: true })), {
  minLength: 1,
  maxLength: 60,
});
const plane = (points: readonly (readonly [number, number])[]): { x: Float32Array; y: Float32Array; cluster: Uint16Array } => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
  cluster: Uint16Array.from(points, (_, at) => 1 + (at % 3)),
});

describe('window', () => {
  it('holds every point, and pixels go back to where they came from', () => {
    fc.assert(
      fc.property(cloud, (points) => {
        const data = plane(points);
        const view = fit(data);
        for (let at = 0; at < data.x.length; at++) {
          const x = data.x[at] ?? 0;
          const y = data.y[at] ?? 0;
          const [left, top] = toPixel(view, size, x, y);
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThanOrEqual(size.width);
          expect(top).toBeGreaterThanOrEqual(0);
          expect(top).toBeLessThanOrEqual(size.height);
          const [bx, by] = toPlane(view, size, left, top);
          expect(bx).toBeCloseTo(x, 4);
          expect(by).toBeCloseTo(y, 4);
        }
      }),
    );
  });

  it('zooms around a place that stays, pans and comes back', () => {
    const view = { x0: -1, x1: 3, y0: 0, y1: 10 };
    const closer = zoom(view, [1, 5], 2);
    expect(toPixel(closer, size, 1, 5)).toEqual(toPixel(view, size, 1, 5));
    expect(closer.x1 - closer.x0).toBe(2);
    expect(pan(pan(view, 0.5, -0.25), -0.5, 0.25)).toEqual(view);
    expect(fit({ x: new Float32Array(0), y: new Float32Array(0) })).toEqual({ x0: -1, x1: 1, y0: -1, y1: 1 });
  });

  it('ticks are round, inside, and not too many', () => {
    expect(ticks(-4.2, 8.1, 7)).toEqual([-4, -2, 0, 2, 4, 6, 8]);
    expect(ticks(1, 1, 5)).toEqual([]);
  });
});

describe('hits', () => {
  it('the nearest point is the one that is pointed at, and none beyond reach', () => {
    const data = plane([
      [0, 0],
      [10, 10],
    ]);
    const view = fit(data);
    expect(nearest(data, view, size, toPixel(view, size, 10, 10), 8)).toBe(1);
    expect(nearest(data, view, size, toPixel(view, size, 5, 5), 8)).toBe(-1);
  });

  it('a lasso holds what a rectangle holds, and nothing without three corners', () => {
    fc.assert(
      fc.property(cloud, (points) => {
        const data = plane(points);
        const box = [
          [-10, -20],
          [30, -20],
          [30, 25],
          [-10, 25],
        ] as const;
        const held = new Set(pointsInside(data, box));
        for (let at = 0; at < data.x.length; at++) {
          const x = data.x[at] ?? 0;
          const y = data.y[at] ?? 0;
          if (x > -10 && x < 30 && y > -20 && y < 25) expect(held.has(at)).toBe(true);
          if (x < -10 || x > 30 || y < -20 || y > 25) expect(held.has(at)).toBe(false);
        }
      }),
    );
    expect(
      pointsInside(plane([[0, 0]]), [
        [-1, -1],
        [1, 1],
      ]),
    ).toHaveLength(0);
  });

  it('a concave lasso leaves its bay out', () => {
    const data = plane([
      [5, 9],
      [1, 5],
    ]);
    const line = [
      [0, 0],
      [10, 0],
      [10, 10],
      [5, 2],
      [0, 10],
    ] as const;
    expect([...pointsInside(data, line)]).toEqual([1]);
  });

  it('names a cluster in the middle of its points', () => {
    const data = { x: Float32Array.of(1, 2, 90), y: Float32Array.of(5, 6, 7), cluster: Uint16Array.of(1, 1, 2) };
    expect(centres(data).get(1)).toEqual([1, 5]);
    expect(centres(data).get(2)).toEqual([90, 7]);
  });
});

describe('pixels', () => {
  const small = { width: 20, height: 10 };
  const white = [255, 255, 255] as const;
  const at = (pixels: Uint8ClampedArray, x: number, y: number): number[] => [
    ...pixels.subarray((y * small.width + x) * 4, (y * small.width + x) * 4 + 4),
  ];
  const blank = (): Uint8ClampedArray => {
    const pixels = new Uint8ClampedArray(small.width * small.height * 4);
    fillAll(pixels, white);
    return pixels;
  };
  const view = { x0: 0, x1: 20, y0: 0, y1: 10 };
  const style = { colors: [white, [255, 0, 0], [0, 0, 255]] as const, dots: [dot(3, false), dot(3, false), dot(4, true)], opacity: 1 };

  it('draws a disc of about its diameter, a ring with a hole, and only what is picked', () => {
    const pixels = blank();
    const data = { x: Float32Array.of(4, 14), y: Float32Array.of(5, 5), cluster: Uint16Array.of(1, 2) };
    drawPoints(pixels, small, view, data, style);
    expect(at(pixels, 4, 5)).toEqual([255, 0, 0, 255]);
    expect(at(pixels, 8, 5)).toEqual([255, 255, 255, 255]);
    expect(at(pixels, 14, 5)[0]).toBeGreaterThan(at(pixels, 16, 5)[0] ?? 0);
    const other = blank();
    drawPoints(other, small, view, data, style, Uint8Array.of(0, 1), 1);
    expect(at(other, 4, 5)).toEqual([255, 255, 255, 255]);
  });

  it('never writes outside, whatever the points are', () => {
    fc.assert(
      fc.property(cloud, (points) => {
        const pixels = blank();
        drawPoints(pixels, small, view, plane(points), {
          ...style,
          dots: [dot(6, false), dot(6, false), dot(6, true), dot(6, true)],
          colors: [white, white, white, white],
        });
        expect(pixels.every((value) => value === 255)).toBe(true);
      }),
    );
  });

  it('draws a hairline where it was asked for, and none outside', () => {
    const pixels = blank();
    hairline(pixels, small, 3.4, true, [1, 2, 3]);
    hairline(pixels, small, 99, false, [1, 2, 3]);
    expect(at(pixels, 3, 9)).toEqual([1, 2, 3, 255]);
    expect(at(pixels, 4, 9)).toEqual([255, 255, 255, 255]);
  });
});
