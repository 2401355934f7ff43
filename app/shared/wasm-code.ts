import { unsigned, type Code, type ValueType, type WasmFunction } from './wasm-encoder.ts';

/** WebAssembly's instructions by the types that they work on, for kernels that read bytes. Names and codes after the core specification. */

/** A parameter or a local; as code it is its value. */
export type Variable = readonly [number, ...number[]];

type Variables<Names extends string> = Readonly<Record<Names, Variable>>;

/** A function whose parameters and locals have names. Its body is made when it is asked for: most who load a kernel's module never run it. */
export function define<P extends string, L extends string>(
  name: string,
  { parameters, locals, results }: { parameters: Record<P, ValueType>; locals: Record<L, ValueType>; results: readonly ValueType[] },
  body: (variables: Variables<P | L>) => Code,
): WasmFunction {
  return {
    name,
    parameters: Object.values(parameters),
    results,
    locals: Object.values(locals),
    get body() {
      const names = [...Object.keys(parameters), ...Object.keys(locals)];
      const variables = Object.fromEntries(names.map((word, i) => [word, [0x20, ...unsigned(i)]])) as Record<string, Variable>;
      return body(variables as Variables<P | L>);
    },
  };
}

export const set = (variable: Variable, value: Code): Code => [value, 0x21, ...variable.slice(1)];
export const loop = (body: Code): Code => [0x03, 0x40, body, 0x0b];
/** Directly inside a loop: goes on while the condition is not zero. */
export const again = (condition: Code): Code => [condition, 0x0d, 0];
export const block = (body: Code): Code => [0x02, 0x40, body, 0x0b];
/** Out of so many blocks, loops and conditions, and one more. */
export const leave = (outer: number): Code => [0x0c, ...unsigned(outer)];
export const leaveWhere = (condition: Code, outer: number): Code => [condition, 0x0d, ...unsigned(outer)];
export const when = (condition: Code, then: Code): Code => [condition, 0x04, 0x40, then, 0x0b];
export const either = (condition: Code, then: Code, otherwise: Code): Code => [condition, 0x04, 0x40, then, 0x05, otherwise, 0x0b];
export const choose = (condition: Code, then: Code, otherwise: Code): Code => [then, otherwise, condition, 0x1b];
export const giveBack = (value: Code): Code => [value, 0x0f];
export const call = (place: number, ...parameters: readonly Code[]): Code => [parameters, 0x10, ...unsigned(place)];

const one =
  (code: number) =>
  (a: Code): Code => [a, code];
const two =
  (code: number) =>
  (a: Code, b: Code): Code => [a, b, code];
const simd = (code: number): Code => [0xfd, ...unsigned(code)];
const read =
  (code: Code, align: number) =>
  (address: Code, offset = 0): Code => [address, code, align, ...unsigned(offset)];
const write =
  (code: Code, align: number) =>
  (address: Code, value: Code, offset = 0): Code => [address, value, code, align, ...unsigned(offset)];

/** Signed LEB128. */
function leb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

export const i32 = {
  constant: (value: number): Code => [0x41, ...leb(BigInt(value | 0))],
  isZero: one(0x45),
  equal: two(0x46),
  notEqual: two(0x47),
  /** Unsigned, as all addresses and lengths are. */
  less: two(0x49),
  greater: two(0x4b),
  atMost: two(0x4d),
  trailingZeros: one(0x68),
  ones: one(0x69),
  add: two(0x6a),
  subtract: two(0x6b),
  multiply: two(0x6c),
  and: two(0x71),
  or: two(0x72),
  xor: two(0x73),
  shiftLeft: two(0x74),
  shiftRight: two(0x76),
  load: read([0x28], 0),
  load8: read([0x2d], 0),
  store: write([0x36], 0),
  store8: write([0x3a], 0),
  ofI64: one(0xa7),
} as const;

export const i64 = {
  constant: (value: bigint): Code => [0x42, ...leb(BigInt.asIntN(64, value))],
  isZero: one(0x50),
  equal: two(0x51),
  notEqual: two(0x52),
  less: two(0x54),
  atLeast: two(0x5a),
  /** Below zero. */
  negative: (a: Code): Code => [a, 0x42, 0, 0x53],
  add: two(0x7c),
  subtract: two(0x7d),
  multiply: two(0x7e),
  divide: two(0x80),
  and: two(0x83),
  or: two(0x84),
  xor: two(0x85),
  shiftLeft: two(0x86),
  shiftRight: two(0x88),
  rotateLeft: two(0x89),
  load: read([0x29], 0),
  ofI32: one(0xad),
} as const;

export const f64 = {
  constant: (value: number): Code => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)],
  equal: two(0x61),
  notEqual: two(0x62),
  less: two(0x63),
  greater: two(0x64),
  atMost: two(0x65),
  atLeast: two(0x66),
  floor: one(0x9c),
  negate: one(0x9a),
  add: two(0xa0),
  subtract: two(0xa1),
  multiply: two(0xa2),
  divide: two(0xa3),
  load: read([0x2b], 0),
  store: write([0x39], 0),
  ofI64: one(0xb9),
  ofI32: one(0xb8),
} as const;

