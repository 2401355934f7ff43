import { oneLine } from '../text.ts';
import type { Canvas } from './canvas.ts';
import { fit } from './chart-bars.ts';
import type { Entry, Flow } from './flow.ts';
import { colors, styles } from './look.ts';

const ROW1 = 20;
const ROW2 = 14;
const TITLE = styles.heading1.leading + 14;

/** The table of contents is drawn last, on pages that were kept for it. */
export interface Contents {
  readonly firstPage: number;
  readonly pages: number;
  readonly element: PDFKit.PDFStructureElement;
}

/** Keeps as many pages as these headings need. `sections` and `subsections` may be too many, never too few. */
export function reserveContents(flow: Flow, sections: number, subsections: number): Contents {
  const { canvas } = flow;
  const element = canvas.reserve('TOC');
  const height = TITLE + sections * ROW1 + subsections * ROW2;
  const pages = Math.max(1, Math.ceil(height / (flow.pageRoom - ROW1)));
  const firstPage = canvas.pages + 1;
  for (let page = 0; page < pages; page++) flow.newPage();
  return { firstPage, pages, element };
}

export function drawContents(flow: Flow, { firstPage, pages, element }: Contents, entries: readonly Entry[]): void {
  const { canvas } = flow;
  let page = firstPage;
  let y = canvas.top + TITLE;
  canvas.within(element, () => {
    canvas.onPage(page, () => {
      canvas.element('Caption', () => {
        canvas.content('Caption', () => canvas.label('Contents', canvas.left, canvas.top, styles.heading1));
      });
      const rule = canvas.top + styles.heading1.leading + 4;
      canvas.artifact(() => canvas.hairline(canvas.left, rule, canvas.left + canvas.contentWidth, colors.lineStrong, 0.6));
    });
    for (const entry of entries) {
      const row = entry.level === 1 ? ROW1 : ROW2;
      if (y + row > canvas.bottom && page < firstPage + pages - 1) {
        page++;
        y = canvas.top;
      }
      canvas.onPage(page, () => drawEntry(canvas, entry, y, row));
      y += row;
    }
  });
  element.end();
}

function drawEntry(canvas: Canvas, entry: Entry, y: number, row: number): void {
  const top = entry.level === 1 ? y + 6 : y;
  const style = entry.level === 1 ? { ...styles.body, face: 'strong' as const } : { ...styles.body, size: 8.75, color: colors.text2 };
  const x = canvas.left + (entry.level === 1 ? 0 : 14);
  const right = canvas.left + canvas.contentWidth;
  const number = { ...style, tabular: true };
  const title = fit(canvas, oneLine(entry.title), canvas.contentWidth * 0.7);
  canvas.element('TOCI', () => {
    canvas.element('Reference', () => {
      canvas.content('Reference', () => {
        canvas.label(title, x, top, style);
        canvas.label(String(entry.page), canvas.left, top, number, 'right', canvas.contentWidth);
      });
      canvas.goTo(canvas.left, top, canvas.contentWidth, row - 1, entry.destination);
    });
  });
  const from = x + canvas.textWidth(title, style) + 8;
  const to = right - canvas.textWidth(String(entry.page), number) - 8;
  canvas.artifact(() => {
    canvas.doc
      .save()
      .moveTo(from, top + 10)
      .lineTo(to, top + 10)
      .lineWidth(0.5)
      .strokeColor(colors.lineStrong);
    canvas.doc.dash(0.6, { space: 2.6 }).stroke().restore();
  });
}
