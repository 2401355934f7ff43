/** Pairs of a key and a value, as they stand in a line; one character a byte. */
export type Pairs = readonly (readonly [key: string, value: string])[];

/** What the pairs say of a few keys: the first of each. */
export class Values {
  readonly #pairs: Pairs;

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  get(key: string): string | undefined {
    for (const [one, value] of this.#pairs) if (one === key) return value;
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
}

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
    const close = text[at + 1] === '"' ? quoteEnd(text, at + 2) : text[at + 1] === "'" ? singleEnd(text, at + 2) : -1;
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

/** An apostrophe that ends a value has a blank behind it, or nothing: others are letters of it. */
function singleEnd(text: string, from: number): number {
  const close = text.indexOf("'", from);
  return close < 0 || (close + 1 < text.length && text[close + 1] !== ' ') ? -1 : close;
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

/** `key:"a value"; key:"another"`, as Check Point writes them; within quotes a backslash escapes. */
export function colonPairs(text: string): Pairs {
  const pairs: [string, string][] = [];
  let behind = 0;
  for (let at = text.indexOf(':"'); at >= 0 && pairs.length < MOST; at = text.indexOf(':"', behind)) {
    const last = text[at - 1] === ':' ? at - 1 : at;
    const start = keyStart(text, behind, last);
    const close = quoteEnd(text, at + 2);
    if (close < 0) break;
    if (start < last) pairs.push([text.slice(start, last), unescaped(text.slice(at + 2, close))]);
    behind = close + 1;
  }
  return pairs;
}

/** `Key: value, Other Key: another value`, as Firepower writes them: values hold blanks and commas, keys begin with a capital. */
export function listedPairs(text: string): Pairs {
  return text.split(/, (?=[A-Z][\w ]{0,60}: )/, MOST).flatMap((part): [string, string][] => {
    const at = part.indexOf(': ');
    return at <= 0 || at > LONGEST_KEY ? [] : [[part.slice(0, at), part.slice(at + 2)]];
  });
}

/** `key=value,key="a value"`, or each pair as a field of CSV (`"key=value","key=""a value"""`), as FortiGate and FortiAnalyzer write tables. */
export function commaPairs(text: string): Pairs {
  const pairs: [string, string][] = [];
  const pair = /(?:^|,)\s*(?:"([\w.-]{1,64})=((?:[^"]|"")*)"|([\w.-]{1,64})=(?:"((?:[^"\\]|\\.)*)"|([^,]*)))/gy;
  for (let match = pair.exec(text); match !== null && pairs.length < MOST; match = pair.exec(text)) {
    const [, quotedKey, quotedValue = '', key = '', value, bare = ''] = match;
    if (quotedKey === undefined) pairs.push([key, value === undefined ? bare : unescaped(value)]);
    else pairs.push([quotedKey, quotedValue.replaceAll('""', '"').replace(/^"(.*)"$/, '$1')]);
  }
  return pairs;
}

/** LEEF's attributes, parted by one character. */
export function partedPairs(text: string, delimiter: string): Pairs {
  return text.split(delimiter, MOST).flatMap((part): [string, string][] => {
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(0, at)).trim();
    return key === '' || key.length > LONGEST_KEY ? [] : [[key, part.slice(at + 1)]];
  });
}
