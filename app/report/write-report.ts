import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import type { CaseReader } from '../case/types.ts';
import type { ReportResult, ReportSection } from '../contract/acts.ts';
import { FlowcaseError } from '../errors.ts';
import type { Progress } from '../shared/progress.ts';
import { buildReport } from './build/report.ts';
import type { ReportDocument } from './document.ts';
import { reportJson } from './json.ts';
import { writePdf } from './pdf/write-pdf.ts';
import { writeWhole } from './safe-file.ts';
import { refuseForeign, refuseProtected } from './target.ts';

export interface ReportOptions {
  readonly path: string;
  readonly format: 'pdf' | 'json';
  readonly paper: 'A4' | 'Letter';
  readonly sections: readonly ReportSection[];
}

/**
 * Writes the report of a case. The same case gives the same bytes, wherever, whenever and in whatever language it is written.
 * The file is written beside its place and renamed; it replaces an earlier report, never the case, evidence or any other file.
 * @throws FlowcaseError WRITE_FAILED, CANCELLED
 */
export async function writeReport(reader: CaseReader, options: ReportOptions, progress: Progress): Promise<ReportResult> {
  const started = performance.now();
  refuseProtected(reader, options.path);
  refuseForeign(options.path, options.format);
  progress.report(0, null, 'sections', 'reading the case');
  const report = buildReport(reader, options.sections);
  if (progress.stopped()) throw new FlowcaseError('CANCELLED', 'Writing the report was cancelled; nothing was written.');
  const { file, bytes, sha256, filled } = await writeWhole(options.path, (output) =>
    options.format === 'pdf' ? writePdf(report, options.paper, output, progress) : writeJson(report, output),
  );
  return { file, bytes, pages: filled, sha256, seconds: (performance.now() - started) / 1000 };
}

async function writeJson(report: ReportDocument, output: Writable): Promise<null> {
  output.end(reportJson(report));
  await finished(output);
  return null;
}
