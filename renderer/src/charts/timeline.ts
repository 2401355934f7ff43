/** The timeline: its picture, its words and what a part of it means as a filter. Times are integer microseconds since 1970 UTC. */
import type { ConnectionOverview, RequestOverview } from '../../../app/contract.ts';
import { joinTerms, terms } from '../lib/filter-terms.ts';
import {
  categoricalDark,
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  formatShortCount,
  formatTime,
  isoTime,
  plural,
} from '../lib/format.ts';
import type { ChartTheme } from './colors.ts';
import { baseOption, boxes, plotBox, xAxis, yAxis, type Box, type ChartOption } from './echarts.ts';
import { mirroredLog } from './scale.ts';
import type { ChartTable, Tip } from './table.ts';

/** What the picture calls what it shows. `below`: null where nothing is drawn downwards. */
export interface TimelineWords {
  /** One of what is counted. */
  readonly one: string;
  readonly failed: string;
  readonly above: string;
  readonly below: string | null;
  /** What the lower half shows. */
  readonly volume: string;
}

const connectionWords: TimelineWords = {
  one: 'connection',
  failed: 'failed',
  above: 'originators sent',
  below: 'responders sent',
  volume: 'bytes (log): sent by originators above, by responders below',
};
const requestWords: TimelineWords = {
  one: 'request',
  failed: 'errors',
  above: 'bytes of the answers',
  below: null,
  volume: 'bytes of the answers (log)',
};

/** `connections`: how many there are of what is counted; `bytesOut` is drawn upwards, `bytesIn` downwards. */
export type Buckets = ConnectionOverview['timeline'] & { readonly words?: TimelineWords };

/** Requests as the timeline draws them: answers above, nothing below. */
export function requestBuckets({ start, step, requests, bytes, failed }: RequestOverview['timeline']): Buckets {
  return { start, step, connections: requests, failed, bytesOut: bytes, bytesIn: new Float64Array(requests.length), words: requestWords };
}

export const wordsOf = ({ words }: Buckets): TimelineWords => words ?? connectionWords;

/** "Connections over time". */
export const timelineTitle = (buckets: Buckets): string => {
  const { one } = wordsOf(buckets);
  return `${one.charAt(0).toUpperCase()}${one.slice(1)}s over time`;
};

/** Where the bars stand within the picture, in pixels. */
export const plot = { left: 64, right: 16, top: 26, connections: 96, between: 36, volume: 116, foot: 22 } as const;
export const timelineHeight = plot.top + plot.connections + plot.between + plot.volume + plot.foot;

export const timelineColors = {
  done: categoricalDark[0],
  failed: categoricalDark[1],
  out: categoricalDark[5],
  in: categoricalDark[4],
} as const;

/** The bucket under a place `x` pixels from the left of a picture `width` pixels wide; clamped. */
export function bucketAt(buckets: Buckets, x: number, width: number): number {
  const room = Math.max(1, width - plot.left - plot.right);
  const count = buckets.connections.length;
  return Math.min(count - 1, Math.max(0, Math.floor(((x - plot.left) / room) * count)));
}

/** Left edge of a bucket in pixels; `count` gives the right end. */
export function bucketX(buckets: Buckets, bucket: number, width: number): number {
  const room = Math.max(1, width - plot.left - plot.right);
  return plot.left + (bucket / Math.max(1, buckets.connections.length)) * room;
}

/** 24 min, 1 h 30 m, 10 s: a length without the zeros at the end of its seconds. */
export function lengthWords(microseconds: number): string {
  return formatDuration(microseconds)
    .replace(/(\.\d*?)0+ s$/, '$1 s')
    .replace('. s', ' s');
}

const from = (buckets: Buckets, bucket: number): number => Math.round(buckets.start + bucket * buckets.step);

