import type { CaseReader } from '../case/types.ts';
import { sortedIds } from '../columns/varint.ts';
import { FlowcaseError } from '../errors.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Finding } from '../contract/records.ts';
import { recordKindOf, type Subject } from '../contract/runs.ts';
import type { FilterContext } from '../query/types.ts';
import { ClustersOver, runsOver } from './host-clusters.ts';

/**
 * What a filter over this kind of record may ask of the case, as of the reader's last refresh. `run` is the run that `cluster = 3` means:
 * the latest over such records (or, without one, over hosts) unless one is given, none where it is null or over other records; findings are
 * those of that run too, where its method has others. Read when it is
 * asked for, so that a filter without tags costs no tags. `before`: what runs say is as it was when this run was made, for the filter of the
 * run itself: what was predicted, scored and found by runs before it.
 * @throws FlowcaseError NOT_FOUND for a run that is not there
 */
export function filterContext(reader: CaseReader, kind: RecordKind, run?: number | null, before = Number.POSITIVE_INFINITY): FilterContext {
  const tags = reader.tagIndex();
  const table = reader.table(kind);
  const clusters = new ClustersOver(reader, table);
  const summaries = reader.runs();
  const over = runsOver(summaries, kind);
  const runs = over.map(({ id }) => id);
  if (typeof run === 'number' && !summaries.some(({ id }) => id === run))
    throw new FlowcaseError('NOT_FOUND', `There is no run ${run} in this case.`, { run });
  const findings = (): readonly Finding[] => {
    const one = summaries.find(({ id }) => id === run);
    if (one === undefined) return before === Number.POSITIVE_INFINITY ? reader.findings({}) : findingsBefore(reader, before);
    const alike = new Set(summaries.filter(({ of, method }) => of === one.of && method === one.method).map(({ id }) => id));
    const others = reader.findings({}).filter((finding) => finding.run === null || !alike.has(finding.run));
    return [...reader.findings({ run: one.id }), ...others];
  };
  // records of another kind may have the same numbers
  const named = (id: number): Float64Array => {
    const ids = reader.findingRecords(id);
    const of = reader.findings({ all: true }).find((finding) => finding.id === id)?.of ?? 'connections';
    return recordKindOf(of) === kind ? ids : new Float64Array();
  };
  return {
    table,
    get tagNames() {
      return reader.tags().tags.map(({ name }) => name);
    },
    tagMask: (name, ofKind, chunk) => {
      const id = tags.idOf(name);
      return id === null ? null : tags.mask(id, ofKind, chunk);
    },
    currentRun:
      run === undefined ? ((over.find(({ of }) => of !== 'hosts') ?? over.at(0))?.id ?? null) : (runs.find((id) => id === run) ?? null),
    runs,
    assignment: (ofRun, chunk) => clusters.assignment(ofRun, chunk),
    get prediction() {
      const latest = latestOver(reader.learnedRuns('classify'), kind, before);
      return latest === null ? null : { run: latest.id, classes: latest.predicted.map(({ name }) => name) };
    },
    get anomalies() {
      return latestOver(reader.learnedRuns('anomalies'), kind, before)?.id ?? null;
    },
    get findingKinds() {
      return [...new Set(findings().map(({ kind: found }) => found))].sort();
    },
    findingRecords: (wanted) => {
      if (/^\d+$/.test(wanted)) return named(Number(wanted));
      const ids = findings()
        .filter((finding) => finding.kind === wanted && recordKindOf(finding.of) === kind)
        .flatMap((finding) => [...reader.findingRecords(finding.id)]);
      return sortedIds(ids);
    },
    evidenceNames: new Map(reader.evidence().map(({ id, name }) => [id, name])),
  };
}

/** What held before a run: of each task, method and subject what the latest run before it found, and what no run did. */
function findingsBefore(reader: CaseReader, before: number): readonly Finding[] {
  const latest = new Map<string, number>();
  for (const run of reader.allRuns()) {
    const key = JSON.stringify([run.task, 'method' in run ? run.method : null, run.of]);
    if (run.id < before && !latest.has(key)) latest.set(key, run.id);
  }
  const held = new Set(latest.values());
  return reader.findings({ all: true }).filter(({ run }) => run === null || held.has(run));
}

/** Of runs with the latest first, the latest over records of this kind, before a run where one is given; null: there is none. */
export function latestOver<R extends { readonly id: number; readonly of: Subject }>(
  runs: readonly R[],
  kind: RecordKind,
  before = Number.POSITIVE_INFINITY,
): R | null {
  const of: Subject | null = kind === 'connection' ? 'connections' : kind === 'request' ? 'requests' : null;
  return runs.find((run) => run.of === of && run.id < before) ?? null;
}
