import type { BarsChart } from '../document.ts';
import type { Canvas } from './canvas.ts';
import type { Frame } from './charts.ts';
import { colors, styles } from './look.ts';
import { fillCategory } from './marks.ts';

/** Height of one bar with its space. */
export const BAR_ROW = 17;

/** Horizontal bars with the label before and the figure behind each. */
export function drawBars(canvas: Canvas, chart: BarsChart, frame: Frame): void {
  const label = styles.cell;
  const widest = Math.max(0, ...chart.bars.map((bar) => canvas.textWidth(bar.label, label)));
  const names = Math.min(widest + 12, frame.width * 0.42);
  const figures = Math.max(0, ...chart.bars.map((bar) => canvas.textWidth(bar.text, styles.figure))) + 8;
  const x = frame.x + names;
  const width = frame.width - names - figures;
  const high = Math.max(chart.least, ...chart.bars.map((bar) => bar.value));
  const length = (value: number): number => {
    if (value <= 0) return 0;
    return Math.max(1, width * (chart.logarithmic ? Math.log10(1 + value) / Math.log10(1 + high) : value / high));
  };
  chart.bars.forEach((bar, index) => {
    const top = frame.y + index * BAR_ROW;
    const [line] = canvas.lines(fit(canvas, bar.label, names - 10), Infinity, bar.suspect ? { ...label, face: 'strong' } : label);
    if (line !== undefined) canvas.line(line, frame.x, top + 2, label.leading, 'left');
    const size = length(bar.value);
    if (bar.category === null)
      canvas.doc
        .rect(x, top + 2, size, BAR_ROW - 6)
        .fillColor('#4477AA')
        .fill();
    else fillCategory(canvas, bar.category, x, top + 2, size, BAR_ROW - 6);
    canvas.label(bar.text, x + size + 5, top + 2, styles.figure);
  });
  const foot = frame.y + chart.bars.length * BAR_ROW;
  canvas.doc.moveTo(x, frame.y).lineTo(x, foot).lineWidth(0.6).strokeColor(colors.lineStrong).stroke();
  if (chart.logarithmic)
    canvas.label(`Lengths are logarithmic: log(1 + ${chart.unit}).`, x, foot + 2, { ...styles.axis, color: colors.text3 });
}

/** The label, cut with an ellipsis where it is wider than its place; the table beside the chart has it whole. */
export function fit(canvas: Canvas, text: string, width: number): string {
  if (canvas.textWidth(text, styles.cell) <= width) return text;
  let cut = text.slice(0, 80);
  while (cut.length > 1 && canvas.textWidth(`${cut}…`, styles.cell) > width) cut = cut.slice(0, -1).replace(/[\uD800-\uDBFF]$/u, '');
  return `${cut.trimEnd()}…`;
}
