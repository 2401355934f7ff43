import { wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';

const crosscheck: CliCommand = {
  name: 'crosscheck',
  usage: 'CASE RUN [--rows N]',
  about: 'Repeats a run with an independent implementation, and keeps what that says. Exit code 3 where the two disagree.',
  options: {
    rows: {
      type: 'string',
      about: 'on a seeded sample of so many rows at most (default: as many as the second tool takes well)',
      value: 'N',
    },
  },
  async run(context) {
    context.casePath();
    const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    context.args.atMost(2);
    const rows = context.args.integer('rows', 1) ?? 0;
    return context.withHost(true, async (host, progress) => {
      const found = await host.runJob('run.crosscheck', { run, rows }, progress);
      context.answer(found, () => `${found.words}\n${found.seconds.ours.toFixed(2)} s here, ${found.seconds.theirs.toFixed(2)} s there`);
      return found.agrees ? exitCodes.done : exitCodes.difference;
    });
  },
};

export const crosscheckCommands: readonly CliCommand[] = [crosscheck];
