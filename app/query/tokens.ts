import { MAX_LENGTH, syntaxError, type Place } from './syntax.ts';

export type Symbol = '(' | ')' | ',' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~';

export type Token =
  | (Place & { readonly type: 'symbol'; readonly text: Symbol })
  | (Place & { readonly type: 'word'; readonly text: string; readonly quoted: boolean })
  | (Place & { readonly type: 'end'; readonly text: '' });

const symbols: ReadonlyMap<string, Symbol> = new Map<string, Symbol>([
  ['(', '('],
  [')', ')'],
  [',', ','],
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['≠', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['≤', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['≥', '>='],
  ['~', '~'],
  ['!~', '!~'],
]);

/** Blanks; a string; a symbol; a bare word. Each alternative begins with other characters, so reading takes linear time. */
const piece = /\s+|"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?|!=|!~|<=|>=|==|[()=<>~,≠≤≥]|[^\s"'()[\],=<>~≥≤≠!]+/uy;

/** Tokens of a filter; the last is `end`. @throws FlowcaseError FILTER_SYNTAX for a string without its end and for stray characters */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_LENGTH)
    throw syntaxError({ position: MAX_LENGTH, length: 1 }, `A filter has at most ${MAX_LENGTH} characters; this one goes on`);
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    piece.lastIndex = position;
    const found = piece.exec(text)?.[0];
    if (found === undefined) throw strayCharacter(text, position);
    const place = { position, length: found.length };
    position += found.length;
    if (/^\s/u.test(found)) continue;
    const symbol = symbols.get(found);
    if (symbol !== undefined) tokens.push({ type: 'symbol', text: symbol, ...place });
    else if (found.startsWith('"') || found.startsWith("'"))
      tokens.push({ type: 'word', text: unquote(found, place), quoted: true, ...place });
    else tokens.push({ type: 'word', text: found, quoted: false, ...place });
  }
  tokens.push({ type: 'end', text: '', position: text.length, length: 0 });
  return tokens;
}

function unquote(found: string, place: Place): string {
  const quote = found[0];
  const closed = found.length > 1 && found.endsWith(quote) && /(?:^|[^\\])(?:\\\\)*$/u.test(found.slice(1, -1));
  if (!closed) throw syntaxError(place, `The text that begins with ${quote} has no end`, [`a closing ${quote}`]);
  return found.slice(1, -1).replace(/\\(["'\\])/gu, '$1');
}

function strayCharacter(text: string, position: number): Error {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  const place = { position, length: character.length };
  if (character === '[' || character === ']')
    return syntaxError(place, `“${character}” means nothing here`, ['round brackets, ( and )', 'quotes around the value']);
  if (character === '!') return syntaxError(place, '“!” alone means nothing', ['not', '!=', '!~']);
  return syntaxError(place, `“${character}” means nothing here`, ['quotes around the value']);
}
