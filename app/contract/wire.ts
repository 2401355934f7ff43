import { FlowcaseError } from '../errors.ts';

/**
 * Frames of the WebSocket: plain values with typed arrays in them, as bytes that the other end decodes without copying the arrays.
 *
 *     u32   length of the header in bytes, little endian
 *     u32   the letters "FLW1"
 *     ...   header: UTF-8 JSON { value, arrays: [[path, type, offset, length], ...], numbers: [[path, name], ...] }
 *     ...   zero bytes up to the next multiple of 8, where the arrays begin; each starts at a multiple of 8 from there
 *
 * `value` is the message with null where an array (or a number that JSON cannot say) stood; `path` are the keys that lead there, so that
 * no key of a log can be mistaken for a mark of ours. What JSON leaves out (undefined, functions) is left out. Little endian throughout.
 */
const MAGIC = 0x31574c46;
const PREFIX = 8;

const arrayTypes = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type ArrayName = keyof typeof arrayTypes;
export type WireArray = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

const specialNumbers = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 } as const;
type SpecialName = keyof typeof specialNumbers;

type Path = readonly (string | number)[];
interface Found {
  readonly arrays: { readonly path: Path; readonly name: ArrayName; readonly array: WireArray }[];
  readonly numbers: (readonly [Path, SpecialName])[];
}

const align = (n: number): number => (n + 7) & ~7;

/** One frame for `value`. @throws TypeError for circles and for arrays of another type (Int8Array, BigInt64Array, ...) */
export function encodeFrame(value: unknown): Uint8Array<ArrayBuffer> {
  const found: Found = { arrays: [], numbers: [] };
  const plain = lift(value, [], found);
  let offset = 0;
  const places = found.arrays.map(({ path, name, array }) => {
    const place = [path, name, offset, array.length] as const;
    offset = align(offset + array.byteLength);
    return place;
  });
  const header = new TextEncoder().encode(JSON.stringify({ value: plain, arrays: places, numbers: found.numbers }));
  const start = align(PREFIX + header.length);
  const frame = new Uint8Array(start + offset);
  const view = new DataView(frame.buffer);
  view.setUint32(0, header.length, true);
  view.setUint32(4, MAGIC, true);
  frame.set(header, PREFIX);
  for (const [index, { array }] of found.arrays.entries()) {
    const place = places[index];
    if (place !== undefined) frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + place[2]);
  }
  return frame;
}

/** Takes arrays and odd numbers out of a value and remembers where they were. */
function lift(value: unknown, path: Path, found: Found): unknown {
  if (typeof value === 'number') {
    const name = Number.isNaN(value)
      ? 'NaN'
      : Object.is(value, -0)
        ? '-0'
        : Number.isFinite(value)
          ? null
          : value > 0
            ? 'Infinity'
            : '-Infinity';
    if (name === null) return value;
    found.numbers.push([path, name]);
    return null;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const name = nameOf(value);
    found.arrays.push({ path, name, array: value as WireArray });
    return null;
  }
  if (path.length > 100) throw new TypeError('a message nests deeper than 100 levels, or in a circle');
  if (Array.isArray(value)) return value.map((item: unknown, index) => lift(item, [...path, index], found));
  const entries = Object.entries(value).map(([key, item]) => [key, lift(item, [...path, key], found)] as const);
  return Object.fromEntries(entries);
}

function nameOf(view: ArrayBufferView): ArrayName {
  for (const [name, type] of Object.entries(arrayTypes)) if (view instanceof type) return name as ArrayName;
  throw new TypeError(`${view.constructor.name} cannot go over the wire`);
}

/**
 * The value of a frame. Its arrays are views of `frame`'s own buffer where it begins at a multiple of 8, else of a copy.
 * @throws FlowcaseError INVALID_INPUT for anything that is not a whole frame
 */
export function decodeFrame(frame: ArrayBuffer | Uint8Array): unknown {
  const given = frame instanceof Uint8Array ? frame : new Uint8Array(frame);
  // not slice(): Node's Buffer gives a view of the same memory
  const bytes = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  if (bytes.length < PREFIX) throw refused('it is shorter than a header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  if (view.getUint32(4, true) !== MAGIC) throw refused('it does not begin as one');
  if (length > bytes.length - PREFIX) throw refused('its header is cut off');
  const header = parseHeader(bytes.subarray(PREFIX, PREFIX + length));
  const body = bytes.subarray(align(PREFIX + length));
  const root = { value: header.value };
  for (const place of header.arrays) put(root, place, (rest) => arrayOf(body, rest));
  for (const place of header.numbers) put(root, place, numberOf);
  return root.value;
}

interface Header {
  readonly value: unknown;
  readonly arrays: readonly unknown[];
  readonly numbers: readonly unknown[];
}

function parseHeader(bytes: Uint8Array): Header {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw refused('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || !('arrays' in header) || !('numbers' in header))
    throw refused('its header is not ours');
  const { arrays, numbers } = header;
  if (!Array.isArray(arrays) || !Array.isArray(numbers)) throw refused('its header is not ours');
  return { value: 'value' in header ? header.value : undefined, arrays, numbers };
}

/** Puts what `make` gives at the place that the first item of `entry` leads to. */
function put(root: { value: unknown }, entry: unknown, make: (rest: readonly unknown[]) => unknown): void {
  if (!Array.isArray(entry)) throw refused('a place is no list');
  const [path, ...rest] = entry as unknown[];
  if (!Array.isArray(path)) throw refused('a place has no path');
  const made = make(rest);
  const keys: unknown[] = ['value', ...(path as unknown[])];
  let parent: object = root;
  for (const [depth, key] of keys.entries()) {
    if (typeof key !== 'string' && typeof key !== 'number') throw refused('a path has a key that is none');
    if (!Object.hasOwn(parent, key)) throw refused('a path leads nowhere');
    if (depth === keys.length - 1) {
      // defineProperty: a key "__proto__" is a key like any other
      Object.defineProperty(parent, key, { value: made, writable: true, enumerable: true, configurable: true });
      return;
    }
    const next: unknown = Object.getOwnPropertyDescriptor(parent, key)?.value;
    if (typeof next !== 'object' || next === null) throw refused('a path leads nowhere');
    parent = next;
  }
}

function arrayOf(body: Uint8Array, [name, offset, length]: readonly unknown[]): WireArray {
  if (!isWhole(offset) || !isWhole(length) || typeof name !== 'string' || !Object.hasOwn(arrayTypes, name))
    throw refused('an array is not described');
  const type = arrayTypes[name as ArrayName];
  if (offset % 8 !== 0 || offset + length * type.BYTES_PER_ELEMENT > body.length) throw refused('an array lies outside of it');
  return new type(body.buffer as ArrayBuffer, body.byteOffset + offset, length);
}

function numberOf([name]: readonly unknown[]): number {
  if (typeof name !== 'string' || !Object.hasOwn(specialNumbers, name)) throw refused('a number is not described');
  return specialNumbers[name as SpecialName];
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const refused = (why: string): FlowcaseError =>
  new FlowcaseError('INVALID_INPUT', `A message that arrived is not a frame of Flowcase: ${why}.`);

/** What a window says to the loopback host. */
export interface CallMessage {
  readonly call: number;
  readonly name: string;
  readonly input: unknown;
}