/** "2024-04-19 03:10:00 – 03:20:00": the day once where both are on it. Seconds are dropped where they are 0. */
export function spanWords(start: number, end: number): string {
  const fine = (end - start) % 1_000_000 !== 0 || end - start < 2_000_000;
  const write = (time: number): string => {
    const text = formatTime(time, fine ? 3 : 0);
    return !fine && start % 60_000_000 === 0 && end % 60_000_000 === 0 ? text.slice(0, -3) : text;
  };
  const a = write(start);
  const b = write(end);
  return a.slice(0, 10) === b.slice(0, 10) ? `${a} – ${b.slice(11)}` : `${a} – ${b}`;
}

/** Exact figures of the buckets from `first` to `last`, both included. */
export function bucketTip(buckets: Buckets, first: number, last = first): Tip {
  const sum = (values: Float64Array): number => values.subarray(first, last + 1).reduce((total, value) => total + value, 0);
  const connections = sum(buckets.connections);
  const failed = sum(buckets.failed);
  const words = wordsOf(buckets);
  return {
    title: `${spanWords(from(buckets, first), from(buckets, last + 1))} UTC`,
    rows: [
      [`${words.one}s`, formatCount(connections)],
      [words.failed, connections === 0 ? '0' : `${formatCount(failed)} (${formatShare(failed / connections)})`],
      [words.above, formatBytes(sum(buckets.bytesOut))],
      ...(words.below === null ? [] : [[words.below, formatBytes(sum(buckets.bytesIn))] as const]),
    ],
  };
}

/** The table behind the picture; buckets without a connection are left out. */
export function timelineTable(buckets: Buckets): ChartTable {
  const rows: string[][] = [];
  const words = wordsOf(buckets);
  buckets.connections.forEach((connections, at) => {
    if (connections === 0) return;
    rows.push([
      formatTime(from(buckets, at), 3),
      formatCount(connections),
      formatCount(buckets.failed[at] ?? 0),
      formatCount(buckets.bytesOut[at] ?? 0),
      ...(words.below === null ? [] : [formatCount(buckets.bytesIn[at] ?? 0)]),
    ]);
  });
  const right = true;
  return {
    head: [
      { title: `from (UTC), ${lengthWords(buckets.step)} each` },
      { title: `${words.one}s`, right },
      { title: words.failed, right },
      { title: `${words.above} (bytes)`, right },
      ...(words.below === null ? [] : [{ title: `${words.below} (bytes)`, right }]),
    ],
    rows,
  };
}

/** The filter with its plain times replaced by those of the chosen buckets; an end that is the timeline's own is left open. */
export function withSpan(filter: string, buckets: Buckets, first: number, last: number): string {
  const rest = terms(filter).filter((term) => !/^ts\s*(>=|<=|<|>|≥|≤)\s*[\w:.+-]+$/i.test(term));
  const wanted: string[] = [];
  const opensEarlier = first > 0 || hasTime(filter);
  const endsEarlier = last < buckets.connections.length - 1 || hasTime(filter);
  if (opensEarlier) wanted.push(`ts >= ${timeWords(edge(buckets, first, Math.floor))}`);
  if (endsEarlier) wanted.push(`ts < ${timeWords(edge(buckets, last + 1, Math.ceil))}`);
  return joinTerms([...rest, ...wanted]);
}

/** Edges of long spans are moved outwards to the whole second: they are read by people. */
function edge(buckets: Buckets, bucket: number, round: (value: number) => number): number {
  const exact = from(buckets, bucket);
  return buckets.step >= 120e6 ? round(exact / 1e6) * 1e6 : exact;
}

/** 2024-04-19T03:10:00Z: no fraction where there is none. */
const timeWords = (time: number): string => isoTime(time).replace('.000000Z', 'Z');

const hasTime = (filter: string): boolean => terms(filter).some((term) => /^ts\b/i.test(term));

