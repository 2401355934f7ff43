import type { Contour } from './pen.ts';

/** The tables of a TrueType font (OpenType 1.9, "glyf" outlines), enough for a browser: one weight, a glyph a sign, no hints. */
export type Tables = ReadonlyMap<string, Uint8Array>;

const unitsPerEm = 1000;
/** Inter's, so that a line with a sign in it is no higher. */
const ascent = 969;
const descent = -242;

interface Glyph {
  readonly code: number;
  readonly contours: readonly Contour[];
}

/** A font in which every glyph is `advance` units wide. */
export function trueType(family: string, advance: number, drawings: ReadonlyMap<string, readonly Contour[]>): Tables {
  const glyphs = [...drawings]
    .map(([sign, contours]): Glyph => ({ code: sign.codePointAt(0) ?? 0, contours }))
    .sort((a, b) => a.code - b.code);
  // glyph 0 stands for what the font lacks, and is empty
  const outlines = [new Uint8Array(0), ...glyphs.map((glyph) => outline(glyph.contours))];
  const points = glyphs.flatMap((glyph) => glyph.contours.flat());
  const box = boxOf(points);
  const codes = glyphs.map((glyph) => glyph.code);
  const longest = Math.max(...glyphs.map((glyph) => glyph.contours.flat().length));
  const most = Math.max(...glyphs.map((glyph) => glyph.contours.length));
  return new Map([
    ['OS/2', os2(advance, codes)],
    ['cmap', cmap(codes)],
    ['glyf', joined(outlines)],
    ['head', head(box)],
    ['hhea', hhea(advance, box, outlines.length)],
    ['hmtx', words(advance, 0, ...glyphs.flatMap((glyph) => [advance, boxOf(glyph.contours.flat())[0]]))],
    ['loca', longs(...starts(outlines))],
    ['maxp', bytes([4, 0x00010000], [2, outlines.length, longest, most, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['name', name(family)],
    ['post', bytes([4, 0x00030000, 0], [2, -100, 50], [4, 1, 0, 0, 0, 0])],
  ]);
}

/** Flags, then x, then y: all points on the curve, differences of two bytes. */
function outline(contours: readonly Contour[]): Uint8Array {
  const points = contours.flat();
  let last = -1;
  const ends = contours.map((contour) => (last += contour.length));
  // 1: on the curve; 64 on the first: outlines overlap
  const flags = points.map((_, at) => (at === 0 ? 65 : 1));
  const deltas = (axis: 0 | 1): number[] => points.map((point, at) => point[axis] - (points[at - 1]?.[axis] ?? 0));
  const whole = bytes([2, contours.length, ...boxOf(points), ...ends, 0], [1, ...flags], [2, ...deltas(0), ...deltas(1)]);
  return padded(whole);
}

function boxOf(points: readonly (readonly [number, number])[]): readonly [number, number, number, number] {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Format 4: a segment for every sign, and the one that ends it. */
function cmap(codes: readonly number[]): Uint8Array {
  const segments = codes.length + 1;
  const power = Math.floor(Math.log2(segments));
  const range = 2 ** (power + 1);
  const subtable = words(
    ...[4, 16 + segments * 8, 0, segments * 2, range, power, segments * 2 - range],
    ...[...codes, 0xffff, 0, ...codes, 0xffff],
    ...codes.map((code, at) => at + 1 - code),
    1,
    ...Array.from({ length: segments }, () => 0),
  );
  return joined([bytes([2, 0, 1, 3, 1], [4, 12]), subtable]);
}

function head(box: readonly number[]): Uint8Array {
  // no times: the same drawings give the same bytes
  return bytes([4, 0x00010000, 0x00010000, 0, 0x5f0f3cf5], [2, 3, unitsPerEm], [4, 0, 0, 0, 0], [2, ...box, 0, 8, 2, 1, 0]);
}

function hhea(advance: number, box: readonly [number, number, number, number], count: number): Uint8Array {
  const [left, , right] = box;
  return bytes([4, 0x00010000], [2, ascent, descent, 0, advance, left, advance - right, right, 1, 0, 0, 0, 0, 0, 0, 0, count]);
}

function os2(advance: number, codes: readonly number[]): Uint8Array {
  const [first, last] = [codes.at(0) ?? 0, codes.at(-1) ?? 0];
  return bytes(
    [2, 4, advance, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0],
    [1, 2, 0, 5, 9, 0, 0, 0, 0, 0, 0],
    [4, 0, 0, 0, 0, 0x464c5743],
    [2, 64, first, last, ascent, descent, 0, ascent, -descent],
    [4, 1, 0],
    [2, 546, 727, 0, 32, 0],
  );
}

function name(family: string): Uint8Array {
  const texts = [family, 'Regular', `${family} Regular`, `${family} Regular`, 'Version 1', family.replaceAll(' ', '')];
  const stored = texts.map((text) => words(...Array.from(text, (letter) => letter.charCodeAt(0))));
  const offsets = starts(stored);
  const records = stored.flatMap((text, at) => [3, 1, 0x409, at + 1, text.length, offsets[at] ?? 0]);
  return joined([words(0, stored.length, 6 + stored.length * 12, ...records), ...stored]);
}

/** Groups of numbers, big endian, each group by its width in bytes. */
function bytes(...groups: readonly (readonly [width: 1 | 2 | 4, ...values: readonly number[]])[]): Uint8Array {
  return joined(
    groups.map(([width, ...values]) => {
      const part = new Uint8Array(width * values.length);
      const view = new DataView(part.buffer);
      for (const [at, value] of values.entries()) {
        if (width === 1) view.setUint8(at, value);
        else if (width === 2) view.setInt16(at * 2, value);
        else view.setInt32(at * 4, value);
      }
      return part;
    }),
  );
}

const words = (...values: readonly number[]): Uint8Array => bytes([2, ...values]);
const longs = (...values: readonly number[]): Uint8Array => bytes([4, ...values]);

/** Where each part begins, and where the last ends. */
function starts(parts: readonly Uint8Array[]): readonly number[] {
  let at = 0;
  return [0, ...parts.map((part) => (at += part.length))];
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const offsets = starts(parts);
  const whole = new Uint8Array(offsets.at(-1) ?? 0);
  for (const [at, part] of parts.entries()) whole.set(part, offsets[at]);
  return whole;
}

/** Filled up with zeros to a multiple of four. */
export function padded(part: Uint8Array): Uint8Array {
  return joined([part, new Uint8Array(-part.length & 3)]);
}
