import type { ReportDocument } from '../document.ts';
import { drawKeys } from './blocks.ts';
import type { Flow } from './flow.ts';
import { colors, styles } from './look.ts';

/** The first page: what this is, of which case, by whom; and what it states. */
export function drawCover(flow: Flow, report: ReportDocument): void {
  const { canvas } = flow;
  const { cover } = report;
  flow.newPage();
  canvas.artifact(() => {
    canvas.doc.rect(canvas.left, canvas.top, 34, 4).fillColor(colors.accent).fill();
  });
  flow.advance(18);
  flow.text('P', canvas.lines(cover.kicker, canvas.contentWidth, styles.coverKicker), styles.coverKicker, canvas.left);
  flow.advance(58);
  flow.text('H1', canvas.lines(cover.title, canvas.contentWidth, styles.coverTitle), styles.coverTitle, canvas.left);
  flow.advance(30);
  canvas.artifact(() => canvas.hairline(canvas.left, flow.y, canvas.left + canvas.contentWidth, colors.lineStrong, 0.7));
  drawKeys(flow, cover.keys);
  flow.advance(26);
  for (const text of cover.statement) {
    flow.text('P', canvas.lines(text, canvas.contentWidth * 0.86, styles.body), styles.body, canvas.left);
    flow.advance(8);
  }
}
