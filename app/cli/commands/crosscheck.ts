import { crosscheckVerdict, type CrosscheckVerdict } from '../../contract/comparisons.ts';
import { wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand, ExitCode } from '../command.ts';
import { isoOrNull } from '../values.ts';

/** As of `repeat`: where nothing can be said of the run, a script must not take it for confirmed. */
const codeOf: Readonly<Record<CrosscheckVerdict, ExitCode>> = {
  agrees: exitCodes.done,
  differs: exitCodes.difference,
  'not confirmed': exitCodes.failed,
};

const crosscheck: CliCommand = {
  name: 'crosscheck',
  usage: 'CASE RUN [--rows N]',
  about:
    'Repeats a run with an independent implementation, and keeps what that says. Exit code 3 where a difference was found, 1 where the run is neither confirmed nor contradicted.',
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
      const verdict = crosscheckVerdict(found);
      context.answer({ ...found, created: isoOrNull(found.created), verdict }, () =>
        [found.words, `${found.seconds.ours.toFixed(2)} s here, ${found.seconds.theirs.toFixed(2)} s there`, `verdict: ${verdict}`].join(
          '\n',
        ),
      );
      return codeOf[verdict];
    });
  },
};

export const crosscheckCommands: readonly CliCommand[] = [crosscheck];
