import type { ColumnSpec } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';
import type { CellPlan } from './cells.ts';
import { describeColumn, specOf } from './fields.ts';
import { freeName, ownColumn, takenNames } from './own-columns.ts';
import { gates, mapped, tstatColumn, tstatSpec } from './tstat-columns.ts';
import { startColumn, transportOf } from './tstat-header.ts';

/** How the bytes of a field become a value. Numbers come first: they are most of a row. */
export const READ = { count: 0, decimal: 1, moment: 2, span: 3, port: 4, address: 5, text: 6, label: 7 } as const;
export type Read = (typeof READ)[keyof typeof READ];

/** A field of a row: how it is read, and how it is kept. `spec` null: a text of which it is not known whether it repeats. */
export interface TstatField extends CellPlan {
  /** As the log calls it, for messages. */
  readonly name: string;
  readonly read: Read;
  /** A record without it is none. */
  readonly needed: boolean;
  /** This number stands for none; NaN where every number is one. */
  readonly none: number;
}

export interface TstatLayout {
  readonly transport: 'tcp' | 'udp';
  readonly fields: readonly TstatField[];
  /** What is kept: the fields in the order of the line, then what is derived from them. */
  readonly plans: readonly CellPlan[];
  /** Place of a derived column in the plans, or -1. */
  readonly proto: number;
  readonly service: number;
  readonly duration: number;
  /** Places of columns that say nothing while a counter is 0. */
  readonly gates: readonly { readonly counter: number; readonly targets: readonly number[] }[];
}

const needed: ReadonlySet<string> = new Set(['ts', 'orig_h', 'resp_h']);

/** The plan for rows with these columns. `numeric`: names that Tstat does not have and that hold numbers, as far as is known. */
export function tstatLayout(names: readonly string[], numeric: ReadonlySet<string>): TstatLayout {
  const transport = transportOf(names);
  const taken = takenNames();
  const start = startColumn(names);
  const own = (name: string): string | undefined => (name === start ? 'ts' : mapped.get(name));
  // 2.4 counts it from the start of the capture, as it does `first`
  const moments: ReadonlySet<string> = new Set(start === 'first' ? ['last'] : []);
  // what Flowcase names is there once; a second column of the name is the log's own
  const derived = [
    'proto',
    ...(transport === 'tcp' && names.includes('con_t') ? ['service'] : []),
    ...(transport === 'udp' && !names.includes('durat') ? ['duration'] : []),
  ];
  for (const column of derived) taken.add(column);
  const fields = names.map((name, index) => fieldOf(name, index, own(name), { numeric, moments, taken }));
  const plans = [...fields, ...derived.map(knownPlan)];
  const place = (column: string): number => (derived.includes(column) ? fields.length + derived.indexOf(column) : -1);
  return {
    transport,
    fields,
    plans,
    proto: place('proto'),
    service: place('service'),
    duration: place('duration'),
    gates: gatesOf(fields),
  };
}

function knownPlan(column: string): CellPlan {
  const known = describeColumn(column, 'connection');
  if (known === undefined) throw new TypeError(`'${column}' is no known column`);
  return { column, type: known.type, spec: specOf(known) };
}

interface Context {
  readonly numeric: ReadonlySet<string>;
  readonly moments: ReadonlySet<string>;
  readonly taken: Set<string>;
}

function fieldOf(name: string, index: number, own: string | undefined, { numeric, moments, taken }: Context): TstatField {
  const rest = { name, needed: false, none: NaN };
  if (own !== undefined && !taken.has(own)) {
    taken.add(own);
    const plan = knownPlan(own);
    return { ...rest, ...plan, read: readOfKnown(plan.type), needed: needed.has(own) };
  }
  const column = freeName(name, index, taken);
  if (name === 'class') return { ...rest, column, type: 'string', spec: labelSpec(column), read: READ.label };
  if (moments.has(name)) return moment(column, 'Last packet', rest);
  const known = tstatColumn(name);
  if (known !== undefined) {
    const { type, none } = known;
    if (type === 'time') return moment(column, known.title, rest);
    return { ...rest, column, type, spec: tstatSpec(column, known), read: readOf(type), none: none ?? NaN };
  }
  const type = numeric.has(name) ? 'double' : 'string';
  return { ...rest, column, type, spec: ownColumn(column, type), read: readOf(type) };
}

function moment(column: string, title: string, rest: { readonly name: string; readonly needed: boolean }): TstatField {
  const spec: ColumnSpec = { name: column, type: 'time', title, storage: 'number', dictionary: null };
  return { ...rest, column, type: 'time', spec, read: READ.moment, none: 0 };
}

function labelSpec(name: string): ColumnSpec {
  const known = describeColumn(name, 'connection');
  if (known !== undefined) return specOf(known);
  return { name, type: 'string', title: 'Label that came with the log', storage: 'dictionary', dictionary: 'term' };
}

function readOfKnown(type: ColumnType): Read {
  switch (type) {
    case 'addr':
      return READ.address;
    case 'port':
      return READ.port;
    case 'time':
      return READ.moment;
    case 'interval':
      return READ.span;
    default:
      return READ.count;
  }
}

function readOf(type: ColumnType): Read {
  if (type === 'string') return READ.text;
  return type === 'count' ? READ.count : READ.decimal;
}

/** The first column of a name is the one that counts. */
function gatesOf(fields: readonly TstatField[]): TstatLayout['gates'] {
  const places = new Map<string, number>();
  for (const [place, { name }] of fields.entries()) if (!places.has(name)) places.set(name, place);
  return gates.flatMap(([counter, names]) => {
    const at = places.get(counter);
    const targets = names.flatMap((name) => places.get(name) ?? []);
    return at === undefined || targets.length === 0 ? [] : [{ counter: at, targets }];
  });
}
