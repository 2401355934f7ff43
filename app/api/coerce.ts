import { z } from 'zod';
import { commands, FlowcaseError, type CommandName } from '../contract.ts';

/** Texts of an address (path and query) as the contract's own schemas want them. What cannot be is left as it is: the schema refuses it by name. */

/** A query parameter as it arrives: given once, or several times. */
export type QueryValue = string | readonly string[];

/** The fields of a command's input with their schemas. @throws Error for a command whose input is no plain object */
export function fieldsOf(command: CommandName): ReadonlyMap<string, z.ZodType> {
  const input: z.ZodType = commands[command].input;
  if (!(input instanceof z.ZodObject)) throw new Error(`the input of ${command} is no object`);
  return new Map(Object.entries(input.shape));
}

/**
 * The value that `text` says for the field `name`. Lists are separated by commas, or given as several parameters; an order is `column` or
 * `-column`. @throws FlowcaseError INVALID_INPUT where a field that takes one value was given several
 */
export function coerce(name: string, schema: z.ZodType, text: QueryValue): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) {
    const parts = typeof text === 'string' ? text.split(',').filter((part) => part !== '') : text;
    return parts.map((part) => coerce(name, inner.element as z.ZodType, part));
  }
  if (typeof text !== 'string')
    throw new FlowcaseError('INVALID_INPUT', `"${name}" was given more than once; it takes one value.`, { field: name });
  if (inner instanceof z.ZodNumber) return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
  if (inner instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (inner instanceof z.ZodUnion) {
    const readings = (inner.options as readonly z.ZodType[]).map((option) => ({ option, value: coerce(name, option, text) }));
    const fitting = readings.find(({ option, value }) => option.safeParse(value).success);
    return fitting === undefined ? text : fitting.value;
  }
  if (isOrder(inner)) return text.startsWith('-') ? { column: text.slice(1), descending: true } : { column: text, descending: false };
  return text;
}

/** Without what says that a field may be left out. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return unwrapped(schema.unwrap() as z.ZodType);
  return schema;
}

/** By which column, and in which direction. */
export function isOrder(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject && Object.keys(schema.shape).join() === 'column,descending';
}

/** The other way: a value as it stands in a query, for examples. */
export function queryText(value: unknown): string {
  if (Array.isArray(value)) return value.map(queryText).join(',');
  if (typeof value === 'object' && value !== null && 'column' in value && 'descending' in value)
    return `${value.descending === true ? '-' : ''}${String(value.column)}`;
  return String(value);
}
