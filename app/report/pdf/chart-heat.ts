import { diverging } from '../../contract/palette.ts';
import type { HeatChart } from '../document.ts';
import { deviation } from '../figures.ts';
import type { Canvas } from './canvas.ts';
import type { Frame } from './charts.ts';
import { fit } from './chart-bars.ts';
import { colors, styles } from './look.ts';
import { fillCategory } from './marks.ts';

export const HEAT_ROW = 17;
/** What the colours mean, below the cells. */
export const HEAT_KEY = 20;
const NAMES = 0.3;
/** Deviations from here on have the full colour. */
const FULL = 3;

/** Room for the titles of columns, which stand aslant. */
export function heatHead(chart: HeatChart): number {
  return Math.min(96, 14 + Math.max(0, ...chart.columns.map((title) => title.length)) * 2.6);
}

/** Cells coloured by value, with the number where there is room. */
export function drawHeat(canvas: Canvas, chart: HeatChart, frame: Frame): void {
  const head = heatHead(chart);
  const names = frame.width * NAMES;
  // The last title leans out to the right.
  const cell = Math.min(46, (frame.width - names - 40) / Math.max(1, chart.columns.length));
  const x = frame.x + names;
  chart.columns.forEach((title, index) => slanted(canvas, title, x + (index + 0.5) * cell, frame.y + head - 4));
  chart.rows.forEach((row, index) => {
    const top = frame.y + head + index * HEAT_ROW;
    fillCategory(canvas, row.category, frame.x, top + 5, 6.5, 6.5);
    const style = row.suspect ? { ...styles.cell, face: 'strong' as const } : styles.cell;
    canvas.label(fit(canvas, row.label, names - 22), frame.x + 12, top + 3, style);
    row.values.forEach((value, column) => drawCell(canvas, value, x + column * cell, top, cell));
  });
  drawKey(canvas, x, frame.y + head + chart.rows.length * HEAT_ROW + 8);
}

/** A strip of all colours with the deviations they stand for. */
function drawKey(canvas: Canvas, x: number, y: number): void {
  const steps = 25;
  const width = 5;
  for (let step = 0; step < steps; step++) {
    canvas.doc
      .rect(x + step * width, y, width + 0.2, 7)
      .fillColor(colorOf(((step / (steps - 1)) * 2 - 1) * FULL))
      .fill();
  }
  const texts = [`−${FULL} σ or less`, 'the mean', `+${FULL} σ or more`];
  texts.forEach((text, index) => {
    canvas.label(text, x + (index / 2) * steps * width - 40, y + 8, styles.axis, 'center', 80);
  });
}

/** Blue below the mean, red above it, white at it. */
function colorOf(value: number): string {
  return mix(value < 0 ? diverging.low : diverging.high, strengthOf(value));
}

const strengthOf = (value: number): number => Math.min(1, Math.abs(value) / FULL) ** 0.8;

function drawCell(canvas: Canvas, value: number, x: number, y: number, width: number): void {
  const strength = strengthOf(value);
  canvas.doc
    .rect(x, y, width - 1, HEAT_ROW - 1)
    .fillColor(colorOf(value))
    .fill();
  if (width < 19) return;
  const style = { ...styles.axis, size: width < 24 ? 6 : 7, color: strength > 0.75 ? colors.white : colors.text };
  canvas.label(deviation(value), x, y + 3.5, style, 'center', width - 1);
}

/** From white to `color`. */
function mix(color: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16);
    return Math.round(255 + (value - 255) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

function slanted(canvas: Canvas, text: string, x: number, y: number): void {
  const { doc } = canvas;
  doc.save().rotate(-38, { origin: [x, y] });
  canvas.label(text, x, y - 6, styles.axis);
  doc.restore();
}
