import type { ChunkView } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { LabelSource } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import { columnNamed } from '../features/column-named.ts';
import { labelsFromMarks, labelsOf, labelsOfHosts } from '../features/labels.ts';
import { NO_CLASS } from '../learn/types.ts';
import { selectedIds, textOfId } from '../features/selection.ts';
import type { HostRows, Labels, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';

/** What the analyst tagged, as learning sees it. */
export interface TagSource {
  readonly names: readonly string[];
  /** One byte per row of the chunk, 1 where the record carries the tag; null where none does. */
  mask(name: string, kind: RecordKind, chunk: ChunkView): Uint8Array | null;
  ofHost(host: string): readonly string[];
}

/**
 * The classes of records. @throws FlowcaseError PARAMETER where there are fewer than two of them, or the column or a tag is not there
 */
export function labelsOfRecords(selection: Selection, label: LabelSource, tags: TagSource, pace: Pace): Promise<Labels> {
  if (label.type === 'column') return labelsOf(selection, columnNamed(selection.table, label.column), pace);
  const { kind } = selection.table;
  const marks = chosenTags(label.tags, tags).map((name) => ({ name, mask: (chunk: ChunkView) => tags.mask(name, kind, chunk) }));
  return labelsFromMarks(selection, marks, pace);
}

/**
 * The classes of hosts: the tag that a host carries, where it carries one of those only; or the class that most records it began have (of
 * equally many the first in order). @throws FlowcaseError PARAMETER
 */
export async function labelsForHosts(
  selections: readonly Selection[],
  hosts: HostRows,
  label: LabelSource,
  tags: TagSource,
  pace: Pace,
): Promise<Labels> {
  if (label.type === 'column') {
    const classes = await classesByHost(selections, label.column, pace);
    return labelsOfHosts(hosts, (host) => {
      const one = classes.get(host);
      return one === undefined ? [] : [one];
    });
  }
  const wanted = new Set(chosenTags(label.tags, tags));
  return labelsOfHosts(hosts, (host) => [...new Set(tags.ofHost(host))].filter((name) => wanted.has(name)));
}

function chosenTags(asked: readonly string[], { names }: TagSource): readonly string[] {
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new FlowcaseError('PARAMETER', `There is no tag “${unknown}” in this case. Learning takes tags that records or hosts carry.`, {
      name: 'label',
      value: unknown,
      allowed: names,
    });
  }
  return asked.length === 0 ? names : [...new Set(asked)];
}

/** Host → the class that most of the records it began have. @throws FlowcaseError PARAMETER, CANCELLED */
export async function classesByHost(selections: readonly Selection[], column: string, pace: Pace): Promise<ReadonlyMap<string, string>> {
  const counts = new Map<string, Map<string, number>>();
  const labelled = selections.filter(
    (selection) => selection.rows > 0 && selection.table.column(columnNamed(selection.table, column)) !== undefined,
  );
  // the first says that there is no such column
  for (const selection of labelled.length === 0 ? selections.slice(0, 1) : labelled) {
    const { codes, classes } = await labelsOf(selection, columnNamed(selection.table, column), pace);
    const originators = selectedIds(selection, 'orig_h');
    for (let row = 0; row < codes.length; row++) {
      if (codes[row] === NO_CLASS || originators[row] === 0) continue;
      const host = textOfId(selection.table, 'orig_h', originators[row]);
      const of = counts.get(host) ?? new Map<string, number>();
      of.set(classes[codes[row]], (of.get(classes[codes[row]]) ?? 0) + 1);
      counts.set(host, of);
    }
  }
  return new Map(Array.from(counts, ([host, of]) => [host, mostFrequent(of)]));
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))[0][0];
}
