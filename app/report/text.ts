/**
 * Log text made safe to print: what would not be seen (control characters, zero-width and bidirectional marks, unpaired surrogates,
 * private and unassigned code points) is written out as \u{1B}, so that a reader sees that it is there. The rest stays as it is.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Line feeds, too, are written out. */
export function oneLine(text: string): string {
  return text.replace(unseen, escapeCodePoint);
}

/** For notes that people wrote: line feeds are kept as breaks. */
export function manyLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => oneLine(line.replaceAll('\t', '    ')))
    .join('\n');
}

export function escapeCodePoint(character: string): string {
  if (character === '\t') return '\\t';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}

/** The first `limit` characters of a long text, and how many there were. Never cuts a code point in two. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit).replace(/[\uD800-\uDBFF]$/u, '');
  return `${cut}… (${text.length.toLocaleString('en-US')} characters in all)`;
}
