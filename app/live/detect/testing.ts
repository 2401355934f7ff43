import type { GeneratedTruth } from '../../generate/types.ts';
import { formatOf, generated, windowsOf } from '../windows/testing.ts';
import type { Rows } from '../windows/rows.ts';
import type { ClosedWindow, WindowOptions } from '../windows/types.ts';
import { WindowAggregator } from '../windows/window-aggregator.ts';
import { LiveDetectors } from './live-detectors.ts';
import type { NewAlert } from './types.ts';

/** What detectors say of windows, one after the other. */
export function alertsOf(windows: readonly ClosedWindow[], detectors = new LiveDetectors()): NewAlert[] {
  return windows.flatMap((window) => detectors.observe(window));
}

/** The same by detectors that are saved and restored before each window. */
export function alertsWithRestores(windows: readonly ClosedWindow[]): NewAlert[] {
  let detectors = new LiveDetectors();
  return windows.flatMap((window) => {
    const state = detectors.save();
    detectors = new LiveDetectors();
    detectors.restore(state);
    return detectors.observe(window);
  });
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
  const rows = madeRows(
    {
      orig_h: requests.map(([, client]) => client),
      vhost: requests.map(([, , service]) => service),
      path: requests.map(([, , , , path]) => path),
    },
    { ts: requests.map(([minute]) => minute * 60e6), status: requests.map(([, , , status]) => status) },
  );
  return windowsOfRows('request', rows);
}

/** One connection of a made-up log: second, originator, responder, its port. */
export type MadeCall = readonly [second: number, originator: string, responder: string, port: number];

/** Windows of connections that a test makes up, in any order. `local`: what the log says of an originator and a responder; it says nothing unless told. */
export function madeCalls(calls: readonly MadeCall[], options: WindowOptions = {}, local?: (address: string) => boolean): ClosedWindow[] {
  const sorted = calls.toSorted(([a], [b]) => a - b);
  const rows = madeRows(
    { orig_h: sorted.map(([, originator]) => originator), resp_h: sorted.map(([, , responder]) => responder) },
    {
      ts: sorted.map(([second]) => Math.round(second * 1e6)),
      resp_p: sorted.map(([, , , port]) => port),
      orig_bytes: sorted.map(() => 517),
      ...(local === undefined
        ? {}
        : {
            local_orig: sorted.map(([, originator]) => Number(local(originator))),
            local_resp: sorted.map(([, , responder]) => Number(local(responder))),
          }),
    },
  );
  return windowsOfRows('connection', rows, options);
}

function madeRows(texts: Readonly<Record<string, readonly string[]>>, numbers: Readonly<Record<string, readonly number[]>>): Rows {
  const known: string[] = [''];
  const ids = new Map<string, number>();
  const idOf = (text: string): number => {
    const id = ids.get(text) ?? known.push(text) - 1;
    ids.set(text, id);
    return id;
  };
  const columns = new Map(Object.entries(texts).map(([name, values]) => [name, Uint32Array.from(values, idOf)]));
  const values = new Map(Object.entries(numbers).map(([name, column]) => [name, Float64Array.from(column)]));
  const dictionary = { name: 'term', size: known.length, textOf: (id: number) => known[id], idOf } as const;
  return {
    firstRow: 0,
    rows: numbers['ts'].length,
    numbers: (name) => values.get(name) ?? null,
    ids: (name) => {
      const column = columns.get(name);
      return column === undefined ? null : { ids: column, dictionary };
    },
  };
}

function windowsOfRows(kind: string, rows: Rows, options: WindowOptions = {}): ClosedWindow[] {
  const aggregator = new WindowAggregator(kind, 1, options);
  return [...aggregator.foldRows(rows), ...aggregator.finish()];
}
