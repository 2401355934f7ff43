/** Closed windows as the window keeps and asks for them. Times are integer microseconds since 1970 UTC. */
import type { ColumnInfo, KeptAlert, LiveWindow, RecordKind, WindowKey } from '../../../app/contract.ts';
import { joinTerms, quoteValue } from './filter-terms.ts';
import { isoTime } from './format.ts';

/** The windows of one kind, the earliest first; never more than `most`. */
export class WindowRing {
  readonly #most: number;
  #windows: readonly LiveWindow[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get windows(): readonly LiveWindow[] {
    return this.#windows;
  }

  /** From where on to ask: the latest window once more, for it may have been merged with others; undefined before the first. */
  get from(): number | undefined {
    return this.#windows.at(-1)?.start;
  }

  /** Takes windows, the earliest first: those from the first of them on replace what was there. @returns whether anything changed */
  take(windows: readonly LiveWindow[]): boolean {
    const [first] = windows;
    if (first === undefined) return false;
    const kept = this.#windows.filter(({ start }) => start < first.start);
    const last = this.#windows.at(-1);
    if (kept.length === this.#windows.length - 1 && windows.length === 1 && last?.records === first.records && last.width === first.width)
      return false;
    this.#windows = [...kept, ...windows].slice(-this.#most);
    return true;
  }

  clear(): void {
    this.#windows = [];
  }
}

export const endOf = ({ start, width }: LiveWindow): number => start + width;

/** Where a window's bar ends: windows that slide cover each other, and their bars do not. */
export function barEnds(windows: readonly LiveWindow[]): readonly number[] {
  return windows.map((window, at) => Math.min(endOf(window), windows[at + 1]?.start ?? endOf(window)));
}

/** Which windows stand out most in alerts of their kind, by their places in the list: each alert in the latest window that has its worst one in it. */
export function alertsIn(windows: readonly LiveWindow[], alerts: readonly KeptAlert[]): ReadonlyMap<number, readonly KeptAlert[]> {
  const found = new Map<number, KeptAlert[]>();
  for (const alert of alerts) {
    const { start } = alert.window;
    const at = windows.findLastIndex((window) => window.kind === alert.kind && window.start <= start && start < endOf(window));
    if (at >= 0) found.set(at, [...(found.get(at) ?? []), alert]);
  }
  return found;
}

/** At most `count` of the latest windows, the earliest first, of which none covers another: what they have may be added up. */
export function latestApart(windows: readonly LiveWindow[], count: number): readonly LiveWindow[] {
  const found: LiveWindow[] = [];
  for (const window of [...windows].reverse()) {
    const after = found.at(-1);
    if (after !== undefined && endOf(window) > after.start) continue;
    found.push(window);
    if (found.length === count) break;
  }
  return found.reverse();
}

