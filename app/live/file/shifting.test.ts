import type { FileHandle } from 'node:fs/promises';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Random } from '../../shared/random.ts';
import { FlowcaseError } from '../../errors.ts';
import type { SourceBatch } from '../types.ts';
import { followFile } from './follow-file.ts';
import { CollectingSink, ScriptedClock, stored, withoutRepeats } from './testing.ts';

/** What happens before each thing that the follower asks of the file system. */
const between = vi.hoisted((): { calls: () => void } => ({ calls: () => undefined }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const after =
    <A extends unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      between.calls();
      return act(...args);
    };
  const open = async (...args: Parameters<typeof real.open>): Promise<FileHandle> => {
    between.calls();
    const file = await real.open(...args);
    Object.assign(file, { read: after(file.read.bind(file) as never), stat: after(file.stat.bind(file) as never) });
    return file;
  };
  return { ...real, open, readdir: after(real.readdir as never), stat: after(real.stat as never) };
});

const folders = mkdtempSync(join(tmpdir(), 'flowcase-shifting-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

type Packing = 'not' | 'aside' | 'in place';
interface Kind {
  readonly rotation: 'rename' | 'copytruncate';
  readonly packing: Packing;
  readonly generations: number;
  /** With what each generation begins; "": with nothing. */
  readonly header: string;
}

const headers = {
  none: '',
  short: '#fields: number, text\n#types: count, string\n',
  long: `#${'column,'.repeat(900)}\n`,
} as const;

/** A program that writes a log and rotates it: each step is one call of the system, and between any two of them everybody else may have a turn. */
class Rotator {
  readonly folder = mkdtempSync(join(folders, 'log-'));
  readonly log = join(this.folder, 'access.log');
  written = '';
  over = false;
  readonly #kind: Kind;
  readonly #random: Random;
  readonly #steps: Generator<void, void, void>;
  #line = 0;

  constructor(kind: Kind, random: Random) {
    this.#kind = kind;
    this.#random = random;
    this.#begin();
    this.#write();
    this.#steps = this.#work();
  }

  step(): void {
    this.over = this.#steps.next().done === true || this.over;
  }

  #write(to = this.log): void {
    const text = `${this.#line} ${'x'.repeat(this.#random.below(300))}\n`;
    this.#line++;
    appendFileSync(to, text);
    this.written += text;
  }

  #begin(): void {
    appendFileSync(this.log, this.#kind.header);
    this.written += this.#kind.header;
  }

  *#work(): Generator<void, void, void> {
    for (let generation = 0; generation < this.#kind.generations; generation++) {
      for (let lines = this.#random.below(3) * this.#random.below(16); lines > 0; lines--) {
        this.#write();
        yield;
      }
      yield* this.#rotate();
    }
    this.#write();
  }

  *#rotate(): Generator<void, void, void> {
    const old = `${this.log}.1`;
    const numbers = readdirSync(this.folder).flatMap((name) => {
      const found = /^access\.log\.(\d+)(\.gz)?$/.exec(name);
      return found === null ? [] : [{ name, number: Number(found[1]), end: found[2] ?? '' }];
    });
    for (const { name, number, end } of numbers.sort((a, b) => b.number - a.number)) {
      renameSync(join(this.folder, name), `${this.log}.${number + 1}${end}`);
      yield;
    }
    if (this.#kind.rotation === 'rename') {
      renameSync(this.log, old);
      yield;
      writeFileSync(this.log, '', { flag: 'wx' });
      yield;
      // whoever writes has the old file open for a while
      if (this.#random.below(2) === 1) this.#write(old);
    } else {
      yield* this.#writeInParts(old, readFileSync(this.log));
      truncateSync(this.log);
    }
    yield;
    this.#begin();
    if (this.#kind.header !== '') yield;
    if (this.#kind.packing === 'not') return;
    const to = this.#kind.packing === 'aside' ? `${old}.gz.part` : `${old}.gz`;
    yield* this.#writeInParts(to, gzipSync(readFileSync(old)));
    if (this.#kind.packing === 'aside') renameSync(to, `${old}.gz`);
    yield;
    rmSync(old);
    yield;
  }

  *#writeInParts(path: string, bytes: Uint8Array): Generator<void, void, void> {
    const file = openSync(path, 'wx');
    const half = bytes.length >> 1;
    for (const part of [bytes.subarray(0, half), bytes.subarray(half)]) {
      writeSync(file, part);
      yield;
    }
    closeSync(file);
  }
}

interface Played {
  readonly text: string;
  readonly faults: readonly string[];
}

/** Follows a log that rotates, is killed between any two calls, and goes on from what was kept; meanwhile the log rotates on. */
async function play(rotator: Rotator, random: Random, kills: number): Promise<Played> {
  const faults: string[] = [];
  let kept: SourceBatch[] = [];
  for (let over = false; !over; kills--) {
    const stop = new AbortController();
    let calls = kills > 0 ? 5 + random.below(800) : Infinity;
    let pace = 0.02 + random.float() * 0.4;
    const killed = (): boolean => calls <= 0 && kept.length + sink.batches.length > 0;
    between.calls = () => {
      if (random.float() < pace) rotator.step();
      calls--;
      if (killed()) stop.abort();
    };
    let rest = 80;
    const clock = new ScriptedClock(() => {
      for (let steps = random.below(8); steps > 0; steps--) rotator.step();
      if (!rotator.over || --rest > 0) return;
      over = true;
      stop.abort();
    });
    const sink = new CollectingSink(() => {
      if (killed()) throw new FlowcaseError('CANCELLED', 'it was killed');
    });
    const from = kept.at(-1)?.after ?? null;
    // until something is kept for certain, nothing is rotated: nobody follows it yet
    if (from === null) pace = 0;
    await followFile({ path: rotator.log, from: 'beginning', watch: false, clock }).run(
      sink,
      from === null ? null : stored(from),
      stop.signal,
    );
    between.calls = () => undefined;
    faults.push(...sink.faults);
    kept = [...kept, ...sink.batches];
    if (over) break;
    kept = kept.slice(0, Math.max(1, kept.length - random.below(4)));
    for (let steps = random.below(400); steps > 0; steps--) rotator.step();
  }
  return { text: Buffer.concat(kept.map(({ bytes }) => bytes)).toString(), faults };
}

/** Each line by its number, a header as H. */
function outline(text: string, header: keyof typeof headers): string {
  const plain = headers[header] === '' ? text : withoutRepeats(text, headers[header]).replaceAll(headers[header], 'H\n');
  return plain.replaceAll(/ x*\n|\n/g, ' ');
}

describe('a log that rotates between any two calls of its follower, which is killed between any two', () => {
  const kinds = (['rename', 'copytruncate'] as const).flatMap((rotation) =>
    (['not', 'aside', 'in place'] as const).flatMap((packing) =>
      (['none', 'short', 'long'] as const).map((header) => [rotation, packing, header] as const),
    ),
  );

  it.each(kinds)(
    'gives every line once and in order (%s, packed: %s, header: %s)',
    { timeout: 600_000 },
    async (rotation, packing, header) => {
      const seeds = Number(process.env['FLOWCASE_SEEDS'] ?? (header === 'none' ? 6 : 3));
      for (let seed = 0; seed < seeds; seed++) {
        const random = new Random(seed);
        const rotator = new Rotator({ rotation, packing, generations: 4 + random.below(10), header: headers[header] }, random);
        const { text, faults } = await play(rotator, random, random.below(6));
        expect({ seed, lines: outline(text, header), faults }).toEqual({ seed, lines: outline(rotator.written, header), faults: [] });
        expect(withoutRepeats(text, headers[header])).toBe(withoutRepeats(rotator.written, headers[header]));
        rmSync(rotator.folder, { recursive: true });
      }
    },
  );
});
