import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { ClosedWindow, KeyFigures, WindowFigures } from '../windows/types.ts';
import { figures, type Figure, type FigureName } from './figures.ts';
import { History, type Usual } from './history.ts';

const FORM = 1;
/** Windows without which nobody is judged, and that are remembered. */
export const LEAST_WINDOWS = 20;
const MOST_WINDOWS = 120;
/** Clients and services with a history of their own; the one that was seen the longest ago makes room. */
const MOST_ENTITIES = 1000;
const MOST_SERVICES = 100;
/** Days without which an hour of the day is nothing of its own. */
const LEAST_DAYS = 3;
const MOST_DAYS = 14;
const HOUR = 3_600_000_000;

/** What is judged: the whole source, one of its clients, one of its services. */
export type Role = 'whole' | 'client' | 'service';

/** A value against what is usual for it. */
export interface Judgement {
  readonly figure: Figure;
  readonly value: number;
  readonly usual: Usual;
  /** Above it is too much. */
  readonly limit: number;
  /** Whose usual it is: its own, or that of the busiest of its kind in each window (it has no history of its own). */
  readonly whose: 'own' | 'busiest';
  /** What the busiest client of the last windows had; 0 where it is not about a client. */
  readonly busiest: number;
}

type Histories = Map<FigureName, History>;

/**
 * What is usual of one source and kind: of the whole, of each service and each client that was seen often, and of the busiest client of every window.
 * Entities without a history of their own are judged against the busiest of the others. Learns from clean windows; what was flagged comes in
 * clipped (history.ts), or not at all where others say what is usual. Where there are enough days, the whole is judged by its hour of the day too.
 */
export class Baselines {
  #whole: Histories = new Map();
  #busiest: Histories = new Map();
  /** By role and key, the one seen last behind. */
  #entities = new Map<string, { readonly histories: Histories; seen: number }>();
  /** Highest of the records in each hour of the day (UTC), day by day. */
  #hours = Array.from({ length: 24 }, () => new History(MOST_DAYS));
  #hour = Number.NaN;
  #hourMost = 0;
  #windows = 0;

  /** Windows that were learned from. */
  get windows(): number {
    return this.#windows;
  }

  get ready(): boolean {
    return this.#windows >= LEAST_WINDOWS;
  }

