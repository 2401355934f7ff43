import { formatCount, formatFigure, plural } from '../../contract/format.ts';
import { likenessWords } from '../../contract/likeness.ts';
import { compareRuns } from '../../commands/compare.ts';
import { wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { textTable } from '../values.ts';

const compare: CliCommand = {
  name: 'compare',
  usage: 'CASE RUN RUN',
  about: 'Puts two clusterings side by side: how alike they are, and which members of which cluster are where.',
  options: {},
  async run(context) {
    context.casePath();
    const a = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    const b = wholeNumber(context.args.required(2, 'RUN'), 'RUN', 1);
    context.args.atMost(3);
    return context.read((reader) => {
      const found = compareRuns(reader, { a, b });
      const only = [
        ...(found.onlyA > 0 ? [`${plural(found.onlyA, 'row')} only in run ${a}`] : []),
        ...(found.onlyB > 0 ? [`${plural(found.onlyB, 'row')} only in run ${b}`] : []),
      ];
      context.answer(found, () =>
        [
          `runs ${a} and ${b}: ${plural(found.rows, 'row')} in both, adjusted Rand index ${formatFigure(found.ari, 4)}, normalised mutual information ${formatFigure(found.nmi, 4)}: ${likenessWords(found.ari)}`,
          ...(only.length === 0 ? [] : [only.join(', ')]),
          textTable(
            [`cluster of ${a}`, `cluster of ${b}`, 'members'],
            found.flows.map((flow) => [String(flow.a), String(flow.b), formatCount(flow.count)]),
            [true, true, true],
          ),
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

export const compareCommands: readonly CliCommand[] = [compare];
