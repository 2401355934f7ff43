import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { ClosedWindow, KeyFigures, WindowFigures } from '../windows/types.ts';
import { figureOf, figures, type Figure, type FigureName } from './figures.ts';
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

/** By index of the figure. */
type Histories = (History | null)[];

/**
 * What is usual of one source and kind: of the whole, of each service and each client that was seen often, and of the busiest client of every window.
 * Entities without a history of their own are judged against the busiest of the others. Learns from clean windows; what was flagged comes in
 * clipped (history.ts), or not at all where others say what is usual. Where there are enough days, the whole is judged by its hour of the day too.
 */
export class Baselines {
  #whole = noHistories();
  #busiest = noHistories();
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

  /** Null without enough history, or without the figure. `window`: which one, and how wide. */
  judge(figure: Figure, role: Role, key: string, now: WindowFigures, window: ClosedWindow): Judgement | null {
    const value = figure.of(now);
    if (value === null || !this.ready) return null;
    const own = this.#histories(role, key)?.[figure.index] ?? null;
    const busiest = role === 'client' ? this.#busiest[figure.index] : null;
    const known = own !== null && own.windows >= LEAST_WINDOWS ? own : null;
    const by = known ?? busiest;
    if (by === null || by.windows < LEAST_WINDOWS) return null;
    let limit = Math.max(leastOf(figure, window), by[figure.over] * figure.factor);
    // among a client's own many windows of little, one that would still be ordinary for others is nothing
    if (known !== null && busiest !== null) limit = Math.max(limit, busiest.high);
    if (role === 'whole' && figure.name === 'records') limit = Math.max(limit, this.#ofHour(window.start) * figure.factor);
    return { figure, value, usual: by.usual(), limit, whose: known === null ? 'busiest' : 'own', busiest: busiest?.high ?? 0 };
  }

  /** What `judge` says where the figure is beyond its limit, else null: most are below what could matter to anybody, which is asked first. */
  beyond(figure: Figure, role: Role, key: string, now: WindowFigures, window: ClosedWindow): Judgement | null {
    const value = figure.of(now);
    if (value === null || value <= leastOf(figure, window)) return null;
    const judged = this.judge(figure, role, key, now, window);
    return judged !== null && judged.value > judged.limit ? judged : null;
  }

  /** What the busiest client has in nine windows of ten at most; 0 where there was none. */
  ofBusiest({ index }: Figure): number {
    return this.#busiest[index]?.high ?? 0;
  }

  /** Of the service or client of this name; undefined where it has no history. */
  history(role: Role, key: string, name: FigureName): History | undefined {
    return this.#histories(role, key)?.[figureOf(name).index] ?? undefined;
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
    for (const client of clients.slice(0, MOST_ENTITIES / 2))
      this.#learnEntity(`client ${client.key}`, client, window, flagged.has(client.key));
    const services = servicesOf(window).slice(0, MOST_SERVICES);
    for (const service of services) this.#learnEntity(`service ${service.key}`, service, window, flagged.size > 0);
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

  #histories(role: Role, key: string): Histories | undefined {
    return role === 'whole' ? this.#whole : this.#entities.get(`${role} ${key}`)?.histories;
  }

  #learnEntity(name: string, now: WindowFigures, window: ClosedWindow, flagged: boolean): void {
    const known = this.#entities.get(name);
    const histories = known?.histories ?? noHistories();
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
    for (const { index, of } of figures) {
      let most: number | null = null;
      for (const client of clients) {
        const value = of(client);
        if (value !== null && (most === null || value > most)) most = value;
      }
      if (most !== null) historyIn(this.#busiest, index).push(most, false);
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
    return history.windows >= LEAST_DAYS ? history.middle : 0;
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

/** Below it nothing is worth an alert. */
function leastOf({ least, adds }: Figure, window: ClosedWindow): number {
  return adds ? least * Math.max(1 / 6, seconds(window) / 60) : least;
}

function noHistories(): Histories {
  return figures.map(() => null);
}

function historyIn(histories: Histories, index: number): History {
  return (histories[index] ??= new History(MOST_WINDOWS));
}

/** `others`: who comes with what was flagged at once begins with what the busiest of the others have at most. */
function push(histories: Histories, now: WindowFigures, flagged: boolean, others?: Histories): void {
  for (const { index, of } of figures) {
    const value = of(now);
    if (value !== null) historyIn(histories, index).push(value, flagged, others?.[index]?.highest);
  }
}

function writeHistories(histories: Histories, out: ByteWriter): void {
  for (const history of histories) {
    if (history === null) out.whole(0);
    else history.write(out);
  }
}

function readHistories(bytes: ByteReader): Histories {
  return figures.map(() => {
    const history = new History(MOST_WINDOWS).read(bytes);
    return history.windows > 0 ? history : null;
  });
}