  /** Null without enough history, or without the figure. `seconds`: width of the window. */
  judge(name: Figure, role: Role, key: string, now: WindowFigures, window: ClosedWindow): Judgement | null {
    const value = name.of(now);
    if (value === null || !this.ready) return null;
    const own = role === 'whole' ? this.#whole.get(name.name) : this.#entities.get(`${role} ${key}`)?.histories.get(name.name);
    const busiest = role === 'client' ? this.#busiest.get(name.name) : undefined;
    const known = own !== undefined && own.windows >= LEAST_WINDOWS ? own : undefined;
    const by = known ?? busiest;
    if (by === undefined || by.windows < LEAST_WINDOWS) return null;
    const least = name.adds ? name.least * Math.max(1 / 6, seconds(window) / 60) : name.least;
    const usual = by.usual();
    let limit = Math.max(least, usual[name.over] * name.factor);
    // among a client's own many windows of little, one that would still be ordinary for others is nothing
    if (known !== undefined && busiest !== undefined) limit = Math.max(limit, busiest.usual().high);
    if (role === 'whole' && name.name === 'records') limit = Math.max(limit, this.#ofHour(window.start) * name.factor);
    return {
      figure: name,
      value,
      usual: by.usual(),
      limit,
      whose: known === undefined ? 'busiest' : 'own',
      busiest: busiest?.usual().high ?? 0,
    };
  }

  /** Of the service or client of this name; undefined where it has no history. */
  history(role: Role, key: string, name: FigureName): History | undefined {
    return role === 'whole' ? this.#whole.get(name) : this.#entities.get(`${role} ${key}`)?.histories.get(name);
  }

  /** Services that were there lately, by name. */
  services(): string[] {
    return [...this.#entities.keys()].filter((name) => name.startsWith('service ')).map((name) => name.slice('service '.length));
  }

  /** `flagged`: names of clients and services that were pointed at, "all" for the whole. */
  learn(window: ClosedWindow, flagged: ReadonlySet<string>): void {
    this.#windows++;
    push(this.#whole, window.whole, flagged.size > 0);
    this.#learnHour(window, flagged.size > 0);
    const clients = clientsOf(window);
    this.#learnBusiest(clients.filter(({ key }) => !flagged.has(key)));
    for (const { key, ...now } of clients.slice(0, MOST_ENTITIES / 2)) this.#learnEntity(`client ${key}`, now, window, flagged.has(key));
    const services = servicesOf(window).slice(0, MOST_SERVICES);
    for (const { key, ...now } of services) this.#learnEntity(`service ${key}`, now, window, flagged.size > 0);
    // that a service says nothing is part of how it talks
    const there = new Set(services.map(({ key }) => key));
    for (const key of this.services()) if (!there.has(key)) this.history('service', key, 'records')?.push(0, false);
  }

  save(): Uint8Array {
    const out = new ByteWriter();
    out.whole(FORM);
    out.whole(this.#windows);
    out.double(this.#hour);
    out.double(this.#hourMost);
    for (const history of this.#hours) history.write(out);
    writeHistories(this.#whole, out);
    writeHistories(this.#busiest, out);
    out.whole(this.#entities.size);
    for (const [name, { histories, seen }] of this.#entities) {
      out.text(name);
      out.double(seen);
      writeHistories(histories, out);
    }
    return out.done();
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  restore(state: Uint8Array): void {
    const bytes = new ByteReader(state, 'What is usual');
    if (bytes.whole() !== FORM) return;
    this.#windows = bytes.whole();
    this.#hour = bytes.double();
    this.#hourMost = bytes.double();
    this.#hours = this.#hours.map(() => new History(MOST_DAYS).read(bytes));
    this.#whole = readHistories(bytes);
    this.#busiest = readHistories(bytes);
    const count = bytes.count();
    this.#entities = new Map();
    for (let i = 0; i < count; i++) {
      const name = bytes.text();
      const seen = bytes.double();
      this.#entities.set(name, { seen, histories: readHistories(bytes) });
    }
    bytes.end();
  }

  #learnEntity(name: string, now: WindowFigures, window: ClosedWindow, flagged: boolean): void {
    const known = this.#entities.get(name);
    const histories = known?.histories ?? new Map<FigureName, History>();
    push(histories, now, flagged, this.#busiest);
    this.#entities.delete(name);
    this.#entities.set(name, { histories, seen: window.end });
    if (this.#entities.size <= MOST_ENTITIES) return;
    for (const oldest of this.#entities.keys()) {
      this.#entities.delete(oldest);
      break;
    }
  }

  #learnBusiest(clients: readonly KeyFigures[]): void {
    if (clients.length === 0) return;
    for (const { name, of } of figures) {
      let most: number | null = null;
      for (const client of clients) {
        const value = of(client);
        if (value !== null && (most === null || value > most)) most = value;
      }
      if (most !== null) historyIn(this.#busiest, name).push(most, false);
    }
  }

  #learnHour({ start, whole }: ClosedWindow, flagged: boolean): void {
    const hour = Math.floor(start / HOUR);
    if (hour !== this.#hour && !Number.isNaN(this.#hour)) {
      this.#hours[((this.#hour % 24) + 24) % 24].push(this.#hourMost, false);
      this.#hourMost = 0;
    }
    this.#hour = hour;
    if (!flagged) this.#hourMost = Math.max(this.#hourMost, whole.records);
  }

  /** The middle of what this hour of the day had at most; 0 without enough days. */
  #ofHour(start: number): number {
    const history = this.#hours[((Math.floor(start / HOUR) % 24) + 24) % 24];
    return history.windows >= LEAST_DAYS ? history.usual().middle : 0;
  }
}

export function clientsOf(window: ClosedWindow): readonly KeyFigures[] {
  return window.dimensions.find(({ dimension }) => dimension === 'client' || dimension === 'originator')?.keys ?? [];
}

export function servicesOf(window: ClosedWindow): readonly KeyFigures[] {
  return (window.dimensions.find(({ dimension }) => dimension === 'service')?.keys ?? []).filter(({ key }) => key !== '-');
}

/** Width of a window in seconds. */
export function seconds({ start, end }: Pick<ClosedWindow, 'start' | 'end'>): number {
  return (end - start) / 1e6;
}

function historyIn(histories: Histories, name: FigureName): History {
  const known = histories.get(name);
  if (known !== undefined) return known;
  const made = new History(MOST_WINDOWS);
  histories.set(name, made);
  return made;
}

/** `others`: who comes with what was flagged at once begins with what the busiest of the others have at most. */
function push(histories: Histories, now: WindowFigures, flagged: boolean, others?: Histories): void {
  for (const { name, of } of figures) {
    const value = of(now);
    if (value !== null) historyIn(histories, name).push(value, flagged, others?.get(name)?.usual().highest);
  }
}

function writeHistories(histories: Histories, out: ByteWriter): void {
  for (const { name } of figures) (histories.get(name) ?? new History(0)).write(out);
}

function readHistories(bytes: ByteReader): Histories {
  const histories: Histories = new Map();
  for (const { name } of figures) {
    const history = new History(MOST_WINDOWS).read(bytes);
    if (history.windows > 0) histories.set(name, history);
  }
  return histories;
}
