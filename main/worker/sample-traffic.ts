import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sampleOptions } from '../../app/generate/sample.ts';
import { generateZeekConn } from '../../app/generate/zeek-conn.ts';
import type { Progress } from '../../app/shared/progress.ts';
import { FlowcaseError } from '../../app/errors.ts';

/** Writes the sample's traffic to `log` and what was planted in it to `truth`. Both are there whole, or not at all. */
export async function writeSample(log: string, truth: string, progress: Progress): Promise<void> {
  await mkdir(dirname(log), { recursive: true });
  const draft = `${log}.part`;
  const file = createWriteStream(draft);
  let bytes = 0;
  try {
    const planted = await generateZeekConn(sampleOptions, async (block) => {
      if (progress.stopped()) throw new FlowcaseError('CANCELLED', 'Making the sample case was cancelled.');
      bytes += block.length;
      progress.report(bytes, null, 'bytes', 'Generating traffic with a planted beacon, scan and exfiltration');
      if (!file.write(block)) await once(file, 'drain');
    });
    file.end();
    await once(file, 'close');
    await writeFile(truth, `${JSON.stringify(planted, null, 2)}\n`);
    await rename(draft, log);
  } catch (error) {
    file.destroy();
    await rm(draft, { force: true });
    throw error;
  }
}
