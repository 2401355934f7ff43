import fc from 'fast-check';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SourceBatch } from '../types.ts';
import { followFile } from './follow-file.ts';
import { copyAndEmpty, moveAway, newestUnpacked, pack, shiftGenerations } from './testing-rotation.ts';
import { CollectingSink, ScriptedClock, stored, withoutRepeats } from './testing.ts';

const folders = mkdtempSync(join(tmpdir(), 'flowcase-rotation-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** What may happen to a log. `look`: the source looks, unless it is not running. */
type Act =
  | { readonly kind: 'append'; readonly bytes: number; readonly lines: number }
  | { readonly kind: 'unfinished' | 'rename' | 'rename-late' | 'copytruncate' | 'gzip' | 'zstd' | 'look' | 'settle' }
  | { readonly kind: 'restart'; readonly forgotten: number; readonly down: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      bytes: fc.nat(300),
      lines: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({ kind: fc.constantFrom('unfinished', 'rename', 'rename-late', 'copytruncate', 'gzip', 'zstd', 'settle') }),
  },
  { weight: 5, arbitrary: fc.constant({ kind: 'look' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const), forgotten: fc.nat(3), down: fc.nat(6) }) },
);

/** A log, the program that writes it and the one that rotates it; and everything that was ever written, in order. */
class Model {
  readonly folder = mkdtempSync(join(folders, 'log-'));
  readonly log = join(this.folder, 'access.log');
  written = '';
  readonly #header: string;
  #line = 0;

  /** `header`: each generation begins with it. */
  constructor(header: string) {
    this.#header = header;
    writeFileSync(this.log, '');
    this.#begin();
  }

  do(act: Act): void {
    switch (act.kind) {
      case 'append':
        for (let i = 0; i < act.lines; i++) this.#write(`${this.#line++} ${'x'.repeat(act.bytes)}\n`);
        return;
      case 'unfinished':
        return this.#write(`${this.#line++} unfin`);
      case 'rename':
        shiftGenerations(this.log);
        moveAway(this.log);
        return this.#begin();
      case 'rename-late':
        // the writer goes on in the old file for a while
        shiftGenerations(this.log);
        moveAway(this.log);
        this.#write(`${this.#line++} late\n`, `${this.log}.1`);
        return this.#begin();
      case 'copytruncate':
        shiftGenerations(this.log);
        copyAndEmpty(this.log);
        return this.#begin();
      case 'gzip':
        return this.#pack('gz');
      case 'zstd':
        return this.#pack('zst');
      default:
    }
  }

  #begin(): void {
    this.#write(this.#header);
  }

  #write(text: string, to = this.log): void {
    appendFileSync(to, text);
    this.written += text;
  }

  #pack(ending: 'gz' | 'zst'): void {
    const newest = newestUnpacked(this.log);
    if (newest !== null) pack(newest, ending);
  }
}

/** Follows while the acts are done; what was kept of what it gave. */
async function play(model: Model, acts: readonly Act[]): Promise<{ readonly kept: SourceBatch[]; readonly faults: string[] }> {
  const script = [...acts];
  const faults: string[] = [];
  let kept: SourceBatch[] = [];
  let settling = 0;
  for (let over = false; !over;) {
    const stop = new AbortController();
    const clock = new ScriptedClock(() => {
      if (settling-- > 0) return;
      for (;;) {
        const next = script.shift();
        // some looks more, longer than the grace time
        if (next === undefined) {
          over = settling < -60;
          if (over) stop.abort();
          return;
        }
        settling = 0;
        if (next.kind === 'look') return;
        if (next.kind === 'settle') {
          settling = 24;
          return;
        }
        if (next.kind === 'restart') {
          script.unshift({ ...next, kind: 'restart' });
          stop.abort();
          return;
        }
        model.do(next);
      }
    });
    const sink = new CollectingSink();
    const from = kept.at(-1)?.after ?? null;
    await followFile({ path: model.log, from: 'beginning', watch: false, clock }).run(
      sink,
      from === null ? null : stored(from),
      stop.signal,
    );
    faults.push(...sink.faults);
    kept.push(...sink.batches);
    const restart = script[0]?.kind === 'restart' ? script.shift() : undefined;
    if (restart?.kind !== 'restart') continue;
    // killed before the last were committed; and things happen until it is started again
    kept = kept.slice(0, Math.max(1, kept.length - restart.forgotten));
    for (const act of script.splice(0, restart.down)) if (act.kind !== 'restart') model.do(act);
  }
  return { kept, faults };
}

describe('a log that is rotated at random', () => {
  it.each([
    ['nothing', '', 300],
    ['a header', '#fields: number, text\n', 150],
    ['a long header', `#${'column,'.repeat(900)}\n`, 60],
  ])(
    'gives every byte once and in order, through restarts, where each file begins with %s',
    { timeout: 300_000 },
    async (_, header, numRuns) => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
          const model = new Model(header);
          // something is kept before the first restart: a start without a position reads what is at the path
          const { kept, faults } = await play(model, [
            { kind: 'append', bytes: 5, lines: 1 },
            { kind: 'look' },
            { kind: 'look' },
            ...acts,
            { kind: 'append', bytes: 1, lines: 1 },
          ]);
          const text = Buffer.concat(kept.map(({ bytes }) => bytes)).toString();
          expect(withoutRepeats(text, header)).toBe(withoutRepeats(model.written, header));
          expect(faults).toEqual([]);
          rmSync(model.folder, { recursive: true });
        }),
        { numRuns: Number(process.env['FLOWCASE_SEEDS'] ?? numRuns) },
      );
    },
  );
});
