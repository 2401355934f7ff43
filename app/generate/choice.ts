import { FlowcaseError } from '../errors.ts';
import type { GeneratorOptions } from './types.ts';

/** The scenarios asked for, in the order of `all`; `usual` where none was named. @throws FlowcaseError INVALID_INPUT */
export function chosen<T extends string>(
  all: readonly T[],
  { scenarios: asked }: GeneratorOptions,
  kind: string,
  usual: readonly T[] = all,
): readonly T[] {
  if (asked === undefined) return usual;
  if (asked.includes('all')) return all;
  const unknown = asked.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new FlowcaseError('INVALID_INPUT', `A log of the kind ${kind} has no scenario "${unknown}". There are: ${all.join(', ')}.`, {
      scenario: unknown,
    });
  }
  return all.filter((name) => asked.includes(name));
}
