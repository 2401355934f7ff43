import type { Schema } from './encode.ts';

/** Answers as they look, made from their schemas: for the documentation. Figures are made up, shapes and units are not. */

const time = '2026-11-21T10:00:00.000000Z';
/** By the name of the field, where a kind of value says more than any other. */
const texts: ReadonlyMap<string, string> = new Map([
  ['name', 'conn.log'],
  ['path', '/evidence/conn.log'],
  ['file', '/api/v1/jobs/job-1/file'],
  ['case', '/cases/beacon.flowcase'],
  ['id', 'x-1'],
  ['job', 'job-1'],
  ['host', '10.20.1.77'],
  ['subject', '10.20.1.77'],
  ['key', '10.20.1.77'],
  ['kind', 'connection'],
  ['format', 'zeek-conn'],
  ['formatTitle', 'Zeek conn.log'],
  ['examiner', 'A. Examiner'],
  ['account', 'aexaminer'],
  ['token', 'nightly'],
  ['act', 'evidence.imported'],
  ['why', '10.20.1.77 calls 192.0.2.7:443 every 60 s'],
  ['doubt', 'An update service looks like this too.'],
  ['filter', 'orig_h = 10.20.1.77'],
  ['severity', 'high'],
  ['program', 'Flowcase 0.1.0'],
  ['sha256', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ['hash', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
]);
/** Objects in objects are shown so deep. */
const DEEPEST = 4;
const prefix = '#/components/schemas/';

export function exampleAnswer(schema: Schema, schemas: Readonly<Record<string, Schema>>): unknown {
  return sample(schema, '', schemas, []);
}

/** `within`: types whose value this is part of; one that holds itself ends there. */
function sample(schema: Schema, name: string, schemas: Readonly<Record<string, Schema>>, within: readonly string[]): unknown {
  if (schema.$ref !== undefined) {
    const type = schema.$ref.slice(prefix.length);
    return Object.hasOwn(schemas, type) ? sample(schemas[type], name, schemas, [...within, type]) : {};
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0] ?? null;
  if (schema.anyOf !== undefined) return sample(chosen(schema.anyOf, schemas, within), name, schemas, within);
  if (schema.type === 'null') return null;
  const type = [schema.type ?? 'object'].flat().find((one) => one !== 'null');
  switch (type) {
    case 'boolean':
      return true;
    case 'number':
    case 'integer':
      return schema['x-unit'] === 'seconds' ? 0.25 : 12;
    case 'string':
      return schema.format === 'date-time' ? time : (texts.get(name) ?? '…');
    case 'array':
      return listOf(schema, name, schemas, within);
    default:
      return objectOf(schema, schemas, within);
  }
}

/** The first variant that is not null and does not lead back to what it is part of. */
function chosen(variants: readonly Schema[], schemas: Readonly<Record<string, Schema>>, within: readonly string[]): Schema {
  const fit = variants.find((one) => one.type !== 'null' && !leadsBack(one, schemas, within));
  return fit ?? variants.find(({ type }) => type === 'null') ?? variants[0] ?? {};
}

/** Whether a value of it must have one of the types in it. A list may be empty. */
function leadsBack(schema: Schema, schemas: Readonly<Record<string, Schema>>, types: readonly string[]): boolean {
  const { $ref, anyOf, properties, required = [] } = schema;
  if ($ref !== undefined) {
    const type = $ref.slice(prefix.length);
    return types.includes(type) || (Object.hasOwn(schemas, type) && leadsBack(schemas[type], schemas, [...types, type]));
  }
  if (anyOf !== undefined) return anyOf.every((one) => leadsBack(one, schemas, types));
  return Object.entries(properties ?? {}).some(([name, one]) => required.includes(name) && leadsBack(one, schemas, types));
}

function listOf(schema: Schema, name: string, schemas: Readonly<Record<string, Schema>>, within: readonly string[]): unknown[] {
  if (schema.prefixItems !== undefined) return schema.prefixItems.map((item) => sample(item, name, schemas, within));
  const { items } = schema;
  return items === undefined || leadsBack(items, schemas, within) || within.length > DEEPEST ? [] : [sample(items, name, schemas, within)];
}

function objectOf({ properties, required = [] }: Schema, schemas: Readonly<Record<string, Schema>>, within: readonly string[]): object {
  const fields = Object.entries(properties ?? {}).filter(([name]) => required.includes(name) || within.length <= 1);
  return Object.fromEntries(fields.map(([name, property]) => [name, sample(property, name, schemas, within)]));
}
