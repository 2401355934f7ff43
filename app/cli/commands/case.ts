import { mainKinds, type CaseInfo } from '../../contract/case.ts';
import { formatTime, plural } from '../../contract/format.ts';
import { whoWords } from '../../contract/who.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { copiesBeside, leftCopies } from '../standard-input.ts';
import { isoOrNull, textTable } from '../values.ts';

const newCase: CliCommand = {
  name: 'new',
  usage: 'CASE [--name N] [--number N] [--examiner N]',
  about: 'Makes an empty case file.',
  options: {
    name: { type: 'string', about: 'name of the case; the file name without it' },
    number: { type: 'string', about: 'case number' },
    examiner: { type: 'string', about: 'who examines; stands in the custody log' },
  },
  async run(context) {
    const path = context.casePath();
    context.args.atMost(1);
    const { args } = context;
    return context.withHost(false, async (host) => {
      const fallback = path.replace(/^.*[/\\]/, '').replace(/\.flowcase$/, '');
      const info = await host.invoke('case.create', {
        path,
        name: args.text('name') ?? fallback,
        number: args.text('number') ?? '',
        examiner: args.text('examiner') ?? '',
      });
      context.answer({ case: info.path, id: info.id }, () => `${info.path}\ncase ${info.id}`);
      return exitCodes.done;
    });
  },
};

const info: CliCommand = {
  name: 'info',
  usage: 'CASE',
  about: 'Says what is in a case.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const it = reader.info();
      const json = { ...it, created: isoOrNull(it.created), first: isoOrNull(it.first), last: isoOrNull(it.last) };
      context.answer(json, () =>
        [
          `${printable(it.name)}${it.number === '' ? '' : ` · ${printable(it.number)}`}${it.examiner === '' ? '' : ` · ${printable(it.examiner)}`}`,
          `${plural(it.evidence, 'piece')} of evidence, ${plural(it.connections, 'connection')}, ${it.requests === 0 ? '' : `${plural(it.requests, 'request')}, `}${plural(it.hosts, 'host')}, ${plural(it.rejects, 'rejected line')}`,
          ...otherKinds(it.kinds),
          `${plural(it.runs, 'run')}, ${plural(it.findings, 'finding')}, ${plural(it.tags, 'tag')}`,
          it.first === null || it.last === null ? 'no records yet' : `from ${formatTime(it.first, 6)} to ${formatTime(it.last, 6)} UTC`,
          `custody log: ${plural(it.custody.entries, 'entry', 'entries')}, head ${it.custody.head}`,
          `schema ${it.schema}, made by ${it.program}`,
        ].join('\n'),
      );
      context.tellLeft(leftCopies(copiesBeside(context.casePath()), reader.evidence()));
      return exitCodes.done;
    });
  },
};

/** What a case holds beside connections and requests: "dns 3,189, http 2,325 records". */
function otherKinds(kinds: CaseInfo['kinds']): string[] {
  const there = kinds.filter(({ kind, records }) => !isMain(kind) && records > 0);
  return there.length === 0 ? [] : [`also: ${there.map(({ kind, records }) => `${plural(records, 'record')} of ${kind}`).join(', ')}`];
}

const isMain = (kind: string): boolean => mainKinds.some((main) => main === kind);

const custody: CliCommand = {
  name: 'custody',
  usage: 'CASE',
  about: 'Lists the custody log, oldest entry first.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const entries = reader.custody();
      context.answer({ custody: entries.map((entry) => ({ ...entry, at: isoOrNull(entry.at) })) }, () =>
        textTable(
          ['seq', 'time (UTC)', 'who', 'act', 'summary', 'hash'],
          entries.map((entry) => [
            String(entry.seq),
            formatTime(entry.at, 0),
            printable(whoWords(entry.who)),
            entry.act,
            printable(entry.summary),
            entry.hash.slice(0, 16),
          ]),
          [true],
        ),
      );
      return exitCodes.done;
    });
  },
};

export const caseCommands: readonly CliCommand[] = [newCase, info, custody];
