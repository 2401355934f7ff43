/** Pictures of what comes: a frame that is made once, and data that is put into it each second. */
import type { CustomSeriesOption } from '../charts/echarts.ts';
import { baseOption, boxes, plotBox, xAxis, yAxis, type Box, type ChartOption } from '../charts/echarts.ts';
import type { ChartTheme } from '../charts/colors.ts';
import type { ChartTable, Tip } from '../charts/table.ts';
import { niceStep } from '../charts/scale.ts';
import { spanWords } from '../charts/timeline.ts';
import type { KeptAlert, LiveWindow } from '../../../app/contract.ts';
import { categoricalDark, formatBytes, formatCount, formatDuration, formatShare, formatShortCount, plural, visible } from './format.ts';
import { barEnds, endOf } from './live-windows.ts';

/** The unit stands above its axis, at the left edge of the picture. */
export const named = (theme: ChartTheme, name: string, left: number): object => ({
  name,
  nameGap: 10,
  nameTextStyle: { color: theme.text2, fontSize: 11, align: 'left', padding: [0, 0, 0, 8 - left] },
});

/** A series that is found again by its name when its data changes. */
export function bars(id: string, list: readonly Box[], color: string, axis = 0): CustomSeriesOption {
  return { ...boxes(list, color, axis), id };
}

/** New data for a series of this name. */
export const dataOf = (id: string, list: readonly Box[]): CustomSeriesOption => ({ type: 'custom', id, data: list.map((box) => [...box]) });

/** What the lower half of the picture of windows shows. */
export const windowMeasures = ['bytes', 'p95', 'clients'] as const;
export type WindowMeasure = (typeof windowMeasures)[number];
export const windowMeasureWords: Readonly<
  Record<WindowMeasure, { readonly title: string; readonly axis: string; readonly text: (value: number) => string }>
> = {
  bytes: { title: 'Bytes', axis: 'bytes', text: formatBytes },
  p95: { title: 'p95', axis: 'duration, 95th percentile', text: formatDuration },
  clients: { title: 'Clients', axis: 'clients', text: formatCount },
};

export const windowPlot = { left: 64, right: 12, top: 22, upper: 96, between: 30, lower: 64, foot: 22 } as const;
export const windowHeight = windowPlot.top + windowPlot.upper + windowPlot.between + windowPlot.lower + windowPlot.foot;

const timeLabels = {
  year: '{yyyy}',
  month: '{MM}-{dd}',
  day: '{MM}-{dd}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
} as const;

/**
 * Microseconds that the picture shows, up to the end of the latest window: what was asked for, or less while there are no windows that old; by halves, so
 * that the picture is not drawn anew with every window.
 */
export function shownSpan(windows: readonly LiveWindow[], asked: number): number {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return asked;
  const there = endOf(last) - first.start;
  let span = asked;
  while (span / 2 >= Math.max(there, 900e6)) span /= 2;
  return span;
}

/** Records above, errors at their foot; one more measure below. */
export function windowFrame(measure: WindowMeasure, theme: ChartTheme): ChartOption {
  const { left, right, top, upper, between, lower } = windowPlot;
  const { axis, text } = windowMeasureWords[measure];
  return {
    ...baseOption(theme),
    grid: [plotBox({ left, right, top, height: upper }), plotBox({ left, right, top: top + upper + between, height: lower })],
    xAxis: [
      xAxis(theme, { type: 'time', gridIndex: 0, axisLabel: { show: false } }),
      xAxis(theme, { type: 'time', gridIndex: 1, axisLabel: { formatter: timeLabels } }),
    ],
    yAxis: [
      yAxis(theme, {
        type: 'value',
        gridIndex: 0,
        minInterval: 1,
        splitNumber: 3,
        ...named(theme, 'records a window, errors at the foot', left),
        axisLabel: { formatter: (tick: number) => formatShortCount(tick) },
      }),
      yAxis(theme, {
        type: 'value',
        gridIndex: 1,
        min: 0,
        ...named(theme, axis, left),
        axisLabel: { formatter: (tick: number) => (tick === 0 ? '0' : text(tick).replace('.0 ', ' ')) },
      }),
    ],
    series: [
      bars('done', [], categoricalDark[0], 0),
      bars('errors', [], categoricalDark[1], 0),
      bars('measure', [], measure === 'bytes' ? categoricalDark[5] : categoricalDark[2], 1),
      alertMarks(theme),
    ],
  };
}

/** A mark over each window that raised an alert: a shape, whatever the colour. */
function alertMarks(theme: ChartTheme): CustomSeriesOption {
  return {
    type: 'custom',
    id: 'alerts',
    data: [],
    encode: { x: [0], y: [] },
    silent: true,
    clip: false,
    renderItem: (_, api) => {
      const [x = 0] = api.coord([api.value(0), 0]);
      const y = windowPlot.top - 1;
      return {
        type: 'polygon',
        shape: {
          points: [
            [x - 4, y - 7],
            [x + 4, y - 7],
            [x, y],
          ],
        },
        style: { fill: theme.text },
      };
    },
  };
}

