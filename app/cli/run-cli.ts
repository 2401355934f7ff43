import { readFileSync } from 'node:fs';
import { toErrorShape } from '../errors.ts';
import { Args, UsageError } from './args.ts';
import { CliContext, exitCodes } from './command.ts';
import type { CliCommand, ExitCode } from './command.ts';
import { alertCommands } from './commands/alerts.ts';
import { anomalyCommands } from './commands/anomalies.ts';
import { caseCommands } from './commands/case.ts';
import { classifyCommands } from './commands/classify.ts';
import { clusterCommands } from './commands/cluster.ts';
import { compareCommands } from './commands/compare.ts';
import { crosscheckCommands } from './commands/crosscheck.ts';
import { demoCommands } from './commands/demo.ts';
import { evidenceCommands } from './commands/evidence.ts';
import { generateCommands } from './commands/generate.ts';
import { importCommands } from './commands/import.ts';
import { watchCommands } from './commands/watch.ts';
import { labelCommands } from './commands/labels.ts';
import { previewCommands } from './commands/preview.ts';
import { produceCommands } from './commands/produce.ts';
import { queryCommands } from './commands/query.ts';
import { recordCommands } from './commands/record.ts';
import { reportCommands } from './commands/report.ts';
import { scheduleCommands } from './commands/schedule.ts';
import { serveCommands } from './commands/serve.ts';
import { tagCommands } from './commands/tag.ts';
import { tokenCommands } from './commands/token.ts';
import { trainCommands } from './commands/train.ts';
import type { CliIo } from './io.ts';
import { printable } from './progress-line.ts';
import { wrongOption } from './wrong-option.ts';

/** Every command of the terminal, in the order of the help. */
export const cliCommands: readonly CliCommand[] = [
  ...demoCommands,
  ...generateCommands,
  ...produceCommands,
  ...caseCommands,
  ...importCommands,
  ...evidenceCommands,
  ...watchCommands,
  ...alertCommands,
  ...scheduleCommands,
  ...previewCommands,
  ...queryCommands,
  ...recordCommands,
  ...clusterCommands,
  ...compareCommands,
  ...crosscheckCommands,
  ...labelCommands,
  ...trainCommands,
  ...classifyCommands,
  ...anomalyCommands,
  ...tagCommands,
  ...reportCommands,
  ...serveCommands,
  ...tokenCommands,
];

/** Runs one command line. Never throws: what goes wrong is one line on standard error and an exit code. */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const name = args[0];
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return help(args[1], io, name === undefined);
  if (name === 'version' || name === '--version') {
    io.out(`${programVersion()}\n`);
    return exitCodes.done;
  }
  const command = cliCommands.find((one) => one.name === name);
  if (command === undefined) {
    io.err(`flowcase: there is no command "${printable(name)}". "flowcase help" lists them.\n`);
    return exitCodes.usage;
  }
  const rest = args.slice(1);
  if (rest.includes('--help') || rest.includes('-h')) return help(name, io, false);
  try {
    return await command.run(new CliContext(new Args(rest, command.options), io));
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`flowcase ${command.name}: ${printable(error.message)}. Usage: flowcase ${command.name} ${command.usage}\n`);
      return exitCodes.usage;
    }
    const shape = toErrorShape(error);
    const wrong = wrongOption(shape, command, rest);
    io.err(`flowcase ${command.name}: ${printable(wrong ?? shape.message)}\n`);
    if (shape.code === 'INTERNAL' && error instanceof Error && process.env['FLOWCASE_DEBUG'] !== undefined)
      io.err(`${error.stack ?? ''}\n`);
    return wrong !== null || shape.code === 'FILTER_SYNTAX' || shape.code === 'FILTER_FIELD' ? exitCodes.usage : exitCodes.failed;
  }
}

/** The version in package.json, which lies two folders up in a checkout and in a package. */
export function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string'
    ? parsed.version
    : 'unknown';
}

function help(topic: string | undefined, io: CliIo, missing: boolean): ExitCode {
  const command = cliCommands.find((one) => one.name === topic);
  if (command === undefined && topic !== undefined && topic !== 'help') {
    io.err(`flowcase: there is no command "${printable(topic)}". "flowcase help" lists them.\n`);
    return exitCodes.usage;
  }
  const write = missing ? io.err.bind(io) : io.out.bind(io);
  if (command === undefined) {
    const width = Math.max(...cliCommands.map((one) => one.name.length));
    write('Flowcase: network forensics. flowcase COMMAND [ARGUMENTS] [--json]\n\n');
    for (const one of cliCommands) write(`  ${one.name.padEnd(width)}  ${one.about}\n`);
    write('\n"flowcase help COMMAND" says more. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a difference was found.\n');
    return missing ? exitCodes.usage : exitCodes.done;
  }
  write(`flowcase ${command.name} ${command.usage}\n\n${command.about}\n`);
  if (command.more !== undefined) write(`\n${command.more}\n`);
  const options = [
    ...Object.entries(command.options),
    ['json', { type: 'boolean', about: 'one JSON document on standard output' }] as const,
  ];
  const shown = options.map(
    ([name, spec]) =>
      [`--${name}${spec.type === 'string' ? ` ${'value' in spec ? (spec.value ?? 'TEXT') : 'TEXT'}` : ''}`, spec.about] as const,
  );
  const width = Math.max(...shown.map(([text]) => text.length));
  write('\n');
  for (const [text, about] of shown) write(`  ${text.padEnd(width)}  ${about}\n`);
  return exitCodes.done;
}
