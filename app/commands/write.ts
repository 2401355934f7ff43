import type { CaseReader, CaseWriter, NewTagging } from '../case/types.ts';
import type { Checked, NamesOf, Output } from '../contract.ts';
import { FlowcaseError } from '../errors.ts';
import { compileFilter } from '../query/compile.ts';
import { matchingIds } from '../query/rows.ts';
import { filterContext } from './context.ts';
import { saveSchedule } from './schedules.ts';

export type WriteHandlers = { readonly [N in NamesOf<'write'>]: (input: Checked<N>) => Output<N> | Promise<Output<N>> };

/** Every command of the contract that changes the case; `reader` finds the records that a filter means. They throw FlowcaseError only. */
export function createWriteHandlers(writer: CaseWriter, reader: CaseReader): WriteHandlers {
  return {
    'case.update': (input) => {
      writer.update(input);
      return writer.info();
    },
    'evidence.remove': ({ evidence }) => {
      writer.removeEvidence(evidence);
      return null;
    },
    'cluster.name': ({ run, cluster, name, suspect }) => {
      writer.nameCluster(run, cluster, { name, suspect });
      return null;
    },
    'schedule.save': (input) => saveSchedule(writer, input),
    'schedule.remove': ({ name }) => {
      writer.schedules.remove(name);
      return null;
    },
    'tag.add': (input) => addTag(writer, reader, input),
    'tag.remove': ({ tagging }) => ({ tagging, ...writer.removeTag(tagging) }),
    'tag.note': ({ tagging, note }) => {
      writer.noteTag(tagging, note);
      return null;
    },
    'tag.undo': ({ undo }) => {
      writer.undo(undo);
      return null;
    },
  };
}

function addTag(writer: CaseWriter, reader: CaseReader, input: Checked<'tag.add'>): Output<'tag.add'> {
  const { tagging, tagged, undo } = writer.addTag({
    target: resolveTarget(reader, input.target),
    name: input.name,
    color: input.color,
    note: input.note,
  });
  return { tagging: tagging.id, tagged, undo };
}

/** @throws FlowcaseError FILTER_SYNTAX, FILTER_FIELD; NOT_FOUND where no record is meant */
function resolveTarget(reader: CaseReader, target: Checked<'tag.add'>['target']): NewTagging['target'] {
  if (target.type === 'host' || target.type === 'cluster') return target;
  reader.refresh();
  const table = reader.table(target.kind);
  if (target.type === 'records') {
    const ids = Float64Array.from(new Set(target.ids)).sort();
    const unknown = ids.find((id) => table.locate(id) === null);
    if (unknown !== undefined)
      throw new FlowcaseError('NOT_FOUND', `There is no ${target.kind} ${unknown} in this case.`, { kind: target.kind, id: unknown });
    return { type: 'records', kind: target.kind, ids, filter: null, run: null };
  }
  const context = filterContext(reader, target.kind, target.run);
  const filter = compileFilter(target.filter, context);
  const ids = matchingIds(table, filter);
  if (ids.length === 0)
    throw new FlowcaseError('NOT_FOUND', `The filter “${target.filter}” lets no ${target.kind} through; nothing was tagged.`, {
      filter: target.filter,
    });
  // What is written down must mean the same later.
  const run = filter.asks.has('run') ? context.currentRun : null;
  return { type: 'records', kind: target.kind, ids, filter: target.filter, run };
}
