import type { KeptAlert } from '../../contract.ts';
import { formatCount, formatTime } from '../../contract/format.ts';
import { severities } from '../../contract/records.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { isoOrNull, textTable } from '../values.ts';

const LIMIT = 50;
/** Alerts that are read at once. */
const PAGE = 1000;

const alerts: CliCommand = {
  name: 'alerts',
  usage: 'CASE [--open] [--severity S] [--limit N] [--before NUMBER]',
  about:
    'Lists alerts of what is, or was, watched, the latest first. Where there are older ones than fit, --before with the number of the last one lists on from there; --limit all lists every one.',
  options: {
    open: { type: 'boolean', about: 'only those that go on' },
    severity: { type: 'string', about: `only from this severity on: ${severities.join(', ')}`, value: 'S' },
    limit: { type: 'string', about: `at most so many (default ${LIMIT}), or all`, value: 'N|all' },
    before: { type: 'string', about: 'only those with a lower number: the page behind the one that ended with it', value: 'NUMBER' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const { args } = context;
    const least = args.text('severity') ?? 'low';
    const from = severities.findIndex((one) => one === least);
    if (from < 0) throw new UsageError(`--severity takes ${severities.join(', ')}, not "${least}"`);
    const limit = args.text('limit') === 'all' ? Infinity : (args.integer('limit') ?? LIMIT);
    const start = args.integer('before');
    const open = args.flag('open');
    const { listAlerts } = await import('../../commands/live.ts');
    return context.read((reader) => {
      const found: KeptAlert[] = [];
      // one more than is shown says whether there are older ones
      for (let before = start; ;) {
        const page = listAlerts(reader, { open, limit: PAGE, before });
        found.push(...page.filter(({ severity }) => severities.indexOf(severity) >= from));
        before = page.at(-1)?.number;
        if (page.length < PAGE || found.length > limit) break;
      }
      const shown = found.slice(0, limit);
      const next = found.length > shown.length ? (shown.at(-1)?.number ?? start ?? null) : null;
      context.answer({ alerts: shown.map(alertJson), next }, () => words(shown, next));
      return exitCodes.done;
    });
  },
};

function alertJson(alert: KeptAlert): Record<string, unknown> {
  const { window, first, last, raised } = alert;
  return {
    ...alert,
    window: { start: isoOrNull(window.start), end: isoOrNull(window.end) },
    first: isoOrNull(first),
    last: isoOrNull(last),
    raised: isoOrNull(raised),
  };
}

function words(shown: readonly KeptAlert[], next: number | null): string {
  if (shown.length === 0) return 'There is no such alert.';
  const table = textTable(
    ['number', 'severity', 'state', 'raised (UTC)', 'what', 'about', 'records', 'why'],
    shown.map((one) => [
      String(one.number),
      one.severity,
      one.state === 'open' ? 'open' : 'over',
      formatTime(one.raised, 0),
      printable(one.title),
      printable(one.subject),
      formatCount(one.records),
      printable(one.why),
    ]),
    [true, false, false, false, false, false, true],
  );
  return next === null ? table : `${table}\nThere are older ones: --before ${next} lists on from here.`;
}

export const alertCommands: readonly CliCommand[] = [alerts];
