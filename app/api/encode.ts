import type { EventName } from '../contract.ts';
import { jsonCell } from '../contract/cells.ts';
import { isoTime } from '../contract/format.ts';
import type { Cell, ColumnInfo } from '../contract/records.ts';
import described from './outputs.json' with { type: 'json' };
import type { Routed } from './routes.ts';

/** A JSON Schema (2020-12), as tools/output-schemas.ts writes it. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly 'x-unit'?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema;
}

interface Described {
  readonly outputs: Readonly<Record<string, Schema>>;
  readonly results: Readonly<Record<string, Schema>>;
  readonly events: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  /** What is said of fields of inputs, by command and field. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What codes of errors mean; '' where the code says it. */
  readonly codes: Readonly<Record<string, string>>;
}

/** What commands answer, jobs end with and events tell, as the contract's types say. */
export const outputs: Described = described;

/** null: the value is JSON as it is. */
type Encoder = ((value: unknown) => unknown) | null;
const prefix = '#/components/schemas/';

/** What a command answers, as JSON: times ISO 8601 UTC with microseconds, durations in seconds, typed arrays as lists. */
export const encodeOutput = (command: Routed, value: unknown): unknown => encodeAs(outputs.outputs[command], value);
/** What a job ended with. */
export const encodeResult = (command: string, value: unknown): unknown =>
  Object.hasOwn(outputs.results, command) ? encodeAs(outputs.results[command], value) : null;
export const encodeEvent = (event: EventName, value: unknown): unknown => encodeAs(outputs.events[event], value);

const made = new Map<Schema, Encoder>();

/** What no schema describes goes out as it is. */
function encodeAs(schema: Schema | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  const known = made.get(schema);
  const encoder = known === undefined ? encoderOf(schema, new Map()) : known;
  made.set(schema, encoder);
  return encoder === null ? value : encoder(value);
}

/** Types whose cells mean what a column beside them says. */
const withCells: Readonly<Record<string, (value: never) => unknown>> = {
  RecordPage: (page: { readonly columns: readonly ColumnInfo[]; readonly rows: readonly (readonly Cell[])[] }) => ({
    ...page,
    rows: page.rows.map((row) => row.map((cell, i) => jsonCell(page.columns[i], cell))),
  }),
  Preview: (preview: { readonly columns: readonly ColumnInfo[]; readonly records: readonly (readonly Cell[])[] }) => ({
    ...preview,
    records: preview.records.map((row) => row.map((cell, i) => jsonCell(preview.columns[i], cell))),
  }),
  RecordDetail: (record: { readonly fields: readonly { readonly column: ColumnInfo; readonly value: Cell }[] }) => ({
    ...record,
    fields: record.fields.map(({ column, value }) => ({ column, value: jsonCell(column, value) })),
  }),
};

/** `seen`: encoders of named types; a type that holds itself finds itself there. */
function encoderOf(schema: Schema, seen: Map<string, { encoder: Encoder }>): Encoder {
  if (schema.$ref !== undefined) return encoderNamed(schema.$ref.slice(prefix.length), seen);
  if (schema.anyOf !== undefined) return anyEncoder(schema.anyOf, seen);
  if (schema.format === 'date-time') return (value) => (typeof value === 'number' ? isoTime(value) : value);
  if (schema['x-unit'] === 'seconds') return (value) => (typeof value === 'number' ? value / 1e6 : value);
  if (schema.prefixItems !== undefined) return tupleEncoder(schema.prefixItems.map((item) => encoderOf(item, seen)));
  if (schema.items !== undefined) return listEncoder(schema.items, encoderOf(schema.items, seen));
  return objectEncoder(schema, seen);
}

function encoderNamed(name: string, seen: Map<string, { encoder: Encoder }>): Encoder {
  const there = seen.get(name);
  if (there !== undefined) return (value) => (there.encoder === null ? value : there.encoder(value));
  const entry: { encoder: Encoder } = { encoder: null };
  seen.set(name, entry);
  const plain = Object.hasOwn(outputs.schemas, name) ? encoderOf(outputs.schemas[name], seen) : null;
  const cells = Object.hasOwn(withCells, name) ? withCells[name] : null;
  entry.encoder = cells === null ? plain : (value) => (plain === null ? cells(value as never) : plain(cells(value as never)));
  return entry.encoder;
}

function listEncoder(items: Schema, encode: Encoder): Encoder {
  if (encode !== null) return (value) => (Array.isArray(value) ? value.map(encode) : value);
  return items.type === 'number' ? (value) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value) : null;
}

function tupleEncoder(encoders: readonly Encoder[]): Encoder {
  if (encoders.every((one) => one === null)) return null;
  return (value) => (Array.isArray(value) ? value.map((item, i) => encoders[i]?.(item) ?? (item as unknown)) : value);
}

function objectEncoder(schema: Schema, seen: Map<string, { encoder: Encoder }>): Encoder {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const encoder = encoderOf(property, seen);
    return encoder === null ? [] : [[name, encoder] as const];
  });
  const rest = schema.additionalProperties === undefined ? null : encoderOf(schema.additionalProperties, seen);
  if (own.length === 0 && rest === null) return null;
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const result: Record<string, unknown> = { ...value };
    for (const [name, encode] of own) if (Object.hasOwn(value, name)) result[name] = encode(result[name]);
    if (rest !== null)
      for (const [name, item] of Object.entries(value)) if (!Object.hasOwn(schema.properties ?? {}, name)) result[name] = rest(item);
    return result;
  };
}

/** The variant that a value is of: the one whose constants it has. */
function anyEncoder(variants: readonly Schema[], seen: Map<string, { encoder: Encoder }>): Encoder {
  const encoders = variants.map((variant) => ({ variant, encode: encoderOf(variant, seen) }));
  if (encoders.every(({ encode }) => encode === null)) return null;
  return (value) => {
    const found = encoders.find(({ variant }) => isOf(resolved(variant), value));
    return found === undefined || found.encode === null ? value : found.encode(value);
  };
}

function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.slice(prefix.length);
  return Object.hasOwn(outputs.schemas, name) ? outputs.schemas[name] : {};
}

function isOf(schema: Schema, value: unknown): boolean {
  const type = value === null ? 'null' : Array.isArray(value) || ArrayBuffer.isView(value) ? 'array' : typeof value;
  if (schema.type !== undefined && ![schema.type].flat().includes(type) && !(schema.format === 'date-time' && type === 'number'))
    return false;
  if (schema.type !== 'object' || typeof value !== 'object' || value === null) return true;
  const fields = new Map(Object.entries(value));
  const constants = Object.entries(schema.properties ?? {}).filter(([, property]) => property.const !== undefined);
  return (
    constants.every(([name, property]) => fields.get(name) === property.const) && (schema.required ?? []).every((name) => fields.has(name))
  );
}
