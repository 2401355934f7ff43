import { anyCharacter, CharSet, classOf } from './char-set.ts';

export type Assertion = 'start' | 'end' | 'boundary' | 'inside';

export type PatternNode =
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'assert'; readonly assertion: Assertion }
  | { readonly type: 'sequence' | 'choice'; readonly items: readonly PatternNode[] }
  | { readonly type: 'repeat'; readonly item: PatternNode; readonly min: number; readonly max: number };

/** What is wrong with a pattern, and where (UTF-16 units from its beginning). */
export class PatternError extends Error {
  readonly position: number;
  constructor(problem: string, position: number) {
    super(problem);
    this.position = position;
  }
}

const MAX_DEPTH = 50;
const MAX_REPEAT = 1000;

/** Reads a regular expression: the JavaScript ones without back references and lookaround, and `(?i)` at the beginning. @throws PatternError */
export function parsePattern(source: string): PatternNode {
  return new PatternParser(source).parse();
}

class PatternParser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at: number;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#ignoreCase = source.startsWith('(?i)');
    this.#at = this.#ignoreCase ? 4 : 0;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new PatternError('a closing bracket without an opening one', this.#at);
    return node;
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): PatternNode {
    if (++this.#depth > MAX_DEPTH) throw new PatternError(`brackets deeper than ${MAX_DEPTH} levels`, this.#at);
    const items = [this.#sequence()];
    while (this.#take('|')) items.push(this.#sequence());
    this.#depth--;
    return items.length === 1 ? items[0] : { type: 'choice', items };
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at])) items.push(this.#repeated());
    return items.length === 1 ? items[0] : { type: 'sequence', items };
  }

  #repeated(): PatternNode {
    const item = this.#atom();
    const counts = this.#quantifier();
    if (counts === null) return item;
    this.#take('?'); // lazy: whether there is a match does not depend on it
    if (this.#quantifier() !== null) throw new PatternError('two repetitions in a row', this.#at - 1);
    return { type: 'repeat', item, ...counts };
  }

  #quantifier(): { readonly min: number; readonly max: number } | null {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    const counts = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 12)) as (string | undefined)[] | null;
    if (counts === null) return null;
    const min = Number(counts[1]);
    const upper = counts[3];
    const max = counts[2] === undefined ? min : upper === undefined ? Infinity : Number(upper);
    if (max < min) throw new PatternError('a repetition whose end is below its beginning', this.#at);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) throw new PatternError(`more than ${MAX_REPEAT} repetitions`, this.#at);
    this.#at += counts[0]?.length ?? 0;
    return { min, max };
  }

  #atom(): PatternNode {
    const start = this.#at;
    if (this.#take('(')) return this.#group(start);
    if (this.#take('[')) return this.#set(start);
    if (this.#take('.')) return { type: 'set', set: anyCharacter };
    if (this.#take('^')) return { type: 'assert', assertion: 'start' };
    if (this.#take('$')) return { type: 'assert', assertion: 'end' };
    if (this.#take('\\b')) return { type: 'assert', assertion: 'boundary' };
    if (this.#take('\\B')) return { type: 'assert', assertion: 'inside' };
    if ('*+?'.includes(this.#source[start])) throw new PatternError('a repetition with nothing before it', start);
    const set = this.#take('\\') ? this.#escape(start) : this.#literal();
    return { type: 'set', set: this.#ignoreCase ? set.folded() : set };
  }

  #group(start: number): PatternNode {
    if (this.#take('?') && !this.#take(':')) {
      const named = /^<[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at, this.#at + 100));
      if (named === null) throw new PatternError('lookaround and inline flags are not supported', start);
      this.#at += named[0].length;
    }
    const node = this.#choice();
    if (!this.#take(')')) throw new PatternError('a bracket that is not closed', start);
    return node;
  }

  #literal(): CharSet {
    const code = this.#source.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return new CharSet().add(code);
  }

  /** After the backslash. */
  #escape(start: number): CharSet {
    const letter = this.#source[this.#at] as string | undefined;
    if (letter === undefined) throw new PatternError('a backslash with nothing after it', start);
    const known = classOf(letter);
    if (known !== null) {
      this.#at++;
      return known;
    }
    return new CharSet().add(this.#code(start));
  }

  /** The character that an escape stands for. */
  #code(start: number): number {
    const hex = /^(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\})/i.exec(this.#source.slice(this.#at, this.#at + 9));
    if (hex !== null) {
      this.#at += hex[0].length;
      return Math.min(Number.parseInt(hex.slice(1).find((digits) => (digits as string | undefined) !== undefined) ?? '0', 16), 0x10_ffff);
    }
    const letter = this.#source[this.#at];
    const control = new Map([
      ['t', 9],
      ['n', 10],
      ['v', 11],
      ['f', 12],
      ['r', 13],
      ['0', 0],
    ]).get(letter);
    if (control !== undefined) {
      this.#at++;
      return control;
    }
    if (/[1-9]/.test(letter)) throw new PatternError('back references are not supported', start);
    if (/[A-Za-z]/.test(letter)) throw new PatternError(`\\${letter} means nothing`, start);
    const code = this.#source.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** After the opening bracket of a set. */
  #set(start: number): PatternNode {
    const negated = this.#take('^');
    const set = new CharSet();
    while (!this.#take(']')) {
      if (this.#at >= this.#source.length) throw new PatternError('a set that is not closed', start);
      const low = this.#member();
      if (low instanceof CharSet) {
        set.addAll(low);
        continue;
      }
      if (this.#source[this.#at] !== '-' || this.#source[this.#at + 1] === ']') {
        set.add(low);
        continue;
      }
      this.#at++;
      const high = this.#member();
      if (high instanceof CharSet || high < low) throw new PatternError('a range whose end is not above its beginning', this.#at - 1);
      set.add(low, high);
    }
    // First both cases, then the contrary: [^a] without case is neither a nor A.
    const whole = this.#ignoreCase ? set.folded() : set;
    return { type: 'set', set: negated ? whole.negated() : whole };
  }

  #member(): number | CharSet {
    const start = this.#at;
    if (this.#at >= this.#source.length) throw new PatternError('a set that is not closed', start);
    if (!this.#take('\\')) {
      const code = this.#source.codePointAt(this.#at) ?? 0;
      this.#at += code > 0xffff ? 2 : 1;
      return code;
    }
    const letter = this.#source[this.#at] as string | undefined;
    if (letter === undefined) throw new PatternError('a backslash with nothing after it', start);
    const known = classOf(letter);
    if (known !== null) this.#at++;
    else if (letter === 'b') {
      this.#at++;
      return 8;
    }
    return known ?? this.#code(start);
  }
}
