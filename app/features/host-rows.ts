import { FlowcaseError } from '../errors.ts';
import type { Pace } from '../learn/pace.ts';
import { NOBODY, PairNumbers } from './pairs.ts';
import { gatherIds, gatherNumbers } from './selection.ts';
import type { HostRecipe, HostRows, Selection } from './types.ts';

/** Records in which hosts take part, and the row of the host that took it. */
export interface Parts {
  readonly selection: Selection;
  /** Record → row of the host, NOBODY where it is none. */
  readonly rows: Uint32Array;
}

export interface NumberedHosts {
  readonly hosts: HostRows;
  readonly originators: Parts | null;
  readonly responders: Parts | null;
  readonly clients: Parts | null;
}

/** A window is at least a second: a shorter one is a connection, not a behaviour. */
export const LEAST_WINDOW = 1_000_000;
const MOST_ROWS = 2 ** 31;

/**
 * Gives every host a row, or every host and window in which it does anything, in the order of the records: connections before requests, the
 * originator before the responder. A record without a time is in no window.
 * @throws FlowcaseError PARAMETER, CANCELLED
 */
export async function numberHosts(
  { connections, requests }: { readonly connections: Selection | null; readonly requests: Selection | null },
  { who, window }: { readonly who: HostRecipe['who']; readonly window: number | null },
  pace: Pace,
): Promise<NumberedHosts> {
  if (window !== null && !(Number.isInteger(window) && window >= LEAST_WINDOW)) throw badWindow(window);
  const numbers = new RowNumbers(window);
  const rowsOf = async (selection: Selection, sides: readonly string[]): Promise<Uint32Array[]> => {
    const breathe = async (): Promise<void> => pace.breathe();
    const ids = await Promise.all(sides.map((side) => gatherIds(selection, side, breathe)));
    const times = window === null ? null : await gatherNumbers(selection, 'ts', breathe);
    const rows = sides.map(() => new Uint32Array(selection.rows).fill(NOBODY));
    for (let i = 0; i < selection.rows; i++) {
      for (let side = 0; side < sides.length; side++) rows[side][i] = numbers.rowOf(ids[side][i], times === null ? 0 : times[i]);
      if ((i & 0x3fff) === 0) await pace.breathe();
    }
    return rows;
  };
  const sides = who === 'everybody' ? ['orig_h', 'resp_h'] : ['orig_h'];
  const [begun, answered] = connections === null ? [] : await rowsOf(connections, sides);
  const [asked] = requests === null ? [] : await rowsOf(requests, ['orig_h']);
  const table = (connections ?? requests)?.table;
  const dictionary = table?.dictionary('host');
  const { hosts, windows } = numbers.rows();
  return {
    hosts: {
      rows: hosts.length,
      hosts,
      windows,
      window,
      textOf: (row) => dictionary?.textOf(hosts[row]) ?? '',
    },
    originators: connections === null ? null : { selection: connections, rows: begun },
    responders: connections === null || answered === undefined ? null : { selection: connections, rows: answered },
    clients: requests === null ? null : { selection: requests, rows: asked },
  };
}

function badWindow(window: number): FlowcaseError {
  return new FlowcaseError('PARAMETER', `A window of ${window} µs cannot be. Give whole microseconds, one second (1000000) at least.`, {
    name: 'window',
    value: window,
    allowed: `an integer from ${LEAST_WINDOW}`,
  });
}

class RowNumbers {
  readonly #window: number | null;
  readonly #pairs = new PairNumbers();
  /** Host → 1 + row, where there are no windows. */
  #rows = new Uint32Array(1024);
  #hosts = new Uint32Array(1024);
  #count = 0;

  constructor(window: number | null) {
    this.#window = window;
  }

  rowOf(host: number, time: number): number {
    if (host === 0) return NOBODY;
    if (this.#window === null) return this.#rowOfHost(host);
    const place = Math.floor(time / this.#window) + MOST_ROWS;
    return place >= 0 && place < NOBODY ? this.#pairs.add(host, place) : NOBODY;
  }

  #rowOfHost(host: number): number {
    if (host >= this.#rows.length) this.#rows = grown(this.#rows, host + 1);
    if (this.#rows[host] !== 0) return this.#rows[host] - 1;
    if (this.#count === this.#hosts.length) this.#hosts = grown(this.#hosts, this.#count + 1);
    this.#hosts[this.#count] = host;
    this.#rows[host] = ++this.#count;
    return this.#count - 1;
  }

  rows(): { readonly hosts: Uint32Array; readonly windows: Float64Array | null } {
    const window = this.#window;
    if (window === null) return { hosts: this.#hosts.slice(0, this.#count), windows: null };
    const { size } = this.#pairs;
    const hosts = new Uint32Array(size);
    const windows = new Float64Array(size);
    for (let row = 0; row < size; row++) {
      hosts[row] = this.#pairs.leftOf(row);
      windows[row] = (this.#pairs.rightOf(row) - MOST_ROWS) * window;
    }
    return { hosts, windows };
  }
}

function grown(from: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(Math.max(least, from.length * 2));
  to.set(from);
  return to;
}
