import type { RequestRow } from './access-row.ts';
import type { AccessTime } from './access-time.ts';
import { MAX_TEXT, type ColumnSlots, type DictionarySlot, type Slot } from './column-slots.ts';
import { Ipv6Reader } from './addresses.ts';
import { ipv4End, isDigit, isName, isText, quotedEnd, readIpv4 } from './access-scan.ts';
import { TextCache } from './text-cache.ts';
import type { TextSlot } from './text-slot.ts';

const BLANK = 32;
const QUOTE = 34;
const DASH = 45;
const QUESTION = 63;
const BACKSLASH = 92;
const CR = 13;

/** 1: ends what was asked for, or wants the slow way. */
const targetStops = new Uint8Array(256).fill(1, 0, 33);
for (const byte of [QUOTE, QUESTION, BACKSLASH, 127]) targetStops[byte] = 1;
/** The same behind the question mark. */
const queryStops = Uint8Array.from(targetStops);
queryStops[QUESTION] = 0;

/** Clients whose last request is remembered, by their ids. */
const CLIENTS = 4096;
const noNumbers = new Float64Array(0);
const noIds = new Uint32Array(0);

/**
 * Reads the lines that nearly all lines are, in one pass over their bytes: `[vhost] address - user [time] "METHOD target HTTP/x" status size`,
 * with `"referrer" "agent"` or without, and nothing behind. Whatever is unusual is left to AccessReader's slow way, and both agree on every line
 * that this one takes.
 */
export class FastAccess {
  /** Time of the row that was filled last. */
  ts = NaN;
  readonly #row: RequestRow;
  readonly #slots: ColumnSlots;
  readonly #time: AccessTime;
  readonly #texts: TextCache;
  /** IPv6 addresses as they are spelled. */
  readonly #longHosts: TextCache;
  #ready = false;
  #at = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #bytes: Uint8Array = new Uint8Array(0);
  #tsValues: Float64Array = noNumbers;
  #status: Float64Array = noNumbers;
  #size: Float64Array = noNumbers;
  #hosts: Uint32Array = noIds;
  #methods: Uint32Array = noIds;
  #protocols: Uint32Array = noIds;
  #agentParts: readonly Uint32Array[] = [];
  #user: Slot | null = null;
  #path: Slot | null = null;
  #query: Slot | null = null;
  #referrer: Slot | null = null;
  #agent: DictionarySlot | TextSlot | null = null;
  #vhosts: Uint32Array = noIds;
  /** Where the last referrer and agent of a client are remembered, and 1 more; 0: nowhere. */
  readonly #referrerOf = new Uint16Array(CLIENTS);
  readonly #agentOf = new Uint16Array(CLIENTS);

