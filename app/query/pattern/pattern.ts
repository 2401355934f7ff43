import { type CharSet, word } from './char-set.ts';
import { parsePattern, PatternError, type Assertion, type PatternNode } from './parse.ts';

export { PatternError } from './parse.ts';

type State =
  | { readonly type: 'set'; readonly set: CharSet; readonly next: number }
  | { readonly type: 'split'; readonly next: number; other: number }
  | { readonly type: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly type: 'match' };

const MAX_STATES = 2000;

/**
 * A regular expression that takes time proportional to the text, whatever the pattern: all ways through it are walked at once
 * (Thompson's construction, https://swtch.com/~rsc/regexp/regexp1.html). JavaScript's own tries them one after the other, so that a log
 * prepared for it, or a careless pattern, would stand still a program that reads a million terms.
 */
export class Pattern {
  readonly #states: State[] = [{ type: 'match' }];
  readonly #start: number;
  readonly #marks: Uint32Array;
  #mark = 0;
  #current: number[] = [];
  #following: number[] = [];

  /** @throws PatternError */
  constructor(source: string) {
    this.#start = this.#build(parsePattern(source), 0);
    this.#marks = new Uint32Array(this.#states.length);
  }

  /** Is the pattern found anywhere in the text? */
  test(text: string): boolean {
    this.#current.length = 0;
    let previous = -1;
    for (let i = 0; ;) {
      const code = text.codePointAt(i) ?? -1;
      this.#nextMark();
      const waiting = this.#current;
      this.#current = this.#following;
      this.#current.length = 0;
      // What was reached by the last character, and a new beginning here.
      for (const state of waiting) if (this.#enter(state, previous, code)) return true;
      if (this.#enter(this.#start, previous, code)) return true;
      this.#following = waiting;
      if (code < 0) return false;
      this.#following.length = 0;
      for (const index of this.#current) {
        const state = this.#states[index];
        if (state.type === 'set' && state.set.has(code)) this.#following.push(state.next);
      }
      const reached = this.#following;
      this.#following = this.#current;
      this.#current = reached;
      previous = code;
      i += code > 0xffff ? 2 : 1;
    }
  }

  #nextMark(): void {
    this.#mark = (this.#mark + 1) >>> 0;
    if (this.#mark !== 0) return;
    this.#marks.fill(0);
    this.#mark = 1;
  }

  /** Follows everything that takes no character, from `index` on, between two characters (-1: an end of the text). True: it matches. */
  #enter(index: number, previous: number, next: number): boolean {
    const stack = [index];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (this.#marks[at] === this.#mark) continue;
      this.#marks[at] = this.#mark;
      const state = this.#states[at];
      if (state.type === 'match') return true;
      if (state.type === 'set') this.#current.push(at);
      else if (state.type === 'split') stack.push(state.other, state.next);
      else if (holds(state.assertion, previous, next)) stack.push(state.next);
    }
    return false;
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
