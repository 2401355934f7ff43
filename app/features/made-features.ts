import type { RecordTable } from '../columns/types.ts';
import { described, dictionary, flagWords, number } from './feature-spec.ts';
import type { Category, FeatureSpec, MadeFeature } from './types.ts';

/** The feature that was found in the data, computed the same way wherever it is applied. */
export function madeFeature(made: MadeFeature): FeatureSpec {
  if (made.from === 'number') return numberFeature(made);
  const { column, title } = made;
  const [name, what, label] =
    made.from === 'category'
      ? [`${column}=${nameOf(made.value)}`, saying(made.value), `${title} ${short(nameOf(made.value))}`]
      : [`${column}=others`, `none of ${made.values.map((value) => nameOf(value)).join(', ')}`, `other ${title}`];
  const how = made.from === 'category' && made.value === null ? `1 where ${column} is absent` : `1 where ${column} is ${what}`;
  const flag = flagWords(label, label);
  const needs = [[number(column), dictionary(column)]];
  return {
    ...described(name, { kind: 'flag', weight: made.weight, needs }, [label.charAt(0).toUpperCase() + label.slice(1), how], flag),
    made,
    fill: (source, { chunk, rows, start }, out) => {
      const { table } = source.selection;
      if (table.column(column)?.storage === 'number') {
        const values = chunk.numbers(column);
        const wanted = new Set<number>(numbersOf(made));
        const [inside, outside, absent] = marksOf(made);
        for (let i = 0; i < rows.length; i++) {
          const value = values[rows[i]];
          out[start + i] = Number.isNaN(value) ? absent : wanted.has(value) ? inside : outside;
        }
        return;
      }
      const ids = chunk.ids(column);
      const wanted = idsOf(table, made);
      const [inside, outside, absent] = marksOf(made);
      for (let i = 0; i < rows.length; i++) {
        const id = ids[rows[i]];
        out[start + i] = id === 0 ? absent : wanted.has(id) ? inside : outside;
      }
    },
  };
}

function numberFeature(made: Extract<MadeFeature, { from: 'number' }>): FeatureSpec {
  const { column, title, unit, flag } = made;
  const said = title.charAt(0).toLowerCase() + title.slice(1);
  const words = flag
    ? flagWords(`have ${column}`, column)
    : ([`has ~more ${column} than &`, `has ~less ${column} than &`, `more ${column}`, `less ${column}`] as const);
  const frame = { kind: flag ? ('flag' as const) : ('measure' as const), needs: [[number(column)]], log: 'heavy tail' as const };
  return {
    ...described(column, frame, [said === column ? column : title, unit === '' ? column : `${column} in ${unit}`], words),
    made,
    fill: (_, { chunk, rows, start }, out) => {
      const values = chunk.numbers(column);
      for (let i = 0; i < rows.length; i++) out[start + i] = values[rows[i]];
    },
  };
}

type FlagMade = Exclude<MadeFeature, { from: 'number' }>;

/** What stands for a value that is named, for one that is not, and for none: a flag is never absent. */
function marksOf(made: FlagMade): readonly [inside: number, outside: number, absent: number] {
  if (made.from === 'category') return made.value === null ? [0, 0, 1] : [1, 0, 0];
  return [0, 1, made.values.includes(null) ? 0 : 1];
}

function valuesOf(made: FlagMade): readonly Category[] {
  return made.from === 'category' ? [made.value] : made.values;
}

function numbersOf(made: FlagMade): readonly number[] {
  return valuesOf(made).filter((value) => typeof value === 'number');
}

function idsOf(table: RecordTable, made: FlagMade): ReadonlySet<number> {
  const name = table.column(made.column)?.dictionary ?? null;
  if (name === null) return new Set();
  const known = table.dictionary(name);
  const texts = valuesOf(made).filter((value) => typeof value === 'string');
  return new Set(texts.map((value) => known.idOf(value)).filter((id) => id !== 0));
}

function saying(value: Category): string {
  return value === null ? 'absent' : String(value);
}

function nameOf(value: Category): string {
  return value === null ? '(absent)' : String(value);
}

/** Log text has any length; titles have room for some of it. */
function short(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
