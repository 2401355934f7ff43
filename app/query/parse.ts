import { MAX_DEPTH, quoted, syntaxError, type Expression, type Operator, type Word } from './syntax.ts';
import { tokenize, type Token } from './tokens.ts';

const compares: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', '~', '!~']);
const reserved: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'matches']);
const afterField = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', '~', 'matches', 'is absent'];

/**
 * The tree of a filter, or null for an empty one, which lets everything through. Knows no fields: compile.ts does.
 * @throws FlowcaseError FILTER_SYNTAX, details { position, length, expected }
 */
export function parseFilter(text: string): Expression | null {
  return new Parser(tokenize(text)).parse();
}

/** True for a bare word of the language, which therefore cannot be a value unless it is quoted. */
export function isReserved(text: string): boolean {
  return reserved.has(text.toLowerCase());
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression | null {
    if (this.#next.type === 'end') return null;
    const expression = this.#or();
    const rest: Token = this.#tokens[this.#at];
    if (rest.type !== 'end') throw syntaxError(rest, `There is ${name(rest)} after a whole condition`, ['and', 'or']);
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at];
  }

  /** Takes the next token where it is this bare word of the language. */
  #word(text: string): boolean {
    const token = this.#next;
    if (token.type !== 'word' || token.quoted || token.text.toLowerCase() !== text) return false;
    this.#at++;
    return true;
  }

  #symbol(text: string): boolean {
    if (this.#next.type !== 'symbol' || this.#next.text !== text) return false;
    this.#at++;
    return true;
  }

  #or(): Expression {
    const terms = [this.#and()];
    while (this.#word('or')) terms.push(this.#and());
    return terms.length === 1 ? terms[0] : { type: 'or', terms };
  }

  #and(): Expression {
    const terms = [this.#unary()];
    while (this.#word('and')) terms.push(this.#unary());
    return terms.length === 1 ? terms[0] : { type: 'and', terms };
  }

  #unary(): Expression {
    const start = this.#next;
    if (++this.#depth > MAX_DEPTH) throw syntaxError(start, `Brackets and “not” go deeper than ${MAX_DEPTH} levels`);
    try {
      if (this.#word('not')) return { type: 'not', term: this.#unary() };
      if (!this.#symbol('(')) return this.#comparison();
      const inner = this.#or();
      if (!this.#symbol(')'))
        throw syntaxError(this.#next, `The bracket from character ${start.position + 1} is not closed`, [')', 'and', 'or']);
      return inner;
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Expression {
    const field = this.#next;
    if (field.type !== 'word' || (!field.quoted && isReserved(field.text)))
      throw syntaxError(field, `There is ${name(field)} where a condition begins`, ['a field', 'not', '(']);
    this.#at++;
    const word = asWord(field);
    if (this.#word('is')) return { type: 'comparison', field: word, ...this.#presence() };
    const operator = this.#operator(word);
    const values = operator === 'in' || operator === 'not in' ? this.#values() : [this.#value()];
    return { type: 'comparison', field: word, operator, values };
  }

  #operator(field: Word): Operator {
    const token = this.#next;
    if (token.type === 'symbol' && compares.has(token.text)) {
      this.#at++;
      return token.text as Operator;
    }
    const negated = this.#word('not');
    if (this.#word('in')) return negated ? 'not in' : 'in';
    if (this.#word('matches')) return negated ? 'not matches' : 'matches';
    if (negated) throw syntaxError(this.#next, `There is ${name(this.#next)} after “not”`, ['in', 'matches']);
    throw syntaxError(token, `There is ${name(token)} after the field ${quoted(field.text)}`, afterField);
  }

  #presence(): { readonly operator: Operator; readonly values: readonly Word[] } {
    const negated = this.#word('not');
    const token = this.#next;
    const absent = this.#word('absent');
    if (!absent && !this.#word('present')) throw syntaxError(token, `There is ${name(token)} after “is”`, ['absent', 'present']);
    const value = { text: 'absent', quoted: false, position: token.position, length: token.length };
    return { operator: absent !== negated ? '=' : '!=', values: [value] };
  }

  #values(): Word[] {
    const open = this.#next;
    if (!this.#symbol('(')) return [this.#value()];
    const values = [this.#value()];
    while (this.#symbol(',')) values.push(this.#value());
    if (!this.#symbol(')')) throw syntaxError(this.#next, `The list from character ${open.position + 1} is not closed`, [',', ')']);
    return values;
  }

  #value(): Word {
    const token = this.#next;
    if (token.type !== 'word') throw syntaxError(token, `There is ${name(token)} where a value belongs`, ['a value']);
    if (!token.quoted && isReserved(token.text))
      throw syntaxError(token, `${quoted(token.text)} is a word of the language`, [`a value; as a text write "${token.text}"`]);
    this.#at++;
    return asWord(token);
  }
}

function asWord(token: Extract<Token, { type: 'word' }>): Word {
  return { text: token.text, quoted: token.quoted, position: token.position, length: token.length };
}

function name(token: Token): string {
  return token.type === 'end' ? 'nothing' : quoted(token.text);
}
