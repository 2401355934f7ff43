import type { CaseReader } from '../case/types.ts';
import { asSlices } from '../columns/scan/slices.ts';
import { wideIds } from '../columns/scan/packed-rows.ts';
import { isPlace, type RecordTable } from '../columns/types.ts';
import type { Checked } from '../contract.ts';
import type { LabelOverview } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import { columnNamed } from '../features/column-named.ts';
import { isLabelName } from '../features/label-names.ts';
import type { CompiledFilter } from '../query/types.ts';
import { columnTexts } from '../runs/truth.ts';

/** Columns that Flowcase makes of what a Tstat log says by the kind of its lines and by codes. */
const madeOfTstat: ReadonlySet<string> = new Set(['proto', 'service']);

/** Clients that are listed, and classes that are counted by name; more classes are no classes. */
const TOP = 5;
const MOST_CLASSES = 1000;

/**
 * What a labelled log holds before anything is learned. A client is who began: the originator. `columns` counts what the log says, not where it
 * stands. @throws FlowcaseError PARAMETER where there is no such column, or none that is a label by its name, or it has no classes
 */
export function labelOverview(
  reader: CaseReader,
  { of, label }: Pick<Checked<'insight.labels'>, 'of' | 'label'>,
  filter: CompiledFilter,
): LabelOverview {
  const table = reader.table(of === 'requests' ? 'request' : 'connection');
  const column = labelColumn(table, label);
  const texts = columnTexts({ table }, column);
  const tstat = table.column('c_bytes_uniq') !== undefined;
  const counts = new Map<string, number>();
  const clients = new Float64Array(table.dictionary('host').size + 1);
  const scratch = new Uint32Array(1 << 16);
  let [rows, unlabelled] = [0, 0];
  for (const { chunk, rows: chosen, count } of asSlices(table, filter)) {
    rows += count;
    const textOf = texts?.(chunk);
    const originators =
      table.column('orig_h')?.storage === 'dictionary' ? wideIds(chunk.packedIds('orig_h'), null, chunk.rows, scratch) : null;
    for (let i = 0; i < count; i++) {
      const row = chosen === null ? i : chosen[i];
      const text = textOf?.(row) ?? null;
      if (text === null) unlabelled++;
      else counts.set(text, (counts.get(text) ?? 0) + 1);
      if (originators !== null) clients[originators[row]]++;
    }
    if (counts.size > MOST_CLASSES) throw noClasses(column);
  }
  const active = Array.from(clients.keys()).filter((id) => id !== 0 && clients[id] > 0);
  const known = active.reduce((sum, id) => sum + clients[id], 0);
  const first = active.sort((a, b) => clients[b] - clients[a] || a - b).slice(0, TOP);
  return {
    rows,
    columns: table.columns.filter(({ name }) => !isPlace(name) && !(tstat && madeOfTstat.has(name))).length,
    label: column,
    classes: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    unlabelled,
    clients: active.length,
    perClient: active.length === 0 ? 0 : known / active.length,
    topClients: first.map((id) => ({ host: table.dictionary('host').textOf(id), count: clients[id] })),
  };
}

/** The column that was named, or the first that is a label by its name. */
function labelColumn(table: RecordTable, name: string): string {
  const names = table.columns.map((spec) => spec.name).filter((one) => !isPlace(one));
  if (name === '') {
    const label = names.find((one) => isLabelName(one));
    if (label !== undefined) return label;
    throw unknown('No column is a label by its name. Say which one holds the classes.', name, names);
  }
  const found = table.column(columnNamed(table, name))?.name;
  if (found !== undefined) return found;
  throw unknown(`There is no column “${name.slice(0, 60)}” here.`, name, names);
}

function unknown(message: string, value: string, allowed: readonly string[]): FlowcaseError {
  const there = allowed.length === 0 ? 'There are no records of this kind.' : `There are: ${allowed.join(', ')}.`;
  return new FlowcaseError('PARAMETER', `${message} ${there}`, { name: 'label', value, allowed });
}

function noClasses(column: string): FlowcaseError {
  return new FlowcaseError(
    'PARAMETER',
    `The column ${column} has more than ${MOST_CLASSES} values: they are no classes. Choose another column.`,
    {
      name: 'label',
      value: column,
      allowed: `at most ${MOST_CLASSES} classes`,
    },
  );
}
