/**
 * 32 bits that stand for a text in the sketches of windows: FNV-1a over its UTF-16 units, mixed by MurmurHash3's finisher so that every bit
 * of the text moves every bit of the hash. The same on every machine and in every case: sketches of different sources can be merged.
 * Never 0: that stands for what is absent.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return mixed(hash ^ text.length);
}

/** The same for a whole number, such as a port. */
export function hashOfNumber(value: number): number {
  return mixed(Math.imul(value | 0, 0x9e3779b1) ^ Math.floor(value / 4_294_967_296));
}

function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
