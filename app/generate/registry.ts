import { FlowcaseError } from '../errors.ts';
import { scenarios } from './incidents.ts';
import type { Generator, GeneratorOptions } from './types.ts';
import { generateZeekConn } from './zeek-conn.ts';

const zeekConn: Generator = {
  kind: 'zeek-conn',
  title: 'Zeek conn.log of an office',
  scenarios,
  layouts: [],
  generate: (options, write) => generateZeekConn({ ...options, scenarios: chosen(scenarios, options, 'zeek-conn') }, write),
};

/** Every kind of log that can be generated. A new one is a file of its own and a name here. */
export const generators: readonly Generator[] = [zeekConn];

/** @throws FlowcaseError INVALID_INPUT for a kind there is not */
export function generatorOf(kind: string): Generator {
  const generator = generators.find((one) => one.kind === kind);
  if (generator !== undefined) return generator;
  const known = generators.map((one) => one.kind).join(', ');
  throw new FlowcaseError('INVALID_INPUT', `No log of the kind "${kind}" can be generated. There are: ${known}.`, { kind });
}

/** The scenarios asked for, in the order of `all`; all of them where none was named. @throws FlowcaseError INVALID_INPUT */
export function chosen<T extends string>(all: readonly T[], { scenarios: asked }: GeneratorOptions, kind: string): readonly T[] {
  if (asked === undefined) return all;
  const unknown = asked.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new FlowcaseError('INVALID_INPUT', `A log of the kind ${kind} has no scenario "${unknown}". There are: ${all.join(', ')}.`, {
      scenario: unknown,
    });
  }
  return all.filter((name) => asked.includes(name));
}
