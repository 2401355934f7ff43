import { plainText, type Rich } from '../document.ts';
import { oneLine } from '../text.ts';
import type { Canvas, StructureType } from './canvas.ts';
import type { Line, TextStyle } from './lines.ts';
import { colors, space, styles } from './look.ts';

/** A heading as the table of contents and the outline know it. */
export interface Entry {
  readonly level: 1 | 2;
  readonly title: string;
  readonly destination: string;
  /** Page, counted from 1. */
  readonly page: number;
}

/** Writes one thing under the other, page after page. */
export class Flow {
  readonly canvas: Canvas;
  readonly entries: Entry[] = [];
  y = 0;
  /** A page or a heading just began: no further space is needed above. */
  #fresh = false;
  #outline: PDFKit.PDFOutline | null = null;

  constructor(canvas: Canvas) {
    this.canvas = canvas;
  }

  newPage(): void {
    this.canvas.addPage();
    this.y = this.canvas.top;
    this.#fresh = true;
  }

  get room(): number {
    return this.canvas.bottom - this.y;
  }
  get pageRoom(): number {
    return this.canvas.bottom - this.canvas.top;
  }

  /** Begins a new page unless `height` points are left on this one. */
  ensure(height: number): void {
    if (this.room < Math.min(height, this.pageRoom)) this.newPage();
  }

  /** Space before a block; none at the top of a page. */
  gap(points: number): void {
    if (!this.#fresh) this.y += points;
  }

  advance(points: number): void {
    this.y += points;
    this.#fresh = false;
  }

  /** Lines of text as one element, over pages where need be; never a single first or last line alone where there are more than three. */
  text(type: StructureType, lines: readonly Line[], style: TextStyle, x: number): void {
    this.canvas.element(type, () => this.lines(type, lines, style, x));
  }

  /** The same as content of the element that is open. */
  lines(type: StructureType, lines: readonly Line[], style: TextStyle, x: number): void {
    let next = 0;
    while (next < lines.length) {
      const left = lines.length - next;
      let fits = Math.min(left, Math.floor((this.room + 0.01) / style.leading));
      if (fits < left) {
        if (left <= 3 && next === 0) fits = 0;
        else if (left - fits === 1) fits--;
        if (fits === 1) fits = 0;
      }
      if (fits <= 0) {
        this.newPage();
        continue;
      }
      const part = lines.slice(next, next + fits);
      const top = this.y;
      this.canvas.content(type, () => {
        part.forEach((line, index) => this.canvas.line(line, x, top + index * style.leading, style.leading));
      });
      this.advance(part.length * style.leading);
      next += fits;
      if (next < lines.length) this.newPage();
    }
  }

  /** Section titles begin a page; `keep` is what must stand below on the same page. */
  heading(level: 1 | 2 | 3, title: Rich, keep: number): void {
    const { canvas } = this;
    const style = level === 1 ? styles.heading1 : level === 2 ? styles.heading2 : styles.heading3;
    const before = level === 1 ? 22 : level === 2 ? space.heading2 : space.heading3;
    const lines = canvas.lines(title, canvas.contentWidth, style);
    const height = lines.length * style.leading;
    this.ensure(before + height + 4 + keep);
    this.gap(before);
    if (level !== 3) this.#enter(level, oneLine(plainText(title)));
    this.text(`H${level}`, lines, style, canvas.left);
    if (level === 1) {
      canvas.artifact(() => canvas.hairline(canvas.left, this.y + 4, canvas.left + canvas.contentWidth, colors.lineStrong, 0.6));
      this.advance(12);
    } else this.advance(level === 2 ? 4 : 2);
    // What follows brings no space of its own.
    this.#fresh = true;
  }

  #enter(level: 1 | 2, title: string): void {
    const { doc, pages, width } = this.canvas;
    const destination = `h${this.entries.length + 1}`;
    doc.addNamedDestination(destination, 'XYZ', 0, this.y - 6, null);
    this.entries.push({ level, title, destination, page: pages });
    // pdfkit counts `left` from the right edge: the page's width is its left one.
    const place = { left: width, top: this.y - 6, expanded: level === 1 };
    if (level === 1) this.#outline = doc.outline.addItem(title, place);
    else this.#outline?.addItem(title, place);
  }
}
