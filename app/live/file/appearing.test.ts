import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { Random } from '../../shared/random.ts';
import type { SourceBatch } from '../types.ts';
import { followFile } from './follow-file.ts';
import { copyAndEmpty, moveAway, newestUnpacked, pack, shiftGenerations } from './testing-rotation.ts';
import { CollectingSink, ScriptedClock, stored } from './testing.ts';

const folders = mkdtempSync(join(tmpdir(), 'flowcase-appearing-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** Programs that write logs of one pattern and rotate them; new ones come at any time. */
class Logs {
  readonly folder = mkdtempSync(join(folders, 'logs-'));
  /** Of each log everything that was ever written, in order. */
  readonly written = new Map<string, string>();
  readonly #random: Random;
  #line = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  step(): void {
    const names = [...this.written.keys()];
    if (names.length === 0 || (names.length < 6 && this.#random.below(12) === 0)) return this.#write(`g-${names.length}.log`);
    const name = names[this.#random.below(names.length)];
    const what = this.#random.below(10);
    if (what < 6) return this.#write(name);
    if (what < 8) return this.#rotate(name);
    this.#pack(name);
  }

  /** Each log stands at its path: nobody waits for one that comes no more. */
  settle(): void {
    for (const name of this.written.keys()) this.#write(name);
  }

  #write(name: string): void {
    let text = '';
    for (let lines = 1 + this.#random.below(4); lines > 0; lines--)
      text += `${name} ${this.#line++} ${'x'.repeat(this.#random.below(300))}\n`;
    appendFileSync(join(this.folder, name), text);
    this.written.set(name, (this.written.get(name) ?? '') + text);
  }

  #rotate(name: string): void {
    const log = join(this.folder, name);
    if (!existsSync(log)) return;
    shiftGenerations(log);
    if (this.#random.below(3) > 0) moveAway(log);
    else copyAndEmpty(log);
  }

  #pack(name: string): void {
    const newest = newestUnpacked(join(this.folder, name));
    if (newest !== null) pack(newest, this.#random.below(2) === 0 ? 'gz' : 'zst');
  }
}

/** Watches the pattern, is killed again and again, and goes on from what was kept; meanwhile nobody watches. */
async function play(logs: Logs, random: Random): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  const since = Date.now() * 1000;
  const faults: string[] = [];
  let kept: SourceBatch[] = [];
  for (let lives = 2 + random.below(5); lives > 0; lives--) {
    for (let steps = random.below(40); steps > 0; steps--) logs.step();
    if (lives === 1) logs.settle();
    const stop = new AbortController();
    let rest = lives === 1 ? 90 : random.below(40);
    let batches = lives === 1 ? Infinity : random.below(30);
    const clock = new ScriptedClock(() => {
      if (rest-- <= 0) stop.abort();
      if (lives > 1 || rest > 70) for (let steps = random.below(4); steps > 0; steps--) logs.step();
      if (rest === 70) logs.settle();
    });
    const sink = new CollectingSink(() => {
      if (batches-- > 0) return;
      stop.abort();
      throw new FlowcaseError('CANCELLED', 'it was killed');
    });
    const from = kept.at(-1)?.after ?? null;
    const options = { path: join(logs.folder, 'g-*.log'), from: 'beginning', watch: false, clock, since } as const;
    await followFile(options).run(sink, from === null ? null : stored(from), stop.signal);
    faults.push(...sink.faults);
    kept.push(...sink.batches);
    // killed before the last were committed
    if (lives > 1) kept = kept.slice(0, Math.max(0, kept.length - random.below(4)));
  }
  return { text: Buffer.concat(kept.map(({ bytes }) => bytes)).toString(), faults };
}

/** The numbers of the lines of one log. */
const outline = (text: string, name: string): string =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.split(' ')[1])
    .join(' ');

describe('a pattern whose files appear, are rotated and packed while nobody watches', () => {
  it('gives every line of each once and in order', { timeout: 600_000 }, async () => {
    for (let seed = 0; seed < Number(process.env['FLOWCASE_SEEDS'] ?? 10); seed++) {
      const random = new Random(seed);
      const logs = new Logs(random);
      const { text, faults } = await play(logs, random);
      const given = [...logs.written.keys()].map((name) => [name, outline(text, name)]);
      const expected = [...logs.written].map(([name, written]) => [name, outline(written, name)]);
      expect({ seed, given, faults }).toEqual({ seed, given: expected, faults: [] });
      rmSync(logs.folder, { recursive: true });
    }
  });
});
