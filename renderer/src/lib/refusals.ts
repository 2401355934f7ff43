import type { ImportResult, Refusal } from '../../../app/contract.ts';
import { hiddenWords, plural } from './format.ts';

/** Files that were refused for one reason. */
export interface RefusalGroup {
  readonly code: string;
  /** What they have in common: "no log that Flowcase knows". */
  readonly words: string;
  readonly files: readonly Refusal[];
}

const words: ReadonlyMap<string, string> = new Map([
  ['FORMAT_UNKNOWN', 'no log that Flowcase knows'],
  ['ENCODING_UNSUPPORTED', 'text in an encoding that is not read'],
  ['FILE_DAMAGED', 'broken before the first record'],
  ['FILE_EMPTY', 'nothing in it'],
  ['FILE_NOT_FOUND', 'not there'],
  ['FILE_UNREADABLE', 'cannot be read'],
  ['FILE_CHANGED', 'changed while it was read'],
  ['LINE_TOO_LONG', 'a line without an end'],
  ['TOO_MANY_REJECTS', 'most of their lines cannot be read: look at them, or import them anyway'],
  ['OUT_OF_MEMORY', 'more than the memory holds'],
]);

/** Refusals by reason, the most frequent first. */
export function refusalGroups(refused: readonly Refusal[]): readonly RefusalGroup[] {
  return [...Map.groupBy(refused, (entry) => entry.code)]
    .map(([code, files]) => ({ code, words: words.get(code) ?? 'see each', files }))
    .sort((a, b) => b.files.length - a.files.length);
}

/** "1,609 records from 10 files in 0.2 s. 1 line rejected. 27 files refused, 1 skipped." */
export function importWords(result: ImportResult, seconds: number): string {
  const { evidence, refused, skipped, hidden } = result;
  const rows = evidence.reduce((sum, entry) => sum + entry.rows, 0);
  const rejected = evidence.reduce((sum, entry) => sum + entry.rejected, 0);
  const [only] = evidence;
  const from = evidence.length === 1 && only !== undefined ? only.name : plural(evidence.length, 'file');
  const taken = [
    `${plural(rows, 'record')} from ${from} in ${seconds < 0.05 ? 'less than 0.1' : seconds.toFixed(1)} s.`,
    rejected === 0 ? 'No line rejected.' : `${plural(rejected, 'line')} rejected.`,
  ];
  const left = [
    refused.length === 0 ? '' : `${plural(refused.length, 'file')} refused`,
    skipped.length === 0 ? '' : `${refused.length === 0 ? plural(skipped.length, 'file') : skipped.length} skipped`,
  ].filter((part) => part !== '');
  const rest = [...(left.length === 0 ? [] : [`${left.join(', ')}.`]), ...(hidden === 0 ? [] : [hiddenWords(hidden)])];
  return [...(evidence.length === 0 ? ['Nothing was imported.'] : taken), ...rest].join(' ');
}