  constructor(row: RequestRow, slots: ColumnSlots, time: AccessTime) {
    this.#row = row;
    this.#slots = slots;
    this.#time = time;
    const { terms, addresses } = row.cells;
    this.#texts = new TextCache((bytes, start, end) => terms.id(bytes, start, end), 256);
    const ipv6 = new Ipv6Reader();
    this.#longHosts = new TextCache(
      (bytes, start, end) => (ipv6.read(bytes, start, end) ? addresses.long(ipv6.bytes, ipv6.length) : 0),
      64,
    );
  }

  /** Slots may have changed. */
  bind(): void {
    const numbers = (name: string): Float64Array => {
      const slot = this.#row.slotOf(name);
      return slot?.storage === 'number' ? slot.values : noNumbers;
    };
    const ids = (name: string): Uint32Array => {
      const slot = this.#row.slotOf(name);
      return slot?.storage === 'dictionary' ? slot.values : noIds;
    };
    [this.#tsValues, this.#status, this.#size] = [numbers('ts'), numbers('status'), numbers('bytes')];
    [this.#hosts, this.#methods, this.#protocols] = [ids('orig_h'), ids('method'), ids('protocol')];
    this.#vhosts = ids('vhost');
    const agent = this.#row.slotOf('agent');
    this.#agent = agent?.storage === 'number' ? null : agent;
    this.#agentParts = [ids('agent_name'), ids('agent_os'), ids('agent_kind')];
    this.#user = this.#row.slotOf('user');
    this.#path = this.#row.slotOf('path');
    this.#query = this.#row.slotOf('query');
    this.#referrer = this.#row.slotOf('referrer');
    const needed = [this.#tsValues, this.#status, this.#size, this.#hosts, this.#methods, this.#protocols];
    const texts = [this.#user, this.#path, this.#query];
    this.#ready = needed.every((values) => values.length > 0) && texts.every((slot) => slot !== null);
  }

  /** Fills `row` from the line at `start`; returns where its newline is, or -1 and has left nothing. */
  row(bytes: Uint8Array, start: number, newline: number, row: number): number {
    if (!this.#ready) return -1;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#at = start;
    const taken = this.#who(bytes, row) && this.#request(bytes, row) && this.#answer(bytes, row) && this.#client(bytes, newline, row);
    if (taken) return this.#at;
    this.#row.clear();
    return -1;
  }

  /** `[vhost] address - user [time] "` */
  #who(bytes: Uint8Array, row: number): boolean {
    if (!this.#address(bytes, row)) {
      const end = bytes.indexOf(BLANK, this.#at);
      if (this.#vhosts.length === 0 || end < 0 || end - this.#at > 100 || !isName(bytes, this.#at, end)) return false;
      this.#vhosts[row] = this.#texts.id(this.#view, bytes, this.#at, end);
      this.#at = end + 1;
      if (!this.#address(bytes, row)) return false;
    }
    let at = this.#at;
    if (bytes[at] !== BLANK || bytes[at + 1] !== DASH || bytes[at + 2] !== BLANK) return false;
    at += 3;
    if (bytes[at] === DASH && bytes[at + 1] === BLANK) at++;
    else {
      const from = at;
      while (targetStops[bytes[at]] === 0 && bytes[at] !== 91) at++;
      if (bytes[at] !== BLANK || at === from || at - from > 64) return false;
      this.#put(this.#user, bytes, from, at, row);
    }
    if (bytes[at] !== BLANK || bytes[at + 1] !== 91) return false;
    const ts = this.#time.quick(this.#view, bytes, at + 2);
    if (ts !== ts || bytes[at + 29] !== BLANK || bytes[at + 30] !== QUOTE) return false;
    this.#tsValues[row] = ts;
    this.ts = ts;
    this.#at = at + 31;
    return true;
  }

  #address(bytes: Uint8Array, row: number): boolean {
    const start = this.#at;
    const end = ipv4End(bytes, start);
    if (end < 0) return this.#longAddress(bytes, start, row);
    this.#hosts[row] = this.#row.cells.addresses.id(readIpv4.value, bytes, start, end);
    this.#at = end;
    return true;
  }

  #longAddress(bytes: Uint8Array, start: number, row: number): boolean {
    let at = start;
    while (at - start < 64 && targetStops[bytes[at]] === 0) at++;
    if (bytes[at] !== BLANK) return false;
    const id = this.#longHosts.id(this.#view, bytes, start, at);
    this.#hosts[row] = id;
    this.#at = id === 0 ? start : at;
    return id !== 0;
  }

  /** `METHOD target HTTP/x.y" ` */
  #request(bytes: Uint8Array, row: number): boolean {
    const start = this.#at;
    let at = start;
    while (bytes[at] >= 65 && bytes[at] <= 90) at++;
    if (bytes[at] !== BLANK || at === start || at - start > 8) return false;
    this.#methods[row] = this.#row.cells.terms.id(bytes, start, at);
    const target = ++at;
    while (targetStops[bytes[at]] === 0) at++;
    if (at === target) return false;
    this.#put(this.#path, bytes, target, at, row);
    if (bytes[at] === QUESTION) {
      const query = ++at;
      while (queryStops[bytes[at]] === 0) at++;
      if (at > query) this.#put(this.#query, bytes, query, at, row);
    }
    // blanks within what was asked for are a matter for the slow way
    if (bytes[at] !== BLANK || bytes[at + 1] !== 72 || bytes[at + 2] !== 84 || bytes[at + 3] !== 84 || bytes[at + 4] !== 80) return false;
    const protocol = at + 1;
    at += 6;
    if (bytes[at - 1] !== 47 || !isDigit(bytes[at])) return false;
    if (bytes[at + 1] === 46 && isDigit(bytes[at + 2])) at += 2;
    if (bytes[at + 1] !== QUOTE || bytes[at + 2] !== BLANK) return false;
    this.#protocols[row] = this.#row.cells.terms.id(bytes, protocol, at + 1);
    this.#at = at + 3;
    return true;
  }

  /** `status size` */
  #answer(bytes: Uint8Array, row: number): boolean {
    let at = this.#at;
    const [a, b, c] = [bytes[at] - 48, bytes[at + 1] - 48, bytes[at + 2] - 48];
    if (a < 1 || a > 9 || b >>> 0 > 9 || c >>> 0 > 9 || bytes[at + 3] !== BLANK) return false;
    this.#status[row] = a * 100 + b * 10 + c;
    at += 4;
    if (bytes[at] === DASH) at++;
    else {
      const from = at;
      let size = 0;
      while (isDigit(bytes[at])) size = size * 10 + bytes[at++] - 48;
      if (at === from || at - from > 15) return false;
      this.#size[row] = size;
    }
    this.#at = at;
    return true;
  }

  /** ` "referrer" "agent"` and the end of the line. */
  #client(bytes: Uint8Array, newline: number, row: number): boolean {
    let at = this.#at;
    if (bytes[at] === BLANK && bytes[at + 1] === QUOTE) {
      if (this.#agent === null || this.#referrer === null) return false;
      const client = this.#hosts[row] & (CLIENTS - 1);
      at = this.#headers(bytes, at + 2, client, row);
      if (at < 0) return false;
    }
    if (bytes[at] === CR && newline !== CR) at++;
    if (bytes[at] !== newline) return false;
    this.#at = at;
    return true;
  }

  /** `referrer" "agent"`; returns where it ends, or -1. A client is likely to send what it sent the last time. */
  #headers(bytes: Uint8Array, referrer: number, client: number, row: number): number {
    let at = this.#header(this.#referrer, bytes, referrer, this.#referrerOf, client, row);
    if (at < 0 || bytes[at + 1] !== BLANK || bytes[at + 2] !== QUOTE) return -1;
    const agent = at + 3;
    at = this.#header(this.#agent, bytes, agent, this.#agentOf, client, row);
    if (at < 0) return -1;
    if (this.#agent !== null && isText(bytes, agent, at)) this.#row.agents.put(this.#agent, row, this.#agentParts);
    return at + 1;
  }

  /** A text up to the next quote; returns where that is, or -1. `lasts`: where the last of each client is remembered. */
  #header(slot: Slot | null, bytes: Uint8Array, start: number, lasts: Uint16Array, client: number, row: number): number {
    const known = this.#again(bytes, start, lasts[client]);
    if (known >= 0 && slot?.storage === 'dictionary') {
      slot.values[row] = this.#texts.idAt(lasts[client] - 1);
      return known;
    }
    const at = known >= 0 ? known : quotedEnd(this.#view, bytes, start);
    if (at >= 0 && isText(bytes, start, at)) {
      this.#put(slot, bytes, start, at, row);
      if (slot?.storage === 'dictionary') lasts[client] = this.#texts.slot + 1;
    }
    return at;
  }

  /** The end of the text that is remembered at `slot - 1`, if it stands at `from` and a quote behind it; else -1. */
  #again(bytes: Uint8Array, from: number, slot: number): number {
    if (slot === 0) return -1;
    const length = this.#texts.guess(this.#view, from, slot - 1);
    return length >= 0 && bytes[from + length] === QUOTE ? from + length : -1;
  }

  #put(slot: Slot | null, bytes: Uint8Array, start: number, end: number, row: number): void {
    if (slot?.storage === 'dictionary') slot.values[row] = this.#texts.id(this.#view, bytes, start, end);
    else if (slot?.storage === 'text') {
      slot.set(row, bytes, start, end);
      if (slot.length > MAX_TEXT) this.#slots.heavy = true;
    }
  }
}
