import type { BarsChart, Chart, HeatChart } from '../document.ts';
import { plural } from '../../contract/format.ts';
import type { Flow } from './flow.ts';
import { space, styles } from './look.ts';
import { drawBars, BAR_ROW } from './chart-bars.ts';
import { drawHeat, HEAT_KEY, HEAT_ROW, heatHead } from './chart-heat.ts';
import { drawScatter } from './chart-scatter.ts';
import { drawTimeline } from './chart-timeline.ts';

/** Where a chart is drawn: left, top and size in points. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CAPTION = styles.caption.leading + 6;

/** Height with its caption. */
export function chartHeight(chart: Chart): number {
  return CAPTION + bodyHeight(chart);
}

function bodyHeight(chart: Chart): number {
  switch (chart.type) {
    case 'timeline':
      return 150;
    case 'bars':
      return chart.bars.length * BAR_ROW + 14;
    case 'scatter':
      return 270;
    case 'heat':
      return heatHead(chart) + chart.rows.length * HEAT_ROW + HEAT_KEY + 14;
  }
}

/** Charts that are longer than half a page are cut into several of the same head. */
const MAX_ROWS = 24;

export function drawChart(flow: Flow, chart: Chart): void {
  if (chart.type === 'bars' && chart.bars.length > MAX_ROWS) {
    for (const part of slices(chart.bars)) drawWhole(flow, { ...chart, bars: part } satisfies BarsChart);
  } else if (chart.type === 'heat' && chart.rows.length > MAX_ROWS) {
    for (const part of slices(chart.rows)) drawWhole(flow, { ...chart, rows: part } satisfies HeatChart);
  } else drawWhole(flow, chart);
}

function slices<T>(items: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += MAX_ROWS) parts.push(items.slice(start, start + MAX_ROWS));
  return parts;
}

function drawWhole(flow: Flow, chart: Chart): void {
  const { canvas } = flow;
  const height = bodyHeight(chart);
  flow.ensure(CAPTION + height + space.block);
  flow.gap(space.block);
  flow.text('P', canvas.lines(chart.caption, canvas.contentWidth, styles.caption), styles.caption, canvas.left);
  flow.advance(6);
  const frame = { x: canvas.left, y: flow.y, width: canvas.contentWidth, height };
  const draw = (): void => {
    switch (chart.type) {
      case 'timeline':
        drawTimeline(canvas, chart, frame);
        return;
      case 'bars':
        drawBars(canvas, chart, frame);
        return;
      case 'scatter':
        drawScatter(canvas, chart, frame);
        return;
      case 'heat':
        drawHeat(canvas, chart, frame);
    }
  };
  canvas.element('Figure', () => canvas.content('Figure', draw), { alt: alternative(chart) });
  flow.advance(height + space.paragraph);
}

/** In words, for those who cannot see the picture. */
function alternative(chart: Chart): string {
  switch (chart.type) {
    case 'timeline':
      return `Timeline, ${plural(chart.values.length, 'bucket')}: ${chart.caption}`;
    case 'bars':
      return `Bars: ${chart.bars.map((bar) => `${bar.label} ${bar.text}`).join('; ')}`;
    case 'scatter':
      return `Scatter of ${plural(chart.x.length, 'point')}: ${chart.caption}`;
    case 'heat':
      return `Heat map of ${plural(chart.rows.length, 'row')} by ${plural(chart.columns.length, 'column')}: ${chart.caption}`;
  }
}
