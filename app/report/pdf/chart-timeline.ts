import { formatDuration, formatShortCount, formatTime } from '../../contract/format.ts';
import type { TimelineChart } from '../document.ts';
import type { Canvas } from './canvas.ts';
import type { Frame } from './charts.ts';
import { colors, styles } from './look.ts';
import { niceTicks, timeTicks } from './scale.ts';

const AXIS = 44;
const FOOT = 26;
const LEGEND = 16;

/** Bars over time with a part of each set off, counts on the left, times below. */
export function drawTimeline(canvas: Canvas, chart: TimelineChart, frame: Frame): void {
  const { doc } = canvas;
  const plot = { x: frame.x + AXIS, y: frame.y + LEGEND, width: frame.width - AXIS, height: frame.height - LEGEND - FOOT };
  drawLegend(canvas, chart, plot.x, frame.y);
  const high = Math.max(1, ...chart.values);
  const y = (value: number): number => plot.y + plot.height * (1 - value / high);
  for (const tick of niceTicks(0, high, 4).filter(Number.isInteger)) {
    canvas.hairline(plot.x, y(tick), plot.x + plot.width, colors.line);
    canvas.label(formatShortCount(tick), frame.x, y(tick) - 4.5, styles.axis, 'right', AXIS - 6);
  }
  const slot = plot.width / Math.max(1, chart.values.length);
  const bar = Math.max(slot * 0.6, slot - 1);
  const bars = (values: readonly number[], color: string): void => {
    values.forEach((value, index) => {
      if (value > 0) doc.rect(plot.x + index * slot, y(value), bar, plot.y + plot.height - y(value));
    });
    doc.fillColor(color).fill();
  };
  if (chart.values.some((value) => value > 0)) bars(chart.values, '#4477AA');
  if (chart.part.some((value) => value > 0)) bars(chart.part, '#EE6677');
  canvas.hairline(plot.x, plot.y + plot.height, plot.x + plot.width, colors.lineStrong, 0.7);
  drawTimes(canvas, chart, plot);
}

function drawLegend(canvas: Canvas, chart: TimelineChart, x: number, y: number): void {
  let at = x;
  const items = [
    ['#4477AA', chart.valueTitle],
    ['#EE6677', chart.partTitle],
  ] as const;
  for (const [color, title] of items) {
    canvas.doc
      .rect(at, y + 1.5, 6.5, 6.5)
      .fillColor(color)
      .fill();
    canvas.label(title, at + 10, y, styles.axis);
    at += 10 + canvas.textWidth(title, styles.axis) + 16;
  }
  canvas.label(`one bar: ${formatDuration(chart.step)}`, at, y, { ...styles.axis, color: colors.text3 });
}

function drawTimes(canvas: Canvas, chart: TimelineChart, plot: Frame): void {
  const last = chart.start + chart.step * chart.values.length;
  const { ticks, step } = timeTicks(chart.start, last, 7);
  const x = (time: number): number => plot.x + (plot.width * (time - chart.start)) / (last - chart.start);
  const foot = plot.y + plot.height;
  let day = '';
  for (const tick of ticks) {
    canvas.doc
      .moveTo(x(tick), foot)
      .lineTo(x(tick), foot + 3)
      .lineWidth(0.5)
      .strokeColor(colors.lineStrong)
      .stroke();
    const text = formatTime(tick, step < 1e6 ? 3 : 0);
    const date = text.slice(0, 10);
    const clock = step >= 8.64e10 ? date : text.slice(11, step < 6e7 ? undefined : 16);
    const left = Math.min(Math.max(x(tick) - 40, plot.x - 40), plot.x + plot.width - 62);
    canvas.label(clock, left, foot + 4, styles.axis, 'center', 80);
    if (date !== day && step < 8.64e10) canvas.label(date, left, foot + 13, { ...styles.axis, color: colors.text3 }, 'center', 80);
    day = date;
  }
}
