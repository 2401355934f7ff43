import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import { LINE_LIMIT } from '../../formats/types.ts';
import type { LiveSource, Position, SourceGauge, SourceSink, Stretch } from '../types.ts';
import { countNoObjects, jsonLines } from './json-lines.ts';

/** So many bytes may wait to be committed; beyond them senders are told to come again. */
const MOST_WAITING = 16 * 2 ** 20;
/** Bodies that came together are handed over together, up to so many bytes. */
const BATCH = 2 ** 20;
const LF = 10;

/** What lines are: raw lines of a log, or JSON objects. Each has a stretch of its own, since no format reads both. */
const contents = ['lines', 'json'] as const;
type Content = (typeof contents)[number];

const contentOf: ReadonlyMap<string, Content> = new Map([
  ['text/plain', 'lines'],
  ['application/x-ndjson', 'json'],
  ['application/ndjson', 'json'],
  ['application/jsonl', 'json'],
  ['application/json', 'json'],
]);

const sums = z.object({ bytes: z.int().nonnegative(), lines: z.int().nonnegative() });
const positionSchema = z.object({
  form: z.literal(1),
  /** Bodies that were taken. */
  bodies: z.int().nonnegative(),
  current: z.enum(contents),
  lines: sums,
  json: sums,
});
type IngestPosition = z.infer<typeof positionSchema>;

/** Lines that somebody waits for. */
interface Body {
  readonly content: Content;
  readonly bytes: Uint8Array;
  readonly lines: number;
  /** Its number, once it was handed over. */
  number: number;
  done(error: Error | null): void;
}

/** The id of the stretch that a body of this type belongs to; null for a type that is not taken. */
export function stretchOf(contentType: string): string | null {
  return contentOf.get(contentType.split(';')[0].trim().toLowerCase()) ?? null;
}

export interface IngestOptions {
  /** As senders name it. */
  readonly name: string;
  /** Bytes that may wait to be committed. Default 16 MiB. */
  readonly most?: number;
}

/** What is posted to the API. Who sends waits until the lines are in the case; one that is answered can be sure of it. */
export class IngestSource implements LiveSource {
  readonly #name: string;
  readonly #most: number;
  /** Accepted and not handed over yet. */
  #queue: Body[] = [];
  /** Handed over, and not committed yet. */
  #handed: Body[] = [];
  #waiting = 0;
  #wake: () => void = () => undefined;
  #state: SourceGauge['state'] = 'starting';
  #why = '';
  #bytes = 0;
  #position: IngestPosition = { form: 1, bodies: 0, current: 'lines', lines: { bytes: 0, lines: 0 }, json: { bytes: 0, lines: 0 } };
  /** The stretch of the latest bytes. */
  #current: Content | null = null;

  constructor({ name, most = MOST_WAITING }: IngestOptions) {
    this.#name = name;
    this.#most = most;
  }

