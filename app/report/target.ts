import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CaseReader } from '../case/types.ts';
import { FlowcaseError } from '../errors.ts';
import { JSON_START } from './json.ts';

/** How a file begins that an export of this kind may replace. */
const beginnings = { pdf: '%PDF-', json: JSON_START } as const;

/**
 * Refuses to write over the case, its companions, or a file that is evidence of it, by whatever path, symbolic or hard link they are reached.
 * @throws FlowcaseError WRITE_FAILED
 */
export function refuseProtected(reader: Pick<CaseReader, 'path' | 'evidence'>, path: string): void {
  const target = resolve(path);
  for (const companion of ['', '-wal', '-shm', '-journal', '-lock']) {
    if (sameFile(target, reader.path + companion)) throw refused(target, 'it is the case itself');
  }
  for (const { path: original, name } of reader.evidence()) {
    if (sameFile(target, original)) throw refused(target, `it is the original of ${name}, evidence of this case`);
  }
}

/**
 * A report may replace an earlier report of its kind or an empty file, nothing else.
 * @throws FlowcaseError WRITE_FAILED
 */
export function refuseForeign(path: string, format: 'pdf' | 'json'): void {
  const target = resolve(path);
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isFile() && stat.size === 0)) return;
  if (!stat.isFile()) throw refused(target, 'it is no file');
  const wanted = beginnings[format];
  if (beginning(target, wanted.length) !== wanted)
    throw refused(target, `a file that is no ${format.toUpperCase()} report is there already`);
}

function beginning(path: string, length: number): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

function sameFile(a: string, b: string): boolean {
  if (a === resolve(b)) return true;
  const [one, other] = [statSync(a, { bigint: true, throwIfNoEntry: false }), statSync(b, { bigint: true, throwIfNoEntry: false })];
  if (one === undefined || other === undefined) return false;
  return (one.dev === other.dev && one.ino === other.ino && one.ino !== 0n) || realpathSync(a) === realpathSync(b);
}

const refused = (path: string, why: string): FlowcaseError =>
  new FlowcaseError('WRITE_FAILED', `${path} is not written over: ${why}. Choose another name.`, { path });
