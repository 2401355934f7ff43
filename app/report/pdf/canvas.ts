import PDFDocument from 'pdfkit';
import { loadFonts, type FontRun } from './fonts.ts';
import { breakLines, type Line, type TextStyle, type Typesetter } from './lines.ts';
import { colors, margins, papers, type Paper } from './look.ts';
import type { Rich } from '../document.ts';

export interface CanvasOptions {
  readonly paper: Paper;
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  readonly date: Date;
}

/** The tree of meaning beside the drawing: what a screen reader and a text extraction go by. */
/** A character written out by its number (text.ts, fonts.ts); the backslash may stand at the end of the line before. */
const written = /u\{[0-9A-F]{1,6}\}/;

export type StructureType =
  | 'Document'
  | 'Sect'
  | 'H1'
  | 'H2'
  | 'H3'
  | 'P'
  | 'TOC'
  | 'TOCI'
  | 'Reference'
  | 'Table'
  | 'Caption'
  | 'TR'
  | 'TH'
  | 'TD'
  | 'L'
  | 'LI'
  | 'Lbl'
  | 'LBody'
  | 'Figure'
  | 'Note';

/** Scope of a table's head cell; the alternative text of a figure. */
export interface ElementOptions {
  readonly scope?: string;
  readonly alt?: string;
}

/**
 * A PDF being drawn: pages, text set by our own line breaking, paths, and the structure tree that goes with them. Coordinates are
 * points from the top left. The bytes depend on what is drawn and on the options alone.
 */
export class Canvas {
  readonly doc: PDFKit.PDFDocument;
  readonly width: number;
  readonly height: number;
  readonly typesetter: Typesetter;
  readonly #elements: PDFKit.PDFStructureElement[] = [];
  readonly #root: PDFKit.PDFStructureElement;
  readonly #widths = new Map<string, Map<string, number>>();
  #pages = 0;
  /** Where is drawn at present. */
  #page = 0;
  readonly #written = new Set<number>();

