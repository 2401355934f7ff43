import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { file, signsFont } from './build.ts';
import { signs } from './signs.ts';
import { charactersOf } from './woff.ts';

const root = join(import.meta.dirname, '..', '..');

it('the font of signs is what its drawings say', () => {
  expect(Buffer.from(signsFont()).equals(readFileSync(file)), 'build it again: node renderer/fonts/build.ts').toBe(true);
  expect(charactersOf(signsFont())).toEqual(new Set(signs.keys()));
});

/** What the window or the core may write on the screen: their own letters, without comments. */
function textsUnder(folder: string): readonly { readonly path: string; readonly letters: ReadonlySet<string> }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|svelte)$/.test(path) && !/\.test\.ts$|^(report|cli)\b/.test(path))
    .map((path) => {
      const source = readFileSync(join(root, folder, path), 'utf8')
        .replace(/\/\*.*?\*\/|<!--.*?-->/gs, '')
        .replace(/^\s*\/\/.*$/gm, '');
      return { path: join(folder, path), letters: new Set(Array.from(source).filter((letter) => letter > '\u007f')) };
    });
}

/** The subsets on npm are the same for every weight and for the variable face. */
function subsets(family: string): ReadonlySet<string> {
  const folder = join(root, 'node_modules', '@fontsource', family, 'files');
  const files = ['latin', 'latin-ext', 'greek'].map((subset) => join(folder, `${family}-${subset}-400-normal.woff`)).filter(existsSync);
  return new Set(files.flatMap((path) => [...charactersOf(readFileSync(path))]));
}

it.each(['inter', 'jetbrains-mono'])('every sign of the texts has a glyph beside those of %s', (family) => {
  const drawn = new Set([...subsets(family), ...charactersOf(readFileSync(file))]);
  expect(drawn.size).toBeGreaterThan(300);
  // the report has letters and replacements of its own, a terminal has its own font
  const folders = ['renderer/src', 'app', 'main/host'];
  const missing = folders
    .flatMap(textsUnder)
    .flatMap(({ path, letters }) => [...letters].filter((letter) => !drawn.has(letter)).map((letter) => `${letter} in ${path}`));
  expect(missing).toEqual([]);
});

it('the style sheet asks the font of signs for its signs, and for no others', () => {
  const css = readFileSync(join(root, 'renderer', 'src', 'tokens.css'), 'utf8');
  const ranges = /signs\.woff.*?unicode-range: ([^;]+);/s.exec(css)?.[1]?.split(', ') ?? [];
  const asked = ranges.flatMap((range) => {
    const [first = 0, last = first] = range
      .slice(2)
      .split('-')
      .map((code) => Number.parseInt(code, 16));
    return Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at));
  });
  expect(new Set(asked)).toEqual(new Set(signs.keys()));
});