/** What changes with every window; `span` in microseconds, up to the end of the latest. */
export function windowData(
  windows: readonly LiveWindow[],
  measure: WindowMeasure,
  span: number,
  alerts: ReadonlyMap<number, readonly KeptAlert[]>,
): ChartOption {
  const ends = barEnds(windows);
  const last = windows.at(-1);
  const max = last === undefined ? 0 : endOf(last) / 1000;
  const time = { min: max - span / 1000, max };
  const box = (low: (window: LiveWindow) => number, high: (window: LiveWindow) => number): Box[] =>
    windows.map((window, at) => [window.start / 1000, (ends[at] ?? endOf(window)) / 1000, low(window), high(window)] as const);
  const zero = (): number => 0;
  const most = windows.reduce((best, window) => Math.max(best, window[measure] ?? 0), 0);
  const step = niceStep(most, 2, measure === 'bytes' ? 'bytes' : 'count');
  return {
    xAxis: [time, time],
    yAxis: [{}, { max: Math.max(1, Math.ceil(most / step)) * step, interval: step }],
    series: [
      dataOf(
        'done',
        box(
          ({ errors }) => errors,
          ({ records }) => records,
        ),
      ),
      dataOf(
        'errors',
        box(zero, ({ errors }) => errors),
      ),
      dataOf(
        'measure',
        box(zero, (window) => window[measure] ?? 0),
      ),
      {
        type: 'custom',
        id: 'alerts',
        data: [...alerts.keys()].map((at) => [((windows[at]?.start ?? 0) + (ends[at] ?? 0)) / 2000]),
      },
    ],
  };
}

/** The window under a place `x` pixels from the left of a picture `width` pixels wide; null where there is none. */
export function windowAt(windows: readonly LiveWindow[], x: number, width: number, span: number): number | null {
  const last = windows.at(-1);
  if (last === undefined) return null;
  const share = (x - windowPlot.left) / Math.max(1, width - windowPlot.left - windowPlot.right);
  if (share < 0 || share > 1) return null;
  const time = endOf(last) - span + share * span;
  const ends = barEnds(windows);
  const found = windows.findIndex(({ start }, at) => time >= start && time < (ends[at] ?? 0));
  return found < 0 ? null : found;
}

/** Pixels from the left of the middle of a window's bar. */
export function windowX(windows: readonly LiveWindow[], at: number, width: number, span: number): number {
  const [window, last] = [windows[at], windows.at(-1)];
  if (window === undefined || last === undefined) return 0;
  const middle = (window.start + (barEnds(windows)[at] ?? endOf(window))) / 2;
  return windowPlot.left + ((middle - (endOf(last) - span)) / span) * (width - windowPlot.left - windowPlot.right);
}

export function windowTip(window: LiveWindow, alerts: readonly KeptAlert[]): Tip {
  const { records, errors, bytes, clients, p95, late } = window;
  return {
    title: `${spanWords(window.start, endOf(window))} UTC`,
    rows: [
      ['records', formatCount(records)],
      ['errors', records === 0 ? '0' : `${formatCount(errors)} (${formatShare(errors / records)})`],
      ['bytes', formatBytes(bytes)],
      ['clients', formatCount(clients)],
      ['95 of 100 take at most', p95 === null ? 'not told' : formatDuration(p95)],
      ...(late === 0 ? [] : [['came too late', formatCount(late)] as const]),
      ...alerts
        .slice(0, 3)
        .map(({ number, severity, title, subject }) => [`alert ${number}`, visible(`${severity}: ${title}, ${subject}`)] as const),
      ...(alerts.length > 3 ? [['more alerts', formatCount(alerts.length - 3)] as const] : []),
    ],
  };
}

/** The table behind the picture, the latest first. */
export function windowTable(windows: readonly LiveWindow[]): ChartTable {
  const right = true;
  return {
    head: [
      { title: 'window (UTC)' },
      { title: 'records', right },
      { title: 'errors', right },
      { title: 'bytes', right },
      { title: 'clients', right },
      { title: 'p95', right },
      { title: 'late', right },
    ],
    rows: [...windows]
      .reverse()
      .map((window) => [
        spanWords(window.start, endOf(window)),
        formatCount(window.records),
        formatCount(window.errors),
        formatCount(window.bytes),
        formatCount(window.clients),
        window.p95 === null ? '-' : formatDuration(window.p95),
        formatCount(window.late),
      ]),
  };
}

/** "31,192 records in the latest, 10:04 – 10:05, 3.1 % of them errors; 62,391 in the busiest." */
export function windowWords(windows: readonly LiveWindow[]): string {
  const last = windows.at(-1);
  if (last === undefined) return '';
  const most = windows.reduce((best, { records }) => Math.max(best, records), 0);
  const errors = last.records === 0 || last.errors === 0 ? 'no error' : `${formatShare(last.errors / last.records)} of them errors`;
  const busiest = windows.length < 2 ? '' : `; ${formatCount(most)} in the busiest`;
  return `${plural(last.records, 'record')} in the latest, ${spanWords(last.start, endOf(last)).slice(11)}, ${errors}${busiest}.`;
}
