import { createWriteStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { FlowcaseError } from '../errors.ts';

/**
 * Keeps what comes through standard input in a file of its own beside the case, whose path it returns. A stream is gone when it was read; the
 * file is the original that evidence is verified against later.
 * @throws FlowcaseError CASE_NOT_FOUND before anything is written, WRITE_FAILED
 */
export async function keepStandardInput(casePath: string, input: AsyncIterable<Uint8Array>, now = new Date()): Promise<string> {
  if (!existsSync(casePath)) throw new FlowcaseError('CASE_NOT_FOUND', `There is no case at ${casePath}.`, { path: casePath });
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const path = freeName(`${casePath.replace(/\.flowcase$/, '')}-stdin-${stamp}`, '.log');
  try {
    await pipeline(input, createWriteStream(path, { flags: 'wx' }));
    return path;
  } catch (error) {
    await rm(path, { force: true });
    const what = error instanceof Error ? error.message : String(error);
    throw new FlowcaseError('WRITE_FAILED', `What came through standard input could not be kept in ${path}: ${what}.`, { path }, error);
  }
}

function freeName(base: string, end: string): string {
  let path = `${base}${end}`;
  for (let i = 2; existsSync(path); i++) path = `${base}-${i}${end}`;
  return path;
}
