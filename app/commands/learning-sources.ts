import type { CaseReader } from '../case/types.ts';
import { everyRow } from '../columns/scan/slices.ts';
import { recordKindOf, type Subject } from '../contract/runs.ts';
import { compileFilter } from '../query/compile.ts';
import type { LearningSource } from '../runs/sources.ts';
import type { TagSource } from '../runs/train-labels.ts';
import { filterContext } from './context.ts';

/**
 * The records that a run is over. Hosts are looked at in connections and, where the filter lets everything through, in requests too; in a case
 * without connections the filter is for the requests. `where` must name the run of a cluster (`cluster = 2:3`): "the current run" would be
 * another one when the run is repeated. `again`: the run whose records are meant; what was predicted, scored and found is then what runs before
 * it said, as it was when the run was made. @throws FlowcaseError FILTER_SYNTAX, FILTER_FIELD
 */
export function learningSources(reader: CaseReader, of: Subject, where: string, again?: number): readonly LearningSource[] {
  const source = (kind: 'connection' | 'request'): LearningSource => {
    const filter = compileFilter(where, filterContext(reader, kind, null, again));
    return { table: reader.table(kind), filter: filter.everything ? everyRow : filter };
  };
  if (of !== 'hosts') return [source(of === 'connections' ? 'connection' : 'request')];
  const [connections, requests] = [reader.table('connection'), reader.table('request')];
  if (connections.rows === 0 && requests.rows > 0) return [source('request')];
  return requests.rows > 0 && where.trim() === '' ? [source('connection'), source('request')] : [source('connection')];
}

/** Whether a filter asks what is tagged, which no run keeps. */
export function asksTags(reader: CaseReader, of: Subject, where: string): boolean {
  const kind = recordKindOf(of === 'hosts' && reader.table('connection').rows === 0 ? 'requests' : of);
  return compileFilter(where, filterContext(reader, kind, null)).asks.has('tag');
}

/** What the analyst tagged, for learning. */
export function tagSource(reader: CaseReader): TagSource {
  const index = reader.tagIndex();
  const names = reader.tags().tags.map(({ id, name }) => ({ id, name }));
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  return {
    names: names.map(({ name }) => name),
    mask: (name, kind, chunk) => {
      const id = index.idOf(name);
      return id === null ? null : index.mask(id, kind, chunk);
    },
    ofHost: (host) => index.ofHost(host).flatMap((id) => nameOf.get(id) ?? []),
  };
}
