import { FlowcaseError, type CommandName } from '../contract.ts';
import { coerce, fieldsOf, type QueryValue } from './coerce.ts';
import type { FileRoots } from './files.ts';
import type { AnyRoute } from './routes.ts';

/** The parts of a request that hold a command's input, as they arrived. */
export interface RequestParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, QueryValue>>;
  readonly body: unknown;
}

/**
 * A command's input put together from a request. It is checked by the core; what is refused here is what only HTTP can get wrong.
 * @throws FlowcaseError INVALID_INPUT; RequestError FORBIDDEN for files outside of the folders that may be read
 */
export function inputOf(route: AnyRoute, parts: RequestParts, files: FileRoots): Record<string, unknown> {
  const fields = fieldsOf(route.command);
  const input = new Map<string, unknown>();
  const { query } = parts;
  if (route.method === 'GET' || route.method === 'DELETE')
    for (const [name, text] of Object.entries(query)) input.set(name, route.times.includes(name) ? text : coerceKnown(fields, name, text));
  else {
    const [stray] = Object.keys(query);
    if (stray !== undefined) throw noField(route.command, stray, 'this operation takes its fields in the body');
    for (const [name, value] of bodyFields(route.command, parts.body)) input.set(name, value);
  }
  for (const name of [...route.inPath, ...(route.download === null ? [] : [route.download.field])])
    if (input.has(name)) throw noField(route.command, name, 'there is no such field');
  for (const name of route.inPath) input.set(name, coerceKnown(fields, name, parts.params[name]));
  for (const name of route.seconds) {
    const value = input.get(name);
    if (typeof value === 'number') input.set(name, Math.round(value * 1e6));
  }
  for (const name of route.times) if (input.has(name)) input.set(name, microseconds(input.get(name)));
  for (const name of route.files) if (input.has(name)) input.set(name, placed(input.get(name), files));
  return Object.fromEntries(input);
}

const noField = (command: CommandName, field: string, why: string): FlowcaseError =>
  new FlowcaseError('INVALID_INPUT', `${command}: "${field}" is not right: ${why}.`, { command, field });

/** A field that the command does not have stays as it is: the core refuses it by its name. */
function coerceKnown(fields: ReturnType<typeof fieldsOf>, name: string, text: QueryValue): unknown {
  const schema = fields.get(name);
  return schema === undefined ? text : coerce(name, schema, text);
}

function bodyFields(command: CommandName, body: unknown): [string, unknown][] {
  if (body === undefined || body === null) return [];
  if (typeof body !== 'object' || Array.isArray(body))
    throw new FlowcaseError('INVALID_INPUT', `${command}: the body is a JSON object with the fields of the operation.`, {
      command,
      field: '',
    });
  return Object.entries(body);
}

/** ISO 8601, with microseconds where they are said, as whole microseconds since 1970 UTC. What is none stays as it is: the core refuses it by name. */
function microseconds(value: unknown): unknown {
  const [, seconds = '', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?$/.exec(String(value)) ?? [];
  const start = Date.parse(seconds.length > 10 ? `${seconds}${zone}` : seconds);
  return Number.isNaN(start) ? value : start * 1000 + Number(fraction.padEnd(6, '0'));
}

/** A name of a file, several, or an object that has some as its `path` and `folders`; numbers (a run where a model file could be named) stay. */
function placed(value: unknown, files: FileRoots): unknown {
  if (typeof value === 'string') return files.path(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const named = Object.entries(value).filter(([key]) => key === 'path' || key === 'folders');
    return { ...value, ...Object.fromEntries(named.map(([key, names]) => [key, placed(names, files)])) };
  }
  return Array.isArray(value) ? value.map((one: unknown) => placed(one, files)) : value;
}
