import { manyLines, oneLine } from '../text.ts';
import type { Rich, Style } from '../document.ts';
import type { Face, FontChains, FontRun } from './fonts.ts';

/** How text is set. Sizes and leading in points. */
export interface TextStyle {
  readonly size: number;
  readonly leading: number;
  readonly color: string;
  readonly face: Face;
  /** Digits of one width, for columns of figures. */
  readonly tabular: boolean;
}

/** A stretch of a line: one font, one colour. `x` from the start of the line. */
export interface LineRun extends FontRun {
  readonly x: number;
  readonly size: number;
  readonly color: string;
  readonly tabular: boolean;
}

export interface Line {
  readonly runs: readonly LineRun[];
  readonly width: number;
}

/** Width in points of a run that one font draws. */
export type Measure = (run: FontRun, size: number, tabular: boolean) => number;

export interface Typesetter {
  readonly fonts: FontChains;
  readonly measure: Measure;
  readonly quiet: string;
}

interface Piece {
  readonly runs: readonly LineRun[];
  readonly width: number;
}

/** Places where a long word may be broken: after punctuation. */
const breakAfter = /[-./:,;_=&?@\\|+)\]}]/u;

/** Blanks, or a word. A figure and its unit are one word: a line never begins with the unit. */
const wordOrBlanks = / +|(?:[^ ]|(?<=\d) (?=(?:[%σ]|[KMGT]iB|B|µs|ms|s|min|h|d)(?![\p{L}\p{N}])))+/gu;

/**
 * Breaks rich text into lines of at most `width` points. Line feeds break; a word that is longer than a line is broken, after
 * punctuation where it has some. Every character of the text is on a line, but the blanks at which a line was broken.
 */
export function breakLines(typesetter: Typesetter, rich: Rich, width: number, style: TextStyle): readonly Line[] {
  const builder = new LineBuilder(width);
  for (const part of typeof rich === 'string' ? [rich] : rich) {
    const [text, own] = typeof part === 'string' ? [part, style] : [part.text, styled(style, part.style, typesetter.quiet)];
    const safe = text.includes('\n') ? manyLines(text) : oneLine(text);
    safe.split('\n').forEach((line, index) => {
      if (index > 0) builder.newLine();
      for (const [word] of line.matchAll(wordOrBlanks)) {
        if (word.startsWith(' ')) builder.blank(setPiece(typesetter, word, own));
        else placeWord(typesetter, builder, word, own, width);
      }
    });
  }
  return builder.finish();
}

function styled(style: TextStyle, by: Style, quietColor: string): TextStyle {
  switch (by) {
    case 'plain':
      return style;
    case 'strong':
      return { ...style, face: style.face === 'mono' ? 'monoStrong' : 'strong' };
    case 'quiet':
      return { ...style, color: quietColor };
    case 'mono':
      return { ...style, face: 'mono', size: style.size * 0.92 };
  }
}

function setPiece(typesetter: Typesetter, text: string, style: TextStyle): Piece {
  let x = 0;
  const runs = typesetter.fonts.runs(text, style.face).map((run) => {
    const placed = { ...run, x, size: style.size, color: style.color, tabular: style.tabular };
    x += typesetter.measure(run, style.size, style.tabular);
    return placed;
  });
  return { runs, width: x };
}

function placeWord(typesetter: Typesetter, builder: LineBuilder, word: string, style: TextStyle, width: number): void {
  let rest = word;
  for (;;) {
    // A word of many thousand characters is not measured as a whole again and again.
    const piece = rest.length > 2000 ? null : setPiece(typesetter, rest, style);
    if (piece !== null && piece.width <= width) {
      builder.word(piece);
      return;
    }
    const blank = rest.indexOf(' ');
    if (blank > 0) {
      // A figure and its unit that are longer than a line are parted between them.
      placeWord(typesetter, builder, rest.slice(0, blank), style, width);
      builder.blank(setPiece(typesetter, ' ', style));
      rest = rest.slice(blank + 1);
      continue;
    }
    const cut = fitting(typesetter, rest, style, width);
    builder.word(setPiece(typesetter, rest.slice(0, cut), style));
    builder.newLine();
    rest = rest.slice(cut);
  }
}

/** How many UTF-16 units of `word` fit on a line: at least one code point, preferably up to punctuation in the last third. */
function fitting(typesetter: Typesetter, word: string, style: TextStyle, width: number): number {
  let low = 1;
  let high = Math.min(word.length, 400);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (setPiece(typesetter, word.slice(0, middle), style).width <= width) low = middle;
    else high = middle - 1;
  }
  for (let at = low; at > low * 0.66; at--) if (breakAfter.test(word[at - 1] ?? '')) return at;
  const splitsPair = /[\uD800-\uDBFF]/.test(word[low - 1] ?? '') && low < word.length;
  if (!splitsPair) return low;
  return low === 1 ? 2 : low - 1;
}

class LineBuilder {
  readonly #lines: Line[] = [];
  readonly #width: number;
  #runs: LineRun[] = [];
  #x = 0;
  #blank: Piece | null = null;

  constructor(width: number) {
    this.#width = width;
  }

  blank(piece: Piece): void {
    // Blanks count only between words; those that begin a line after a break by hand are kept as its indent.
    this.#blank = this.#blank === null ? piece : joined(this.#blank, piece);
  }

  word(piece: Piece): void {
    const before = this.#blank?.width ?? 0;
    if (this.#runs.length > 0 && this.#x + before + piece.width > this.#width + 0.01) {
      if (this.#blank !== null) this.newLine();
      else if (piece.width <= this.#width) this.newLine();
    }
    if (this.#blank !== null) this.#append(this.#blank);
    this.#blank = null;
    this.#append(piece);
  }

  newLine(): void {
    this.#lines.push({ runs: this.#runs, width: this.#x });
    this.#runs = [];
    this.#x = 0;
    this.#blank = null;
  }

  finish(): readonly Line[] {
    if (this.#runs.length > 0 || this.#lines.length === 0) this.newLine();
    return this.#lines;
  }

  #append(piece: Piece): void {
    for (const run of piece.runs) {
      const last = this.#runs.at(-1);
      if (last !== undefined && sameLook(last, run)) this.#runs[this.#runs.length - 1] = { ...last, text: last.text + run.text };
      else this.#runs.push({ ...run, x: this.#x + run.x });
    }
    this.#x += piece.width;
  }
}

const joined = (a: Piece, b: Piece): Piece => ({
  runs: [...a.runs, ...b.runs.map((run) => ({ ...run, x: run.x + a.width }))],
  width: a.width + b.width,
});

function sameLook(a: LineRun, b: LineRun): boolean {
  return a.font === b.font && a.size === b.size && a.color === b.color && a.tabular === b.tabular && a.ligatures === b.ligatures;
}
