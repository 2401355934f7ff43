import { formatBytes, formatCount, formatDuration } from '../../contract/format.ts';
import type { RecordKind } from '../../contract/case.ts';
import type { WindowFigures } from '../windows/types.ts';

export const figureNames = ['records', 'errors', 'refused', 'bytes_out', 'bytes_in', 'targets', 'peers', 'entropy', 'latency'] as const;
export type FigureName = (typeof figureNames)[number];

/** A figure of a window that is compared with what is usual. */
export interface Figure {
  readonly name: FigureName;
  /** Its place among the figures. */
  readonly index: number;
  readonly of: (figures: WindowFigures) => number | null;
  /** Below this in a minute nothing is worth an alert, however unusual; of entropy and latency whatever the width of the window. */
  readonly least: number;
  /** So many times the highest of the last windows is too much; or (`over`) of what nine in ten of them do not reach, where single ones are huge anyway. */
  readonly factor: number;
  readonly over: 'highest' | 'high';
  /** Grows with the width of the window. */
  readonly adds: boolean;
  readonly write: (value: number) => string;
}

const count = (value: number): string => formatCount(Math.round(value));

const described: readonly Omit<Figure, 'index'>[] = [
  { name: 'records', of: ({ records }) => records, least: 120, factor: 2.5, over: 'highest', adds: true, write: count },
  { name: 'errors', of: ({ errors }) => errors, least: 10, factor: 2, over: 'highest', adds: true, write: count },
  { name: 'refused', of: ({ refused }) => refused, least: 5, factor: 2, over: 'highest', adds: true, write: count },
  { name: 'bytes_out', of: ({ bytesOut }) => bytesOut, least: 50e6, factor: 4, over: 'high', adds: true, write: formatBytes },
  { name: 'bytes_in', of: ({ bytesIn }) => bytesIn, least: 100e6, factor: 4, over: 'high', adds: true, write: formatBytes },
  { name: 'targets', of: ({ targets }) => targets, least: 40, factor: 2.5, over: 'highest', adds: true, write: count },
  { name: 'peers', of: ({ peers }) => peers, least: 40, factor: 2.5, over: 'highest', adds: true, write: count },
  {
    name: 'entropy',
    of: ({ entropy }) => entropy,
    least: 4,
    factor: 1.5,
    over: 'highest',
    adds: false,
    write: (value) => `${value.toFixed(1)} bits`,
  },
  {
    name: 'latency',
    of: ({ records, latency }) => (latency === null || latency.records < 20 || records < 20 ? null : latency.p95),
    least: 1e6,
    factor: 4,
    over: 'highest',
    adds: false,
    write: formatDuration,
  },
];

export const figures: readonly Figure[] = described.map((figure, index) => ({ ...figure, index }));

export function figureOf(name: FigureName): Figure {
  const figure = figures.find((one) => one.name === name);
  if (figure === undefined) throw new RangeError(`there is no figure ${name}`);
  return figure;
}

/** What a figure is of records of a kind, for sentences: "412 requests". `role`: of whom. */
export function figureWords(name: FigureName, kind: RecordKind, role: 'client' | 'service' | 'whole'): string {
  const requests = kind === 'request';
  switch (name) {
    case 'records':
      return requests ? 'requests' : kind === 'connection' ? 'connections' : 'records';
    case 'errors':
      return requests ? 'errors (400 and above)' : 'failed connections';
    case 'refused':
      return requests ? 'refusals (401, 403)' : 'rejected connections';
    case 'bytes_out':
      return 'sent';
    case 'bytes_in':
      return 'received';
    case 'targets':
      return `different ${thingsOf(requests, role)}`;
    case 'peers':
      return role === 'client'
        ? requests
          ? 'different services'
          : 'different responders'
        : requests
          ? 'different clients'
          : 'different originators';
    case 'entropy':
      return `entropy of ${thingsOf(requests, role)}`;
    case 'latency':
      return requests ? 'for 95 of 100 answers' : 'for 95 of 100 connections';
  }
}

/** What `targets` of a window are (windows/kinds.ts). */
function thingsOf(requests: boolean, role: 'client' | 'service' | 'whole'): string {
  return requests ? 'paths' : role === 'service' ? 'responders' : 'ports';
}
