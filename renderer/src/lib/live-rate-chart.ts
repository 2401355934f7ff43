/** Records a second as a picture: a frame that is made once, and data that is put into it each second. */
import { baseOption, plotBox, xAxis, yAxis, type Box, type ChartOption } from '../charts/echarts.ts';
import type { ChartTheme } from '../charts/colors.ts';
import type { ChartTable } from '../charts/table.ts';
import { categoricalDark, formatCount, formatShortCount, formatTime } from './format.ts';
import { bars, dataOf, named } from './live-charts.ts';
import { rateFigures, rateSpanWords } from './live-rates.ts';

/** Where bars stand within the pictures, in pixels. */
export const ratePlot = { left: 56, right: 12, top: 22, height: 190, foot: 22 } as const;
export const rateHeight = ratePlot.top + ratePlot.height + ratePlot.foot;

/** Seconds before now are the axis, so that its labels stand still. */
export function rateFrame(seconds: number, theme: ChartTheme): ChartOption {
  return {
    ...baseOption(theme),
    grid: [plotBox({ left: ratePlot.left, right: ratePlot.right, top: ratePlot.top, height: ratePlot.height })],
    xAxis: [
      xAxis(theme, {
        type: 'value',
        min: -seconds,
        max: 0,
        interval: seconds / 4,
        axisLabel: { formatter: (tick: number) => (tick === 0 ? 'now' : `−${rateSpanWords(-tick)}`) },
      }),
    ],
    yAxis: [
      yAxis(theme, {
        type: 'value',
        min: 0,
        max: 5,
        axisLine: { show: false, onZero: false },
        ...named(theme, 'records a second', ratePlot.left),
        axisLabel: { formatter: (tick: number) => formatShortCount(tick) },
      }),
    ],
    series: [bars('rate', [], categoricalDark[0])],
  };
}

/** What changes each second. */
export function rateData(series: Float64Array, top: number): ChartOption {
  const list: Box[] = [];
  series.forEach((value, at) => {
    const before = series.length - at;
    if (value > 0) list.push([-before, -before + 1, 0, Math.min(value, top)]);
  });
  return { yAxis: [{ max: top, interval: top / 5 }], series: [dataOf('rate', list)] };
}

export function rateWordsOf(series: Float64Array): string {
  const { now, mean, most, known } = rateFigures(series);
  if (known === 0) return 'No second has been counted yet.';
  const current = Number.isNaN(now) ? '' : `${formatCount(Math.round(now))} in the latest second; `;
  return `${current}${formatCount(Math.round(mean))} a second on average, at most ${formatCount(Math.round(most))}.`;
}

export function rateTable(series: Float64Array, latest: number): ChartTable {
  const rows: string[][] = [];
  series.forEach((value, at) => {
    if (!Number.isNaN(value)) rows.unshift([secondWords(latest - (series.length - 1 - at)), formatCount(Math.round(value))]);
  });
  return { head: [{ title: 'second (UTC)' }, { title: 'records', right: true }], rows };
}

export const secondWords = (second: number): string => formatTime(second * 1e6, 0).slice(11);
