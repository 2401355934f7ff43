import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Position, SourceBatch, SourceSink } from '../types.ts';
import { followFile, type FollowOptions } from './follow-file.ts';
import type { Clock } from './waiting.ts';

/** Before each test of a file a folder of its own, with nothing in it: `use` hears where it is, and of the log that is followed there. */
export function inFolder(logName: string, use: (folder: string, log: string) => void): void {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowcase-follow-'));
    use(folder, join(folder, logName));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

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

/**
 * Of headers that follow each other one: of a generation that has nothing else nobody can tell whether it is another one or a copy of what comes next, and
 * nothing is lost with it. All else stays.
 */
export function withoutRepeats(text: string, header: string): string {
  if (header === '') return text;
  return text
    .split(header)
    .filter((part, i, parts) => i === 0 || i === parts.length - 1 || part !== '')
    .join(header);
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

/** Follows while one act after the other is done, each before another look; then waits longer than the grace time, and stops. */
export async function followThrough(
  path: string,
  acts: readonly (() => void)[],
  from: Position | null = null,
  options: Partial<FollowOptions> = {},
): Promise<CollectingSink> {
  const sink = new CollectingSink();
  const stop = new AbortController();
  let turn = 0;
  const clock = new ScriptedClock(() => {
    // two looks between two acts: what the system tells comes before the rest of the time
    if (turn % 2 === 0) acts.at(turn / 2)?.();
    if (turn / 2 > acts.length + 30) stop.abort();
    turn++;
  });
  const source = followFile({ path, from: 'beginning', watch: false, clock, rescan: 0, ...options });
  await source.run(sink, from, stop.signal);
  expect(source.gauge).toMatchObject({ state: 'ended', lag: { bytes: 0 } });
  return sink;
}

/** Numbered lines. */
export function numberedLines(from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += `192.0.2.${i % 250} line ${i} ${'x'.repeat(i % 90)}\n`;
  return text;
}

/** What is done while a path is followed, from where, and how. */
export type FollowHow = Parameters<typeof followThrough> extends [string, ...infer How] ? How : never;
