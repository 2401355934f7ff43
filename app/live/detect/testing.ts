import type { GeneratedTruth } from '../../generate/types.ts';
import { formatOf, generated, windowsOf } from '../windows/testing.ts';
import type { Rows } from '../windows/rows.ts';
import type { ClosedWindow } from '../windows/types.ts';
import { WindowAggregator } from '../windows/window-aggregator.ts';
import { LiveDetectors } from './live-detectors.ts';
import type { NewAlert } from './types.ts';

/** What detectors say of windows, one after the other. */
export function alertsOf(windows: readonly ClosedWindow[], detectors = new LiveDetectors()): NewAlert[] {
  return windows.flatMap((window) => detectors.observe(window));
}

export interface Planted {
  readonly windows: readonly ClosedWindow[];
  /** Begin and end of the incident; null without one. */
  readonly incident: { readonly first: number; readonly last: number } | null;
}

/** Windows of generated traffic with one incident, or none. */
export async function planted(kind: 'access' | 'zeek-conn', scenario: string | null, seed: number, rows = 30_000): Promise<Planted> {
  const { log, truth } = await generated(kind, { rows, days: 0.25, seed, scenarios: scenario === null ? [] : [scenario] });
  return { windows: windowsOf(formatOf(kind), log, {}, [5000]), incident: incidentOf(truth) };
}

function incidentOf(truth: GeneratedTruth): Planted['incident'] {
  const [incident] = truth.incidents as readonly { readonly first: number; readonly last: number }[];
  return incident ?? null;
}

/** One request of a made-up log: minute, client, service, status, path. */
export type MadeRequest = readonly [minute: number, client: string, service: string, status: number, path: string];

/** Windows of requests that a test makes up, in their order. */
export function madeWindows(requests: readonly MadeRequest[]): ClosedWindow[] {
  const texts = new Map<string, number>();
  const known: string[] = [''];
  const idOf = (text: string): number => {
    const id = texts.get(text) ?? known.push(text) - 1;
    texts.set(text, id);
    return id;
  };
  const columns: Readonly<Record<string, Uint32Array>> = {
    orig_h: Uint32Array.from(requests, ([, client]) => idOf(client)),
    vhost: Uint32Array.from(requests, ([, , service]) => idOf(service)),
    path: Uint32Array.from(requests, ([, , , , path]) => idOf(path)),
  };
  const numbers: Readonly<Record<string, Float64Array>> = {
    ts: Float64Array.from(requests, ([minute]) => minute * 60e6),
    status: Float64Array.from(requests, ([, , , status]) => status),
  };
  const dictionary = { name: 'term', size: known.length, textOf: (id: number) => known[id], idOf } as const;
  const rows: Rows = {
    firstRow: 0,
    rows: requests.length,
    numbers: (name) => numbers[name] ?? null,
    ids: (name) => (name in columns ? { ids: columns[name], dictionary } : null),
  };
  const aggregator = new WindowAggregator('request', 1);
  return [...aggregator.foldRows(rows), ...aggregator.finish()];
}
