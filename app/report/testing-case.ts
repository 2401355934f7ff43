import { join } from 'node:path';
import { openCaseForReading } from '../case/open.ts';
import { scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import { reportSections, type ReportResult, type ReportSection } from '../contract/acts.ts';
import { connections, importConnections, lifelikeOutcome, newCase, runRequest, silent } from './testing.ts';
import { writeReport } from './write-report.ts';

/** A folder for one test, with cases and reports in it. */
export class Workbench {
  readonly #scratch = scratchFolder();

  get folder(): string {
    return this.#scratch.path;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    this.#scratch.remove();
  }

  /** A case made by `fill`, closed again. */
  makeCase(fill: (writer: CaseWriter, path: string) => void, fields: Parameters<typeof newCase>[1] = {}): string {
    const path = this.at('test.flowcase');
    const writer = newCase(path, fields);
    fill(writer, path);
    writer.close();
    return path;
  }

  /** One file, one run, a tag of each kind. */
  lifelike(): string {
    return this.makeCase((writer, path) => {
      importConnections(writer, 'conn.2024-04-18.log.gz', connections(1500), [
        { line: 812, reason: 'BAD_PORT', what: 'id.resp_p is 70000', text: '1713420000.123\tCxyz\t10.0.0.1\t70000' },
      ]);
      saveRun(writer, path);
      writer.nameCluster(1, 7, { name: 'Beacon', suspect: true });
      writer.addTag({ target: { type: 'host', host: '10.20.4.87' }, name: 'suspect', color: 'red', note: 'Calls out every minute.' });
      const ids = Float64Array.from({ length: 60 }, (_, i) => i * 17);
      const target = { type: 'records' as const, kind: 'connection' as const, ids, filter: 'orig_h = 10.20.4.87' };
      writer.addTag({ target, name: 'beacon', color: 'purple', note: 'Regular.' });
      writer.addTag({ target: { type: 'cluster', run: 1, cluster: 7 }, name: 'reviewed', color: 'green', note: '' });
    });
  }

  async write(
    path: string,
    name: string,
    over: { readonly paper?: 'A4' | 'Letter'; readonly sections?: readonly ReportSection[]; readonly format?: 'pdf' | 'json' } = {},
  ): Promise<ReportResult> {
    const reader = openCaseForReading(path);
    try {
      const options = { path: this.at(name), format: 'pdf' as const, paper: 'A4' as const, sections: reportSections, ...over };
      return await writeReport(reader, options, silent);
    } finally {
      reader.close();
    }
  }
}

export function saveRun(writer: CaseWriter, path: string, k = 7): void {
  const reader = openCaseForReading(path);
  writer.saveRun({ ...runRequest, k }, lifelikeOutcome(reader, k));
  reader.close();
}
