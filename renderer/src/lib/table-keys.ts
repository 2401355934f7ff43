/** The keyboard of a table, as a pure map: which key asks for what. */
export type TableCommand =
  | {
      readonly type: 'move';
      readonly to: 'up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'pageUp' | 'pageDown';
      readonly extend: boolean;
    }
  | { readonly type: 'open' }
  | { readonly type: 'tag' | 'note' | 'suspect' }
  | { readonly type: 'filter'; readonly exclude: boolean }
  | { readonly type: 'copy' }
  | { readonly type: 'toggle' }
  | { readonly type: 'all' }
  | { readonly type: 'resize'; readonly by: number };

export interface Stroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const moves = new Map<string, Extract<TableCommand, { type: 'move' }>['to']>([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
  ['k', 'up'],
  ['j', 'down'],
  ['Home', 'home'],
  ['End', 'end'],
  ['PageUp', 'pageUp'],
  ['PageDown', 'pageDown'],
]);

/** What a stroke means inside a table; null for what is none of its business. */
export function tableCommand(stroke: Stroke): TableCommand | null {
  const { key, shiftKey, altKey } = stroke;
  const held = stroke.ctrlKey || stroke.metaKey;
  const letter = key.length === 1 ? key.toLowerCase() : key;
  if (altKey) {
    if (key === 'ArrowLeft') return { type: 'resize', by: -16 };
    return key === 'ArrowRight' ? { type: 'resize', by: 16 } : null;
  }
  if (held) {
    if (letter === 'c') return { type: 'copy' };
    if (letter === 'a') return { type: 'all' };
    if (key === ' ') return { type: 'toggle' };
    const to = key.length === 1 ? undefined : moves.get(key);
    return to === 'home' || to === 'end' ? { type: 'move', to, extend: shiftKey } : null;
  }
  const to = moves.get(letter);
  if (to !== undefined) return { type: 'move', to, extend: shiftKey };
  switch (letter) {
    case 'Enter':
      return { type: 'open' };
    case ' ':
      return { type: 'toggle' };
    case 't':
      return { type: 'tag' };
    case 'n':
      return { type: 'note' };
    case 'm':
      return { type: 'suspect' };
    case 'f':
      return { type: 'filter', exclude: shiftKey };
    default:
      return null;
  }
}
