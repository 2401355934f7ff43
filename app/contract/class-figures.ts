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
