import { SMALL } from './pieces/crew.ts';
import { longLog, shortLog, type PieceSizes } from './pieces/piece-cutter.ts';

/** Objects whose keys differ from line to line make columns that are nearly empty: a short text becomes many cells. */
const MANY_KEYS = 300;
const wideLog: PieceSizes = { ...longLog, most: 2 ** 20 };

/** How long the pieces of a log are that begins with these bytes and has so many left to be read. */
export function sizesFor(head: Uint8Array, left: number): PieceSizes {
  if (head[0] === 0x7b && keysIn(head) > MANY_KEYS) return wideLog;
  return left < SMALL ? shortLog : longLog;
}

/** Different keys of JSON objects, about. */
function keysIn(head: Uint8Array): number {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return new Set(text.match(/"[^"\\]{1,200}" ?:/g)).size;
}
