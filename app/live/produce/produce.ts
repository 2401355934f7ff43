import { setTimeout as wait } from 'node:timers/promises';
import { plural } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import type { LogLine } from './log-lines.ts';
import type { Origin } from './origin.ts';
import { shiftTimes } from './shift-times.ts';
import { Pacer, type Speed } from './speed.ts';
import type { Target } from './target.ts';

/** Lines that are due within this go together, so that timers do not set the pace; milliseconds. */
const TICK = 5;
/** A batch is no longer than this: lines, bytes. */
const BATCH_LINES = 5000;
const BATCH_BYTES = 900_000;

export interface ProducePlan {
  /** Played one after the other. */
  readonly origins: (round: number) => readonly Origin[];
  readonly target: Target;
  readonly speed: Speed;
  /** At most so many records. */
  readonly rows: number;
  /** From the beginning again, without end. */
  readonly loop: boolean;
  /** Times are moved so that the first record's is this one (milliseconds since 1970 UTC) and differences stay; null: they stay as they are. */
  readonly startAt: number | null;
}

/** What the target has. */
export interface Produced {
  readonly records: number;
  /** Header lines, comments and blank lines. */
  readonly heads: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Records whose time stood nowhere in their line, so that it could not be moved. */
  readonly unmoved: number;
}

/**
 * Plays logs to a target. Stops between two batches when `stopped` says so: what is told was taken by the target, and nothing else.
 * @throws FlowcaseError of the origin or the target, its message ending with how many records were taken (acknowledged, where the target does that)
 */
export async function produce(plan: ProducePlan, stopped: AbortSignal, progress: (soFar: Produced) => void): Promise<Produced> {
  const player = new Player(plan, stopped, progress);
  try {
    for (let round = 0; !player.done; round++) {
      const before = player.produced.records;
      for (const origin of plan.origins(round)) await player.play(origin());
      if (!plan.loop || player.produced.records === before) break;
      player.again();
    }
    return player.produced;
  } catch (error) {
    if (!(error instanceof FlowcaseError) || (player.produced.records === 0 && !error.code.startsWith('REMOTE_'))) throw error;
    const taken = `${plural(player.produced.records, 'record')} had been taken.`;
    throw new FlowcaseError(
      error.code,
      `${error.message.replace(/[.?!]?$/, (end) => (end === '' ? '.' : end))} ${taken}`,
      { ...error.details, records: player.produced.records },
      error,
    );
  }
}

class Player {
  readonly #plan: ProducePlan;
  readonly #stopped: AbortSignal;
  readonly #progress: (soFar: Produced) => void;
  readonly #pacer: Pacer;
  readonly #begun = performance.now();
  #records = 0;
  #heads = 0;
  #bytes = 0;
  #unmoved = 0;
  #batch: LogLine[] = [];
  #batchBytes = 0;
  /** Records in the batch that waits. */
  #waiting = 0;
  /** What is added to times, milliseconds; null until the first record tells. */
  #delta: number | null = null;
  /** Times of this round as they go out, microseconds: the next one goes on behind them. */
  #first = NaN;
  #latest = NaN;
  /** Milliseconds that this round lies behind the first. */
  #later = 0;

  constructor(plan: ProducePlan, stopped: AbortSignal, progress: (soFar: Produced) => void) {
    this.#plan = plan;
    this.#stopped = stopped;
    this.#progress = progress;
    this.#pacer = new Pacer(plan.speed, () => performance.now());
  }

  get produced(): Produced {
    const seconds = (performance.now() - this.#begun) / 1000;
    return { records: this.#records, heads: this.#heads, bytes: this.#bytes, seconds, unmoved: this.#unmoved };
  }

  get done(): boolean {
    return this.#stopped.aborted || this.#records + this.#waiting >= this.#plan.rows;
  }

  /** Plays one log from its beginning to its end, or until there is enough. */
  async play(lines: AsyncGenerator<readonly LogLine[]>): Promise<void> {
    for await (const part of lines) {
      for (const line of part) {
        if (this.done) break;
        await this.#due(line);
        if (!this.#stopped.aborted) this.#add(line);
        if (this.#batch.length >= BATCH_LINES || this.#batchBytes >= BATCH_BYTES) await this.#flush();
      }
      await this.#flush();
      if (this.done) break;
    }
  }

  /** Another round begins: a second behind the one before it. */
  again(): void {
    if (!Number.isNaN(this.#latest)) this.#later += Math.ceil((this.#latest - this.#first) / 1e6) * 1000 + 1000;
    this.#first = NaN;
    this.#latest = NaN;
  }

  /** Waits until the line may go; what waits goes before. */
  async #due({ kind, ts }: LogLine): Promise<void> {
    if (kind === 'head') return;
    const delay = this.#pacer.next(ts + this.#later * 1000);
    if (delay <= TICK) return;
    await this.#flush();
    await wait(delay, undefined, { signal: this.#stopped }).catch(() => undefined);
  }

  #add(line: LogLine): void {
    const moved = this.#moved(line);
    this.#batch.push(moved);
    this.#batchBytes += moved.bytes.length;
    if (line.kind !== 'head') this.#waiting++;
  }

  /** The line with its times moved, where that is asked for. */
  #moved(line: LogLine): LogLine {
    if (line.kind !== 'record' || Number.isNaN(line.ts)) return line;
    if (Number.isNaN(this.#first)) this.#first = line.ts;
    if (!(line.ts <= this.#latest)) this.#latest = line.ts;
    const { startAt } = this.#plan;
    if (startAt === null) return line;
    this.#delta ??= Math.round((startAt - line.ts / 1000) / 1000) * 1000;
    const { buffer, byteOffset, length } = line.bytes;
    const text = shiftTimes(Buffer.from(buffer, byteOffset, length).toString('latin1'), line.ts, this.#delta + this.#later);
    if (text !== null) return { ...line, bytes: Buffer.from(text, 'latin1') };
    this.#unmoved++;
    return line;
  }

  async #flush(): Promise<void> {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    const records = this.#waiting;
    const bytes = this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    await this.#plan.target.write(batch);
    this.#waiting = 0;
    this.#records += records;
    this.#heads += batch.length - records;
    this.#bytes += bytes;
    this.#progress(this.produced);
  }
}
