import type { ReportDocument } from '../document.ts';
import { oneLine } from '../text.ts';
import type { Canvas } from './canvas.ts';
import { fit } from './chart-bars.ts';
import { colors, styles } from './look.ts';

const WRITTEN =
  '\\u{…} stands for a character of the log that cannot be seen, or for which this report has no letter, by its Unicode number. The case has it as it was.';

/** Head and foot of every page but the cover: case, custody head, page n of N; and what stands for a character that cannot be printed. Drawn when all pages are there. */
export function drawRunning(canvas: Canvas, report: ReportDocument): void {
  const name = oneLine(report.number === '' ? report.title : `${report.number} · ${report.title}`);
  const right = canvas.left + canvas.contentWidth;
  for (let page = 2; page <= canvas.pages; page++) {
    canvas.onPage(page, () => {
      canvas.artifact(() => {
        const head = canvas.top - 32;
        canvas.label(fit(canvas, name, canvas.contentWidth * 0.7), canvas.left, head, styles.running);
        canvas.label('Flowcase report', canvas.left, head, styles.running, 'right', canvas.contentWidth);
        canvas.hairline(canvas.left, head + 13, right);
        const foot = canvas.bottom + 20;
        canvas.hairline(canvas.left, foot - 4, right);
        canvas.label(['Custody head ', { text: report.head, style: 'mono' }], canvas.left, foot, { ...styles.running, size: 6.5 });
        canvas.label(
          `Page ${page} of ${canvas.pages}`,
          canvas.left,
          foot,
          { ...styles.running, color: colors.text2 },
          'right',
          canvas.contentWidth,
        );
      }, 'Pagination');
    });
  }
  for (const page of [...canvas.written]) {
    canvas.onPage(page, () => {
      canvas.element('Note', () => {
        canvas.content('Note', () => canvas.label(WRITTEN, canvas.left, canvas.bottom + 4, { ...styles.running, size: 6.75 }));
      });
    });
  }
}
