import { isUtf8 } from 'node:buffer';
import type { ColumnType } from '../contract/records.ts';
import { Agents } from './access-agent-ids.ts';
import { Cells } from './cells.ts';
import type { ColumnSlots, Slot } from './column-slots.ts';
import { describeColumn } from './fields.ts';
import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from './addresses.ts';
import { MOST_COLUMNS, planOf, type RequestColumn } from './request-columns.ts';
import { splitRequest, type RequestParts } from './access-request.ts';
import { ByteScratch, needsCare } from './texts.ts';
import type { RecordSink } from './types.ts';

const [COLON, SLASH, QUESTION] = [58, 47, 63];
const slash = Buffer.from('/');

/** A row wants one column more than a log may have. */
export class TooManyColumns extends Error {}

/** How texts of a log are escaped: `\xHH` and C's letters (Apache, nginx), JSON's way, or not at all. */
export type Escapes = (out: ByteScratch, bytes: Uint8Array, start: number, end: number) => void;

const agentParts = ['agent_name', 'agent_os', 'agent_kind'] as const;
/** What every access log has. */
const always = ['ts', 'orig_h', 'user', 'method', 'path', 'query', 'protocol', 'status', 'bytes'] as const;

/**
 * The row of a request that is being filled, whatever the log. Columns come as they are met; what was met before is told by `columns`. A row that
 * comes to nothing is undone by `clear`.
 */
export class RequestRow {
  /** Time of the row, microseconds, NaN until it is set. */
  ts = NaN;
  /** Texts are kept as they are written: who wrote the line escapes nothing, whatever the log does elsewhere. */
  asWritten = false;
  /** Values above 2^53 since the last `takeRounded`. */
  #rounded = 0;
  /** Numbers too large for their column since the last `takeBeyond`. */
  #beyond = 0;
  /** Clients that were sockets since the last `takeSockets`. */
  #sockets = 0;
  readonly cells: Cells;
  readonly agents: Agents;
  readonly #slots: ColumnSlots;
  readonly #ipv6 = new Ipv6Reader();
  readonly #clean = new ByteScratch();
  readonly #escapes: Escapes;
  readonly #parts: RequestParts = { method: 0, target: 0, targetEnd: 0, protocol: 0 };
  #columns: RequestColumn[] = [];
  #places = new Map<string, number>();
  /** Counts up with every column. */
  version = 0;

  constructor(sink: RecordSink, slots: ColumnSlots, escapes: Escapes) {
    this.#slots = slots;
    this.#escapes = escapes;
    this.cells = new Cells(sink, slots);
    this.agents = new Agents(sink.dictionary('term'));
  }

  /** Every column so far, in the order in which they came. */
  get columns(): readonly RequestColumn[] {
    return this.#columns;
  }

  /** Rows from here on begin with these columns. */
  use(columns: readonly RequestColumn[]): void {
    this.#columns = [...columns];
    this.#places = new Map(columns.map(({ name }, place) => [name, place]));
    this.cells.use(columns.map(planOf));
    this.version++;
  }

  /** The slot of a column that was met; null for one that was not. */
  slotOf(name: string): Slot | null {
    const place = this.#places.get(name);
    return place === undefined ? null : this.cells.slot(place);
  }

  /** Makes the columns that every access log has. */
  begin(): void {
    for (const name of always) this.#place(name);
  }

  clear(): void {
    this.cells.clearRow();
    this.ts = NaN;
    this.#beyond = 0;
    this.#sockets = 0;
  }

  takeRounded(): number {
    const rounded = this.#rounded;
    this.#rounded = 0;
    return rounded;
  }

  takeSockets(): number {
    const sockets = this.#sockets;
    this.#sockets = 0;
    return sockets;
  }

  takeBeyond(): number {
    const beyond = this.#beyond;
    this.#beyond = 0;
    return beyond;
  }

