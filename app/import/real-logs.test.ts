import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import type { ImportResult } from '../contract/case.ts';
import { importFiles } from './import-files.ts';
import { dataFolder, haveData, manifest } from './testing-manifest.ts';

const scratch = scratchFolder();
let cases = 0;
function newCase(): CaseWriter {
  return createCase(join(scratch.path, `${++cases}.flowcase`), caseFields);
}
afterAll(() => scratch.remove());

const quiet = { report: () => undefined, stopped: () => false };
const importOne = (writer: CaseWriter, file: string): Promise<ImportResult> =>
  importFiles(writer, { paths: [join(dataFolder, file)], force: false }, quiet);

/** "either 2..6", "10", "either 0 or >0", "either 5 or refused". */
function allows(range: string, count: number): boolean {
  return range
    .replace('either', '')
    .split(' or ')
    .some((part) => {
      const found = /^(\d+)(?:\.\.(\d+))?$/.exec(part.trim());
      if (found !== null) return count >= Number(found[1]) && count <= Number(found.at(2) ?? found[1]);
      return part.includes('>0') ? count > 0 : part.trim() === '' || part.includes('message');
    });
}

describe.skipIf(!haveData)('malformed files, against the manifest (skipped where ../shared/data is missing)', () => {
  const entries = manifest().filter((entry) => entry.file.startsWith('malformed/'));

  it('knows them all', () => expect(entries).toHaveLength(31));

  it.each(entries.map((entry) => [entry.file, entry] as const))('%s', async (file, { yields }) => {
    const writer = newCase();
    const { evidence, refused } = await importOne(writer, file);
    const goods = /good (.*?), rejected (.*)$/.exec(yields);
    if (refused.length > 0) {
      expect(evidence).toEqual([]);
      expect(refused[0].message).toContain(file.replace('malformed/', ''));
      expect(refused[0].message.length).toBeLessThan(600);
      expect(writer.info().evidence).toBe(0);
      // of another format, or it may be refused
      const ours = file.includes('conn') || file.includes('json');
      expect(!ours || goods === null || goods[1].includes('refused')).toBe(true);
    } else {
      expect(goods).not.toBeNull();
      const [one] = evidence;
      expect([goods?.[1], one.rows, allows(goods?.[1] ?? '', one.rows)]).toEqual([goods?.[1], one.rows, true]);
      expect([goods?.[2], one.rejected, allows(goods?.[2] ?? '', one.rejected)]).toEqual([goods?.[2], one.rejected, true]);
      expect(one.rows + one.rejected + one.comments).toBe(one.lines);
    }
    writer.close();
  });
});
