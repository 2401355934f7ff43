/**
 * Log text as it is, never interpreted: what has no shape of its own, or would turn the text around, is made visible.
 * A TAB becomes an arrow, other control characters \x1b, bidirectional and invisible ones \u{202e}.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x09) return ' → ';
    const digits = code.toString(16);
    return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
  });
}

// C0, DEL, C1; soft hyphen; Arabic letter mark; zero-width and direction marks; line and paragraph separators; embeddings, overrides
// and isolates; word joiner and invisible operators; byte order mark; interlinear annotations; tags; lone surrogates.
const unseen = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\p{Surrogate}]',
  'gu',
);
