import type { ChunkView } from '../columns/types.ts';
import type { LabelSource } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import type { HostRows, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';
import { NO_CLASS } from '../learn/types.ts';
import { columnNamed } from '../features/column-named.ts';
import { classesByHost, type TagSource } from './train-labels.ts';

/** What rows are, in the classes of a model. */
export interface Truth {
  /** Row → class of the model; NO_CLASS where the row has none of them. */
  readonly codes: Uint16Array;
  /** Rows with a label that the model never saw. */
  readonly unknown: number;
}

/**
 * The classes that rows of records have by the label that a model learned from; null where none of them has a label.
 * @throws FlowcaseError CANCELLED
 */
export async function truthOfRecords(
  selection: Selection,
  label: LabelSource,
  classes: readonly string[],
  tags: TagSource,
  pace: Pace,
): Promise<Truth | null> {
  const codes = new Uint16Array(selection.rows).fill(NO_CLASS);
  const textAt =
    label.type === 'column' ? columnTexts(selection, columnNamed(selection.table, label.column)) : tagTexts(selection, classes, tags);
  if (textAt === null) return null;
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  let [known, unknown] = [0, 0];
  for (const { chunk, rows, start } of selection.parts) {
    const read = textAt(chunk);
    for (let i = 0; i < rows.length; i++) {
      const text = read(rows[i]);
      if (text === null) continue;
      const code = codeOf.get(text);
      if (code === undefined) unknown++;
      else {
        codes[start + i] = code;
        known++;
      }
    }
    await pace.breathe();
  }
  return known + unknown === 0 ? null : { codes, unknown };
}

/** As `truthOfRecords`, of hosts. @throws FlowcaseError CANCELLED */
export async function truthOfHosts(
  selections: readonly Selection[],
  hosts: HostRows,
  label: LabelSource,
  classes: readonly string[],
  tags: TagSource,
  pace: Pace,
): Promise<Truth | null> {
  const classOf = label.type === 'column' ? await hostClasses(selections, label.column, pace) : taggedAs(classes, tags);
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  let [known, unknown] = [0, 0];
  const codes = Uint16Array.from({ length: hosts.rows }, (_, row) => {
    const text = classOf(hosts.textOf(row));
    if (text === null) return NO_CLASS;
    const code = codeOf.get(text);
    if (code === undefined) unknown++;
    else known++;
    return code ?? NO_CLASS;
  });
  return known + unknown === 0 ? null : { codes, unknown };
}

/** What the label of a record says, chunk by chunk; null where the log has no such column. */
export function columnTexts(
  { table }: Pick<Selection, 'table'>,
  column: string,
): ((chunk: ChunkView) => (row: number) => string | null) | null {
  const spec = table.column(column);
  if (spec === undefined) return null;
  if (spec.storage === 'dictionary') {
    const dictionary = table.dictionary(spec.dictionary ?? 'term');
    return (chunk) => {
      const ids = chunk.ids(column);
      return (row) => (ids[row] === 0 ? null : dictionary.textOf(ids[row]));
    };
  }
  if (spec.storage === 'number') {
    return (chunk) => {
      const values = chunk.numbers(column);
      return (row) => (Number.isNaN(values[row]) ? null : String(values[row]));
    };
  }
  const decoder = new TextDecoder();
  return (chunk) => {
    const { bytes, offsets, absent } = chunk.text(column);
    return (row) => (absent?.[row] === 1 ? null : decoder.decode(bytes.subarray(offsets[row], offsets[row + 1])));
  };
}

/** The one tag of those that a record carries; null where it carries none or several. */
export function tagTexts(
  { table }: Pick<Selection, 'table'>,
  names: readonly string[],
  tags: TagSource,
): (chunk: ChunkView) => (row: number) => string | null {
  return (chunk) => {
    const masks = names.map((name) => tags.mask(name, table.kind, chunk));
    return (row) => {
      let found: string | null = null;
      for (let i = 0; i < masks.length; i++) {
        if (masks[i]?.[row] !== 1) continue;
        if (found !== null) return null;
        found = names[i];
      }
      return found;
    };
  };
}

/** The class that most labelled records of a host have, as training takes it; null where it began none. @throws FlowcaseError CANCELLED */
export async function hostClasses(selections: readonly Selection[], column: string, pace: Pace): Promise<(host: string) => string | null> {
  try {
    const classes = await classesByHost(selections, column, pace);
    return (host) => classes.get(host) ?? null;
  } catch (error) {
    // no such column, or one class only: nothing to compare with
    if (error instanceof FlowcaseError && error.code === 'PARAMETER') return () => null;
    throw error;
  }
}

function taggedAs(classes: readonly string[], tags: TagSource): (host: string) => string | null {
  const wanted = new Set(classes);
  return (host) => {
    const has = tags.ofHost(host).filter((name) => wanted.has(name));
    return has.length === 1 ? has[0] : null;
  };
}
