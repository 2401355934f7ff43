import type { SourceBatch, Stretch } from '../types.ts';
import { heldAgain, stretchOf, type SavedReader, type SavedStretch } from './saved-reader.ts';
import type { StretchReader } from './stretch.ts';

const NAMELESS: Stretch = { path: '', name: '', byte: null, line: null, head: null };

/** Makes what reads a stretch: as the case kept it, or with the lines that were too few to recognise it by. */
type MakeReader = (stretch: Stretch, saved: SavedStretch | null, held?: Uint8Array) => StretchReader;

interface Before {
  readonly current: StretchReader | null;
  readonly readers: ReadonlyMap<string, StretchReader>;
}

/** Who reads which stretch of one source: as it stands behind what was taken, and as it was before the commit under way. */
export class Stretches {
  /** Whose lines came last. */
  current: StretchReader | null = null;
  readonly #make: MakeReader;
  readonly #readers = new Map<string, StretchReader>();
  #before: Before | null = null;
  /** In the commit under way another took their place. */
  #leaving: StretchReader[] = [];
  /** Of which all lines are in the case, and whose evidence is not sealed yet. */
  readonly #unsealed: StretchReader[] = [];

  constructor(make: MakeReader, saved: SavedReader | null) {
    this.#make = make;
    for (const one of saved?.stretches ?? []) this.#readers.set(one.id, make(stretchOf(one), one));
    for (const one of saved?.held ?? []) {
      const [stretch, held] = heldAgain(one);
      this.#readers.set(stretch.id ?? '', make(stretch, null, held));
    }
    if (saved?.current != null) this.current = this.#readers.get(saved.current) ?? null;
  }

  /** How lines are read, by the id of their stretch, as far as that is known. */
  get formats(): ReadonlyMap<string, { readonly format: string; readonly title: string }> {
    return new Map([...this.#readers].flatMap(([id, { format, title }]) => (format === null ? [] : [[id, { format, title }] as const])));
  }

  /** Whose lines these are: of a stretch that begins, of one that goes on, or of the one before. */
  readerOf({ begins }: SourceBatch): StretchReader {
    if (begins === null) return (this.current ??= this.#add(NAMELESS));
    const known = begins.id === undefined ? undefined : this.#readers.get(begins.id);
    return known ?? this.#add(begins);
  }

  /** How others are read than this one: the one before it, else any. */
  formatBeside(reader: StretchReader): string | null {
    const before = this.current !== reader && this.current?.format != null ? this.current : null;
    return (before ?? [...this.#readers.values()].find((other) => other !== reader && other.format !== null))?.format ?? null;
  }

  /** A commit begins. */
  begin(): void {
    this.#before = { current: this.current, readers: new Map(this.#readers) };
  }

  /** It holds; of these all lines are in the case. */
  committed(ended: readonly StretchReader[]): void {
    this.#before = null;
    for (const reader of ended) {
      this.#unsealed.push(reader);
      for (const [id, one] of this.#readers) if (one === reader) this.#readers.delete(id);
    }
    this.#unsealed.push(...this.#leaving.splice(0));
    this.seal();
  }

  /** Who reads what is as it was before the commit. */
  restore(): void {
    this.#leaving = [];
    if (this.#before === null) return;
    this.current = this.#before.current;
    this.#readers.clear();
    for (const [id, reader] of this.#before.readers) this.#readers.set(id, reader);
    this.#before = null;
  }

  /** It does not hold. */
  rolledBack(): void {
    this.restore();
    for (const reader of this.#readers.values()) reader.rolledBack();
  }

  /** Seals what has ended; where the disk is full it is tried again, and when the case is opened the next time at the latest. */
  seal(): void {
    try {
      for (; this.#unsealed.length > 0; this.#unsealed.shift()) this.#unsealed[0].close([]);
    } catch {
      // its records are in the case, and whatever is in the way is said of the next ones
    }
  }

  /** Seals what is under way. */
  close(remarks: readonly string[]): void {
    for (const reader of this.#unsealed.splice(0)) reader.close([]);
    for (const reader of this.#readers.values()) reader.close(remarks);
  }

  /** As the case keeps them; `changed`: what the commit under way made of some. */
  toSave(changed: ReadonlyMap<StretchReader, SavedStretch | null>): SavedReader {
    const readers = [...this.#readers.values()];
    const stretches = readers.flatMap((reader) => {
      const saved = changed.has(reader) ? changed.get(reader) : reader.saved;
      return saved == null ? [] : [saved];
    });
    const held = readers.flatMap(({ holds }) => (holds === null ? [] : [holds]));
    return { stretches, ...(held.length === 0 ? {} : { held }), current: this.current?.stretch.id ?? '' };
  }

  #add(stretch: Stretch): StretchReader {
    const reader = this.#make(stretch, null);
    // of a source without ids there is one stretch at a time; the one before is sealed when its last lines are in the case
    if (stretch.id === undefined && this.current !== null) this.#leaving.push(this.current);
    this.#readers.set(stretch.id ?? '', reader);
    return reader;
  }
}
