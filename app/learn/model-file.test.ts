import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel, type ModelFile } from './model-file.ts';

const DAMAGED = expect.objectContaining({ code: 'FILE_DAMAGED' }) as Error;

const arrays = fc.dictionary(
  fc.string({ maxLength: 8 }),
  fc.oneof(
    fc.float64Array({ maxLength: 9 }),
    fc.float32Array({ maxLength: 9 }),
    fc.uint32Array({ maxLength: 9 }),
    fc.int32Array({ maxLength: 9 }),
    fc.uint16Array({ maxLength: 9 }),
    fc.int16Array({ maxLength: 9 }),
    fc.uint8Array({ maxLength: 9 }),
  ),
  { maxKeys: 5 },
);
/** JSON has one zero only. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const models: fc.Arbitrary<ModelFile> = fc.record({
  estimator: fc.record({ kind: fc.string(), parameters: fc.dictionary(fc.string(), json), arrays }),
  card: json,
});

/** The file with another description (as text), and a hash that fits. */
function resealed(file: Uint8Array, change: (json: string) => string): Uint8Array {
  const length = new DataView(file.buffer).getUint32(12, true);
  const json = new TextEncoder().encode(change(new TextDecoder().decode(file.subarray(16, 16 + length))));
  const arraysFrom = Math.ceil((16 + length) / 8) * 8;
  const start = Math.ceil((16 + json.length) / 8) * 8;
  const made = new Uint8Array(start + file.length - arraysFrom);
  made.set(file.subarray(0, 16));
  made.set(json, 16);
  made.set(file.subarray(arraysFrom), start);
  new DataView(made.buffer).setUint32(12, json.length, true);
  return sealed(made);
}

function sealed(file: Uint8Array): Uint8Array {
  const end = file.length - 32;
  file.set(createHash('sha256').update(file.subarray(0, end)).digest(), end);
  return file;
}

const model: ModelFile = {
  estimator: {
    kind: 'test',
    parameters: { nTrees: 3 },
    arrays: { bytes: Uint8Array.of(1, 2, 3), numbers: Float64Array.of(0.5, Number.NaN) },
  },
  card: { title: 'Über alles', figures: [1, 2] },
};

