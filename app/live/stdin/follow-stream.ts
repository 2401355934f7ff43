import { closeSync, constants, fstatSync, open } from 'node:fs';
import { Socket } from 'node:net';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import { fileError } from '../../original/file-error.ts';
import { LineCutter, type Cut } from '../file/line-cutter.ts';
import { Marker } from '../file/mark.ts';
import type { LiveSource, Position, SourceGauge, SourceSink, Stretch } from '../types.ts';

/** There is no way back in a stream: a position says what came of it, not where to go on. */
const positionSchema = z.object({
  form: z.literal(1),
  /** Streams so far: each start reads another one. */
  stretch: z.int().positive(),
  /** Bytes and lines of this one. */
  bytes: z.int().nonnegative(),
  lines: z.int().nonnegative(),
  /** It has ended. */
  over: z.boolean(),
});
type StreamPosition = z.infer<typeof positionSchema>;

const NOTHING = new Uint8Array(0);

/** Reads standard input, or another stream that is given, until it ends. */
export function followStream(input: Readable, name = 'standard input'): LiveSource {
  return new FollowedStream(name, name, () => Promise.resolve(input));
}

/** Reads a named pipe until nobody has it open for writing any more; waits for the first who has. */
export function followPipe(path: string): LiveSource {
  return new FollowedStream(path, basename(path), () => openPipe(path));
}

class FollowedStream implements LiveSource {
  readonly #path: string;
  readonly #name: string;
  readonly #open: () => Promise<Readable>;
  readonly #cutter = new LineCutter(0, 0, new Marker());
  #stretch = 1;
  #begun = false;
  #last: StreamPosition = { form: 1, stretch: 1, bytes: 0, lines: 0, over: false };
  #state: SourceGauge['state'] = 'starting';
  #why = '';
  #bytes = 0;
  #errors = 0;

  constructor(path: string, name: string, input: () => Promise<Readable>) {
    this.#path = path;
    this.#name = name;
    this.#open = input;
  }

  get gauge(): SourceGauge {
    return {
      state: this.#state,
      why: this.#why,
      lag: { bytes: null, records: null },
      bytes: this.#bytes,
      errors: this.#errors,
    };
  }

  async run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void> {
    const before = from === null ? null : readPosition(from, this.#path);
    try {
      if (before !== null) await this.#resume(before, sink);
      const input = await this.#open();
      const stop = (): void => void input.destroy();
      stopped.addEventListener('abort', stop);
      if (stopped.aborted) stop();
      this.#say('waiting', `for what is written to ${this.#name}`);
      try {
        await this.#read(input, sink, stopped);
      } finally {
        stopped.removeEventListener('abort', stop);
        input.destroy();
      }
      this.#say('ended', stopped.aborted ? '' : `${this.#name} has ended`);
    } catch (error) {
      if (stopped.aborted || (error instanceof FlowcaseError && error.code === 'CANCELLED')) {
        this.#say('ended', '');
        return;
      }
      this.#say('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** What was read before the restart has no rest that could still come. */
  async #resume(before: StreamPosition, sink: SourceSink): Promise<void> {
    this.#stretch = before.stretch;
    if (!before.over) await this.#hand(sink, NOTHING, { ...before, over: true }, true);
    this.#stretch++;
    this.#begun = false;
  }

  async #read(input: Readable, sink: SourceSink, stopped: AbortSignal): Promise<void> {
    for await (const block of input as AsyncIterable<Uint8Array | string>) {
      this.#say('running', '');
      // blocks of a stream may be used again
      for (const cut of this.#cutter.push(Buffer.from(block))) await this.#give(sink, cut, false);
      if (stopped.aborted) return;
    }
    if (stopped.aborted) return;
    const last = this.#cutter.end();
    if (last !== null) await this.#give(sink, last, true);
    else if (this.#begun) await this.#hand(sink, NOTHING, { ...this.#last, over: true }, true);
  }

  async #give(sink: SourceSink, { bytes, mark, left }: Cut, ends: boolean): Promise<void> {
    await this.#hand(sink, bytes, { form: 1, stretch: this.#stretch, bytes: mark.byte, lines: mark.line, over: ends }, ends);
    if (left === 0) return;
    this.#errors++;
    sink.fault(`Line ${mark.line} of ${this.#name} is ${bytes.length + left} bytes long: ${left} bytes of its middle were left out.`);
  }

  async #hand(sink: SourceSink, bytes: Uint8Array, after: StreamPosition, ends: boolean): Promise<void> {
    const stretch: Stretch = { id: String(this.#stretch), path: this.#path, name: this.#name, byte: 0, line: 0, head: null };
    await sink.take({ bytes, after, begins: this.#begun ? null : stretch, ...(ends ? { ends } : {}) });
    this.#last = after;
    this.#begun = true;
    this.#bytes += bytes.length;
  }

  #say(state: SourceGauge['state'], why: string): void {
    this.#state = state;
    this.#why = why;
  }
}

function readPosition(position: Position, path: string): StreamPosition {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data;
  throw new FlowcaseError('CASE_DAMAGED', `What the case keeps about ${path} cannot be understood. Follow it as a new source.`, { path });
}

/** Without waiting for somebody who writes: that could not be stopped. */
async function openPipe(path: string): Promise<Readable> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const descriptor = await promisify(open)(path, flags).catch((error: unknown) => {
    throw fileError(error, path);
  });
  // it closes the descriptor
  if (fstatSync(descriptor).isFIFO()) return new Socket({ fd: descriptor, readable: true, writable: false });
  closeSync(descriptor);
  throw new FlowcaseError('FILE_UNREADABLE', `${path} is no pipe. Follow it as a file.`, { path });
}
