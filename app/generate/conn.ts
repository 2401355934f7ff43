import type { Host } from './network.ts';

/** A connection on its way into a log. One object is used for all rows. -1 is unset. */
export interface Conn {
  /** Microseconds since 1970. */
  ts: number;
  orig: Host;
  origPort: number;
  resp: Host;
  respPort: number;
  proto: 'tcp' | 'udp' | 'icmp';
  service: string;
  /** Microseconds. */
  duration: number;
  origBytes: number;
  respBytes: number;
  state: string;
  history: string;
  missed: number;
  origPackets: number;
  respPackets: number;
}

const header = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#open\tOPEN',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]',
  '',
].join('\n');

const BLOCK = 2 ** 20;
/** No row is longer. */
const ROW = 400;
const TAB = 9;
const DASH = 45;
const ZERO = 48;

/** Writes rows as Zeek's ASCII writer does, into blocks that are the taker's to keep. */
export class ConnWriter {
  readonly #write: (block: Uint8Array) => void | Promise<void>;
  #block = new Uint8Array(BLOCK);
  #at = 0;
  /** Of the next row, counted from 1. */
  line = 1;

  constructor(write: (block: Uint8Array) => void | Promise<void>) {
    this.#write = write;
  }

  open(ts: number): void {
    const text = header.replace('OPEN', stamp(ts));
    this.#text(text);
    this.line += text.split('\n').length - 1;
  }

  async close(ts: number): Promise<void> {
    this.#text(`#close\t${stamp(ts)}\n`);
    await this.#hand();
  }

  /** True where it is time to `hand` the block on. */
  row(conn: Conn, uid: Uint8Array): boolean {
    const tcp = conn.proto === 'tcp';
    this.#micros(conn.ts);
    this.#bytes(uid);
    this.#bytes(conn.orig.bytes);
    this.#number(conn.origPort);
    this.#bytes(conn.resp.bytes);
    this.#number(conn.respPort);
    this.#field(conn.proto);
    this.#field(conn.service);
    this.#micros(conn.duration);
    this.#number(conn.origBytes);
    this.#number(conn.respBytes);
    this.#field(conn.state);
    this.#field(conn.orig.local ? 'T' : 'F');
    this.#field(conn.resp.local ? 'T' : 'F');
    this.#number(conn.missed);
    this.#field(conn.history);
    const overhead = (conn.orig.v6 ? 40 : 20) + (tcp ? 32 : 8);
    this.#number(conn.origPackets);
    this.#number(Math.max(0, conn.origBytes) + conn.origPackets * overhead);
    this.#number(conn.respPackets);
    this.#number(Math.max(0, conn.respBytes) + conn.respPackets * overhead);
    this.#block[this.#at++] = DASH;
    this.#block[this.#at++] = 10;
    this.line++;
    return this.#at > BLOCK - ROW;
  }

  async hand(): Promise<void> {
    await this.#hand();
    this.#block = new Uint8Array(BLOCK);
    this.#at = 0;
  }

  async #hand(): Promise<void> {
    await this.#write(this.#block.subarray(0, this.#at));
  }

  #text(text: string): void {
    for (let i = 0; i < text.length; i++) this.#block[this.#at++] = text.charCodeAt(i);
  }

  #field(text: string): void {
    this.#text(text);
    this.#block[this.#at++] = TAB;
  }

  #bytes(bytes: Uint8Array): void {
    const block = this.#block;
    let at = this.#at;
    for (let i = 0; i < bytes.length; i++) block[at++] = bytes[i];
    block[at++] = TAB;
    this.#at = at;
  }

  #number(value: number): void {
    if (value < 0) this.#block[this.#at++] = DASH;
    else this.#digits(value, 1);
    this.#block[this.#at++] = TAB;
  }

  #micros(value: number): void {
    if (value < 0) this.#block[this.#at++] = DASH;
    else {
      const seconds = Math.floor(value / 1e6);
      this.#digits(seconds, 1);
      this.#block[this.#at++] = 46;
      this.#digits(value - seconds * 1e6, 6);
    }
    this.#block[this.#at++] = TAB;
  }

  #digits(value: number, least: number): void {
    let length = least;
    for (let limit = 10 ** least; value >= limit; limit *= 10) length++;
    let rest = value;
    for (let at = this.#at + length - 1; at >= this.#at; at--) {
      const tens = Math.floor(rest / 10);
      this.#block[at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    this.#at += length;
  }
}

/** 2024-04-19-20-00-00 */
function stamp(ts: number): string {
  return new Date(ts / 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-');
}
