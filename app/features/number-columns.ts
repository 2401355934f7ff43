import { LINE_COLUMN, OFFSET_COLUMN, type ColumnSpec } from '../columns/types.ts';
import { tstatColumn } from '../formats/tstat-columns.ts';
import { madeFeature } from './made-features.ts';
import { isLabelName } from './label-names.ts';
import { selectedNumbers } from './selection.ts';
import type { FeatureFamily, FoundFeatures, Selection } from './types.ts';

/**
 * Every column of numbers of a table as a feature, but for those that are no quantity: places in the log, moments, ports and numbers of ports,
 * identifiers, labels, and codes (`codes`, which a recipe takes as categories). Which are refused, and why, is said.
 */
export function numberColumns(codes: ReadonlySet<string> = new Set()): FeatureFamily {
  return {
    title: 'Every column of numbers',
    how: 'the column as it is; log(1 + x) with the scaling log where its skewness is 2 or more',
    find: async ({ selection }, breathe) => {
      const found: { specs: FoundFeatures['specs'][number][]; refused: FoundFeatures['refused'][number][] } = { specs: [], refused: [] };
      for (const column of selection.table.columns) {
        if (column.storage !== 'number' || codes.has(column.name)) continue;
        const why = noQuantity(column) ?? numbering(selection, column.name);
        if (why !== null) found.refused.push({ name: column.name, title: column.title, why });
        else found.specs.push(numberFeatureOf(selection, column));
        await breathe();
      }
      return found;
    },
  };
}

/** A column of numbers as a feature, whatever it says. */
export function numberFeatureOf(selection: Selection, { name, title, type }: ColumnSpec): FoundFeatures['specs'][number] {
  const flag = type === 'bool' || (type !== 'double' && type !== 'interval' && onlyZeroAndOne(selection, name));
  return madeFeature({ from: 'number', column: name, title, unit: type === 'interval' ? 'microseconds' : '', flag });
}

/** Why a column's name or type says that its numbers are no quantity; null where they may be one. */
function noQuantity({ name, type }: ColumnSpec): string | null {
  if (name === LINE_COLUMN || name === OFFSET_COLUMN) return 'its place in the log, not what it says';
  if (type === 'time' || isMoment(name)) return 'a moment: what happened then would be learned, not what it was';
  if (type === 'port') return 'a port is a name, not a quantity';
  if (isLabelName(name)) return 'a label by its name';
  return null;
}

/** Tstat's `first` and `last`, counted from the start of the capture: of one side they are measured from the start of the connection. */
function isMoment(name: string): boolean {
  return (name === 'first' || name === 'last') && tstatColumn(name) !== undefined;
}

/** Fewer rows say nothing of numbering. */
const LEAST_NUMBERED = 20;
/** Of a thousand steps from row to row, one may go astray (a file appended to another). */
const STEADY = 0.999;

/**
 * A column that numbers the records: whole numbers, present everywhere, each the one before plus the same step. Also one that an identifier's
 * name goes with (id, index, no, ...) and whose whole numbers are all different.
 */
function numbering(selection: Selection, name: string): string | null {
  if (selection.rows < LEAST_NUMBERED || !isWhole(selection, name)) return null;
  const values = selectedNumbers(selection, name);
  const step = values[1] - values[0];
  let steady = 0;
  for (let i = 1; i < values.length; i++) if (values[i] - values[i - 1] === step) steady++;
  if (step !== 0 && steady >= STEADY * (values.length - 1)) return 'it numbers the records';
  if (!identifierName.test(name)) return null;
  values.sort();
  for (let i = 1; i < values.length; i++) if (values[i] === values[i - 1]) return null;
  return 'an identifier: every record has its own';
}

/** Whether every record has a whole number there. */
function isWhole({ parts }: Selection, name: string): boolean {
  for (const { chunk, rows } of parts) {
    const values = chunk.numbers(name);
    for (const row of rows) if (!Number.isInteger(values[row])) return false;
  }
  return true;
}

const identifierName = /(?:^|[._ -])(?:id|uid|uuid|guid|idx|index|row|rowid|line|no|nr|num|number|seq|sequence)$/i;

function onlyZeroAndOne({ parts }: Selection, name: string): boolean {
  let [zero, one] = [false, false];
  for (const { chunk, rows } of parts) {
    const values = chunk.numbers(name);
    for (const row of rows) {
      const value = values[row];
      if (value === 0) zero = true;
      else if (value === 1) one = true;
      else if (!Number.isNaN(value)) return false;
    }
  }
  return zero && one;
}
