import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import { generators } from '../generate/registry.ts';
import { importFiles } from '../import/import-files.ts';
import { writeGenerated } from './commands/generate.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

it.each(generators.flatMap((one) => ['', ...one.layouts].map((layout) => [one.kind, layout, one] as const)))(
  'what %s %s writes is read again, every row of it',
  async (kind, layout, generator) => {
    const log = join(scratch.path, `${kind}-${layout}.log`);
    const truth = await writeGenerated(generator, log, {
      rows: 3000,
      seed: 5,
      days: 2,
      scenarios: ['all'],
      layout: layout === '' ? undefined : layout,
    });
    const writer = createCase(`${log}.flowcase`, caseFields);
    const { evidence, refused } = await importFiles(
      writer,
      { paths: [log], force: false },
      { report: () => undefined, stopped: () => false },
    );
    writer.close();
    expect(refused).toEqual([]);
    // attacks on a web server bring requests that are no HTTP
    const remarks = kind === 'access' ? [expect.stringMatching(/no HTTP/)] : [];
    expect(evidence[0]).toMatchObject({ rows: 3000, rejected: 0, remarks });
    expect(truth).toMatchObject({ kind, rows: 3000 });
  },
);
