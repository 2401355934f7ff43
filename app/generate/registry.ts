import { FlowcaseError } from '../errors.ts';
import { accessGenerator } from './access.ts';
import { chosen } from './choice.ts';
import { scenarios, usualScenarios } from './incidents.ts';
import { tstatGenerator } from './tstat.ts';
import type { Generator } from './types.ts';
import { generateZeekConn } from './zeek-conn.ts';

const zeekConn: Generator = {
  kind: 'zeek-conn',
  title: 'Zeek conn.log of an office',
  scenarios,
  usual: usualScenarios,
  layouts: [],
  generate: (options, write) => generateZeekConn({ ...options, scenarios: chosen(scenarios, options, 'zeek-conn', usualScenarios) }, write),
};

/** Every kind of log that can be generated. A new one is a file of its own and a name here. */
export const generators: readonly Generator[] = [zeekConn, tstatGenerator, accessGenerator];

/** Which scenarios each kind has, in words. */
export function scenarioWords(): string {
  const of = ({ kind, scenarios: every, usual }: Generator): string => {
    const others = every.filter((name) => !usual.includes(name));
    return `${kind}: ${usual.join(', ')}${others.length === 0 ? '' : ` and, when asked for, ${others.join(', ')}`}`;
  };
  return generators.map(of).join('; ');
}

/** @throws FlowcaseError INVALID_INPUT for a kind there is not */
export function generatorOf(kind: string): Generator {
  const generator = generators.find((one) => one.kind === kind);
  if (generator !== undefined) return generator;
  const known = generators.map((one) => one.kind).join(', ');
  throw new FlowcaseError('INVALID_INPUT', `No log of the kind "${kind}" can be generated. There are: ${known}.`, { kind });
}
