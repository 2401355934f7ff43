import type { ClassFigures, ClassifierFigures } from './models.ts';

/** The figures of every class without those that are not defined: the precision of what was never answered, the recall of what never was. */
export function definedFigures({ classes, confusion }: Pick<ClassifierFigures, 'classes' | 'confusion'>): readonly ClassFigures[] {
  return classes.map((one, code) => {
    const answered = confusion.reduce((sum, row) => sum + row[code], 0);
    return {
      ...one,
      precision: answered === 0 ? null : one.precision,
      recall: one.support === 0 ? null : one.recall,
      f1: answered + one.support === 0 ? null : one.f1,
    };
  });
}

/** What always saying the most frequent class gets right: an accuracy says nothing that is not above it. */
export interface Baseline {
  readonly name: string;
  /** Share of the rows that are of it. */
  readonly share: number;
}

/** Of the rows that figures are over; the first of equals; null where no row is of any class. */
export function baselineOf({ classes }: Pick<ClassifierFigures, 'classes'>): Baseline | null {
  const rows = classes.reduce((sum, { support }) => sum + support, 0);
  if (rows === 0) return null;
  const { name, support } = classes.reduce((a, b) => (b.support > a.support ? b : a));
  return { name, share: support / rows };
}