/** One sentence on what the picture shows. */
export function timelineWords(buckets: Buckets): string {
  const count = buckets.connections.length;
  if (count === 0) return '';
  const peak = buckets.connections.reduce((best, value, at) => (value > (buckets.connections[best] ?? 0) ? at : best), 0);
  const most = buckets.connections[peak] ?? 0;
  const quiet = buckets.connections.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
  const as = buckets.connections.reduce((sum, value) => sum + (value === most ? 1 : 0), 0);
  const step = lengthWords(buckets.step);
  const amount = plural(most, wordsOf(buckets).one);
  const gaps = quiet === 0 ? '' : ` ${formatCount(quiet)} of ${formatCount(count)} spans are empty.`;
  // Where many spans have as much, none is the busiest.
  if (as > 1) return `No span of ${step} has more than ${amount}; ${formatCount(as)} have as many.${gaps}`;
  return `Busiest: the ${step} from ${formatTime(from(buckets, peak), 0)} with ${amount}.${gaps}`;
}

/** Records as bars, failed ones at their foot; below, bytes upwards and downwards (of connections: sent by originators, by responders) on a log axis. */
export function timelineOption(buckets: Buckets, theme: ChartTheme): ChartOption {
  const milliseconds = (bucket: number): number => (buckets.start + bucket * buckets.step) / 1000;
  const spans = Array.from(buckets.connections, (_, at) => [milliseconds(at), milliseconds(at + 1)] as const);
  const series = (low: (at: number) => number, high: (at: number) => number): Box[] =>
    spans.map(([start, end], at) => [start, end, low(at), high(at)] as const);
  const words = wordsOf(buckets);
  const value = (values: Float64Array, at: number): number => values[at] ?? 0;
  const axis = mirroredLog([...buckets.bytesOut, ...buckets.bytesIn]);
  const time = {
    type: 'time',
    min: milliseconds(0),
    max: milliseconds(buckets.connections.length),
  } as const;
  // The unit stands above its axis, at the left edge of the picture.
  const named = (name: string): object => ({
    name,
    nameGap: 12,
    nameTextStyle: { color: theme.text2, fontSize: 11, align: 'left', padding: [0, 0, 0, 8 - plot.left] },
  });
  const upper = plotBox({ left: plot.left, right: plot.right, top: plot.top, height: plot.connections });
  const lower = plotBox({ left: plot.left, right: plot.right, top: plot.top + plot.connections + plot.between, height: plot.volume });
  return {
    ...baseOption(theme),
    grid: [upper, lower],
    xAxis: [
      xAxis(theme, { ...time, gridIndex: 0, axisLabel: { show: false } }),
      xAxis(theme, {
        ...time,
        gridIndex: 1,
        position: 'bottom',
        axisLine: { onZero: false, lineStyle: { color: theme.line } },
        axisLabel: { formatter: timeLabels },
      }),
    ],
    yAxis: [
      yAxis(theme, {
        type: 'value',
        gridIndex: 0,
        minInterval: 1,
        splitNumber: 3,
        ...named(`${words.one}s`),
        axisLabel: { formatter: (tick: number) => formatShortCount(tick) },
      }),
      yAxis(theme, {
        type: 'value',
        gridIndex: 1,
        min: words.below === null ? 0 : -axis.top,
        max: axis.top,
        interval: axis.interval,
        ...named(words.volume),
        axisLabel: { formatter: axis.label },
      }),
    ],
    series: [
      boxes(
        series(
          (at) => value(buckets.failed, at),
          (at) => value(buckets.connections, at),
        ),
        timelineColors.done,
        0,
      ),
      boxes(
        series(
          () => 0,
          (at) => value(buckets.failed, at),
        ),
        timelineColors.failed,
        0,
      ),
      boxes(
        series(
          () => 0,
          (at) => axis.height(value(buckets.bytesOut, at)),
        ),
        timelineColors.out,
        1,
      ),
      boxes(
        series(
          () => 0,
          (at) => -axis.height(value(buckets.bytesIn, at)),
        ),
        timelineColors.in,
        1,
      ),
    ],
  };
}

/** The date where the day begins, else the time. */
const timeLabels = {
  year: '{yyyy}',
  month: '{yyyy}-{MM}',
  day: '{MM}-{dd}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
  millisecond: '{mm}:{ss}.{SSS}',
} as const;
