/** How values are spread: equal bins, and their picture. */
import type { ChartTheme } from './colors.ts';
import { baseOption, boxes, plotBox, xAxis, yAxis, type ChartOption } from './echarts.ts';
import { formatShortCount } from '../lib/format.ts';

export interface Bins {
  readonly start: number;
  readonly step: number;
  readonly counts: readonly number[];
  /** Values outside of the bins, left and right. */
  readonly below: number;
  readonly above: number;
}

/** At most `count` equal bins between the 1st and the 99th percentile, so that one stray value does not squash the rest; null without values. */
export function bins(values: readonly number[], count: number): Bins | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const low = sorted.at(Math.floor((sorted.length - 1) * 0.01));
  const high = sorted.at(Math.ceil((sorted.length - 1) * 0.99));
  if (low === undefined || high === undefined) return null;
  const step = (high - low) / count;
  // All alike, or so near that no number lies between them: one bin.
  if (!(step > 0)) {
    const below = sorted.filter((value) => value < low).length;
    const here = sorted.filter((value) => value >= low && value <= high).length;
    const width = Math.max(1e-6, Math.abs(low) * 0.01);
    return { start: low - width / 2, step: width, counts: [here], below, above: sorted.length - here - below };
  }
  const counts = Array.from({ length: count }, () => 0);
  let below = 0;
  let above = 0;
  for (const value of sorted) {
    if (value < low) below++;
    else if (value > high) above++;
    else {
      const at = Math.min(count - 1, Math.floor((value - low) / step));
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  return { start: low, step, counts, below, above };
}

export const histogramHeight = 132;
export const histogramPlot = { left: 44, right: 8, top: 6, bottom: 24 } as const;

export function histogramOption(data: Bins, theme: ChartTheme, color: string, label: (value: number) => string): ChartOption {
  const end = data.start + data.step * data.counts.length;
  return {
    ...baseOption(theme),
    grid: plotBox({ ...histogramPlot }),
    xAxis: xAxis(theme, {
      type: 'value',
      min: data.start,
      max: end,
      splitNumber: 4,
      axisLabel: { formatter: label, showMinLabel: false, showMaxLabel: false },
    }),
    yAxis: yAxis(theme, {
      type: 'value',
      minInterval: 1,
      splitNumber: 2,
      axisLabel: { formatter: (tick: number) => formatShortCount(tick) },
    }),
    series: [
      boxes(
        data.counts.map((count, at) => [data.start + at * data.step, data.start + (at + 1) * data.step, 0, count] as const),
        color,
      ),
    ],
  };
}
