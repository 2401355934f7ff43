/**
 * Writes WebAssembly binaries: just the instructions that the kernels use, after the core specification with SIMD and threads
 * (https://webassembly.github.io/spec/core/binary/). A kernel is written as nested lists of bytes, so that no compiler has to be at hand
 * and the module a run used can be rebuilt, byte for byte, from the sources alone.
 */
export type Code = readonly (number | Code)[];

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? low : low + 128);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const simd = (code: number): Code => [0xfd, ...unsigned(code)];
/** Alignment (power of two) and constant offset of a memory access. */
const place = (align: number, offset: number): Code => [align, ...unsigned(offset)];

export const op = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number, value: Code): Code => [value, 0x21, ...unsigned(local)],
  /** `local += by` for an i32. */
  advance: (local: number, by: Code): Code => [0x20, ...unsigned(local), by, 0x6a, 0x21, ...unsigned(local)],
  constant: (value: number): Code => [0x41, ...signed(value)],
  constantF64: (value: number): Code => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)],
  constantF32: (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  add: (a: Code, b: Code): Code => [a, b, 0x6a],
  subtract: (a: Code, b: Code): Code => [a, b, 0x6b],
  multiply: (a: Code, b: Code): Code => [a, b, 0x6c],
  shiftLeft: (a: Code, by: number): Code => [a, 0x41, by, 0x74],
  /** Without regard to the sign. */
  shiftRight: (a: Code, by: number): Code => [a, 0x41, by, 0x76],
  /** Keeps the sign. */
  shiftRightSigned: (a: Code, by: number): Code => [a, 0x41, by, 0x75],
  and: (a: Code, b: Code): Code => [a, b, 0x71],
  or: (a: Code, b: Code): Code => [a, b, 0x72],
  notEqual: (a: Code, b: Code): Code => [a, b, 0x47],
  /** 1 where it is zero. */
  isZero: (value: Code): Code => [value, 0x45],
  greater: (a: Code, b: Code): Code => [a, b, 0x4a],
  greaterF32: (a: Code, b: Code): Code => [a, b, 0x5e],
  subtractF32: (a: Code, b: Code): Code => [a, b, 0x93],
  /** The bits of a float32 as an i32. */
  bitsF32: (value: Code): Code => [value, 0xbc],
  load32: (address: Code, offset = 0): Code => [address, 0x28, place(2, offset)],
  load16: (address: Code, offset = 0): Code => [address, 0x2f, place(1, offset)],
  store16: (address: Code, value: Code, offset = 0): Code => [address, value, 0x3b, place(1, offset)],
  load8: (address: Code, offset = 0): Code => [address, 0x2d, place(0, offset)],
  /** Keeps the sign. */
  load8Signed: (address: Code, offset = 0): Code => [address, 0x2c, place(0, offset)],
  store8: (address: Code, value: Code, offset = 0): Code => [address, value, 0x3a, place(0, offset)],
  loadF32: (address: Code, offset = 0): Code => [address, 0x2a, place(2, offset)],
  loadF64: (address: Code, offset = 0): Code => [address, 0x2b, place(3, offset)],
  storeF64: (address: Code, value: Code, offset = 0): Code => [address, value, 0x39, place(3, offset)],
  addF64: (a: Code, b: Code): Code => [a, b, 0xa0],
  subtractF64: (a: Code, b: Code): Code => [a, b, 0xa1],
  toF64: (i32: Code): Code => [i32, 0xb7],
  promote: (f32: Code): Code => [f32, 0xbb],
  loop: (body: Code): Code => [0x03, 0x40, body, 0x0b],
  /** Inside a loop: goes on while the condition is not zero. */
  again: (condition: Code): Code => [condition, 0x0d, 0],
  when: (condition: Code, body: Code): Code => [condition, 0x04, 0x40, body, 0x0b],
  vector: {
    load: (address: Code, offset = 0): Code => [address, simd(0x00), place(4, offset)],
    /** Four uint16 as four int32. */
    load16: (address: Code, offset = 0): Code => [address, simd(0x04), place(3, offset)],
    /** One byte sixteen times. */
    loadSplat8: (address: Code, offset = 0): Code => [address, simd(0x07), place(0, offset)],
    loadSplat: (address: Code, offset = 0): Code => [address, simd(0x09), place(2, offset)],
    store: (address: Code, value: Code, offset = 0): Code => [address, value, simd(0x0b), place(4, offset)],
    zero: (): Code => [simd(0x0c), new Array<number>(16).fill(0)],
    splatI32: (value: Code): Code => [value, simd(0x11)],
    splatF32: (value: Code): Code => [value, simd(0x13)],
    laneI32: (value: Code, lane: number): Code => [value, simd(0x1b), lane],
    laneF32: (value: Code, lane: number): Code => [value, simd(0x1f), lane],
    equal: (a: Code, b: Code): Code => [a, b, simd(0x41)],
    less: (a: Code, b: Code): Code => [a, b, simd(0x43)],
    greater: (a: Code, b: Code): Code => [a, b, simd(0x44)],
    /** Bits of `a` where `mask` has ones, of `b` elsewhere. */
    select: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(0x52)],
    /** As `select`, of lanes of 32 bits whose mask is all ones or all zeros: one instruction, where `select` takes three (relaxed SIMD). */
    choose: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(0x10b)],
    /** Of int8. */
    greaterI8: (a: Code, b: Code): Code => [a, b, simd(0x27)],
    /** As `choose`, of lanes of 8 bits. */
    chooseI8: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(0x109)],
    add: (a: Code, b: Code): Code => [a, b, simd(0xe4)],
    subtract: (a: Code, b: Code): Code => [a, b, simd(0xe5)],
    multiply: (a: Code, b: Code): Code => [a, b, simd(0xe6)],
    /** a × b + c, rounded once where the machine can and twice where it cannot (relaxed SIMD): only for what does not depend on the last bit. */
    multiplyAdd: (a: Code, b: Code, c: Code): Code => [a, b, c, simd(0x105)],
    divide: (a: Code, b: Code): Code => [a, b, simd(0xe7)],
    squareRoot: (a: Code): Code => [a, simd(0xe3)],
    /** The larger; NaN where one is. */
    larger: (a: Code, b: Code): Code => [a, b, simd(0xe9)],
    /** `b < a ? b : a`: `a` where `b` is NaN. */
    smaller: (a: Code, b: Code): Code => [a, b, simd(0xea)],
    /** `a < b ? b : a`: `a` where `b` is NaN. */
    greatest: (a: Code, b: Code): Code => [a, b, simd(0xeb)],
    /** To the nearest whole number, ties to even. */
    nearest: (a: Code): Code => [a, simd(0x6a)],
    /** Float32 to int32 towards zero, and back. */
    toI32: (a: Code): Code => [a, simd(0xf8)],
    fromI32: (a: Code): Code => [a, simd(0xfa)],
    addI32: (a: Code, b: Code): Code => [a, b, simd(0xae)],
    subtractI32: (a: Code, b: Code): Code => [a, b, simd(0xb1)],
    shiftLeftI32: (a: Code, by: number): Code => [a, 0x41, by, simd(0xab)],
    /** Keeps the sign. */
    shiftRightI32: (a: Code, by: number): Code => [a, 0x41, by, simd(0xac)],
    equalI32: (a: Code, b: Code): Code => [a, b, simd(0x37)],
    lessI32: (a: Code, b: Code): Code => [a, b, simd(0x39)],
    and: (a: Code, b: Code): Code => [a, b, simd(0x4e)],
    /** 1 where any bit is set. */
    any: (a: Code): Code => [a, simd(0x53)],
    /** 1 where no lane of 32 bits is zero. */
    all: (a: Code): Code => [a, simd(0xa3)],
    /** Four int32. */
    constant: (lanes: readonly [number, number, number, number]): Code => [simd(0x0c), ...new Uint8Array(new Int32Array(lanes).buffer)],
  },
} as const;

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** A module of exported functions over the imported shared memory `env.memory` of at most `pages` pages. */
export function moduleBytes(functions: WasmFunction | readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const memory = section(2, [1, text('env'), text('memory'), 0x02, 0x03, ...unsigned(1), ...unsigned(pages)]);
  return assembled([functions].flat(), memory);
}

