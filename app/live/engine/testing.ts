import { Buffer } from 'node:buffer';
import type { LiveWatch } from '../../contract/live.ts';
import type { CaseReader, CaseWriter } from '../../case/types.ts';
import type { LiveSource, Position, SourceBatch, SourceGauge, SourceSink } from '../types.ts';
import { besideSource } from '../beside-sources.ts';
import { sourceOf } from '../sources.ts';
import { LiveEngine, type Companion } from './engine.ts';
import { noneLost } from './lost-records.ts';

/* For tests of the engine: sources that say what a test tells them to, and what a case holds of what they said. */

export const lone: Companion = {
  observe: () => undefined,
  settle: () => undefined,
  committed: () => undefined,
  rolledBack: () => undefined,
  status: { alerts: 0, learning: { have: 0, need: 0 } },
  held: '',
  lost: () => noneLost,
};

export const watchOf = (path: string, more: Partial<LiveWatch> = {}): LiveWatch => ({
  source: { type: 'file', path, from: 'beginning' },
  ...more,
});

/** Gives a text's lines from a position on, in blocks that end where `cuts` say (or behind), then waits. */
export class ScriptedSource implements LiveSource {
  readonly gauge: SourceGauge = { state: 'running', why: '', lag: { bytes: 0, records: null }, bytes: 0, errors: 0 };
  /** Every position that it was told is safe. */
  readonly safePositions: Position[] = [];
  readonly #bytes: Uint8Array;
  readonly #cuts: readonly number[];
  readonly #ends: boolean;

  constructor(text: string, cuts: readonly number[], ends = false) {
    this.#bytes = Buffer.from(text);
    this.#cuts = cuts;
    this.#ends = ends;
  }

  async run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void> {
    let at = from === null ? 0 : Number(from['at']);
    let first = from === null;
    for (const cut of [...this.#cuts, this.#bytes.length]) {
      const end = cut >= this.#bytes.length ? this.#bytes.length : this.#bytes.indexOf(10, cut) + 1;
      if (end <= at || stopped.aborted) continue;
      await sink.take(this.#batch(at, end, first));
      first = false;
      at = end;
    }
    if (this.#ends) return;
    await new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve(), { once: true }));
  }

  safe(position: Position): void {
    this.safePositions.push(position);
  }

  #batch(at: number, end: number, first: boolean): SourceBatch {
    const begins = first ? { path: '/logs/access.log', name: 'access.log', byte: 0, line: 0, head: null } : null;
    return { bytes: this.#bytes.subarray(at, end), after: { at: end }, begins };
  }
}

/** An engine over a case whose sources are these, by path. */
export function engineOver(writer: CaseWriter, sourceOf: (watch: LiveWatch) => LiveSource, companion: Companion = lone): LiveEngine {
  const options = { live: writer.live, companion, sourceOf, changed: () => undefined, caseBytes: () => 0 };
  return new LiveEngine({ ...options, lines: 50, delay: 1 });
}

/** Waits until something holds. */
export async function until(holds: () => boolean, patience = 20_000): Promise<void> {
  const end = performance.now() + patience;
  while (!holds()) {
    if (performance.now() > end) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Every record of a kind as words, in the order of their ids: what it says, and where it stood. */
export function recordWords(reader: CaseReader, kind: string): string[] {
  reader.refresh();
  const table = reader.table(kind);
  const words: string[] = [];
  const columns = table.columns.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const chunk of table.chunks) {
    for (let i = 0; i < chunk.rows; i++) {
      const cells = columns.map(({ name, storage, dictionary }) => {
        if (storage === 'number') return Number.isNaN(chunk.numbers(name)[i]) ? '' : `${name}=${chunk.numbers(name)[i]}`;
        if (storage === 'dictionary') {
          const id = chunk.ids(name)[i];
          return id === 0 ? '' : `${name}=${table.dictionary(dictionary ?? 'term').textOf(id)}`;
        }
        const { offsets, bytes, absent } = chunk.text(name);
        return absent?.[i] === 1 ? '' : `${name}=${Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString()}`;
      });
      words.push(cells.filter((cell) => cell !== '').join(' '));
    }
  }
  return words;
}

/** An engine over a case with the sources that it has in earnest. */
export function engineOf(writer: CaseWriter): LiveEngine {
  const options = { live: writer.live, companion: lone, changed: () => undefined, caseBytes: () => 0, lines: 50, delay: 1 };
  return new LiveEngine({ ...options, sourceOf: (watch, id) => sourceOf(watch, besideSource(writer, watch, id)) });
}
