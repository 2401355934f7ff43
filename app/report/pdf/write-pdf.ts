import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FlowcaseError } from '../../errors.ts';
import type { Progress } from '../../shared/progress.ts';
import type { ReportDocument } from '../document.ts';
import { oneLine, shorten } from '../text.ts';
import { drawBlocks, keepBelow } from './blocks.ts';
import { Canvas } from './canvas.ts';
import { drawContents, reserveContents } from './contents.ts';
import { drawCover } from './cover.ts';
import { Flow } from './flow.ts';
import type { Paper } from './look.ts';
import { drawRunning } from './running.ts';

/**
 * Writes a report as PDF 1.7, tagged, with outline and page labels. The same document and paper give the same bytes.
 * @returns the number of pages
 * @throws FlowcaseError CANCELLED; what `output` throws
 */
export async function writePdf(report: ReportDocument, paper: Paper, output: Writable, progress: Progress): Promise<number> {
  const canvas = new Canvas({
    paper,
    title: oneLine(shorten(report.title, 300)),
    author: oneLine(report.author),
    subject: 'Report of a network forensics case',
    date: new Date(Math.floor(report.date / 1000)),
  });
  const done = pipeline(canvas.doc as unknown as Readable, output);
  // Whoever fails first is told below; the other must not go unheard.
  done.catch(() => canvas.doc.destroy());
  try {
    await drawReport(canvas, report, progress);
  } catch (error) {
    canvas.doc.destroy();
    throw error;
  }
  await done;
  return canvas.pages;
}

async function drawReport(canvas: Canvas, report: ReportDocument, progress: Progress): Promise<void> {
  const flow = new Flow(canvas);
  const total = report.sections.length + 1;
  drawCover(flow, report);
  const subsections = report.sections.flatMap(({ blocks }) => blocks.filter((block) => block.type === 'heading' && block.level === 2));
  const contents = reserveContents(flow, report.sections.length, subsections.length);
  for (const [index, section] of report.sections.entries()) {
    if (progress.stopped()) throw new FlowcaseError('CANCELLED', 'Writing the report was cancelled; nothing was written.');
    progress.report(index, total, 'sections', section.title);
    if (index === 0) flow.newPage();
    canvas.element('Sect', () => {
      flow.heading(1, section.title, Math.max(90, keepBelow(section.blocks, 0)));
      drawBlocks(flow, section.blocks);
    });
    // The event loop goes round, so that a cancel can arrive.
    await new Promise((resolve) => setImmediate(resolve));
  }
  drawContents(flow, contents, flow.entries);
  drawRunning(canvas, report);
  labelPages(canvas.doc);
  canvas.end();
  progress.report(total, total, 'sections', 'written');
}

/** Page labels are the page numbers that are printed. pdfkit has no word for them; its types hide the catalogue. */
function labelPages(doc: PDFKit.PDFDocument): void {
  const { _root } = doc as unknown as { _root: { data: Record<string, unknown> } };
  _root.data.PageLabels = { Nums: [0, { S: 'D' }] };
}
