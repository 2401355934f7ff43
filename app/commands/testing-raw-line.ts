import { expect } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import type { Evidence } from '../contract/case.ts';
import { ImportBench } from '../import/testing-import.ts';
import { usualLimits } from './raw-line-look.ts';
import { readRawLine, type RawLine } from './raw-line.ts';

/** An import bench whose records are asked for their lines. Only for tests. */
export class RawLineBench extends ImportBench {
  async imported(path: string, more = {}): Promise<Evidence> {
    const { evidence, refused } = await this.run([path], more);
    expect(refused).toEqual([]);
    return evidence[0];
  }

  /** Where the records of evidence stand. */
  offsetsOf({ id, kind }: Pick<Evidence, 'id' | 'kind'>): number[] {
    const reader = openCaseForReading(this.writer.path);
    try {
      const chunks = reader.table(kind).chunks.filter(({ evidence }) => evidence === id);
      return chunks.flatMap((chunk) => [...chunk.numbers('_offset')]);
    } finally {
      reader.close();
    }
  }

  async linesOf(evidence: Evidence, limits = usualLimits): Promise<RawLine[]> {
    const lines: RawLine[] = [];
    for (const offset of this.offsetsOf(evidence)) lines.push(await readRawLine(evidence, offset, limits));
    return lines;
  }

  firstOf(evidence: Evidence, limits = usualLimits): Promise<RawLine> {
    return readRawLine(evidence, this.offsetsOf(evidence)[0], limits);
  }
}

export const shown = (lines: readonly string[]): RawLine[] => lines.map((raw) => ({ raw, rawMissing: null }));
/** No line, and all of these patterns in the reason. */
export const missing = (...words: string[]): unknown => ({
  raw: null,
  rawMissing: expect.stringMatching(new RegExp(words.map((word) => `(?=.*${word})`).join(''))) as string,
});