/** A module of several functions, all exported, that may call each other by their place, over the imported memory `env.memory` of `pages` pages, which one thread has. */
export function moduleOver(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  return assembled(functions, section(2, [1, text('env'), text('memory'), 0x02, 0x00, ...unsigned(pages)]));
}

function assembled(functions: readonly WasmFunction[], imported: Code): Uint8Array<ArrayBuffer> {
  const types = (list: readonly ValueType[]): Code => [...unsigned(list.length), list.map((type) => valueTypes[type])];
  const count = unsigned(functions.length);
  const bodies = functions.map(({ locals, body }) => {
    const bytes = flat([...unsigned(locals.length), locals.map((type): Code => [1, valueTypes[type]]), body, 0x0b]);
    return [...unsigned(bytes.length), bytes];
  });
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [count, functions.map((one): Code => [0x60, types(one.parameters), types(one.results)])]),
      imported,
      section(3, [count, functions.map((_, i) => unsigned(i))]),
      section(7, [count, functions.map(({ name }, i) => [text(name), 0x00, unsigned(i)])]),
      section(10, [count, bodies]),
    ]),
  );
}

function section(id: number, content: Code): Code {
  const bytes = flat(content);
  return [id, ...unsigned(bytes.length), bytes];
}

function text(value: string): Code {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

function flat(code: Code): number[] {
  const bytes: number[] = [];
  const walk = (part: Code): void => {
    for (const item of part) {
      if (typeof item === 'number') bytes.push(item);
      else walk(item);
    }
  };
  walk(code);
  return bytes;
}
