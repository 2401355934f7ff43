import type { z } from 'zod';
import { commands, FlowcaseError, type Checked, type CommandName } from '../../app/contract.ts';
import { formatCount, plural } from '../../app/contract/format.ts';

type Issue = z.core.$ZodIssue;

export function isCommand(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commands, name);
}

/**
 * A command's input, checked and with its defaults filled in.
 * @throws FlowcaseError INVALID_INPUT naming the field; details: { command, field }
 */
export function checkInput<N extends CommandName>(name: N, input: unknown): Checked<N> {
  const result = commands[name].input.safeParse(input);
  if (result.success) return result.data as Checked<N>;
  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : null;
  const field = [...(issue?.path ?? []).map(String), ...(unknown === null ? [] : [unknown])].join('.');
  const where = field === '' ? 'its input' : `"${field}"`;
  const why = unknown === null ? wordsOf(issue) : 'there is no such field';
  throw new FlowcaseError('INVALID_INPUT', `${name}: ${where} is not right: ${why}.`, { command: name, field });
}

/** What is wrong with a value, for a person. */
function wordsOf(issue: Issue | undefined): string {
  if (issue?.code === 'too_big') return `it takes ${unitOf(issue.origin, 'at most', Number(issue.maximum))}`;
  if (issue?.code === 'too_small') return `it takes ${unitOf(issue.origin, 'at least', Number(issue.minimum))}`;
  return issue?.message ?? 'not valid';
}

function unitOf(origin: string, bound: string, limit: number): string {
  if (origin === 'string') return `${bound} ${plural(limit, 'character')}`;
  return origin === 'array' ? `${bound} ${plural(limit, 'entry', 'entries')}` : `${bound} ${formatCount(limit)}`;
}

/** @throws FlowcaseError INVALID_INPUT for a name that is no command */
export function checkName(name: unknown): CommandName {
  if (isCommand(name)) return name;
  const shown = typeof name === 'string' ? `"${name.slice(0, 100)}"` : `a ${typeof name}`;
  throw new FlowcaseError('INVALID_INPUT', `There is no command ${shown}.`, { field: 'name' });
}
