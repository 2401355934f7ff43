import { expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import { cloudTrailEvents as records, cloudTrailFiles } from '../formats/testing-cloudtrail.ts';
import { ImportBench } from '../import/testing-import.ts';
import { readRawLine } from './raw-line.ts';

const bench = new ImportBench();

it.each(cloudTrailFiles)("the original of a record in an array that is the file's only member is shown: %s", async (_, content) => {
  const { evidence } = await bench.run([bench.file('a_CloudTrail_1.json', content)]);
  const reader = openCaseForReading(bench.writer.path);
  try {
    const offsets = reader.table('cloudtrail').chunks.flatMap((chunk) => [...chunk.numbers('_offset')]);
    const raw = await Promise.all(offsets.map((offset) => readRawLine(evidence[0], offset)));
    const plain = raw.map((one) =>
      String(one.raw)
        .replace(/^\s*\[/, '')
        .replace(/[,\]\s]+$/, ''),
    );
    expect(plain.map((one) => JSON.parse(one) as unknown)).toEqual(records);
  } finally {
    reader.close();
  }
});
