import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sampleOptions } from '../../app/generate/sample.ts';
import { generateZeekConn } from '../../app/generate/zeek-conn.ts';

/** Where benchmarks keep what they need again. */
export const cacheFolder = join(import.meta.dirname, '../../.cache/bench');

/** A generated conn.log of so many rows, made once. Counts up with the generator, so that old ones are not taken. */
export async function connLog(rows: number, seed = 1): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  const path = join(cacheFolder, `conn-v1-${rows}-${seed}.log`);
  if (existsSync(path)) return path;
  const partial = `${path}.${process.pid}`;
  const file = openSync(partial, 'w');
  try {
    await generateZeekConn({ ...sampleOptions, rows, seed }, (block) => {
      for (let at = 0; at < block.length;) at += writeSync(file, block, at);
    });
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
  return path;
}
