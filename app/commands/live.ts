import type { CaseReader } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Checked, KeptAlert, LiveAlert, LiveWindow, Output } from '../contract.ts';
import { readRules } from '../live/rules.ts';
import { windowWords } from '../live/window-words.ts';
import { compileFilter } from '../query/compile.ts';
import { matchingIds } from '../query/rows.ts';
import { filterContext } from './context.ts';

/* What the case says of what is, or was, watched. */

const SECOND = 1e6;

export function liveRules(reader: CaseReader): Output<'live.rules'> {
  return readRules(reader.liveState('rules'));
}

/** The latest windows of a kind within a span, of all sources together. */
export function liveWindows(reader: CaseReader, { kind, from, to, limit, top }: Checked<'live.windows'>): readonly LiveWindow[] {
  const { windows } = liveRules(reader);
  const stored = reader.liveWindows(kind, windows.width * SECOND, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, limit);
  const byStart = new Map<number, Uint8Array[]>();
  for (const { start, figures } of stored) {
    const same = byStart.get(start);
    if (same === undefined) byStart.set(start, [figures]);
    else same.push(figures);
  }
  return Array.from(byStart.values(), (packed) => windowWords(packed, top));
}

/** Ids of the records that a filter lets through, ascending. @throws FlowcaseError FILTER_SYNTAX, FILTER_FIELD, NOT_FOUND */
export function recordsThrough(reader: CaseReader, kind: string, filter: string): Float64Array {
  reader.refresh();
  return matchingIds(reader.table(kind), compileFilter(filter, filterContext(reader, kind)));
}

/** Records of a kind as they are committed. */
export function committedTable(reader: CaseReader, kind: RecordKind): RecordTable {
  reader.refresh();
  return reader.table(kind);
}

/** The latest first. */
export function listAlerts(reader: CaseReader, asked: Checked<'alerts.list'>): readonly KeptAlert[] {
  return reader.alerts(asked).map(({ id, finding, data }) => ({ ...(data as LiveAlert), number: id, finding }));
}
