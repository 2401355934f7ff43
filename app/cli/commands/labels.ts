import { formatCount, plural } from '../../contract/format.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { nameCell, textTable } from '../values.ts';

const labels: CliCommand = {
  name: 'labels',
  usage: 'CASE [--label COLUMN] [--of connections|requests] [--where F]',
  about: 'What a labelled log holds: records a class, clients, records a client, and the five most active clients.',
  options: {
    label: { type: 'string', about: 'the column that holds the classes (default: the first that is a label by its name)', value: 'COLUMN' },
    of: { type: 'string', about: 'connections (default) or requests' },
    where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const of = context.args.text('of') ?? 'connections';
    if (of !== 'connections' && of !== 'requests') throw new UsageError(`--of takes connections or requests, not "${of}"`);
    const input = { of, label: context.args.text('label') ?? '', where: context.args.text('where') ?? '' } as const;
    return context.withHost('reading', async (host) => {
      const found = await host.invoke('insight.labels', input);
      context.answer(found, () =>
        [
          `${plural(found.rows, 'row')}, ${plural(found.columns, 'column')}; classes are in ${printable(found.label)}: ${formatCount(found.classes.length)}, ${plural(found.unlabelled, 'row')} without one`,
          ...(found.rows === 0
            ? []
            : [
                textTable(
                  ['class', 'records'],
                  found.classes.map(({ name, count }) => [nameCell(name), formatCount(count)]),
                  [false, true],
                ),
                `${plural(found.clients, 'client')}, ${found.perClient.toFixed(1)} records each on average; the most active:`,
                textTable(
                  ['client', 'records'],
                  found.topClients.map(({ host: client, count }) => [printable(client), formatCount(count)]),
                  [false, true],
                ),
              ]),
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

export const labelCommands: readonly CliCommand[] = [labels];