describe('model files', () => {
  it('give back what was put in, bit for bit', () => {
    fc.assert(
      fc.property(models, (one) => {
        const file = encodeModel(one);
        const again = decodeModel(file);
        expect(again).toEqual({ ...one, estimator: { ...one.estimator, arrays: { ...one.estimator.arrays } } });
        // NaN with its payload and -0 too.
        expect(encodeModel(again)).toEqual(file);
      }),
    );
  });

  it('are read from a Buffer too, which is a piece of something larger and whose slices are views', () => {
    const { estimator } = decodeModel(Buffer.concat([Buffer.alloc(3), encodeModel(model)]).subarray(3));
    expect(estimator.arrays).toEqual(model.estimator.arrays);
    expect(Object.values(estimator.arrays).map(({ length }) => length)).toEqual([3, 2]);
  });

  it('have the documented layout', () => {
    const file = encodeModel(model);
    const view = new DataView(file.buffer);
    expect(new TextDecoder().decode(file.subarray(0, 8))).toBe('FLOWMODL');
    expect(view.getUint32(8, true)).toBe(1);
    const length = view.getUint32(12, true);
    expect(JSON.parse(new TextDecoder().decode(file.subarray(16, 16 + length)))).toEqual({
      kind: 'test',
      parameters: { nTrees: 3 },
      arrays: [
        { name: 'bytes', type: 'Uint8Array', length: 3 },
        { name: 'numbers', type: 'Float64Array', length: 2 },
      ],
      card: { title: 'Über alles', figures: [1, 2] },
    });
    const arraysFrom = Math.ceil((16 + length) / 8) * 8;
    expect([...file.subarray(arraysFrom, arraysFrom + 8)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    expect(view.getFloat64(arraysFrom + 8, true)).toBe(0.5);
    expect(file.length).toBe(arraysFrom + 24 + 32);
  });

  it('are read from within a larger buffer, and arrays that are parts of others are saved as they are', () => {
    const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    const file = encodeModel({ estimator: { kind: 'part', parameters: {}, arrays: { part } }, card: undefined });
    const moved = new Uint8Array(file.length + 3);
    moved.set(file, 3);
    expect(decodeModel(moved.subarray(3))).toEqual({
      estimator: { kind: 'part', parameters: {}, arrays: { part: Float64Array.of(2, 3) } },
      card: null,
    });
  });

  it('are refused where a byte has changed or is missing, wherever it is', () => {
    const file = encodeModel(model);
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice();
      changed[at] ^= 1 << (at % 8);
      expect(() => decodeModel(changed)).toThrow(DAMAGED);
      expect(() => decodeModel(file.subarray(0, at))).toThrow(DAMAGED);
    }
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(() => decodeModel(longer)).toThrow(DAMAGED);
  });

  it('say in words what is wrong', () => {
    const file = encodeModel(model);
    expect(() => decodeModel(new Uint8Array(100), 'a.model')).toThrow(/a\.model.*no model of Flowcase/);
    expect(() => decodeModel(file.subarray(0, 30))).toThrow(/cut off/);
    const newer = file.slice();
    newer[8] = 2;
    expect(() => decodeModel(newer)).toThrow(/newer Flowcase/);
    expect(() => decodeModel(file.subarray(0, file.length - 1))).toThrow(/SHA-256/);
  });

  it.each<[RegExp, (json: string) => string]>([
    [/longer than the file/, (json) => json.replace('"length":3', '"length":9007199254740991')],
    [/"bytes" is longer than the file/, (json) => json.replace('"length":3', '"length":33')],
    [/more than it says/, (json) => json.replace('"length":2', '"length":1')],
    [/list of arrays/, (json) => json.replace('"length":3', '"length":-1')],
    [/list of arrays/, (json) => json.replace('"length":3', '"length":0.5')],
    [/list of arrays/, (json) => json.replace('Uint8Array', 'constructor')],
    [/same name/, (json) => json.replace('"bytes"', '"numbers"')],
    [/not that of a model/, (json) => json.replace('"kind":"test"', '"kind":5')],
    [/not that of a model/, () => '[]'],
    [/not JSON/, (json) => json.slice(1)],
    [/not JSON/, () => '\ud800'.repeat(3)],
  ])('are refused where they lie and the hash fits: %s', (words, change) => {
    const lying = resealed(encodeModel(model), change);
    expect(() => decodeModel(lying)).toThrow(words);
    expect(() => decodeModel(lying)).toThrow(DAMAGED);
  });

  it('are refused where the description is said to be longer than the file, or something lies between the arrays', () => {
    const file = encodeModel(model);
    const long = file.slice();
    new DataView(long.buffer).setUint32(12, 0xffff_ffff, true);
    expect(() => decodeModel(sealed(long))).toThrow(/description is longer/);
    const between = file.slice();
    between[file.length - 32 - 16 - 1] = 7;
    expect(() => decodeModel(sealed(between))).toThrow(/between its arrays/);
  });

  it('survive anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), (noise, at) => {
        const file = encodeModel(model);
        file.set(noise.subarray(0, file.length - 32 - Math.min(at, file.length - 32)), at);
        try {
          decodeModel(sealed(file));
        } catch (error) {
          expect(error).toEqual(DAMAGED);
        }
      }),
    );
  });

  it('take no card that would come back as another', () => {
    const plain = model.estimator;
    for (const card of [{ score: Number.NaN }, [Number.POSITIVE_INFINITY], { when: new Date(0) }, { make: () => 1 }, 1n, [undefined]]) {
      expect(() => encodeModel({ estimator: plain, card })).toThrow(/plain JSON/);
    }
    expect(decodeModel(encodeModel({ estimator: plain, card: { a: undefined, b: 1 } })).card).toEqual({ b: 1 });
  });
});
