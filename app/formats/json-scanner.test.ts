import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_KIND, JsonScanner, MAX_DEPTH } from './json-scanner.ts';
import { putJsonList, putJsonText } from './json-text.ts';
import { ByteScratch } from './texts.ts';

type Tree = string | number | boolean | null | readonly Tree[] | Map<string, Tree>;

/** What JSON.parse makes of it, objects as maps; undefined where it is no object. */
function parsed(text: string): Tree | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? treeOf(value) : undefined;
  } catch {
    return undefined;
  }
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, member]) => [key.toWellFormed(), treeOf(member)]));
  return typeof value === 'string' ? value.toWellFormed() : (value as Tree);
}

/** The same from a scanner's members. */
function rebuilt(scanner: JsonScanner, bytes: Uint8Array): Tree {
  const root = new Map<string, Tree>();
  const open: { readonly map: Map<string, Tree>; readonly end: number; readonly path: string }[] = [{ map: root, end: Infinity, path: '' }];
  for (let i = 0; i < scanner.count; i++) {
    const [kind, start, end] = [scanner.kinds[i], scanner.starts[i], scanner.ends[i]];
    while (start >= (open.at(-1)?.end ?? 0)) open.pop();
    const { map, path } = open.at(-1) ?? { map: root, path: '' };
    const whole = scanner.names.path(scanner.keys[i]);
    const name = path === '' && open.length === 1 ? whole : whole.slice(path.length + 1);
    if (kind === JSON_KIND.object) {
      const inner = new Map<string, Tree>();
      map.set(name, inner);
      open.push({ map: inner, end, path: whole });
    } else map.set(name, valueOf(kind, bytes, start, end));
  }
  return root;
}

function valueOf(kind: number, bytes: Uint8Array, start: number, end: number): Tree {
  const text = Buffer.from(bytes.subarray(start, end)).toString();
  switch (kind) {
    case JSON_KIND.string:
      return text;
    case JSON_KIND.escaped:
      return (JSON.parse(`"${text}"`) as string).toWellFormed();
    case JSON_KIND.array:
      return treeOf(JSON.parse(text));
    default:
      return JSON.parse(text) as Tree;
  }
}

/** What both make of a line. The scanner reads it as one of several lines of a buffer. */
function both(scanner: JsonScanner, text: string): { readonly ours: Tree | undefined; readonly theirs: Tree | undefined } {
  const line = Buffer.from(text);
  const bytes = Uint8Array.from(Buffer.concat([Buffer.from('{"other":"]}'), line, Buffer.from('\n"}]more')]));
  const ours = scanner.scan(bytes, 12, 12 + line.length) ? rebuilt(scanner, bytes) : undefined;
  return { ours, theirs: parsed(text) };
}

const blank = fc.constantFrom('', '', '', ' ', '\t', '  \r');
const key = fc.oneof(
  fc.constantFrom('ts', 'uid', 'id', 'id.orig_h', '__proto__', 'constructor', '', 'a', 'é', '漢字', 'a"b', 'x\\y', '\u0001'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('\ud800', '\udc00\ud800', 'a\n\t\b\f\r/"\\', 'T'));
const number = fc.constantFrom(
  '0',
  '-0',
  '1',
  '12',
  '-7',
  '1.5',
  '6.4e-05',
  '1E+3',
  '2e400',
  '01',
  '1.',
  '.5',
  '+1',
  '1e',
  '-',
  '9'.repeat(30),
);
const literal = fc.constantFrom('true', 'false', 'null', 'tru', 'NaN', 'Infinity', 'undefined', 'True', "'a'");
const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      text.map((one) => JSON.stringify(one)),
      number,
      literal,
    ),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .array(fc.tuple(blank, key, blank, blank, tie('value'), blank), { maxLength: 4 })
    .map((members) => `{${members.map(([a, name, b, c, one, d]) => `${a}${JSON.stringify(name)}${b}:${c}${one}${d}`).join(',')}}`),
  array: fc.array(fc.tuple(blank, tie('value'), blank), { maxLength: 4 }).map((all) => `[${all.map((one) => one.join('')).join(',')}]`),
}));
const object = fc
  .array(fc.tuple(blank, key, blank, blank, value, blank), { maxLength: 8 })
  .map((members) => `{${members.map(([a, name, b, c, one, d]) => `${a}${JSON.stringify(name)}${b}:${c}${one}${d}`).join(',')}}`);

