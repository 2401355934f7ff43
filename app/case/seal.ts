import type Database from 'better-sqlite3';
import { digestOfDigests } from '../columns/digest.ts';
import { dictionaryDigest } from '../columns/dictionary-store.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { HostBitmap } from './host-bitmap.ts';
import { needNumber } from './meta.ts';

const dictionaryNames = ['host', 'term'] as const;

/** Of an import, or of what was received: what verification compares with later. */
export interface Seals {
  readonly digests: readonly string[];
  readonly rejects: { readonly kept: number; readonly digest: string };
  readonly hosts: HostBitmap;
}

/** As members of the details of a custody entry. */
export function sealDetails(db: Database.Database, { digests, rejects, hosts }: Seals): Readonly<Record<string, unknown>> {
  const dictionaries = dictionaryNames.map((name) => {
    const entries = needNumber(db, `dictionary_${name}`);
    return [name, { entries, digest: dictionaryDigest(db, name) }] as const;
  });
  return {
    records: { chunks: digests.length, digest: digestOfDigests(digests) },
    rejects,
    hosts: hosts.digest(),
    dictionaries: Object.fromEntries(dictionaries),
    clock: clock(),
  };
}

/** The clock by which the machine told the time: its zone, and minutes east of UTC. Intl would take as long as 20,000 records. */
function clock(): { readonly zone: string; readonly offset: number } {
  const now = new Date();
  return { zone: /\((.+)\)$/.exec(now.toString())?.[1] ?? '', offset: -now.getTimezoneOffset() };
}

/** What the custody log says of evidence that came in. `verb`: Imported, Received. */
export function evidenceSummary(verb: string, evidence: Evidence): string {
  const rejected = evidence.rejected === 0 ? 'none rejected' : `${formatCount(evidence.rejected)} rejected`;
  const cut = evidence.status === 'complete' ? '' : ', incomplete';
  const { continues } = evidence;
  const from = continues === undefined ? '' : ` from line ${formatCount(continues.line)} on, where evidence ${continues.evidence} stopped`;
  return `${verb} ${evidence.name} (${evidence.formatTitle})${from}: ${plural(evidence.rows, 'record')}, ${rejected}${cut}.`;
}
