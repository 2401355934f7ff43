/**
 * Log text as it is, never interpreted: what has no shape of its own, or would turn the text around, is made visible.
 * Control characters become their pictures (␛), bidirectional and invisible ones their code points (⟨U+202E⟩).
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x09) return '→';
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

// C0, DEL, C1; soft hyphen; Arabic letter mark; zero-width and direction marks; line and paragraph separators; embeddings, overrides
// and isolates; word joiner and invisible operators; byte order mark; interlinear annotations; tags; lone surrogates.
const unseen = new RegExp(
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\p{Surrogate}]',
  'gu',
);
