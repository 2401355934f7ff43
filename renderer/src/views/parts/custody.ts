import type { CustodyEntry } from '../../../../app/contract.ts';
import { whoWords } from '../../../../app/contract/who.ts';
import { visible } from '../../lib/format.ts';

/** Details of an entry as pairs of a name and its value in words; nested ones are written as JSON. */
export function detailPairs(details: CustodyEntry['details']): readonly (readonly [name: string, value: string])[] {
  return Object.entries(details).map(([name, value]) => [
    visible(name),
    visible(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
}

/** Finds the entries that hold the words, in summary, act or who; all of them without words. Case does not matter. */
export function foundEntries(entries: readonly CustodyEntry[], words: string): readonly CustodyEntry[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return entries;
  return entries.filter((entry) => `${entry.act}\n${entry.summary}\n${whoWords(entry.who)}\n${entry.hash}`.toLowerCase().includes(wanted));
}

/** The first entry whose `previous` is not the hash before it, or null: what the eye could check, checked. */
export function firstBreak(entries: readonly CustodyEntry[]): CustodyEntry | null {
  return entries.find((entry, at) => at > 0 && entry.previous !== entries[at - 1]?.hash) ?? null;
}
