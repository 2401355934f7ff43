/** What could stand at the cursor of a filter that is being typed. Never fails: half a filter is the rule here. */
export interface CursorPlace {
  readonly expects: 'term' | 'operator' | 'presence' | 'value' | 'list' | 'member' | 'connective' | 'comma';
  /** The field whose operator or value is asked for. */
  readonly field: string | null;
  /** `in` or `not in`, `~`, ...: what stands before the value. */
  readonly operator: string | null;
  /** What is typed of it already, without quotes, and where it begins. */
  readonly typed: string;
  readonly from: number;
  /** Brackets that are open. */
  readonly depth: number;
}

type Piece = { readonly text: string; readonly bare: boolean; readonly start: number; readonly end: number };

const piece = /"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?|!=|!~|<=|>=|==|[()=<>~,≠≤≥]|[^\s"'()[\],=<>~≥≤≠!]+|[[\]!]/gu;
const symbol = /^(?:!=|!~|<=|>=|==|[()=<>~,≠≤≥[\]!])$/u;

export function cursorPlace(text: string, cursor: number): CursorPlace {
  const pieces = [...text.slice(0, cursor).matchAll(piece)].map((match): Piece => ({
    text: match[0],
    bare: !/^["']/.test(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const last = pieces.at(-1);
  const typing = last !== undefined && last.end === cursor && !symbol.test(last.text) && !isClosed(last) ? last : null;
  const walk = new Walk();
  for (const one of typing === null ? pieces : pieces.slice(0, -1)) walk.take(one);
  return {
    ...walk.place,
    typed: typing === null ? '' : typing.text.replace(/^["']/, ''),
    from: typing?.start ?? cursor,
  };
}

function isClosed({ text, bare }: Piece): boolean {
  return !bare && text.length > 1 && text.endsWith(text[0]);
}

class Walk {
  #expects: CursorPlace['expects'] = 'term';
  #field: string | null = null;
  #operator: string | null = null;
  #negated = false;
  #depth = 0;

  get place(): Pick<CursorPlace, 'expects' | 'field' | 'operator' | 'depth'> {
    return { expects: this.#expects, field: this.#field, operator: this.#operator, depth: this.#depth };
  }

  take(token: Piece): void {
    const word = token.bare ? token.text.toLowerCase() : '';
    switch (this.#expects) {
      case 'term':
        this.#term(token, word);
        return;
      case 'operator':
        this.#compare(token, word);
        return;
      case 'presence':
        if (word !== 'not') this.#expects = 'connective';
        return;
      case 'list':
        this.#expects = word === '(' ? 'member' : 'connective';
        return;
      case 'member':
        this.#expects = 'comma';
        return;
      case 'comma':
        this.#expects = word === ',' ? 'member' : 'connective';
        return;
      case 'value':
        this.#expects = 'connective';
        return;
      case 'connective':
        if (word === 'and' || word === 'or') this.#expects = 'term';
        else if (word === ')') this.#depth = Math.max(0, this.#depth - 1);
    }
  }

  #term(token: Piece, word: string): void {
    if (word === '(') this.#depth++;
    if (word === 'not' || word === '(') return;
    this.#field = token.bare ? token.text : token.text.slice(1, -1);
    this.#operator = null;
    this.#negated = false;
    this.#expects = 'operator';
  }

  #compare(token: Piece, word: string): void {
    if (word === 'not') {
      this.#negated = true;
      return;
    }
    this.#operator = this.#negated ? `not ${word}` : token.text;
    this.#expects = word === 'is' ? 'presence' : word === 'in' ? 'list' : 'value';
  }
}