/** Sixteen bytes. */
export const bytes16 = {
  load: read(simd(0x00), 0),
  store: write(simd(0x0b), 0),
  /** Eight bytes in the lower half, zeros in the upper; eight bytes in the upper half of `a`. */
  loadLow: read(simd(0x5d), 0),
  loadHigh: (address: Code, a: Code, offset = 0): Code => [address, a, simd(0x57), 0, ...unsigned(offset), 1],
  splat: (value: Code): Code => [value, simd(0x0f)],
  constant: (bytes: Uint8Array): Code => [simd(0x0c), [...bytes]],
  equal: (a: Code, b: Code): Code => [a, b, simd(0x23)],
  less: (a: Code, b: Code): Code => [a, b, simd(0x26)],
  greater: (a: Code, b: Code): Code => [a, b, simd(0x28)],
  subtract: (a: Code, b: Code): Code => [a, b, simd(0x71)],
  and: (a: Code, b: Code): Code => [a, b, simd(0x4e)],
  /** Bits of `a` that `b` has not. */
  andNot: (a: Code, b: Code): Code => [a, b, simd(0x4f)],
  or: (a: Code, b: Code): Code => [a, b, simd(0x50)],
  xor: (a: Code, b: Code): Code => [a, b, simd(0x51)],
  /** Bits of `a` where `mask` has ones, else of `b`. */
  select: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(0x52)],
  /** Bytes by their places: 0 to 15 of `a`, 16 to 31 of `b`. */
  shuffle: (a: Code, b: Code, places: readonly number[]): Code => [a, b, simd(0x0d), places],
  any: (a: Code): Code => [a, simd(0x53)],
  /** The highest bit of each, the first byte's lowest. */
  bits: (a: Code): Code => [a, simd(0x64)],
  /** One of two i64. */
  lane: (a: Code, lane: 0 | 1): Code => [a, simd(0x1d), lane],
} as const;

/** Eight 16-bit numbers. */
export const eight = {
  shiftRight: (a: Code, by: number): Code => [a, i32.constant(by), simd(0x8d)],
  add: (a: Code, b: Code): Code => [a, b, simd(0x8e)],
  multiply: (a: Code, b: Code): Code => [a, b, simd(0x95)],
  /** Neighbours of products, with their signs, added: four 32-bit numbers. */
  dot: (a: Code, b: Code): Code => [a, b, simd(0xba)],
} as const;

/** Four 32-bit numbers. */
export const four = {
  add: (a: Code, b: Code): Code => [a, b, simd(0xae)],
  multiply: (a: Code, b: Code): Code => [a, b, simd(0xb5)],
  /** Of each two the upper one in the place of the lower, zero in its own. */
  upper: (a: Code): Code => [a, i32.constant(32), simd(0xcd)],
} as const;

/** Two float64. */
export const pair = {
  load: read(simd(0x00), 0),
  splat: (value: Code): Code => [value, simd(0x14)],
  lane: (a: Code, lane: 0 | 1): Code => [a, simd(0x21), lane],
  equal: (a: Code, b: Code): Code => [a, b, simd(0x47)],
  notEqual: (a: Code, b: Code): Code => [a, b, simd(0x48)],
  greater: (a: Code, b: Code): Code => [a, b, simd(0x4a)],
  sameBits: (a: Code, b: Code): Code => [a, b, simd(0xd6)],
  floor: (a: Code): Code => [a, simd(0x75)],
  /** To the nearest whole number; of two, to the even one. */
  nearest: (a: Code): Code => [a, simd(0x94)],
  add: (a: Code, b: Code): Code => [a, b, simd(0xf0)],
  subtract: (a: Code, b: Code): Code => [a, b, simd(0xf1)],
  multiply: (a: Code, b: Code): Code => [a, b, simd(0xf2)],
  divide: (a: Code, b: Code): Code => [a, b, simd(0xf3)],
  /** The lower two of four u32. */
  ofU32: (a: Code): Code => [a, simd(0xff)],
  /** The smaller, or the larger; `a` where `b` is NaN. */
  smaller: (a: Code, b: Code): Code => [a, b, simd(0xf6)],
  larger: (a: Code, b: Code): Code => [a, b, simd(0xf7)],
  /** Of masks: adds one to each i64 of `a` where `mask` has ones. */
  count: (a: Code, mask: Code): Code => [a, mask, simd(0xd1)],
  /** The highest bit of each. */
  bits: (a: Code): Code => [a, simd(0xc4)],
  /** As two u32 in the lower half, zeros in the upper; what is too large or NaN becomes the nearest that fits. */
  toU32: (a: Code): Code => [a, simd(0xfd)],
} as const;

/** Lower halves of two vectors as one. */
export const joined = (a: Code, b: Code): Code => [a, b, simd(0x0d), 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
/** Eight i32 as u16, sixteen i16 as u8. */
export const narrow16 = (a: Code, b: Code): Code => [a, b, simd(0x86)];
export const narrow8 = (a: Code, b: Code): Code => [a, b, simd(0x66)];
/** A float64 as u64; 0 where it is NaN. */
export const wholeOf = (a: Code): Code => [a, 0xfc, 7];
export const store16 = write([0x3b], 0);

/** What `make` gives, once; null where this machine runs no such module or has no room for its memory: every kernel has a plain twin. */
export function onceIfPossible<T>(make: () => T): () => T | null {
  let made: T | null | undefined;
  return () => {
    if (made !== undefined) return made;
    try {
      made = make();
    } catch (error) {
      if (!(error instanceof Error) || !['CompileError', 'LinkError', 'RangeError'].includes(error.name)) throw error;
      made = null;
    }
    return made;
  };
}
