import { categoryColor } from '../../contract/palette.ts';
import type { ScatterChart } from '../document.ts';
import type { Canvas } from './canvas.ts';
import { fit } from './chart-bars.ts';
import type { Frame } from './charts.ts';
import { colors, styles } from './look.ts';
import { fillCategory } from './marks.ts';
import { niceTicks } from './scale.ts';

/** Room for the figures of the vertical axis and its title. */
const AXIS = 40;
const LEGEND = 150;
const DOT = 1.9;

/** Points in two components, coloured by cluster, each cluster's number at its middle; clusters from the eighth on are drawn as rings. */
export function drawScatter(canvas: Canvas, chart: ScatterChart, frame: Frame): void {
  const plot = { x: frame.x + AXIS, y: frame.y + 4, width: frame.width - AXIS - LEGEND, height: frame.height - 30 };
  const x = axis(chart.x, plot.x, plot.width, false);
  const y = axis(chart.y, plot.y, plot.height, true);
  for (const tick of x.ticks) {
    canvas.doc
      .moveTo(x.at(tick), plot.y)
      .lineTo(x.at(tick), plot.y + plot.height)
      .lineWidth(0.5)
      .strokeColor(colors.line)
      .stroke();
    canvas.label(axisText(tick), x.at(tick) - 25, plot.y + plot.height + 3, styles.axis, 'center', 50);
  }
  for (const tick of y.ticks) {
    canvas.hairline(plot.x, y.at(tick), plot.x + plot.width);
    canvas.label(axisText(tick), frame.x, y.at(tick) - 4.5, styles.axis, 'right', AXIS - 5);
  }
  canvas.label('first component', plot.x, plot.y + plot.height + 13, { ...styles.axis, color: colors.text3 }, 'center', plot.width);
  upwards(canvas, 'second component', frame.x + 4, plot.y + plot.height / 2);
  drawPoints(canvas, chart, plot, x.at, y.at);
  drawNumbers(canvas, chart, x.at, y.at);
  drawLegend(canvas, chart, plot.x + plot.width + 16, plot.y);
}

interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

function axis(values: readonly number[], start: number, size: number, upward: boolean): Axis {
  const finite = values.filter(Number.isFinite);
  let low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  let high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(high > low)) [low, high] = finite.length === 0 ? [-1, 1] : [low - 1, low + 1];
  const pad = (high - low) * 0.04;
  [low, high] = [low - pad, high + pad];
  const at = (value: number): number => {
    const share = (value - low) / (high - low);
    return start + size * (upward ? 1 - share : share);
  };
  return { at, ticks: niceTicks(low, high, 6) };
}

const axisText = (value: number): string => String(Number(value.toPrecision(6))).replace('-', '−');

/** All dots of a colour are one path: thousands of points stay small and quick. */
function drawPoints(canvas: Canvas, chart: ScatterChart, plot: Frame, x: Axis['at'], y: Axis['at']): void {
  const { doc } = canvas;
  const byCategory = new Map<number, number[]>();
  chart.category.forEach((category, index) => {
    const points = byCategory.get(category);
    if (points === undefined) byCategory.set(category, [index]);
    else points.push(index);
  });
  doc.save().rect(plot.x, plot.y, plot.width, plot.height).clip().opacity(0.7);
  // the smallest on top, or nobody sees it
  for (const [category, points] of [...byCategory].sort(([, a], [, b]) => b.length - a.length)) {
    const { color, hatched } = categoryColor(category);
    for (const index of points) {
      const [px, py] = [x(chart.x[index] ?? NaN), y(chart.y[index] ?? NaN)];
      if (Number.isFinite(px) && Number.isFinite(py)) doc.rect(px - DOT / 2, py - DOT / 2, DOT, DOT);
    }
    if (hatched) doc.lineWidth(0.5).strokeColor(color).stroke();
    else doc.fillColor(color).fill();
  }
  doc.restore();
}

/** The number of each cluster at the median of its points, on white: a tight cluster of few points is found by it. */
function drawNumbers(canvas: Canvas, chart: ScatterChart, x: Axis['at'], y: Axis['at']): void {
  const { doc } = canvas;
  for (const { category, label, suspect } of chart.legend) {
    const points = chart.category.flatMap((one, index) => (one === category ? [index] : []));
    const number = /^\d+/.exec(label)?.[0];
    if (points.length === 0 || number === undefined) continue;
    const at = [x(middle(points.map((index) => chart.x[index] ?? NaN))), y(middle(points.map((index) => chart.y[index] ?? NaN)))] as const;
    if (!at.every(Number.isFinite)) continue;
    const radius = 4.5 + number.length * 1.5;
    doc.circle(at[0], at[1], radius).lineWidth(suspect ? 1.4 : 0.7);
    doc.fillAndStroke(colors.white, suspect ? colors.text : categoryColor(category).color);
    canvas.label(number, at[0] - 10, at[1] - 4.4, { ...styles.axis, face: suspect ? 'strong' : 'sans', color: colors.text }, 'center', 20);
  }
}

function middle(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** A title that reads from below, centred on y. */
function upwards(canvas: Canvas, text: string, x: number, y: number): void {
  const { doc } = canvas;
  doc.save().rotate(-90, { origin: [x, y] });
  canvas.label(text, x - 60, y - 4.5, { ...styles.axis, color: colors.text3 }, 'center', 120);
  doc.restore();
}

function drawLegend(canvas: Canvas, chart: ScatterChart, x: number, y: number): void {
  chart.legend.forEach(({ category, label, suspect }, index) => {
    const top = y + index * 13;
    fillCategory(canvas, category, x, top + 2, 6.5, 6.5);
    const style = suspect ? { ...styles.cell, face: 'strong' as const } : styles.cell;
    canvas.label(fit(canvas, label, LEGEND - 30), x + 11, top, style);
  });
}
