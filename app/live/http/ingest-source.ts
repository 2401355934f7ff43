import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import { formats } from '../../formats/registry.ts';
import type { BatchFigures, KeptBatch, LiveSource, Position, SourceGauge, SourceSink, Stretch } from '../types.ts';
import { jsonLines } from './json-lines.ts';
import type { Keep } from './posted-once.ts';

/** So many bytes may wait to be committed; beyond them senders are told to come again. */
const MOST_WAITING = 16 * 2 ** 20;
const LF = 10;

/** What lines are: raw lines of a log, or JSON objects. Each has a stretch of its own, since no format reads both. */
const contents = ['lines', 'json'] as const;
type Content = (typeof contents)[number];

const contentOf: ReadonlyMap<string, Content> = new Map([
  ['text/plain', 'lines'],
  ['text/csv', 'lines'],
  ['text/tab-separated-values', 'lines'],
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
  /** Whoever sent it waits no more. */
  gone(): boolean;
  /** Its number, once it was handed over. */
  number: number;
  /** What its sender has kept with it. */
  readonly keep: Keep | null;
  /** What the ledger of the case says of it; null while it is not there. */
  figures: BatchFigures | null;
  done(outcome: Error | BatchFigures): void;
}

/** What became of a body: records that are in the case, lines that are among the rejects, and lines that are no records (headers, comments, blank ones). */
export interface Taken {
  readonly accepted: number;
  readonly rejected: number;
  readonly comments: number;
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
   * Takes a body: raw lines (`text/plain`, `text/csv`), JSON objects a line (`application/x-ndjson`), or a JSON array of them (`application/json`). Resolves
   * when its lines are committed, with what they became, and with what `keep` makes of that; `gone` says whether anybody still waits, and is asked before it is begun. Of a body without any text nothing is kept.
   * @throws FlowcaseError BUSY where nothing is taken now, or too much waits already; INVALID_INPUT where the body is not what it is said to be; FORMAT_UNKNOWN
   * where nobody can tell what its lines are; what kept the lines from being committed
   */
  async accept(contentType: string, body: Uint8Array, gone: () => boolean = () => false, keep: Keep | null = null): Promise<Taken> {
    const type = contentType.split(';')[0].trim().toLowerCase();
    const content = contentOf.get(type);
    if (content === undefined) {
      throw new FlowcaseError(
        'INVALID_INPUT',
        `A body of the type "${type.slice(0, 100)}" is not taken. Send ${[...contentOf.keys()].join(', ')}.`,
      );
    }
    const bytes = withLineEnd(type === 'application/json' ? jsonLines(body) : body);
    if (isBlank(bytes)) return { accepted: 0, rejected: 0, comments: 0 };
    const { rows, rejected, comments } = await this.#enqueue({ content, bytes, lines: linesIn(bytes), gone, keep });
    return { accepted: rows, rejected, comments };
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
    // what was handed over can still be committed, and is told then; only what was not is certain to be refused
    const refused = thrown === null ? this.#queue.splice(0) : [...this.#handed.splice(0), ...this.#queue.splice(0)];
    for (const body of refused) body.done(thrown ?? this.#notTaken());
    if (thrown !== null) throw thrown;
  }

  safe(position: Position): void {
    const { bodies } = readPosition(position, this.#name);
    while (this.#handed.length > 0 && this.#handed[0].number <= bodies) {
      const body = this.#handed.shift();
      body?.done(body.figures ?? { rows: 0, rejected: 0, comments: 0 });
    }
  }

  keeps(after: Position, batch: KeptBatch): readonly (readonly [string, Uint8Array])[] {
    const keep = this.#bodyOf(after)?.keep ?? null;
    return keep === null ? [] : [keep(batch)];
  }

  counted(after: Position, figures: BatchFigures): void {
    const body = this.#bodyOf(after);
    if (body !== undefined) body.figures = figures;
  }

  refused(after: Position, error: FlowcaseError): void {
    const body = this.#bodyOf(after);
    if (body === undefined) return;
    this.#handed.splice(this.#handed.indexOf(body), 1);
    const ids = formats.map(({ id }) => id);
    const unknown = error.code === 'FORMAT_UNKNOWN';
    const advice = unknown ? ` Nothing of this was taken. If you know what it is, say so with format=, which takes ${ids.join(', ')}.` : '';
    body.done(new FlowcaseError(error.code, `${error.message}${advice}`, { ...error.details, ...(unknown ? { formats: ids } : {}) }));
  }

  #bodyOf(after: Position): Body | undefined {
    const { bodies } = readPosition(after, this.#name);
    return this.#handed.find(({ number }) => number === bodies);
  }

  async #enqueue(body: Pick<Body, 'content' | 'bytes' | 'lines' | 'gone' | 'keep'>): Promise<BatchFigures> {
    const { bytes } = body;
    if (this.#state !== 'running') throw this.#notTaken();
    if (this.#waiting > 0 && this.#waiting + bytes.length > this.#most) {
      throw new FlowcaseError('BUSY', `${this.#name}: ${this.#waiting} bytes wait to be kept already. Send this again in a moment.`);
    }
    this.#waiting += bytes.length;
    try {
      return await new Promise<BatchFigures>((resolve, reject) => {
        const done = (outcome: Error | BatchFigures): void => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
        this.#queue.push({ ...body, number: 0, figures: null, done });
        this.#wake();
      });
    } finally {
      this.#waiting -= bytes.length;
    }
  }

  /** One body after the other, since each sender is told what became of its own. */
  async #hand(sink: SourceSink): Promise<void> {
    const body = this.#queue.shift();
    if (body === undefined) return;
    if (body.gone()) {
      body.done(new FlowcaseError('CANCELLED', 'Whoever sent this has gone: nothing of it was taken.'));
      return;
    }
    const { content, bytes, lines } = body;
    const before = this.#position[content];
    const sum = { bytes: before.bytes + bytes.length, lines: before.lines + lines };
    const after: IngestPosition = { ...this.#position, bodies: this.#position.bodies + 1, current: content, [content]: sum };
    body.number = after.bodies;
    // before it is handed over: it may be safe before `take` returns
    this.#handed.push(body);
    this.#position = after;
    // it goes on where earlier bodies ended; if they were refused, it begins
    await sink.take({ bytes, after, begins: this.#stretch(content) });
    this.#bytes += bytes.length;
  }

  #stretch(content: Content): Stretch {
    return { id: content, path: `ingest://${this.#name}/${content}`, name: this.#name, byte: null, line: null, head: null };
  }

  #resume(from: Position): void {
    this.#position = readPosition(from, this.#name);
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

function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === LF || byte === 13);