/** The keys of a dimension over some windows, the most records first; equal ones by name. */
export function sumKeys(windows: readonly LiveWindow[], dimension: string): readonly WindowKey[] {
  const sums = new Map<string, { records: number; errors: number; bytes: number }>();
  for (const { top } of windows) {
    const keys: readonly WindowKey[] = Object.hasOwn(top, dimension) ? (top[dimension] ?? []) : [];
    for (const { key, records, errors, bytes } of keys) {
      const sum = sums.get(key) ?? { records: 0, errors: 0, bytes: 0 };
      sum.records += records;
      sum.errors += errors;
      sum.bytes += bytes;
      sums.set(key, sum);
    }
  }
  return [...sums]
    .map(([key, sum]) => ({ key, ...sum }))
    .sort((a, b) => b.records - a.records || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const classMeanings = new Map([
  ['1xx', 'information'],
  ['2xx', 'success'],
  ['3xx', 'elsewhere'],
  ['4xx', 'the client’s error'],
  ['5xx', 'the server’s error'],
]);

/** "404" is of "4xx"; what is no status stays what it is. */
export function statusClass(key: string): string {
  return /^[1-5](\d\d|xx)$/.test(key) ? `${key.charAt(0)}xx` : key;
}

export const statusMeaning = (name: string): string | undefined => classMeanings.get(name);

/** Keys of statuses as their classes, 1xx first. */
export function statusClasses(keys: readonly WindowKey[]): readonly WindowKey[] {
  const sums = new Map<string, { records: number; errors: number; bytes: number }>();
  for (const { key, records, errors, bytes } of keys) {
    const name = statusClass(key);
    const sum = sums.get(name) ?? { records: 0, errors: 0, bytes: 0 };
    sums.set(name, { records: sum.records + records, errors: sum.errors + errors, bytes: sum.bytes + bytes });
  }
  return [...sums].map(([key, sum]) => ({ key, ...sum })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A dimension of the windows: what it is called, and which columns of the log it stands for. */
export interface DimensionInfo {
  readonly title: string;
  /** One of its keys: "path". */
  readonly what: string;
  /** Columns that its keys are of, the first that the log has. */
  readonly columns: readonly string[];
  readonly mono: boolean;
}

const dimensions = new Map<string, DimensionInfo>([
  ['path', { title: 'Paths', what: 'path', columns: ['path'], mono: true }],
  ['orig_h', { title: 'Clients', what: 'client', columns: ['orig_h'], mono: true }],
  ['client', { title: 'Clients', what: 'client', columns: ['orig_h'], mono: true }],
  ['originator', { title: 'Originators', what: 'originator', columns: ['orig_h'], mono: true }],
  ['resp_h', { title: 'Responders', what: 'responder', columns: ['resp_h'], mono: true }],
  ['responder', { title: 'Responders', what: 'responder', columns: ['resp_h'], mono: true }],
  ['status', { title: 'Status', what: 'class', columns: ['status'], mono: false }],
  ['service', { title: 'Services', what: 'service', columns: ['service'], mono: false }],
  ['state', { title: 'How connections ended', what: 'state', columns: ['conn_state'], mono: false }],
  ['conn_state', { title: 'How connections ended', what: 'state', columns: ['conn_state'], mono: false }],
]);

/** Dimensions that some windows have, in the order in which they are drawn. */
export function dimensionsOf(windows: readonly LiveWindow[], kind: RecordKind): readonly (DimensionInfo & { readonly id: string })[] {
  const there = new Set(windows.flatMap(({ top }) => Object.keys(top)));
  return [...dimensions]
    .filter(([id]) => there.has(id))
    .map(([id, info]) => {
      if (kind !== 'request' || id !== 'service') return { id, ...info };
      // The services of a web server are its virtual hosts; where the log names none, the servers.
      return { id, ...info, columns: ['vhost', 'resp_h'] };
    });
}

const timeTerm = (time: number): string => isoTime(time).replace('.000000Z', 'Z');

/** "ts >= … and ts < …". */
export function spanTerm(start: number, end: number): string {
  return `ts >= ${timeTerm(start)} and ts < ${timeTerm(end)}`;
}

/** The filter "these records, of these windows"; null where no column of the log says it. */
export function keyFilter(
  dimension: DimensionInfo,
  key: string,
  columns: readonly ColumnInfo[],
  windows: readonly LiveWindow[],
): string | null {
  const field = dimension.columns.find((name) => columns.some((column) => column.name === name));
  const [first, last] = [windows[0], windows.at(-1)];
  if (field === undefined || first === undefined || last === undefined) return null;
  const digit = /^([1-5])xx$/.exec(key)?.[1];
  const term =
    field === 'status' && digit !== undefined
      ? `status >= ${digit}00 and status < ${Number(digit) + 1}00`
      : key === '' || key === '-'
        ? `${field} = absent`
        : `${field} = ${quoteValue(key)}`;
  return joinTerms([term, spanTerm(first.start, endOf(last))]);
}
