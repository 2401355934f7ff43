import type { DictionaryReader } from '../../columns/types.ts';
import { hashOf } from './hash.ts';

/** Texts that are remembered; a power of two. The dictionary may hold millions. */
const PLACES = 1 << 16;

/**
 * What the ids of a dictionary mean for windows: a key, and a hash of the whole text. Remembers by the lowest bits of the id what it worked out, so
 * that its room is bounded whatever the log says.
 */
export class TextKeys {
  readonly #keyOf: (text: string) => string;
  #dictionary: DictionaryReader | null = null;
  readonly #ids = new Uint32Array(PLACES);
  readonly #keys = new Array<string>(PLACES).fill('');
  readonly #hashes = new Uint32Array(PLACES);

  constructor(keyOf: (text: string) => string = (text) => text) {
    this.#keyOf = keyOf;
  }

  /** Fills keys and hashes of `rows` ids; what is absent is "-", its hash 0. */
  fill(dictionary: DictionaryReader, ids: Uint32Array, rows: number, keys: string[], hashes: Uint32Array): void {
    if (dictionary !== this.#dictionary) this.#ids.fill(0);
    this.#dictionary = dictionary;
    for (let row = 0; row < rows; row++) {
      const id = ids[row];
      if (id === 0) {
        keys[row] = ABSENT;
        hashes[row] = 0;
        continue;
      }
      const place = id & (PLACES - 1);
      if (this.#ids[place] !== id) this.#learn(dictionary, id, place);
      keys[row] = this.#keys[place];
      hashes[row] = this.#hashes[place];
    }
  }

  #learn(dictionary: DictionaryReader, id: number, place: number): void {
    const text = dictionary.textOf(id);
    this.#ids[place] = id;
    this.#keys[place] = this.#keyOf(text);
    this.#hashes[place] = hashOf(text);
  }
}

/** What a key is called where the log does not say. */
export const ABSENT = '-';

const LONGEST = 200;
const MOST_PARTS = 12;

/**
 * The kind of a path: parts that are numbers, or long and partly digits (identifiers, hashes), are `*`. /items/4711 and /items/4712 are /items/*;
 * beyond twelve parts or 200 characters it ends in an ellipsis.
 */
export function pathTemplate(path: string): string {
  const parts = path.slice(0, LONGEST * 4).split('/', MOST_PARTS + 1);
  const short = parts.slice(0, MOST_PARTS).map((part) => (isIdentifier(part) ? '*' : part));
  const text = short.join('/');
  return parts.length > MOST_PARTS || text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isIdentifier(part: string): boolean {
  if (part.length === 0) return false;
  let digits = 0;
  let others = 0;
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (!((code >= 97 && code <= 102) || (code >= 65 && code <= 70) || code === 45)) others++;
  }
  if (digits === part.length) return true;
  // hexadecimal with dashes: identifiers and hashes
  if (others === 0 && part.length >= 12 && digits >= 2) return true;
  return part.length >= 24 && digits >= 4;
}
