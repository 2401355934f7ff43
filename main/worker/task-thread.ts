/** The task thread: long work that leaves the case as it is. Opens the case for each piece of work, so that it never keeps one open. */
import { openCaseForReading } from '../../app/case/open.ts';
import type { CaseReader } from '../../app/case/types.ts';
import { threadPort } from './entry.ts';
import type { TaskThreadMethods } from './methods.ts';
import { serve } from './rpc.ts';

/** A table is read once from its beginning to its end, and who writes it keeps the chunk of each column that it is at. */
const READ_ONCE = 2 ** 23;

async function withCase<T>(path: string, work: (reader: CaseReader) => T | Promise<T>, cacheBytes?: number): Promise<T> {
  const reader = openCaseForReading(path, { cacheBytes });
  try {
    reader.refresh();
    return await work(reader);
  } finally {
    reader.close();
  }
}

// Loaded when they are needed: the writers of reports bring charts and fonts along.
const jobs = (): Promise<typeof import('../../app/commands/jobs.ts')> => import('../../app/commands/jobs.ts');

serve<TaskThreadMethods>(threadPort(), {
  async preview(input) {
    const { previewFile } = await import('../../app/import/preview.ts');
    return previewFile(input);
  },
  verify: ({ path, input }, progress) => withCase(path, async (reader) => (await jobs()).runVerify(reader, input, progress)),
  report: ({ path, input }, progress) => withCase(path, async (reader) => (await jobs()).runReport(reader, input, progress)),
  table: ({ path, input }, progress) => withCase(path, async (reader) => (await jobs()).runTableExport(reader, input, progress), READ_ONCE),
  exportModel: ({ path, input }) =>
    withCase(path, async (reader) => (await import('../../app/commands/models.ts')).exportModel(reader, input)),
  async sample({ log, truth }, progress) {
    const { writeSample } = await import('./sample-traffic.ts');
    await writeSample(log, truth, progress);
    return null;
  },
});