describe('the JSON scanner', () => {
  it('takes what JSON.parse takes, and the same of it, line after line', () => {
    const scanner = new JsonScanner();
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), blank, (lines, around) => {
        for (const line of lines) {
          const { ours, theirs } = both(scanner, `${around}${line}${around}`);
          expect(ours).toEqual(theirs);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what JSON.parse refuses, whatever was changed', () => {
    const scanner = new JsonScanner();
    const insert = fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', 'e', '\\u12', '\u0000', 'x', ' ', '\u007f');
    fc.assert(
      fc.property(object, fc.nat(200), fc.nat(3), insert, (line, at, cut, added) => {
        const place = at % (line.length + 1);
        const { ours, theirs } = both(scanner, line.slice(0, place) + added + line.slice(place + cut));
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 5000 },
    );
  });

  it('knows keys again in any order, and values that come again', () => {
    const scanner = new JsonScanner();
    const members = fc.dictionary(
      fc.constantFrom('a', 'bb', 'ccc', 'dddd', 'eeeee', 'longer.name'),
      fc.constantFrom('x', 'xy', 1, 12, true, [], ['x']),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(fc.array(members, { minLength: 2, maxLength: 12 }), (records) => {
        const bytes = Uint8Array.from(Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')));
        let at = 0;
        for (const record of records) {
          expect(scanner.scanFirst(bytes, at, bytes.length)).toBe(true);
          expect(rebuilt(scanner, bytes)).toEqual(treeOf(record));
          for (let i = 0; i < scanner.count; i++) if (at === 0) expect(scanner.same[i]).toBe(0);
          at = scanner.end + 1;
        }
      }),
    );
  });

  it.each([
    ['[1]', 'NOT_AN_OBJECT', 0],
    ['"a"', 'NOT_AN_OBJECT', 0],
    ['', 'CUT', 0],
    ['{"a":1', 'CUT', 6],
    ['{"a":"b', 'CUT', 7],
    ['{"a', 'CUT', 3],
    ['{"a":1} x', 'BAD_JSON', 8],
    ['{"a":1}{"b":2}', 'BAD_JSON', 7],
    ['{"a" 1}', 'BAD_JSON', 5],
    ['{"a":1,}', 'BAD_JSON', 7],
    ['{a:1}', 'BAD_JSON', 1],
    ['{"a":"b\u0000"}', 'BAD_JSON', 7],
  ])('says what is wrong with %s', (line, problem, at) => {
    const scanner = new JsonScanner();
    const bytes = Buffer.from(line);
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(false);
    expect([scanner.problem, scanner.problemAt]).toEqual([problem, at]);
  });

  it('goes down so far and no further, in objects and in arrays', () => {
    const scanner = new JsonScanner();
    const scan = (line: string): unknown => (scanner.scan(Buffer.from(line), 0, line.length) ? null : scanner.problem);
    const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const arrays = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect([scan(objects(MAX_DEPTH)), scan(objects(MAX_DEPTH + 1))]).toEqual([null, 'TOO_DEEP']);
    expect([scan(arrays(MAX_DEPTH - 1)), scan(arrays(MAX_DEPTH))]).toEqual([null, 'TOO_DEEP']);
    expect(scan(arrays(100_000))).toBe('TOO_DEEP');
    expect(scan('{"a":'.repeat(100_000))).toBe('TOO_DEEP');
  });

  it('forgets keys rather than fill the memory', () => {
    const scanner = new JsonScanner();
    for (let line = 0; line < 30; line++) {
      const record = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`k${line}_${i}`, i]));
      const bytes = Buffer.from(JSON.stringify(record));
      expect(scanner.scan(bytes, 0, bytes.length)).toBe(true);
      expect(rebuilt(scanner, bytes)).toEqual(treeOf(record));
      expect(scanner.names.count).toBeLessThan(36_000);
    }
    expect(scanner.names.generation).toBeGreaterThan(0);
  });
});

describe('JSON values as text', () => {
  const out = new ByteScratch();
  const written = (put: (bytes: Uint8Array) => void, from: string): string => {
    out.clear();
    put(Buffer.from(from));
    return Buffer.from(out.bytes.subarray(0, out.length)).toString();
  };
  const visible = (of: string): string =>
    of
      .replace(/\p{Surrogate}/gu, (c) => `\\u${c.charCodeAt(0).toString(16)}`)
      .replace(/[\u0000-\u001f\u007f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

  it('undoes escapes as JSON.parse does, and shows control bytes', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (one, ascii) => {
        const plain = JSON.stringify(one);
        const escaped = ascii ? plain.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : plain;
        expect(written((bytes) => putJsonText(out, bytes, 1, bytes.length - 1), escaped)).toBe(visible(one));
      }),
    );
  });

  it.each([
    ['[]', ''],
    ['[ "a" , "b" ]', 'a,b'],
    ['["a,b","c\\u002cd"]', 'a\\x2cb,c\\x2cd'],
    ['[1,-2.5e3,true,false,null]', '1,-2.5e3,T,F,-'],
    ['[{"a":"x]\\"}"},["y"],[]]', '{"a":"x]\\"}"},["y"],[]'],
    ['["\\n",""]', '\\x0a,'],
  ])('lists %s as %s', (array, list) => {
    expect(written((bytes) => putJsonList(out, bytes, 0, bytes.length), array)).toBe(list);
  });
});
