import { NOBODY, PairNumbers } from './pairs.ts';
import { gatherIds, gatherNumbers, gatherTexts } from './selection.ts';
import type { FeatureSource } from './types.ts';

/** What every client did in the requests of a selection, by host id. */
export interface ClientFigures {
  readonly requests: Float64Array;
  /** Minutes of the clock in which it made a request. */
  readonly minutes: Float64Array;
  /** Requests with a status, and those answered with an error (400 and above). */
  readonly answered: Float64Array;
  readonly errors: Float64Array;
  readonly paths: Float64Array;
  /** Client of each row, 0 where absent. */
  readonly clients: Uint32Array;
}

const MINUTE = 60_000_000;
const known = new WeakMap<FeatureSource, ClientFigures>();

/** One pass over the requests. @throws FlowcaseError CANCELLED */
export async function prepareClients(source: FeatureSource, breathe: () => Promise<void>): Promise<void> {
  const { selection } = source;
  const clients = await gatherIds(selection, 'orig_h', breathe);
  const paths = await gatherTexts(selection, 'path', breathe);
  const times = await gatherNumbers(selection, 'ts', breathe);
  const statuses = await gatherNumbers(selection, 'status', breathe);
  let largest = 0;
  for (const id of clients) if (id > largest) largest = id;
  const perClient = (): Float64Array => new Float64Array(largest + 1);
  const figures = { requests: perClient(), minutes: perClient(), answered: perClient(), errors: perClient(), paths: perClient(), clients };
  const [minutePairs, pathPairs] = [new PairNumbers(), new PairNumbers()];
  for (let row = 0; row < clients.length; row++) {
    const client = clients[row];
    figures.requests[client]++;
    const minute = Math.floor(times[row] / MINUTE);
    if (minute >= 0 && minute < NOBODY && isNew(minutePairs, client, minute)) figures.minutes[client]++;
    if (paths[row] !== 0 && isNew(pathPairs, client, paths[row])) figures.paths[client]++;
    if (statuses[row] > 0) figures.answered[client]++;
    if (statuses[row] >= 400) figures.errors[client]++;
    if ((row & 0x3fff) === 0) await breathe();
  }
  known.set(source, figures);
}

function isNew(pairs: PairNumbers, left: number, right: number): boolean {
  const before = pairs.size;
  pairs.add(left, right);
  return pairs.size > before;
}

export function clientFigures(source: FeatureSource): ClientFigures {
  const figures = known.get(source);
  if (figures === undefined) throw new TypeError('the recipe did not prepare its clients');
  return figures;
}
