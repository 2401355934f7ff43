import { inflateSync } from 'node:zlib';
import { joined, padded, type Tables } from './truetype.ts';

const signature = 0x774f4646;
const trueTypeFlavour = 0x00010000;

/** A WOFF 1 file (W3C, 2012) whose tables stand as they are: the same tables give the same bytes, whatever the compressor. */
export function writeWoff(tables: Tables): Uint8Array {
  const entries = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const bodies = entries.map(([, body]) => padded(body));
  const directory = new DataView(new ArrayBuffer(44 + entries.length * 20));
  const total = directory.byteLength + bodies.reduce((sum, body) => sum + body.length, 0);
  const plain = 12 + entries.length * 16 + bodies.reduce((sum, body) => sum + body.length, 0);
  const head = [signature, trueTypeFlavour, total, entries.length << 16, plain, 0x00010000];
  for (const [at, value] of head.entries()) directory.setUint32(at * 4, value);
  let offset = directory.byteLength;
  for (const [at, [tag, body]] of entries.entries()) {
    const row = [tagNumber(tag), offset, body.length, body.length, checksum(body)];
    for (const [column, value] of row.entries()) directory.setUint32(44 + at * 20 + column * 4, value);
    offset += bodies[at]?.length ?? 0;
  }
  return joined([new Uint8Array(directory.buffer), ...bodies]);
}

/** Every character that a WOFF 1 font has a glyph for, by its "cmap" of format 4. */
export function charactersOf(woff: Uint8Array): ReadonlySet<string> {
  const view = new DataView(woff.buffer, woff.byteOffset, woff.length);
  const found = new Set<string>();
  if (view.getUint32(0) !== signature) throw new TypeError('not a WOFF 1 file');
  for (let row = 44; row < 44 + view.getUint16(12) * 20; row += 20) {
    if (view.getUint32(row) !== tagNumber('cmap')) continue;
    const [offset, stored, length] = [view.getUint32(row + 4), view.getUint32(row + 8), view.getUint32(row + 12)];
    const body = woff.subarray(offset, offset + stored);
    for (const code of codesOf(stored < length ? inflateSync(body) : body)) found.add(String.fromCodePoint(code));
  }
  return found;
}

function* codesOf(cmap: Uint8Array): Generator<number> {
  const view = new DataView(cmap.buffer, cmap.byteOffset, cmap.length);
  for (let table = 0; table < view.getUint16(2); table++) {
    const start = view.getUint32(4 + table * 8 + 4);
    if (view.getUint16(start) !== 4) continue;
    const segments = view.getUint16(start + 6);
    for (let at = 0; at < segments; at += 2) {
      const last = view.getUint16(start + 14 + at);
      const first = view.getUint16(start + 16 + segments + at);
      for (let code = first; code <= last && code !== 0xffff; code++) yield code;
    }
  }
}

const tagNumber = (tag: string): number => Array.from(tag).reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);

/** The sum of a table's 32-bit words. */
function checksum(body: Uint8Array): number {
  const whole = padded(body);
  const view = new DataView(whole.buffer);
  let sum = 0;
  for (let at = 0; at < whole.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}
