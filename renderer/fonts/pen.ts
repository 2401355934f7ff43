/** Outlines of signs drawn with straight strokes and rings. Points in units of 1/1000 em, y upwards; an outline that fills turns clockwise. */
export type Point = readonly [x: number, y: number];
export type Contour = readonly Point[];

/** How wide the lines of the signs are: as the face they stand among, at its regular weight. */
const pen = 84;

/** A line through points: a bar for every stretch, a disc for every corner, so that no joint is open. */
export function line(...points: readonly Point[]): readonly Contour[] {
  const bars = points.slice(1).map((to, at) => bar(points[at] ?? to, to));
  return [...bars, ...points.slice(1, -1).map((corner) => circle(corner, pen / 2))];
}

/** A circle drawn as a line. */
export function ring(centre: Point, radius: number): readonly Contour[] {
  return [circle(centre, radius + pen / 2), circle(centre, radius - pen / 2).toReversed()];
}

function bar([x0, y0]: Point, [x1, y1]: Point): Contour {
  const scale = pen / 2 / Math.hypot(x1 - x0, y1 - y0);
  const [dx, dy] = [(x1 - x0) * scale, (y1 - y0) * scale];
  return rounded([
    [x0 - dy, y0 + dx],
    [x1 - dy, y1 + dx],
    [x1 + dy, y1 - dx],
    [x0 + dy, y0 - dx],
  ]);
}

function circle([x, y]: Point, radius: number): Contour {
  const corners = 24;
  return rounded(
    Array.from({ length: corners }, (_, at) => {
      const angle = (-2 * Math.PI * at) / corners;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    }),
  );
}

const rounded = (contour: Contour): Contour => contour.map(([x, y]) => [Math.round(x), Math.round(y)]);
