import { formatCount } from '../contract/format.ts';
import { keptOtherwise } from './kept-otherwise.ts';
import { madeFeature } from './made-features.ts';
import type { Category, FeatureFamily, FeatureSource, FeatureSpec, MadeFeature, Selection } from './types.ts';

/** How many categories of a column are features of their own, and the share of the records that each must have. */
export interface CategoryLimits {
  readonly most: number;
  readonly least: number;
  readonly weight: number;
}

/** As many as there are ports: numbers with more values are no names of anything. */
const MOST_COUNTED = 65_536;

const usual: CategoryLimits = { most: 12, least: 0.01, weight: 0.5 };

/**
 * A flag for each of the most frequent values of a column, and one that joins the rest. That the column says nothing is a value too. A column
 * that says the same everywhere has no features.
 */
export function categoriesOf(column: string, title: string, limits: Partial<CategoryLimits> = {}): FeatureFamily {
  const { most, least, weight } = { ...usual, ...limits };
  return {
    title: `Kinds of ${title}`,
    how: `1 where ${column} is one of its ${most} most frequent values (each at least ${least * 100} % of the records), the rest joined`,
    find: async (source, breathe) => {
      const refuse = (why: string): Awaited<ReturnType<FeatureFamily['find']>> => ({
        specs: [],
        refused: [{ name: column, title: title.charAt(0).toUpperCase() + title.slice(1), why }],
      });
      const counts = await countCategories(source, column, breathe);
      if (counts === null) {
        const needed = { name: column, storage: 'dictionary' as const };
        return refuse(keptOtherwise([source.selection.table], [needed]) ?? `the log has no column ${column}`);
      }
      if (counts === 'too many') return refuse(`it has more than ${formatCount(MOST_COUNTED)} different values`);
      if (counts.length < 2) return refuse(counts[0]?.value == null ? 'absent in every record' : 'the same in every record');
      return { specs: flagsOf(counts, source.selection.rows, { column, title, most, least, weight }), refused: [] };
    },
  };
}

interface Counted {
  readonly value: Category;
  readonly count: number;
}

/** Every value with its count, the most frequent first; null where there is no such column of numbers or repeated texts. */
async function countCategories(
  { selection }: FeatureSource,
  column: string,
  breathe: () => Promise<void>,
): Promise<readonly Counted[] | 'too many' | null> {
  const spec = selection.table.column(column);
  if (spec === undefined || spec.storage === 'text') return null;
  const counts = await (spec.storage === 'number'
    ? countNumbers(selection, column, breathe)
    : countTexts(selection, column, spec.dictionary ?? 'term', breathe));
  return counts === 'too many' ? counts : counts.sort((a, b) => b.count - a.count || compare(a.value, b.value));
}

async function countNumbers({ parts }: Selection, column: string, breathe: () => Promise<void>): Promise<Counted[] | 'too many'> {
  const counts = new Map<number, number>();
  for (const { chunk, rows } of parts) {
    const values = chunk.numbers(column);
    for (const row of rows) counts.set(values[row], (counts.get(values[row]) ?? 0) + 1);
    if (counts.size > MOST_COUNTED) return 'too many';
    await breathe();
  }
  return Array.from(counts, ([value, count]) => ({ value: Number.isNaN(value) ? null : value, count }));
}

async function countTexts(
  { parts, table }: Selection,
  column: string,
  name: 'host' | 'term',
  breathe: () => Promise<void>,
): Promise<Counted[]> {
  const dictionary = table.dictionary(name);
  const counts = new Float64Array(dictionary.size + 1);
  for (const { chunk, rows } of parts) {
    const ids = chunk.ids(column);
    for (const row of rows) counts[ids[row]]++;
    await breathe();
  }
  const found: Counted[] = [];
  for (let id = 0; id < counts.length; id++) {
    if (counts[id] > 0) found.push({ value: id === 0 ? null : dictionary.textOf(id), count: counts[id] });
  }
  return found;
}

/** Equal counts: numbers by size, texts by their code units, absent last. */
function compare(a: Category, b: Category): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

type Family = CategoryLimits & { readonly column: string; readonly title: string };

function flagsOf(counts: readonly Counted[], rows: number, { column, title, most, least, weight }: Family): FeatureSpec[] {
  const chosen = counts.filter(({ count }, place) => place < most && count >= least * rows).map(({ value }) => value);
  const made: MadeFeature[] = chosen.map((value) => ({ from: 'category', column, title, weight, value }));
  if (chosen.length > 0 && chosen.length < counts.length) made.push({ from: 'others', column, title, weight, values: chosen });
  // of two flags that are all there is, one says everything
  if (made.length === 2) made.pop();
  return made.map((one) => madeFeature(one));
}
