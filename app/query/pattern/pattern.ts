import { type CharSet, word } from './char-set.ts';
import { parsePattern, PatternError, type Assertion, type PatternNode } from './parse.ts';

export { PatternError } from './parse.ts';

type State =
  | { readonly type: 'set'; readonly set: CharSet; readonly next: number }
  | { readonly type: 'split'; readonly next: number; other: number }
  | { readonly type: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly type: 'match' };

type Taker = Extract<State, { type: 'set' }>;

const MAX_STATES = 2000;

/** Stand for any character of their kind. */
const WORD = 97;
const OTHER = 32;

/** Sets of states that are remembered; more are forgotten and worked out again. */
const MAX_SETS = 1000;
const ASCII = 128;
/** Beside the 128 letters: the end of the text. */
const END = ASCII;
const UNKNOWN = -1;
const MATCH = -2;
const NO_MATCH = -3;

/** Everywhere the pattern may be after some text, and what follows from each next letter as far as it was asked. */
interface StateSet {
  readonly states: readonly number[];
  /** The last character, or one of its kind; -1 at the beginning. */
  readonly previous: number;
  readonly next: Int16Array;
}

/**
 * A regular expression that takes time proportional to the text, whatever the pattern: all ways through it are walked at once, and every set
 * of places reached is worked out once (Thompson's construction with the sets remembered, https://swtch.com/~rsc/regexp/regexp1.html).
 * JavaScript's own tries one way after the other, so that a log prepared for it, or a careless pattern, would stand still a program that
 * reads a million terms.
 */
export class Pattern {
  readonly #states: State[] = [{ type: 'match' }];
  readonly #start: number;
  #sets: StateSet[] = [];
  readonly #numbers = new Map<string, number>();

  /** @throws PatternError */
  constructor(source: string) {
    this.#start = this.#build(parsePattern(source), 0);
    this.#forget();
  }

  /** Is the pattern found anywhere in the text? */
  test(text: string): boolean {
    let at = 0;
    for (let i = 0; ;) {
      const code = i < text.length ? text.charCodeAt(i) : END;
      const known = code < ASCII || i >= text.length ? this.#sets[at].next[code] : UNKNOWN;
      const step = known === UNKNOWN ? this.#step(at, i < text.length ? (text.codePointAt(i) ?? 0) : -1) : known;
      if (step < 0) return step === MATCH;
      at = step;
      i += code < ASCII ? 1 : (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
    }
  }

  #forget(): void {
    this.#sets = [];
    this.#numbers.clear();
    this.#number([this.#start], -1);
  }

  /** The set after one more character (-1: the end of the text), or MATCH, or NO_MATCH at the end. */
  #step(at: number, code: number): number {
    const from = this.#sets[at];
    const takers = this.#closure(from, code);
    const letter = code < 0 ? END : code;
    let step = takers === null ? MATCH : NO_MATCH;
    if (takers !== null && code >= 0) {
      const reached = new Set([this.#start]);
      for (const state of takers) if (state.set.has(code)) reached.add(state.next);
      if (this.#sets.length >= MAX_SETS) this.#forget();
      step = this.#number([...reached], word.has(code) ? WORD : OTHER);
    }
    if (letter <= END) from.next[letter] = step;
    return step;
  }

  #number(states: readonly number[], previous: number): number {
    const sorted = [...states].sort((a, b) => a - b);
    const key = `${previous}:${sorted.join()}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#sets.push({ states: sorted, previous, next: new Int16Array(ASCII + 1).fill(UNKNOWN) }) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** The states that take a character, from the set on through everything that takes none; null where the pattern matches here. */
  #closure({ states, previous }: StateSet, next: number): readonly Taker[] | null {
    const seen = new Set(states);
    const stack = [...states];
    const takers: Taker[] = [];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const state = this.#states[at];
      if (state.type === 'match') return null;
      if (state.type === 'set') takers.push(state);
      const ways =
        state.type === 'split'
          ? [state.next, state.other]
          : state.type === 'assert' && holds(state.assertion, previous, next)
            ? [state.next]
            : [];
      for (const way of ways) {
        if (seen.has(way)) continue;
        seen.add(way);
        stack.push(way);
      }
    }
    return takers;
  }

  #add(state: State): number {
    if (this.#states.length >= MAX_STATES) throw new PatternError('too long with its repetitions written out', 0);
    return this.#states.push(state) - 1;
  }

  /** States for the node that lead to `next`; returns the first. */
  #build(node: PatternNode, next: number): number {
    switch (node.type) {
      case 'set':
        return this.#add({ type: 'set', set: node.set, next });
      case 'assert':
        return this.#add({ type: 'assert', assertion: node.assertion, next });
      case 'sequence':
        return node.items.reduceRight((after, item) => this.#build(item, after), next);
      case 'choice':
        return node.items
          .map((item) => this.#build(item, next))
          .reduceRight((other, first) => this.#add({ type: 'split', next: first, other }));
      case 'repeat':
        return this.#repeat(node.item, node.min, node.max, next);
    }
  }

  #repeat(item: PatternNode, min: number, max: number, next: number): number {
    let first = next;
    if (max === Infinity) {
      const split: State = { type: 'split', next, other: next };
      first = this.#add(split);
      split.other = this.#build(item, first);
    } else {
      for (let i = min; i < max; i++) first = this.#add({ type: 'split', next: this.#build(item, first), other: next });
    }
    for (let i = 0; i < min; i++) first = this.#build(item, first);
    return first;
  }
}

function holds(assertion: Assertion, previous: number, next: number): boolean {
  if (assertion === 'start') return previous < 0;
  if (assertion === 'end') return next < 0;
  const boundary = (previous >= 0 && word.has(previous)) !== (next >= 0 && word.has(next));
  return boundary === (assertion === 'boundary');
}
