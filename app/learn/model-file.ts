import { createHash } from 'node:crypto';
import { FlowcaseError } from '../errors.ts';
import type { SavedArray, SavedEstimator } from './types.ts';

/** A fitted estimator, and what there is to say of it. The bytes are described in MODEL.md. */
export interface ModelFile {
  readonly estimator: SavedEstimator;
  /** The model card: any JSON (what it learned from, how good it is, what it cannot do). */
  readonly card: unknown;
}

const MAGIC = 'FLOWMODL';
const VERSION = 1;
const FRONT = 16;
const DIGEST = 32;
const STEP = 8;

const types = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Int16Array, Uint8Array } as const;
type TypeName = keyof typeof types;

interface Listed {
  readonly name: string;
  readonly type: TypeName;
  readonly length: number;
}

interface Header {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** In the order in which they lie in the file. */
  readonly arrays: readonly Listed[];
  readonly card: unknown;
}

/**
 * The same model and card give the same bytes (keys in the order they were given). Properties that are undefined are left out.
 * @throws FlowcaseError PARAMETER where parameters or card hold what JSON cannot (NaN, infinity, functions)
 */
export function encodeModel({ estimator, card }: ModelFile): Uint8Array<ArrayBuffer> {
  const { kind, parameters } = estimator;
  checkPlain(parameters, 'parameters');
  checkPlain(card, 'card');
  const arrays = Object.entries(estimator.arrays);
  const listed = arrays.map(([name, values]): Listed => ({ name, type: typeOf(values), length: values.length }));
  const header: Header = { kind, parameters, arrays: listed, card: card ?? null };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const end = arrays.reduce((at, [, values]) => aligned(at + values.byteLength), aligned(FRONT + json.length));
  const file = new Uint8Array(end + DIGEST);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, json.length, true);
  file.set(json, FRONT);
  let at = aligned(FRONT + json.length);
  for (const [, values] of arrays) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at = aligned(at + values.byteLength);
  }
  file.set(digestOf(file.subarray(0, end)), end);
  return file;
}

/**
 * Reads what `encodeModel` gave, and trusts nothing in it. `name`: what an error calls the file.
 * @throws FlowcaseError FILE_DAMAGED where it is no model, not whole, of a newer version, or says of itself what is not so
 */
export function decodeModel(bytes: Uint8Array, name = 'The model file'): ModelFile {
  // the `slice` of a Buffer is a view of its memory, and no copy
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (how: string): FlowcaseError =>
    new FlowcaseError('FILE_DAMAGED', `${name} cannot be read as a model: ${how}. Take the original file again, or train anew.`, {
      name,
      how,
    });
  if (file.length < MAGIC.length || !equal(file.subarray(0, MAGIC.length), new TextEncoder().encode(MAGIC)))
    throw refuse('it is no model of Flowcase');
  if (file.length < FRONT + DIGEST) throw refuse('it is cut off');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = view.getUint32(8, true);
  if (version > VERSION) throw refuse(`a newer Flowcase wrote it (version ${version}; this one knows ${VERSION})`);
  if (version !== VERSION) throw refuse(`there is no version ${version}`);
  const end = file.length - DIGEST;
  if (!equal(file.subarray(end), digestOf(file.subarray(0, end)))) {
    throw refuse('it is not as it was written: its SHA-256 does not fit, so it was cut off or changed');
  }
  const length = view.getUint32(12, true);
  if (FRONT + length > end) throw refuse('its description is longer than the file');
  const { kind, parameters, arrays, card } = readHeader(file.subarray(FRONT, FRONT + length), refuse);
  return { estimator: { kind, parameters, arrays: readArrays(file, FRONT + length, end, arrays, refuse) }, card };
}

type Refuse = (how: string) => FlowcaseError;

function readHeader(bytes: Uint8Array, refuse: Refuse): Header {
  const header = parse(bytes, refuse);
  if (!isRecord(header) || typeof header['kind'] !== 'string' || !isRecord(header['parameters']) || !Object.hasOwn(header, 'card')) {
    throw refuse('its description is not that of a model');
  }
  const { kind, parameters, arrays, card } = header;
  if (!Array.isArray(arrays) || !arrays.every(isListed)) throw refuse('its list of arrays is not one');
  if (new Set(arrays.map((one) => one.name)).size < arrays.length) throw refuse('two of its arrays have the same name');
  return { kind, parameters, arrays, card };
}

function parse(bytes: Uint8Array, refuse: Refuse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw refuse('its description is not JSON');
  }
}

function readArrays(file: Uint8Array, from: number, end: number, listed: readonly Listed[], refuse: Refuse): SavedEstimator['arrays'] {
  let at = from;
  const skip = (): void => {
    const next = aligned(at);
    if (next > end || file.subarray(at, next).some((byte) => byte !== 0)) throw refuse('there is something between its arrays');
    at = next;
  };
  skip();
  const arrays = listed.map(({ name, type, length }): [string, SavedArray] => {
    const make = types[type];
    const bytes = length * make.BYTES_PER_ELEMENT;
    // Asked before anything is allocated: a length that lies must cost nothing.
    if (bytes > end - at) throw refuse(`its array ${JSON.stringify(name)} is longer than the file`);
    const values = new make(file.slice(at, at + bytes).buffer);
    at += bytes;
    skip();
    return [name, values];
  });
  if (at !== end) throw refuse('it holds more than it says');
  return Object.fromEntries(arrays);
}

function isRecord(value: unknown): value is Record<string, unknown> & Partial<Header> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListed(value: unknown): value is Listed {
  if (!isRecord(value)) return false;
  const { name, type, length } = value as Partial<Record<keyof Listed, unknown>>;
  return (
    typeof name === 'string' &&
    typeof type === 'string' &&
    Object.hasOwn(types, type) &&
    Number.isSafeInteger(length) &&
    Number(length) >= 0
  );
}

function typeOf(values: SavedArray): TypeName {
  const name = (Object.keys(types) as TypeName[]).find((type) => values instanceof types[type]);
  if (name === undefined) throw new TypeError('An estimator saved an array of a type that model files do not have');
  return name;
}

/** @throws FlowcaseError PARAMETER where reading it again would give something else */
function checkPlain(value: unknown, path: string): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => checkPlain(item === undefined ? Number.NaN : item, `${path}[${i}]`));
  const plain = typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
  if (plain) return Object.entries(value).forEach(([key, item]) => checkPlain(item, `${path}.${key}`));
  const what = typeof value === 'number' ? value : Object.prototype.toString.call(value);
  throw new FlowcaseError('PARAMETER', `A model file takes plain JSON only: ${path} is ${what}.`, { name: path });
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function aligned(at: number): number {
  return Math.ceil(at / STEP) * STEP;
}
