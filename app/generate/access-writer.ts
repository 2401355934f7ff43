import { monthNames } from '../shared/months.ts';
import type { BlockWriter } from './types.ts';
import { bytesOf } from './tstat-writer.ts';

/** A request that is about to be written. One object is used for all of them. */
export interface AccessRequest {
  client: Uint8Array;
  user: Uint8Array;
  /** The request line, escaped as Apache does. */
  request: Uint8Array;
  status: number;
  /** -1: no body. */
  bytes: number;
  referrer: Uint8Array;
  agent: Uint8Array;
}

export const layouts = ['combined', 'common', 'vhost'] as const;
export type AccessLayout = (typeof layouts)[number];

export const dash = bytesOf('-');
const BLOCK = 2 ** 20;
/** No line is longer. */
const LONGEST = 8192;

/** Writes requests as Apache does, into blocks that are the taker's to keep. */
export class AccessWriter {
  readonly #write: BlockWriter;
  readonly #layout: AccessLayout;
  readonly #vhost: Uint8Array;
  #block = new Uint8Array(BLOCK);
  #at = 0;
  #second = NaN;
  #time = dash;
  /** Of the next line, counted from 1. */
  line = 1;

  constructor(layout: AccessLayout, host: string, write: BlockWriter) {
    this.#layout = layout;
    this.#vhost = bytesOf(`${host}:443 `);
    this.#write = write;
  }

  /** `ts`: microseconds since 1970 UTC. True where it is time to `hand` the block on. */
  row(ts: number, { client, user, request, status, bytes, referrer, agent }: AccessRequest): boolean {
    if (this.#layout === 'vhost') this.#bytes(this.#vhost);
    this.#bytes(client);
    this.#bytes(blankDash);
    this.#bytes(user);
    this.#bytes(this.#timeOf(Math.floor(ts / 1e6)));
    this.#bytes(request);
    this.#bytes(quoteBlank);
    this.#whole(status);
    this.#block[this.#at++] = 32;
    if (bytes < 0) this.#bytes(dash);
    else this.#whole(bytes);
    if (this.#layout !== 'common') {
      this.#bytes(blankQuote);
      this.#bytes(referrer);
      this.#bytes(between);
      this.#bytes(agent);
      this.#block[this.#at++] = 34;
    }
    this.#block[this.#at++] = 10;
    this.line++;
    return this.#at > BLOCK - LONGEST;
  }

  async hand(): Promise<void> {
    await this.#write(this.#block.subarray(0, this.#at));
    this.#block = new Uint8Array(BLOCK);
    this.#at = 0;
  }

  /** ` [15/Apr/2024:09:30:00 +0000] "` */
  #timeOf(second: number): Uint8Array {
    if (second === this.#second) return this.#time;
    const date = new Date(second * 1000);
    const iso = date.toISOString();
    this.#second = second;
    this.#time = bytesOf(` [${iso.slice(8, 10)}/${monthNames[date.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000] "`);
    return this.#time;
  }

  #bytes(bytes: Uint8Array): void {
    const block = this.#block;
    let at = this.#at;
    for (let i = 0; i < bytes.length; i++) block[at++] = bytes[i];
    this.#at = at;
  }

  #whole(value: number): void {
    let length = 1;
    for (let limit = 10; value >= limit; limit *= 10) length++;
    let rest = value;
    for (let at = this.#at + length - 1; at >= this.#at; at--) {
      const tens = Math.floor(rest / 10);
      this.#block[at] = 48 + (rest - tens * 10);
      rest = tens;
    }
    this.#at += length;
  }
}

const blankDash = bytesOf(' - ');
const quoteBlank = bytesOf('" ');
const blankQuote = bytesOf(' "');
const between = bytesOf('" "');