  time(value: number): void {
    this.cells.number(this.#place('ts'), value);
    this.ts = value;
  }

  number(column: string, value: number, type: ColumnType = 'count'): void {
    if (Number.isNaN(value)) return;
    if (value > Number.MAX_SAFE_INTEGER && type !== 'double') this.#rounded++;
    this.cells.number(this.#place(column, type), value);
  }

  /** Digits that make no count below 2^63: kept as text beside the column. False for anything else. */
  beyond(column: string, bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at++) if (bytes[at] < 48 || bytes[at] > 57) return false;
    if (end - start < 19) return false;
    this.#beyond++;
    this.asIs(`log_${column}`, bytes, start, end);
    return true;
  }

  /** bytes[start..end) as it stands, but for control bytes. */
  asIs(column: string, bytes: Uint8Array, start: number, end: number): void {
    this.cells.text(this.#place(column), bytes, start, end);
  }

  /** The same with its escapes undone, unless what they stand for is no text: then it is kept as it is written. */
  text(column: string, bytes: Uint8Array, start: number, end: number): void {
    if (this.asWritten) {
      this.asIs(column, bytes, start, end);
      return;
    }
    if (!needsCare(bytes, start, end)) {
      this.cells.plain(this.#place(column), bytes, start, end);
      return;
    }
    const clean = this.#clean;
    clean.clear();
    this.#escapes(clean, bytes, start, end);
    if (isUtf8(clean.bytes.subarray(0, clean.length))) this.cells.plain(this.#place(column), clean.bytes, 0, clean.length);
    else this.asIs(column, bytes, start, end);
  }

  /** The user agent with what it tells. */
  agent(bytes: Uint8Array, start: number, end: number): void {
    this.text('agent', bytes, start, end);
    const agent = this.slotOf('agent');
    const parts = agentParts.map((name) => this.cells.slot(this.#place(name)));
    if (agent === null || agent.storage === 'number' || !parts.every((part) => part.storage === 'dictionary')) return;
    this.agents.put(
      agent,
      this.#slots.rows,
      parts.map(({ values }) => values),
    );
  }

  /**
   * A client or server: an address, with a port or without, in brackets or not; or the name of a host. What nginx writes where it was asked over a socket of
   * the machine, `unix:`, is none: all such requests would be of one host. It is kept as text.
   */
  host(column: 'orig_h' | 'resp_h', bytes: Uint8Array, start: number, end: number): void {
    if (isSocket(bytes, start, end)) {
      this.#sockets++;
      this.asIs(`log_${column}`, bytes, start, end);
      return;
    }
    const place = this.#place(column);
    if (this.cells.address(place, bytes, start, end)) return;
    const port = portOf(bytes, start, end);
    const stop = port === null ? end : port.colon;
    const bracketed = bytes[start] === 91 && bytes[stop - 1] === 93;
    const [from, to] = bracketed ? [start + 1, stop - 1] : [start, stop];
    if (port !== null && this.#isAddress(bytes, from, to, bracketed)) {
      this.cells.address(place, bytes, from, to);
      this.number(column === 'orig_h' ? 'orig_p' : 'resp_p', port.port);
    } else if (!(bracketed && this.cells.address(place, bytes, from, to))) this.#name(place, bytes, start, end);
  }

  /** Name of a host, with a port or without. */
  vhost(bytes: Uint8Array, start: number, end: number): void {
    const port = portOf(bytes, start, end);
    const v6 = port !== null && bytes[start] !== 91 && bytes.subarray(start, port.colon).includes(58);
    this.text('vhost', bytes, start, port === null || v6 ? end : port.colon);
    if (port !== null && !v6) this.number('resp_p', port.port);
  }

  /**
   * A request line: `GET /path?query HTTP/1.1`. One that is no HTTP is kept as it was logged: false. `whole`: the server writes the whole address of what
   * was asked for, whatever the client sent. Elsewhere a client that sends one (absolute-form, RFC 9112, section 3.2.2) asks for a proxy: it stays the path.
   */
  request(bytes: Uint8Array, start: number, end: number, whole = false): boolean {
    const parts = this.#parts;
    if (!splitRequest(bytes, start, end, parts)) {
      this.asIs('request', bytes, start, end);
      return false;
    }
    this.text('method', bytes, start, parts.method);
    if (whole) this.address(bytes, parts.target, parts.targetEnd);
    else this.target(bytes, parts.target, parts.targetEnd);
    if (parts.protocol < end) this.text('protocol', bytes, parts.protocol, end);
    if (parts.target === parts.targetEnd) this.asIs('request', bytes, start, end);
    return true;
  }

  /** What was asked for: path and query. */
  target(bytes: Uint8Array, start: number, end: number): void {
    let mark = start;
    while (mark < end && bytes[mark] !== 63) mark++;
    if (mark > start) this.text('path', bytes, start, mark);
    if (mark + 1 < end) this.text('query', bytes, mark + 1, end);
  }

  /** What was asked for by its whole address, `https://host:443/path?query`: virtual host, port, path and query. */
  address(bytes: Uint8Array, start: number, end: number): void {
    const behind = this.#host(bytes, start, end);
    if (behind > start && bytes[behind] !== SLASH) this.text('path', slash, 0, 1);
    this.target(bytes, behind, end);
  }

  /** Takes `https://host:443` for the virtual host; returns where what is behind it begins. */
  #host(bytes: Uint8Array, start: number, end: number): number {
    let from = start;
    while (from < end && (bytes[from] | 32) >= 97 && (bytes[from] | 32) <= 122) from++;
    if (from === start || bytes[from] !== COLON || bytes[from + 1] !== SLASH || bytes[from + 2] !== SLASH) return start;
    from += 3;
    let to = from;
    while (to < end && bytes[to] !== SLASH && bytes[to] !== QUESTION) to++;
    if (to === from) return start;
    this.vhost(bytes, from, to);
    return to;
  }

  #isAddress(bytes: Uint8Array, start: number, end: number, bracketed: boolean): boolean {
    return bracketed ? this.#ipv6.read(bytes, start, end) : parseIpv4(bytes, start, end) >= 0;
  }

  /** Names of hosts are written in small letters, so that one host is one entry. */
  #name(place: number, bytes: Uint8Array, start: number, end: number): void {
    const lower = this.#clean;
    lower.clear();
    for (let i = start; i < end; i++) lower.putVisible(bytes[i] >= 65 && bytes[i] <= 90 ? bytes[i] + 32 : bytes[i]);
    const slot = this.cells.slot(place);
    if (slot.storage === 'dictionary') slot.values[this.#slots.rows] = slot.dictionary.intern(lower.bytes, 0, lower.length);
  }

  #place(name: string, type: ColumnType = 'string'): number {
    const there = this.#places.get(name);
    if (there !== undefined) return there;
    if (this.#columns.length >= MOST_COLUMNS) throw new TooManyColumns();
    const column = { name, type: describeColumn(name, 'request')?.type ?? type };
    const place = this.cells.add(planOf(column));
    this.#columns.push(column);
    this.#places.set(name, place);
    this.version++;
    return place;
  }
}

const unix = Buffer.from('unix:');

/** `unix:`, and maybe a path; no address behind it. */
export function isSocket(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === unix[0] && end - start >= unix.length && unix.every((byte, i) => bytes[start + i] === byte);
}

/** `:443` at the end. */
function portOf(bytes: Uint8Array, start: number, end: number): { readonly colon: number; readonly port: number } | null {
  let at = end;
  let port = 0;
  let scale = 1;
  while (at > start && bytes[at - 1] >= 48 && bytes[at - 1] <= 57 && end - at < 5) {
    port += (bytes[--at] - 48) * scale;
    scale *= 10;
  }
  return at === end || at - 1 <= start || bytes[at - 1] !== 58 || port > 65_535 ? null : { colon: at - 1, port };
}