  get gauge(): SourceGauge {
    const lines = this.#queue.reduce((sum, body) => sum + body.lines, 0);
    const bytes = this.#queue.reduce((sum, body) => sum + body.bytes.length, 0);
    return { state: this.#state, why: this.#why, lag: { bytes, records: lines }, bytes: this.#bytes, errors: 0 };
  }

  /**
   * Takes a body: raw lines (`text/plain`), JSON objects a line (`application/x-ndjson`), or a JSON array of them (`application/json`). Resolves when its
   * lines are committed. `rejected` counts those that are too long, or no JSON objects where they should be; they are handed over all the same, so that
   * the case has them among its rejects. Blank lines count as neither.
   * @throws FlowcaseError BUSY where nothing is taken now, or too much waits already; INVALID_INPUT where the body is not what it is said to be; what kept
   * the lines from being committed
   */
  async accept(contentType: string, body: Uint8Array): Promise<{ readonly accepted: number; readonly rejected: number }> {
    const type = contentType.split(';')[0].trim().toLowerCase();
    const content = contentOf.get(type);
    if (content === undefined) {
      throw new FlowcaseError(
        'INVALID_INPUT',
        `A body of the type "${type.slice(0, 100)}" is not taken. Send text/plain, application/x-ndjson or application/json.`,
      );
    }
    const bytes = withLineEnd(type === 'application/json' ? jsonLines(body) : body);
    const { lines, filled, long } = countLines(bytes);
    const rejected = Math.min(filled, long + (content === 'json' ? countNoObjects(bytes) : 0));
    if (filled === 0) return { accepted: 0, rejected: 0 };
    await this.#enqueue(content, bytes, lines);
    return { accepted: filled - rejected, rejected };
  }

  async run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void> {
    let thrown: Error | null = null;
    const wake = (): void => this.#wake();
    stopped.addEventListener('abort', wake);
    try {
      if (from !== null) this.#resume(from);
      this.#state = 'running';
      while (!stopped.aborted) {
        if (this.#queue.length > 0) await this.#hand(sink);
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } catch (error) {
      if (!(error instanceof FlowcaseError && error.code === 'CANCELLED'))
        thrown = error instanceof Error ? error : new Error(String(error));
    } finally {
      stopped.removeEventListener('abort', wake);
    }
    this.#state = thrown === null ? 'ended' : 'failed';
    this.#why = thrown?.message ?? '';
    this.#refuseAll(thrown ?? this.#notTaken());
    if (thrown !== null) throw thrown;
  }

  safe(position: Position): void {
    const { bodies } = readPosition(position, this.#name);
    while (this.#handed.length > 0 && this.#handed[0].number <= bodies) this.#handed.shift()?.done(null);
  }

  async #enqueue(content: Content, bytes: Uint8Array, lines: number): Promise<void> {
    if (this.#state !== 'running') throw this.#notTaken();
    if (this.#waiting > 0 && this.#waiting + bytes.length > this.#most) {
      throw new FlowcaseError('BUSY', `${this.#name}: ${this.#waiting} bytes wait to be kept already. Send this again in a moment.`);
    }
    this.#waiting += bytes.length;
    try {
      await new Promise<void>((resolve, reject) => {
        const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
        this.#queue.push({ content, bytes, lines, number: 0, done });
        this.#wake();
      });
    } finally {
      this.#waiting -= bytes.length;
    }
  }

  /** The bodies that wait, as far as they are of one content. */
  async #hand(sink: SourceSink): Promise<void> {
    const { content } = this.#queue[0];
    let count = 0;
    for (let bytes = 0; count < this.#queue.length && this.#queue[count].content === content && (count === 0 || bytes < BATCH); count++) {
      bytes += this.#queue[count].bytes.length;
    }
    const bodies = this.#queue.splice(0, count);
    for (const [i, body] of bodies.entries()) body.number = this.#position.bodies + i + 1;
    // before they are handed over: they may be safe before `take` returns
    this.#handed.push(...bodies);
    const bytes = bodies.length === 1 ? bodies[0].bytes : Buffer.concat(bodies.map((body) => body.bytes));
    const before = this.#position[content];
    const lines = bodies.reduce((sum, body) => sum + body.lines, 0);
    const sum = { bytes: before.bytes + bytes.length, lines: before.lines + lines };
    const after: IngestPosition = { ...this.#position, bodies: this.#position.bodies + count, current: content, [content]: sum };
    await sink.take({ bytes, after, begins: this.#current === content ? null : this.#stretch(content) });
    this.#position = after;
    this.#current = content;
    this.#bytes += bytes.length;
  }

  #stretch(content: Content): Stretch {
    return { id: content, path: `ingest://${this.#name}/${content}`, name: this.#name, byte: null, line: null, head: null };
  }

  #resume(from: Position): void {
    this.#position = readPosition(from, this.#name);
    this.#current = this.#position.current;
  }

  #refuseAll(error: Error): void {
    for (const body of [...this.#handed.splice(0), ...this.#queue.splice(0)]) body.done(error);
  }

  #notTaken(): FlowcaseError {
    return new FlowcaseError(
      'BUSY',
      `${this.#name} takes nothing now${this.#why === '' ? '' : `: ${this.#why}`}. Send this again when it is watched.`,
    );
  }
}

function readPosition(position: Position, name: string): IngestPosition {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data;
  throw new FlowcaseError('CASE_DAMAGED', `What the case keeps about ${name} cannot be understood. Watch it as a new source.`);
}

/** The sender's buffer is not kept. */
function withLineEnd(body: Uint8Array): Uint8Array {
  const ended = body.length === 0 || body[body.length - 1] === LF;
  return Buffer.concat([body, Uint8Array.from(ended ? [] : [LF])]);
}

function countLines(bytes: Uint8Array): { readonly lines: number; readonly filled: number; readonly long: number } {
  let [lines, filled, long] = [0, 0, 0];
  for (let from = 0; from < bytes.length; lines++) {
    const end = bytes.indexOf(LF, from);
    const length = end - from - (end > from && bytes[end - 1] === 13 ? 1 : 0);
    if (length > 0) filled++;
    if (length > LINE_LIMIT) long++;
    from = end + 1;
  }
  return { lines, filled, long };
}
