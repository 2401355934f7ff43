import { createWriteStream, existsSync, readdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Evidence } from '../contract/case.ts';
import { formatBytes, formatTime } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { writeReason } from '../report/safe-file.ts';

const END = '.log';
/** Behind the name of a copy until the stream has ended. */
const PART = '.part';
/** What follows `copiesOf` in the name of a copy: when it began, and which of that second it is. */
const copyName = /^\d{8}T\d{6}Z(?:-\d+)?\.log(?:\.part)?$/;

const copiesOf = (casePath: string): string => `${casePath.replace(/\.flowcase$/, '')}-stdin-`;

/**
 * Keeps what comes through standard input in a file of its own beside the case, whose path it returns. A stream is gone when it was read; the
 * file is the original that evidence is verified against later.
 * @throws FlowcaseError CASE_NOT_FOUND, FILE_EMPTY and FILE_UNREADABLE before anything is written, WRITE_FAILED
 */
export async function keepStandardInput(casePath: string, input: AsyncIterable<Uint8Array>, now = new Date()): Promise<string> {
  if (!existsSync(casePath)) throw new FlowcaseError('CASE_NOT_FOUND', `There is no case at ${casePath}.`, { path: casePath });
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const parts = input[Symbol.asyncIterator]();
  const first = await firstBytes(parts);
  const path = freeName(`${copiesOf(casePath)}${stamp}`);
  const part = createWriteStream(`${path}${PART}`, { flags: 'wx' });
  try {
    await pipeline(allOf(first, parts), part);
    await rename(`${path}${PART}`, path);
    return path;
  } catch (error) {
    // a stream that broke at once may still be opening the file, which would then come after it was removed
    if (!part.closed) await new Promise<void>((resolve) => part.once('close', resolve));
    await rm(`${path}${PART}`, { force: true });
    const message = `What came through standard input could not be kept in ${path}: ${writeReason(error)}.`;
    throw new FlowcaseError('WRITE_FAILED', message, { path }, error);
  }
}

/** Waited for before a file is made: of a stream that brings nothing none is left. */
async function firstBytes(parts: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  try {
    for (let next = await parts.next(); next.done !== true; next = await parts.next()) if (next.value.length > 0) return next.value;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new FlowcaseError('FILE_UNREADABLE', `Standard input cannot be read: ${what}.`, undefined, error);
  }
  throw new FlowcaseError('FILE_EMPTY', 'Nothing came through standard input: there is nothing to import.');
}

async function* allOf(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function freeName(base: string): string {
  let path = `${base}${END}`;
  for (let i = 2; existsSync(path) || existsSync(`${path}${PART}`); i++) path = `${base}-${i}${END}`;
  return path;
}

/** Files beside a case that have the name of a copy of standard input, oldest first; none where the folder cannot be read. */
export function copiesBeside(casePath: string): string[] {
  const [folder, begin] = [dirname(casePath), basename(copiesOf(casePath))];
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith(begin) && copyName.test(name.slice(begin.length)));
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/**
 * For a person, a sentence for each copy that no evidence of the case rests on: an import was ended, or refused it. What came through a stream is nowhere else,
 * so nothing is removed here. A case may lie elsewhere than when it was written, so copies are known by their names.
 */
export function leftCopies(copies: readonly string[], evidence: readonly Pick<Evidence, 'path'>[]): string[] {
  const used = new Set(evidence.map(({ path }) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)));
  return copies.filter((path) => !used.has(basename(path))).flatMap(leftCopy);
}

function leftCopy(path: string): string[] {
  const file = statSync(path, { throwIfNoEntry: false });
  // one without a byte may be waiting for its first, and is no loss
  if (file === undefined || file.size === 0) return [];
  const size = `${formatBytes(file.size)}, last written ${formatTime(file.mtimeMs * 1000, 0)} UTC`;
  const what = `${path} (${size}) is what came through standard input`;
  const unless = 'import that file, or delete it.';
  return path.endsWith(PART)
    ? [`${what} for an import that was ended before all of it had come, or that is still waiting for more. If none is waiting, ${unless}`]
    : [
        `${what} for an import, and no evidence of this case rests on it: the import was ended, or did not take it. Look at it, then ${unless}`,
      ];
}
