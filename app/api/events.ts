import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Client, EventName, Events, JobState } from '../contract.ts';
import { encodeEvent } from './encode.ts';
import type { ApiJobs } from './jobs.ts';

/** What the core tells unasked, as server-sent events (HTML Living Standard, 9.2). */

/** Every event of the contract; a new one is one row. */
const topics = { job: true, case: true, live: true, alert: true, trouble: true } as const satisfies Partial<Record<EventName, true>>;
export const eventNames = Object.keys(topics) as (keyof typeof topics)[];

/** Events that are kept for clients that come back, and letters of them. */
const KEPT = 512;
const KEPT_LETTERS = 1 << 20;
/** Bytes that may wait for one client; one that reads more slowly is cut off, and comes back with the last id it has seen. */
const WAITING = 1 << 20;
/** Streams at once, and of one token. */
export const MOST_STREAMS = 100;
export const MOST_OF_ONE = 20;

interface Told {
  readonly number: number;
  readonly topic: string;
  readonly text: string;
}

export interface Stream {
  readonly response: ServerResponse;
  /** Of whom it is: the digest of a token. */
  readonly owner: string;
  /** null: all of them. */
  readonly topics: readonly string[] | null;
  /** Whether whoever listens may still do so. */
  readonly isWelcome: () => boolean;
}

/** Hears every event once and hands it to whoever listens. */
export class EventHub {
  /** Another start is another list of events: ids of the one before mean nothing. */
  readonly #boot = randomBytes(6).toString('hex');
  readonly #kept: Told[] = [];
  readonly #streams = new Set<Stream>();
  readonly #off: readonly (() => void)[];
  readonly #pulse: NodeJS.Timeout;
  #letters = 0;
  #last = 0;

  constructor(core: Client, jobs: ApiJobs, heartbeat: number) {
    this.#off = eventNames.map((name) => core.on(name, (payload) => this.tell(name, shown(name, payload, jobs))));
    this.#pulse = setInterval(() => this.#beat(), heartbeat * 1000);
    this.#pulse.unref();
  }

  get streams(): number {
    return this.#streams.size;
  }

  streamsOf(owner: string): number {
    return [...this.#streams].filter((stream) => stream.owner === owner).length;
  }

  /** Tells every listener. */
  tell(topic: string, payload: unknown): void {
    const number = ++this.#last;
    const text = `id: ${this.#boot}-${number}\nevent: ${topic}\ndata: ${JSON.stringify(payload)}\n\n`;
    const told = { number, topic, text };
    this.#kept.push(told);
    this.#letters += text.length;
    while (this.#kept.length > KEPT || (this.#letters > KEPT_LETTERS && this.#kept.length > 1))
      this.#letters -= this.#kept.shift()?.text.length ?? 0;
    for (const stream of this.#streams) this.#send(stream, told);
  }

  /** Begins a stream: first what was told since `lastId`, or word that this is not known any more. */
  attach(stream: Stream, lastId: string | undefined): void {
    const { response } = stream;
    response.on('close', () => this.#streams.delete(stream));
    response.on('error', () => response.destroy());
    response.write('retry: 2000\n\n');
    this.#streams.add(stream);
    if (lastId === undefined) return;
    const missed = this.#since(lastId);
    if (missed === null)
      response.write(`event: reset\ndata: {"why":"what was told since is not kept any more: read what you show again"}\n\n`);
    else for (const told of missed) this.#send(stream, told);
  }

  /** Ends every stream; clients come back by themselves. */
  close(): void {
    clearInterval(this.#pulse);
    for (const stop of this.#off) stop();
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
  }

  /** null: some of it is gone. */
  #since(id: string): readonly Told[] | null {
    const [boot, text = ''] = id.split('-', 2);
    const number = Number(text);
    const oldest = this.#kept[0]?.number ?? this.#last + 1;
    if (boot !== this.#boot || !/^\d+$/.test(text) || number > this.#last || number < oldest - 1) return null;
    return this.#kept.filter((told) => told.number > number);
  }

  #send(stream: Stream, told: Told): void {
    if (stream.topics !== null && !stream.topics.includes(told.topic)) return;
    this.#write(stream, told.text);
  }

  #write({ response }: Stream, text: string): void {
    response.write(text);
    if (response.writableLength > WAITING) response.destroy();
  }

  #beat(): void {
    for (const stream of this.#streams) {
      if (stream.isWelcome()) this.#write(stream, ': still here\n\n');
      else stream.response.end();
    }
  }
}

/** As JSON. What a job ended with can be large: it is had from /jobs/{job}. */
function shown<E extends EventName>(name: E, payload: Events[E], jobs: ApiJobs): unknown {
  return name === 'job' ? jobs.brief(payload as JobState) : encodeEvent(name, payload);
}