  constructor(options: CanvasOptions) {
    [this.width, this.height] = papers[options.paper];
    this.doc = new PDFDocument({
      size: [this.width, this.height],
      margin: 0,
      autoFirstPage: false,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: 'en',
      tagged: true,
      displayTitle: true,
      info: {
        Title: options.title,
        Author: options.author,
        Subject: options.subject,
        Creator: 'Flowcase',
        Producer: 'Flowcase (PDFKit)',
        CreationDate: options.date,
        ModDate: options.date,
      },
    });
    const has = (font: string, codePoint: number): boolean => {
      this.doc.font(font);
      return openFont(this.doc).hasGlyphForCodePoint(codePoint);
    };
    const fonts = loadFonts({ has });
    for (const { name, bytes } of fonts.files) this.doc.registerFont(name, Buffer.from(bytes));
    this.typesetter = { fonts, measure: (run, size, tabular) => this.#measure(run, tabular) * size, quiet: colors.text2 };
    this.#root = this.doc.struct('Document');
    this.doc.addStructure(this.#root);
    this.#elements.push(this.#root);
  }

  /** Pages so far. */
  get pages(): number {
    return this.#pages;
  }

  /** Left and right edge of the text block, and its height. */
  get left(): number {
    return margins.left;
  }
  get contentWidth(): number {
    return this.width - margins.left - margins.right;
  }
  get top(): number {
    return margins.top;
  }
  get bottom(): number {
    return this.height - margins.bottom;
  }

  /** Pages on which a character is written out by its number. */
  get written(): ReadonlySet<number> {
    return this.#written;
  }

  addPage(): void {
    this.doc.addPage();
    this.#page = ++this.#pages;
  }

  /** Draws on a page that was begun before; counted from 1. */
  onPage(page: number, draw: () => void): void {
    this.doc.switchToPage(page - 1);
    this.#page = page;
    draw();
    this.doc.switchToPage(this.#pages - 1);
    this.#page = this.#pages;
  }

  lines(rich: Rich, width: number, style: TextStyle): readonly Line[] {
    return breakLines(this.typesetter, rich, width, style);
  }

  /** Draws a line with its top at `y`; call inside `content` or `artifact`. */
  line(line: Line, x: number, y: number, leading: number, align: 'left' | 'right' | 'center' = 'left', width = 0): void {
    const start = align === 'left' ? x : align === 'right' ? x + width - line.width : x + (width - line.width) / 2;
    for (const run of line.runs) {
      if (written.test(run.text)) this.#written.add(this.#page);
      this.doc.font(run.font).fontSize(run.size).fillColor(run.color);
      // The baseline where Inter would put it, so that faces of other metrics stand on the same line.
      const baseline = y + leading / 2 + run.size * 0.36;
      this.doc.text(run.text, start + run.x, baseline, { lineBreak: false, baseline: 'alphabetic', ...features(run, run.tabular) });
    }
  }

  /** One short line of text at a place: for charts, heads and feet. */
  label(text: Rich, x: number, y: number, style: TextStyle, align: 'left' | 'right' | 'center' = 'left', width = 0): void {
    const [line] = this.lines(text, Infinity, style);
    if (line !== undefined) this.line(line, x, y, style.leading, align, width);
  }

  textWidth(text: Rich, style: TextStyle): number {
    return this.lines(text, Infinity, style)[0]?.width ?? 0;
  }

  /** Opens an element of the structure tree around what `draw` draws. */
  element<T>(type: StructureType, draw: () => T, options: ElementOptions = {}): T {
    const element = this.doc.struct(type, options);
    this.#current().add(element);
    this.#elements.push(element);
    try {
      return draw();
    } finally {
      this.#elements.pop();
      element.end();
    }
  }

  /** An element whose content comes piece by piece or out of order: fill it with `within`, then end it. */
  reserve(type: StructureType): PDFKit.PDFStructureElement {
    const element = this.doc.struct(type);
    this.#current().add(element);
    return element;
  }

  within(element: PDFKit.PDFStructureElement | undefined, draw: () => void): void {
    if (element === undefined) return;
    this.#elements.push(element);
    draw();
    this.#elements.pop();
  }

  /** Marks what `draw` draws on this page as content of the innermost element. */
  content(tag: StructureType, draw: () => void): void {
    const content = this.doc.markStructureContent(tag);
    draw();
    this.doc.endMarkedContent();
    this.#current().add(content);
  }

  /** Marks what `draw` draws as decoration: lines, heads, feet. */
  artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.doc.markContent('Artifact', { type });
    draw();
    this.doc.endMarkedContent();
  }

  /** A link to a place in this document, never elsewhere. */
  goTo(x: number, y: number, width: number, height: number, name: string): void {
    const element = this.#current();
    this.doc.goTo(x, y, width, height, name, { structParent: element } as PDFKit.Mixins.AnnotationOption);
  }

  hairline(x1: number, y: number, x2: number, color: string = colors.line, thickness = 0.5): void {
    this.doc.moveTo(x1, y).lineTo(x2, y).lineWidth(thickness).strokeColor(color).stroke();
  }

  end(): void {
    this.#root.end();
    this.doc.end();
  }

  #current(): PDFKit.PDFStructureElement {
    return this.#elements.at(-1) ?? this.#root;
  }

  #measure(run: FontRun, tabular: boolean): number {
    const key = tabular ? `${run.font} t` : run.font;
    let widths = this.#widths.get(key);
    if (widths === undefined) {
      widths = new Map<string, number>();
      this.#widths.set(key, widths);
    }
    const known = widths.get(run.text);
    if (known !== undefined) return known;
    const width = this.doc.font(run.font).fontSize(100).widthOfString(run.text, features(run, tabular)) / 100;
    if (run.text.length <= 64 && widths.size < 50_000) widths.set(run.text, width);
    return width;
  }
}

/**
 * Inter's contextual alternates turn "0x40" into "0×40" and JetBrains Mono's turn "!=" into one sign: evidence is shown letter by letter.
 * pdfkit hands `features` on to fontkit, which takes an object too; its types know only the list.
 */
function features(run: FontRun, tabular: boolean): { features?: PDFKit.Mixins.OpenTypeFeatures[] } {
  const wanted = { calt: run.ligatures, tnum: tabular && run.font.startsWith('inter') };
  return { features: wanted as unknown as PDFKit.Mixins.OpenTypeFeatures[] };
}

/** The font that pdfkit has open; its types do not show it. */
function openFont(doc: PDFKit.PDFDocument): { hasGlyphForCodePoint(codePoint: number): boolean } {
  const { _font } = doc as unknown as { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } };
  return _font.font;
}
