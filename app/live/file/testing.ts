import type { Position, SourceBatch, SourceSink } from '../types.ts';
import type { Clock } from './waiting.ts';

/** A sink that keeps what it was given. */
export class CollectingSink implements SourceSink {
  readonly batches: SourceBatch[] = [];
  readonly faults: string[] = [];
  /** Called with each batch before it is taken. */
  readonly before: (batch: SourceBatch) => Promise<void> | void;

  constructor(before: (batch: SourceBatch) => Promise<void> | void = () => undefined) {
    this.before = before;
  }

  get text(): string {
    return Buffer.concat(this.batches.map(({ bytes }) => bytes)).toString('latin1');
  }

  /** As a case would have kept it. */
  get last(): Position | null {
    const batch = this.batches.at(-1);
    return batch === undefined ? null : stored(batch.after);
  }

  async take(batch: SourceBatch): Promise<void> {
    await this.before(batch);
    this.batches.push(batch);
  }

  fault(message: string): void {
    this.faults.push(message);
  }
}

/** A position as it comes back from where it was stored. */
export function stored(position: Position): Position {
  return JSON.parse(JSON.stringify(position)) as Position;
}

/** Time that passes only where somebody waits, and lets something happen meanwhile: what `meanwhile` does comes before the source looks again. */
export class ScriptedClock implements Clock {
  readonly #meanwhile: () => Promise<void> | void;
  #passed = 0;

  constructor(meanwhile: () => Promise<void> | void) {
    this.#meanwhile = meanwhile;
  }

  now(): number {
    return Date.now() + this.#passed;
  }

  async sleep(ms: number): Promise<void> {
    this.#passed += ms;
    await this.#meanwhile();
  }
}
