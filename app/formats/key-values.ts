/** Pairs of a key and a value, as they stand in a line; one character a byte. */
export type Pairs = readonly (readonly [key: string, value: string])[];

/** More are not told apart, and no key is longer. */
const MOST = 500;
const LONGEST_KEY = 64;

const isKey = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 45 || code === 46;

/** Where the key begins that ends before the sign at `at`, not before `from`; `at` where there is none. */
function keyStart(text: string, from: number, at: number): number {
  let start = at;
  const least = Math.max(from, at - LONGEST_KEY);
  while (start > least && isKey(text.charCodeAt(start - 1))) start--;
  return start;
}

/** `key=value key="a value"`, parted by blanks; within quotes a backslash escapes. What is no pair is passed over: `rest` takes it, word by word. */
export function quotedPairs(text: string, rest?: (word: string) => void): Pairs {
  const pairs: [string, string][] = [];
  let behind = 0;
  const between = (to: number): void => {
    if (rest !== undefined && to > behind) for (const word of text.slice(behind, to).split(' ')) if (word !== '') rest(word);
  };
  for (let at = text.indexOf('='); at >= 0 && pairs.length < MOST; at = text.indexOf('=', Math.max(at + 1, behind))) {
    const start = keyStart(text, behind, at);
    if (start === at) continue;
    between(start);
    const isQuoted = text[at + 1] === '"';
    const close = isQuoted ? quoteEnd(text, at + 2) : -1;
    const blank = text.indexOf(' ', at + 1);
    const end = close >= 0 ? close : blank < 0 ? text.length : blank;
    pairs.push([text.slice(start, at), close >= 0 ? unescaped(text.slice(at + 2, close)) : text.slice(at + 1, end)]);
    behind = close >= 0 ? close + 1 : end;
  }
  between(text.length);
  return pairs;
}

/** The quote that ends what begins at `from`, -1 where there is none. */
function quoteEnd(text: string, from: number): number {
  let close = text.indexOf('"', from);
  while (close > from && text[close - 1] === '\\' && !isEven(text, from, close)) close = text.indexOf('"', close + 1);
  return close;
}

/** Whether an even number of backslashes stands before `at`. */
function isEven(text: string, from: number, at: number): boolean {
  let count = 0;
  while (at - count > from && text[at - count - 1] === '\\' && count < LONGEST_KEY) count++;
  return count % 2 === 0;
}

const unescaped = (text: string): string => (text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text);

/** CEF's extension: values hold blanks, and end where the next key begins; `\=`, `\\`, `\n` and `\r` are escapes. */
export function openPairs(text: string): Pairs {
  const found: { readonly key: string; readonly start: number; readonly value: number }[] = [];
  for (let at = text.indexOf('='); at >= 0 && found.length < MOST; at = text.indexOf('=', at + 1)) {
    const start = keyStart(text, found.at(-1)?.value ?? 0, at);
    // a sign within a value has no blank before its word
    if (start === at || (start > 0 && text[start - 1] !== ' ')) continue;
    found.push({ key: text.slice(start, at), start, value: at + 1 });
  }
  return found.map(({ key, value }, i) => [key, plainValue(text.slice(value, found[i + 1]?.start ?? text.length).trimEnd())]);
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', ' '],
  ['r', ' '],
]);
const plainValue = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(.)/g, (_, letter: string) => escapes.get(letter) ?? letter) : text;

/** LEEF's attributes, parted by one character. */
export function partedPairs(text: string, delimiter: string): Pairs {
  return text.split(delimiter, MOST).flatMap((part): [string, string][] => {
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(0, at)).trim();
    return key === '' || key.length > LONGEST_KEY ? [] : [[key, part.slice(at + 1)]];
  });
}
