import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { escapeCodePoint } from '../text.ts';

/** The four faces of a report, each a chain of subset files: the first that has a character draws it. */
export type Face = 'sans' | 'strong' | 'mono' | 'monoStrong';

const subsets = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'] as const;
/** JetBrains Mono lacks some that Inter has; every face may fall back on Inter. */
const monoSubsets = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'vietnamese'] as const;

const weights: Readonly<Record<Face, number>> = { sans: 400, strong: 600, mono: 400, monoStrong: 600 };

/** What is not in the fonts but can be said with what is. An arrow is the ligature of "->" in Inter. */
const substitutes: ReadonlyMap<string, string> = new Map([
  ['→', '->'],
  ['⇒', '=>'],
  ['≥', '>='],
  ['≤', '<='],
  ['≠', '!='],
  ['≈', '~'],
  ['‑', '-'],
  ['\u{202F}', ' '],
  ['\u{2007}', ' '],
]);

/** What a run of text is drawn with. */
export interface FontFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Characters of one font file, and whether its ligatures are wanted (only where a substitute asks for one). */
export interface FontRun {
  readonly font: string;
  readonly text: string;
  readonly ligatures: boolean;
}

/** What pdfkit lets us ask of an open font. */
export interface FontInquiry {
  has(font: string, codePoint: number): boolean;
}

const require = createRequire(import.meta.url);

function fileOf(family: 'inter' | 'jetbrains-mono', subset: string, weight: number): FontFile {
  const path = require.resolve(`@fontsource/${family}/files/${family}-${subset}-${weight}-normal.woff`);
  return { name: `${family}-${subset}-${weight}`, bytes: readFileSync(path) };
}

/** Chains of font files by face; each file is read once. */
export class FontChains {
  readonly files: readonly FontFile[];
  readonly #chains: ReadonlyMap<Face, readonly string[]>;
  readonly #known = new Map<string, string | null>();
  readonly #inquiry: FontInquiry;

  constructor(files: readonly FontFile[], chains: ReadonlyMap<Face, readonly string[]>, inquiry: FontInquiry) {
    this.files = files;
    this.#chains = chains;
    this.#inquiry = inquiry;
  }

  /** The first font of a face: the one that has ASCII. */
  main(face: Face): string {
    return this.#chains.get(face)?.[0] ?? 'inter-latin-400';
  }

  /**
   * Splits text into runs that one font file can draw. What no font has is written out as \u{4E2D}, so that nothing vanishes.
   * `text` is expected to be free of unseen characters (text.ts).
   */
  runs(text: string, face: Face): readonly FontRun[] {
    if (isPlain(text)) return [{ font: this.main(face), text, ligatures: false }];
    const runs: { font: string; text: string; ligatures: boolean }[] = [];
    const push = (font: string, piece: string, ligatures: boolean): void => {
      const last = runs.at(-1);
      if (last?.font === font && last.ligatures === ligatures) last.text += piece;
      else runs.push({ font, text: piece, ligatures });
    };
    for (const character of text.normalize('NFC')) {
      const font = this.#fontOf(character, face);
      if (font !== null) push(font, character, false);
      else {
        const substitute = substitutes.get(character);
        const arrow = substitute?.endsWith('>') === true && substitute.length === 2;
        if (substitute === undefined) push(this.main(face), escapeCodePoint(character), false);
        else if (arrow) push(this.main(face === 'mono' || face === 'sans' ? 'sans' : 'strong'), substitute, true);
        else push(this.main(face), substitute, false);
      }
    }
    return runs;
  }

  #fontOf(character: string, face: Face): string | null {
    const key = `${face} ${character}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const codePoint = character.codePointAt(0) ?? 0;
    const font = this.#chains.get(face)?.find((name) => this.#inquiry.has(name, codePoint)) ?? null;
    // Log text may hold any of a million code points; what is remembered stays bounded.
    if (this.#known.size < 20_000) this.#known.set(key, font);
    return font;
  }
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Reads the fonts that ship with Flowcase. */
export function loadFonts(inquiry: FontInquiry): FontChains {
  const files = new Map<string, FontFile>();
  const add = (file: FontFile): string => {
    files.set(file.name, file);
    return file.name;
  };
  const chains = new Map<Face, readonly string[]>();
  for (const face of ['sans', 'strong', 'mono', 'monoStrong'] as const) {
    const weight = weights[face];
    const inter = subsets.map((subset) => add(fileOf('inter', subset, weight)));
    const jetbrains =
      face === 'mono' || face === 'monoStrong' ? monoSubsets.map((subset) => add(fileOf('jetbrains-mono', subset, weight))) : [];
    chains.set(face, [...jetbrains, ...inter]);
  }
  return new FontChains([...files.values()], chains, inquiry);
}
