/** The parts of ECharts that Flowcase draws with, and no more. Tooltips are Flowcase's own: ECharts' need inline styles, which the policy forbids. */
import { CustomChart, LineChart } from 'echarts/charts';
import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import type { GridComponentOption } from 'echarts/components';
import * as core from 'echarts/core';
import type { XAXisOption, YAXisOption } from 'echarts/types/dist/shared';
import { CanvasRenderer } from 'echarts/renderers';
import type { ChartTheme } from './colors.ts';

core.use([CustomChart, LineChart, GridComponent, CanvasRenderer]);

export type ChartOption = core.ComposeOption<CustomSeriesOption | LineSeriesOption | GridComponentOption>;
export type { CustomSeriesOption } from 'echarts/charts';
export const createChart = core.init;

/** What every chart has: no motion, UTC, the window's letters. */
export function baseOption(theme: ChartTheme): ChartOption {
  return { animation: false, useUTC: true, textStyle: { fontFamily: theme.sans, fontSize: 11, color: theme.text2 } };
}

/** Axes of the look: labels of 11 px, horizontal hairlines only. */
export function xAxis(theme: ChartTheme, more: XAXisOption): XAXisOption {
  const look = {
    axisLine: { show: true, lineStyle: { color: theme.line, width: 1 } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: theme.text2, fontSize: 11, hideOverlap: true },
    nameTextStyle: { color: theme.text2, fontSize: 11 },
  };
  return { ...look, ...more, axisLabel: { ...look.axisLabel, ...more.axisLabel } } as XAXisOption;
}

export function yAxis(theme: ChartTheme, more: YAXisOption): YAXisOption {
  const look = {
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: theme.line, width: 1 } },
    axisLabel: { color: theme.text2, fontSize: 11 },
    nameTextStyle: { color: theme.text2, fontSize: 11 },
  };
  return { ...look, ...more, axisLabel: { ...look.axisLabel, ...more.axisLabel } } as YAXisOption;
}

/** A plot exactly where it is said to be, whatever room its labels would like: the pointer's place is reckoned from it. */
export function plotBox(box: GridComponentOption): GridComponentOption {
  return { ...box, outerBoundsMode: 'none' };
}

/** A rectangle from (x0, y0) to (x1, y1) in the axes' units. */
export type Box = readonly [x0: number, x1: number, y0: number, y1: number];

/** Bars as boxes, whole pixels, with gaps of 2 px where there is room for them; nothing that has a height is thinner than 1 px. */
export function boxes(list: readonly Box[], color: string | ((index: number) => string), axis = 0): CustomSeriesOption {
  return {
    type: 'custom',
    xAxisIndex: axis,
    yAxisIndex: axis,
    encode: { x: [0, 1], y: [2, 3] },
    data: list.map((box) => [...box]),
    silent: true,
    clip: true,
    renderItem: (params, api) => {
      const [left = 0, bottom = 0] = api.coord([api.value(0), api.value(2)]);
      const [right = 0, top = 0] = api.coord([api.value(1), api.value(3)]);
      if (bottom === top) return { type: 'group', children: [] };
      const x = Math.round(left);
      const room = Math.round(right) - x;
      const width = Math.max(1, room - (room > 8 ? 2 : room > 3 ? 1 : 0));
      const y = Math.min(top, bottom);
      const fill = typeof color === 'string' ? color : color(params.dataIndex);
      return { type: 'rect', shape: { x, y, width, height: Math.max(1, Math.abs(bottom - top)) }, style: { fill } };
    },
  };
}
