import { FlowcaseError } from '../errors.ts';

/**
 * The filter language: its tree. The grammar, after which parse.ts reads:
 *
 *     filter     = [ or ]
 *     or         = and { "or" and }
 *     and        = unary { "and" unary }
 *     unary      = "not" unary | "(" or ")" | comparison
 *     comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~" | ["not"] "matches" ) value
 *                | field ["not"] "in" ( value | "(" value { "," value } ")" )
 *                | field "is" ["not"] ( "absent" | "present" )
 *     value      = bare word | "quoted" | 'quoted'
 *
 * Words of the language may be written in any case; fields and values mean what they say. In quotes, `\"`, `\'` and `\\` stand for the
 * second character, any other backslash for itself. The bare values `absent` and `-` ask for absence; in quotes they are texts.
 * `==`, `≠`, `≤`, `≥` are taken for `=`, `!=`, `<=`, `>=`.
 *
 * What is absent: a comparison with an absent value is never true. `!=`, `not in`, `!~` and `not matches` are the exact contraries of
 * `=`, `in`, `~` and `matches`, so they are true where the value is absent.
 */

/** Where something stands in the text, in UTF-16 units. */
export interface Place {
  readonly position: number;
  readonly length: number;
}

export interface Word extends Place {
  readonly text: string;
  readonly quoted: boolean;
}

export const operators = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', '~', '!~', 'matches', 'not matches'] as const;
export type Operator = (typeof operators)[number];

/** `is absent` is `= absent`, `is present` is `!= absent`: the bare word. */
export interface Comparison {
  readonly type: 'comparison';
  readonly field: Word;
  readonly operator: Operator;
  /** One, or at least one for `in` and `not in`. */
  readonly values: readonly Word[];
}

export type Expression =
  Comparison | { readonly type: 'and' | 'or'; readonly terms: readonly Expression[] } | { readonly type: 'not'; readonly term: Expression };

/** Longest text, and deepest nesting, that is read. */
export const MAX_LENGTH = 20_000;
export const MAX_DEPTH = 100;

export function isAbsentWord(word: Word): boolean {
  return !word.quoted && (word.text === '-' || word.text.toLowerCase() === 'absent');
}

/** "a, b or c". */
export function listWords(words: readonly string[], last = 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words[words.length - 1]}`;
}

/** What is written as it stands, and is therefore quoted in a sentence. */
const signs = /^(?:[^\w\s]+|(?:not )?(?:and|or|not|in|matches|absent|present)|is absent)$/u;

/** FILTER_SYNTAX whose message points at the character. `problem` without a full stop: 'There is no value'. */
export function syntaxError(place: Place, problem: string, expected: readonly string[] = []): FlowcaseError {
  const wanted = expected.length === 0 ? '' : ` Expected ${listWords(expected.map((one) => (signs.test(one) ? `“${one}”` : one)))}.`;
  return new FlowcaseError('FILTER_SYNTAX', `${problem} at character ${place.position + 1}.${wanted}`, {
    position: place.position,
    length: place.length,
    expected,
  });
}

/** A word as a message quotes it: short, on one line. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return `“${line.length > 60 ? `${line.slice(0, 57)}…` : line}”`;
}
