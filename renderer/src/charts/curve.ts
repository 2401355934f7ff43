/** The curve behind "k: automatic": inertia and silhouette of every k that was tried, one above the other. */
import type { RunDetail } from '../../../app/contract.ts';
import { categoricalDark, formatCount } from '../lib/format.ts';
import type { ChartTheme } from './colors.ts';
import { baseOption, plotBox, xAxis, yAxis, type ChartOption } from './echarts.ts';
import type { ChartTable } from './table.ts';

export type Curve = RunDetail['curve'];
export const curveHeight = 220;

const significant = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 }).replace('-', '−');

const bicText = (bic: number): string => formatCount(Math.round(bic)).replace('-', '−');
/** BIC decides among mixtures, and is drawn in the place of inertia. */
const hasBic = (curve: Curve): boolean => curve.some((entry) => entry.bic !== undefined);

export function curveTable(curve: Curve): ChartTable {
  const right = true;
  const bic = hasBic(curve);
  return {
    head: [{ title: 'k', right }, ...(bic ? [{ title: 'BIC', right }] : []), { title: 'inertia', right }, { title: 'silhouette', right }],
    rows: curve.map((entry) => [
      String(entry.k),
      ...(bic ? [entry.bic === undefined ? 'not defined' : bicText(entry.bic)] : []),
      formatCount(entry.inertia),
      entry.silhouette === null ? 'not defined' : entry.silhouette.toFixed(3),
    ]),
  };
}

export function curveWords(curve: Curve, chosen: number): string {
  const best = curve.find((entry) => entry.k === chosen);
  const first = curve.at(0);
  const last = curve.at(-1);
  if (best === undefined || first === undefined || last === undefined) return '';
  if (best.bic !== undefined)
    return `k = ${chosen} was chosen from ${first.k} to ${last.k} by BIC (${bicText(best.bic)}): less is better, and every further component has to pay for its parameters.`;
  const silhouette = best.silhouette === null ? '' : ` with silhouette ${best.silhouette.toFixed(2)}`;
  return `k = ${chosen} was chosen from ${first.k} to ${last.k}${silhouette}. Inertia falls with every k; look for where it stops paying.`;
}

export function curveOption(curve: Curve, chosen: number, theme: ChartTheme): ChartOption {
  const line = (axis: number, data: (readonly [number, number | null])[], color: string): NonNullable<ChartOption['series']> => ({
    type: 'line',
    xAxisIndex: axis,
    yAxisIndex: axis,
    data: data.map(([k, value]) => ({ value: [k, value ?? '-'], symbolSize: k === chosen ? 9 : 4 })),
    symbol: 'circle',
    showAllSymbol: true,
    lineStyle: { width: 1.5, color },
    itemStyle: { color },
    silent: true,
  });
  const tried = curve.map((entry) => entry.k);
  const [low, high] = [Math.min(...tried), Math.max(...tried)];
  const k = { type: 'value', min: low, max: high, interval: Math.max(1, Math.ceil((high - low) / 16)) } as const;
  return {
    ...baseOption(theme),
    grid: [plotBox({ left: 64, right: 16, top: 22, height: 68 }), plotBox({ left: 64, right: 16, top: 124, height: 60 })],
    xAxis: [
      xAxis(theme, { ...k, gridIndex: 0, axisLabel: { show: false } }),
      xAxis(theme, { ...k, gridIndex: 1, name: 'k', nameLocation: 'middle', nameGap: 20 }),
    ],
    yAxis: [
      yAxis(theme, {
        type: 'value',
        gridIndex: 0,
        name: hasBic(curve) ? 'BIC' : 'inertia',
        nameGap: 8,
        splitNumber: 2,
        scale: true,
        axisLabel: { formatter: significant },
      }),
      yAxis(theme, {
        type: 'value',
        gridIndex: 1,
        name: 'silhouette',
        nameGap: 8,
        splitNumber: 2,
        scale: true,
        axisLabel: { formatter: significant },
      }),
    ],
    series: [
      line(
        0,
        curve.map((entry) => [entry.k, hasBic(curve) ? (entry.bic ?? null) : entry.inertia] as const),
        categoricalDark[0],
      ),
      line(
        1,
        curve.map((entry) => [entry.k, entry.silhouette] as const),
        categoricalDark[2],
      ),
    ].flat(),
  };
}
