/** A set of code points: a table for ASCII, a question for the rest. */
export class CharSet {
  readonly #ascii = new Uint8Array(128);
  readonly #others: ((code: number) => boolean)[] = [];

  add(low: number, high = low): this {
    for (let code = low; code <= Math.min(high, 127); code++) this.#ascii[code] = 1;
    if (high > 127) this.#others.push((code) => code >= low && code <= high);
    return this;
  }

  addAll(other: CharSet): this {
    return this.#addWhere((code) => other.has(code));
  }

  has(code: number): boolean {
    return code < 128 ? this.#ascii[code] === 1 : this.#others.some((other) => other(code));
  }

  /** The set of all others. */
  negated(): CharSet {
    return new CharSet().#addWhere((code) => !this.has(code));
  }

  /** With upper and lower case of every letter in it. */
  folded(): CharSet {
    return new CharSet().#addWhere((code) => this.has(code) || otherCases(code).some((other) => this.has(other)));
  }

  #addWhere(has: (code: number) => boolean): this {
    for (let code = 0; code < 128; code++) if (has(code)) this.#ascii[code] = 1;
    this.#others.push(has);
    return this;
  }
}

function otherCases(code: number): number[] {
  const text = String.fromCodePoint(code);
  return [text.toLowerCase(), text.toUpperCase()].flatMap((other) => {
    const point = other.codePointAt(0);
    return point === undefined || other.length !== text.length ? [] : [point];
  });
}

const digits = (): CharSet => new CharSet().add(48, 57);
const wordCharacters = (): CharSet => digits().add(65, 90).add(95).add(97, 122);
const blanks = (): CharSet =>
  new CharSet()
    .add(9, 13)
    .add(32)
    .add(0xa0)
    .add(0x1680)
    .add(0x2000, 0x200a)
    .add(0x2028, 0x2029)
    .add(0x202f)
    .add(0x205f)
    .add(0x3000)
    .add(0xfeff);

export const anyCharacter = new CharSet().add(10).add(13).add(0x2028, 0x2029).negated();
export const word = wordCharacters();

/** The set behind `\d`, `\W`, ...; null for another letter. */
export function classOf(letter: string): CharSet | null {
  const make = new Map([
    ['d', digits],
    ['w', wordCharacters],
    ['s', blanks],
  ]).get(letter.toLowerCase());
  if (make === undefined) return null;
  return letter === letter.toLowerCase() ? make() : make().negated();
}
