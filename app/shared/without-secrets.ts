/**
 * Strikes secrets out of texts that are written down: a log of what went wrong is sent to others. What looks like a secret goes, also where it is none; all
 * else stays, and what was JSON is JSON still. Takes time in proportion to the text, whatever stands in it.
 */

const STRUCK = '…';

/** Words that a name of something secret has in it; whatever comes before or behind it in the name. */
const words =
  'passw(?:or)?d|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|private[-_]?key|signature|authorization|cookie|sasl[._-]?jaas[._-]?config';
/** A name, perhaps in quotes, and what stands between it and its value: `=`, `:`, `=>`, the same percent-encoded, or a comma between two texts. */
const named = new RegExp(
  `(?:${words})[\\w.-]{0,40}(?:\\\\{0,8}["'\`]?\\s{0,8}(?:=>|[:=]|%3[ad])|\\\\{0,8}["'\`]\\s{0,8},(?=\\s{0,8}\\\\{0,8}["'\`]))\\s{0,8}`,
  'gi',
);
/** Names whose value may have blanks in it. */
const toLineEnd = /^(?:authorization|cookie)/i;
const quote = /\\{0,8}["'`]/y;
const jsonWord = /(?:null|true|false|undefined)\b/y;
const jsonNumber = /-?\d[\d.eE+-]*(?=\s*[,}\]])/y;
const word = /(?:(?!%26)[^\s&"'`\\])*/y;
const address = /[^\s"'`]*/y;
const host = /[^\s/?#"'`]*/y;
const line = /[^\r\n"'`\\]*/y;

/** What is a secret by its form, whatever name it has. */
const forms: readonly (readonly [RegExp, string])[] = [
  // those of Flowcase's own tokens, also percent-encoded, and the cookie of its window
  [/flowcase(?:_|%5f)[\w%-]+/gi, `flowcase_${STRUCK}`],
  [/(flowcase-\d{1,5}=)[\w-]+/gi, `$1${STRUCK}`],
  [/(%3a%2f%2f)(?:(?!%2f|%40)[\w.~%+-]){0,200}%40/gi, `$1${STRUCK}%40`],
  // addresses of webhooks are secrets from there on
  [/(\/(?:services|webhooks?|hooks?|webhookb2)\/)[^\s"'`<>]+/gi, `$1${STRUCK}`],
  [/\b(Bearer|bearer|Basic|Digest|Negotiate|NTLM)(\s{1,8}|%20)[\w.~+/=%-]{4,}/g, `$1$2${STRUCK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, STRUCK],
];
/** Without its end, all that comes is of the key. */
const privateKey = /-----BEGIN ([A-Z ]{0,40})PRIVATE KEY-----[^]*?(?:-----END \1PRIVATE KEY-----|$)/g;

/** A text as it may be logged. */
export function withoutSecrets(text: string): string {
  const keyless = text.replaceAll(privateKey, (_, kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----${STRUCK}`);
  const unnamed = withoutUsers(withoutNamed(keyless));
  return forms.reduce((struck, [form, instead]) => struck.replaceAll(form, instead), unnamed);
}

/** Without what stands before the host of addresses: scheme://user:password@host. */
function withoutUsers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  // of the text without blanks and quotes that was looked at last: addresses may follow each other in one
  let end = 0;
  let lastAt = -1;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', Math.max(at + 3, from))) {
    const start = at + 3;
    if (start > end) {
      const run = matchAt(address, text, start);
      end = start + run.length;
      lastAt = start + run.lastIndexOf('@');
    }
    if (lastAt < start) continue;
    const authority = matchAt(host, text, start);
    const within = authority.lastIndexOf('@');
    // a port is no password; of one that has a / in it the rest goes too
    const [, password] = /:(.*)$/.exec(authority) ?? [];
    const until = within >= 0 ? start + within : password === undefined || /^\d{1,5}$/.test(password) ? -1 : lastAt;
    if (until < 0) continue;
    parts.push(text.slice(from, start), STRUCK);
    from = until;
  }
  return parts.join('') + text.slice(from);
}

function withoutNamed(text: string): string {
  const parts: string[] = [];
  let from = 0;
  named.lastIndex = 0;
  for (let match = named.exec(text); match !== null; match = named.exec(text)) {
    const at = named.lastIndex;
    const value = valueAt(text, at, match[0]);
    parts.push(text.slice(from, at), value.instead);
    from = value.end;
    named.lastIndex = from;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}

/** Where the value that begins here ends, and what is written instead of it. `name`: with what stands between the two. */
function valueAt(text: string, at: number, name: string): { readonly end: number; readonly instead: string } {
  const opening = matchAt(quote, text, at);
  if (opening !== '') return { end: closingOf(text, at + opening.length, opening), instead: `${opening}${STRUCK}${opening}` };
  // as the name is quoted
  const [quoted] = /\\*["'`]/.exec(name) ?? [''];
  if (text[at] === '[') {
    const end = text.indexOf(']', at);
    return { end: end < 0 ? text.length : end + 1, instead: `[${quoted}${STRUCK}${quoted}]` };
  }
  if (text[at] === '{') return { end: at, instead: '' };
  const plain = matchAt(jsonWord, text, at);
  if (plain !== '') return { end: at + plain.length, instead: plain };
  const number = matchAt(jsonNumber, text, at);
  if (number !== '') return { end: at + number.length, instead: `${quoted}${STRUCK}${quoted}` };
  const end = at + matchAt(toLineEnd.test(name) ? line : word, text, at).length;
  return { end, instead: end === at ? '' : STRUCK };
}

/** Behind the quote that ends what this one opened: the same, with just as many backslashes before it. */
function closingOf(text: string, from: number, opening: string): number {
  const slashes = opening.length - 1;
  for (let at = text.indexOf(opening, from); at >= 0; at = text.indexOf(opening, at + 1)) {
    let before = 0;
    while (at - before > from && text[at - before - 1] === '\\') before++;
    // a backslash before the quote is of the value, unless it is itself written with one
    if (slashes > 0 ? before === 0 : before % 2 === 0) return at + opening.length;
  }
  return text.length;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
