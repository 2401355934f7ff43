import type { DictionaryName, DictionaryWriter } from '../../columns/types.ts';
import type { NewEntries } from './messages.ts';

/** From the numbers that one thread gave the texts of a dictionary to those that they have in the case. */
class IdMap {
  readonly #texts: DictionaryWriter;
  /** ids[i]: what i stands for; 0 is absent everywhere. */
  #ids = new Uint32Array(1024);
  #size = 0;

  constructor(texts: DictionaryWriter) {
    this.#texts = texts;
  }

  add({ first, bytes, ends }: NewEntries): void {
    if (first === 1) this.#size = 0;
    if (first !== this.#size + 1) throw new Error(`entry ${first} of '${this.#texts.name}' came after ${this.#size}`);
    const after = this.#size + ends.length;
    if (after >= this.#ids.length) {
      const larger = new Uint32Array(Math.max(after + 1, this.#ids.length * 2));
      larger.set(this.#ids);
      this.#ids = larger;
    }
    for (let i = 0; i < ends.length; i++) this.#ids[first + i] = this.#texts.intern(bytes, i === 0 ? 0 : ends[i - 1], ends[i]);
    this.#size = after;
  }

  /** In place. */
  apply(values: Uint32Array): void {
    const ids = this.#ids;
    for (let i = 0; i < values.length; i++) values[i] = ids[values[i]];
  }
}

export type IdsOf = Readonly<Record<DictionaryName, IdMap>>;

/** The maps of all who read pieces, and of both dictionaries. */
export class IdMaps<Reader extends object> {
  readonly #dictionary: (name: DictionaryName) => DictionaryWriter;
  readonly #maps = new Map<Reader, IdsOf>();

  constructor(dictionary: (name: DictionaryName) => DictionaryWriter) {
    this.#dictionary = dictionary;
  }

  /** Must be called in the order of the log: it is the order in which new texts get their numbers in the case. */
  of(reader: Reader, entries: Readonly<Record<DictionaryName, NewEntries>>): IdsOf {
    let maps = this.#maps.get(reader);
    if (maps === undefined) {
      maps = { host: new IdMap(this.#dictionary('host')), term: new IdMap(this.#dictionary('term')) };
      this.#maps.set(reader, maps);
    }
    maps.host.add(entries.host);
    maps.term.add(entries.term);
    return maps;
  }
}
