/** The keyboard of the window, as a pure map. Tables have their own (table-keys.ts) and come first where they have the focus. */
import type { Stroke } from './table-keys.ts';

export type WindowCommand =
  'palette' | 'search' | 'filter' | 'back' | 'previous' | 'next' | 'undo' | 'shortcuts' | 'tag' | 'note' | 'suspect' | 'close';

const plain = new Map<string, WindowCommand>([
  ['/', 'filter'],
  ['b', 'back'],
  ['[', 'previous'],
  [']', 'next'],
  ['?', 'shortcuts'],
  ['t', 'tag'],
  ['n', 'note'],
  ['m', 'suspect'],
  ['Escape', 'close'],
]);

/** What a stroke asks of the window; `typing`: the focus is in a field, where only strokes with Ctrl or Cmd and Escape count. */
export function windowCommand(stroke: Stroke, typing: boolean): WindowCommand | null {
  const held = stroke.ctrlKey || stroke.metaKey;
  const letter = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  if (stroke.altKey) return null;
  if (held) {
    if (stroke.shiftKey) return null;
    if (letter === 'k') return 'palette';
    if (letter === 'p') return 'search';
    return letter === 'z' && !typing ? 'undo' : null;
  }
  if (typing && letter !== 'Escape') return null;
  return plain.get(letter) ?? null;
}

/** True where a stroke is text for a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

export interface Shortcut {
  readonly keys: readonly string[];
  readonly what: string;
}

/** What the shortcuts sheet shows; `Mod` is Ctrl, or Cmd on a Mac. */
export const shortcuts: readonly { readonly title: string; readonly list: readonly Shortcut[] }[] = [
  {
    title: 'Anywhere',
    list: [
      { keys: ['Mod K'], what: 'Commands' },
      { keys: ['Mod P'], what: 'Search hosts and uids' },
      { keys: ['/'], what: 'Filter line' },
      { keys: ['[', ']'], what: 'Previous, next section' },
      { keys: ['B'], what: 'Back' },
      { keys: ['Mod Z'], what: 'Undo' },
      { keys: ['Esc'], what: 'Close the inspector or what floats' },
      { keys: ['?'], what: 'This sheet' },
    ],
  },
  {
    title: 'In a table',
    list: [
      { keys: ['J', 'K', '↓', '↑'], what: 'Next, previous row' },
      { keys: ['←', '→'], what: 'Cell' },
      { keys: ['Home', 'End'], what: 'First, last row' },
      { keys: ['Page ↓', 'Page ↑'], what: 'A page on, back' },
      { keys: ['Enter'], what: 'Inspect; on a heading: sort' },
      { keys: ['Shift ↓', 'Space'], what: 'Choose more rows' },
      { keys: ['Mod A'], what: 'Choose all rows' },
      { keys: ['Mod C'], what: 'Copy the chosen rows' },
      { keys: ['Alt ←', 'Alt →'], what: 'Narrower, wider column' },
    ],
  },
  {
    title: 'In Live',
    list: [
      { keys: ['Space'], what: 'Pause the display, hold the tail; go on' },
      { keys: ['P'], what: 'Pause the chosen source, or let it go on' },
      { keys: ['Del'], what: 'Watch the chosen source no more' },
    ],
  },
  {
    title: 'On what is chosen',
    list: [
      { keys: ['T'], what: 'Tag' },
      { keys: ['N'], what: 'Note' },
      { keys: ['M'], what: 'Mark suspect' },
      { keys: ['F'], what: 'Filter by the cell' },
      { keys: ['Shift F'], what: 'Exclude the cell' },
    ],
  },
];

/** "Ctrl K", or "⌘ K" on a Mac. */
export function keyLabel(keys: string, mac: boolean): string {
  return keys.replace('Mod', mac ? '⌘' : 'Ctrl');
}
