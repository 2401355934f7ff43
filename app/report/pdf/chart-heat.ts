import { formatShortCount } from '../../contract/format.ts';
import { diverging, sequentialTop } from '../../contract/palette.ts';
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
    if (row.category !== null) fillCategory(canvas, row.category, frame.x, top + 5, 6.5, 6.5);
    const style = row.suspect ? { ...styles.cell, face: 'strong' as const } : styles.cell;
    canvas.label(fit(canvas, row.label, names - 22), frame.x + 12, top + 3, style);
    row.values.forEach((value, column) => {
      if (value === null) canvas.label('-', x + column * cell, top + 3.5, styles.axis, 'center', cell - 1);
      else drawCell(canvas, chart.scale === 'row' ? countLook(value, row.total) : deviationLook(value), x + column * cell, top, cell);
    });
  });
  const below = frame.y + head + chart.rows.length * HEAT_ROW + 8;
  if (chart.scale === 'row') drawKey(canvas, x, below, (share) => countLook(share, 1).color, ['none of the row', 'half', 'all of it']);
  else {
    const color = (share: number): string => deviationLook((share * 2 - 1) * FULL).color;
    drawKey(canvas, x, below, color, [`−${FULL} σ or less`, 'the mean', `+${FULL} σ or more`]);
  }
}

/** A strip of all colours, from 0 to 1, with what they stand for. */
function drawKey(canvas: Canvas, x: number, y: number, color: (share: number) => string, texts: readonly string[]): void {
  const steps = 25;
  const width = 5;
  for (let step = 0; step < steps; step++) {
    canvas.doc
      .rect(x + step * width, y, width + 0.2, 7)
      .fillColor(color(step / (steps - 1)))
      .fill();
  }
  texts.forEach((text, index) => {
    canvas.label(text, x + (index / 2) * steps * width - 40, y + 8, styles.axis, 'center', 80);
  });
}

interface CellLook {
  readonly text: string;
  readonly color: string;
  /** 0 white to 1 the full colour. */
  readonly strength: number;
}

/** Blue below the mean, red above it, white at it. */
function deviationLook(value: number): CellLook {
  const strength = Math.min(1, Math.abs(value) / FULL) ** 0.8;
  return { text: deviation(value), color: mix(value < 0 ? diverging.low : diverging.high, strength), strength };
}

/** The more of the row, the bluer. */
function countLook(value: number, total: number): CellLook {
  const strength = total === 0 ? 0 : Math.min(1, value / total);
  return { text: value === 0 ? '' : formatShortCount(value), color: mix(sequentialTop, strength), strength };
}

function drawCell(canvas: Canvas, { text, color, strength }: CellLook, x: number, y: number, width: number): void {
  canvas.doc
    .rect(x, y, width - 1, HEAT_ROW - 1)
    .fillColor(color)
    .fill();
  if (width < 19) return;
  const style = { ...styles.axis, size: width < 24 ? 6 : 7, color: strength > 0.75 ? colors.white : colors.text };
  canvas.label(text, x, y + 3.5, style, 'center', width - 1);
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
