import { mainKinds, tagColors } from '../../contract.ts';
import type { RecordKind, Tagging, TagColor } from '../../contract.ts';
import { formatCount, formatTime, plural } from '../../contract/format.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand, CliContext } from '../command.ts';
import type { CliHost } from '../io.ts';
import { kindFrom } from '../kinds.ts';
import { printable } from '../progress-line.ts';
import { isoOrNull, textTable } from '../values.ts';

type Target =
  { type: 'host'; host: string } | { type: 'cluster'; run: number; cluster: number } | { type: 'filter'; kind: RecordKind; filter: string };

const targetOptions = {
  host: { type: 'string', about: 'the host with this address', value: 'H' },
  where: { type: 'string', about: 'the records that this filter lets through: connections, or what --from says', value: 'F' },
  cluster: { type: 'string', about: 'a whole cluster', value: 'RUN:CLUSTER' },
} as const;

/** The one target that the options name. @throws UsageError */
function target(context: CliContext): Target {
  const host = context.args.text('host');
  const where = context.args.text('where');
  const cluster = context.args.text('cluster');
  if ([host, where, cluster].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('one of --host, --where and --cluster says what to tag');
  if (host !== undefined) return { type: 'host', host };
  const from = context.args.text('from');
  if (from !== undefined && where === undefined) throw new UsageError('--from goes with --where');
  if (where !== undefined) return { type: 'filter', kind: kindFrom(from ?? 'connections'), filter: where };
  const [run, number, ...more] = (cluster ?? '').split(':');
  if (run === undefined || number === undefined || more.length > 0) throw new UsageError('--cluster takes RUN:CLUSTER, such as 1:7');
  return { type: 'cluster', run: wholeNumber(run, 'RUN', 1), cluster: wholeNumber(number, 'CLUSTER', 1) };
}

const tag: CliCommand = {
  name: 'tag',
  usage: 'CASE (--host H | --where F [--from KIND] | --cluster RUN:CLUSTER) --as NAME [--color C] [--note TEXT]',
  about: 'Puts a tag on a host, on records, or on a whole cluster.',
  options: {
    ...targetOptions,
    from: { type: 'string', about: 'for --where: requests, or another kind of record', value: 'KIND' },
    as: { type: 'string', about: 'name of the tag', value: 'NAME' },
    color: { type: 'string', about: tagColors.join(', '), value: 'C' },
    note: { type: 'string', about: 'why', value: 'TEXT' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const name = context.args.text('as');
    if (name === undefined || name.trim() === '') throw new UsageError('--as NAME is missing');
    const color = context.args.text('color');
    if (color !== undefined && !isTagColor(color)) throw new UsageError(`--color takes ${tagColors.join(', ')}, not "${color}"`);
    const what = target(context);
    return context.withHost(true, async (host) => {
      const result = await host.invoke('tag.add', {
        target: what,
        name,
        note: context.args.text('note') ?? '',
        ...(color === undefined ? {} : { color }),
      });
      context.answer(
        { tagged: result.tagged, tagging: result.tagging },
        () => `${plural(result.tagged, taggedWord(what))} tagged "${printable(name)}"`,
      );
      return exitCodes.done;
    });
  },
};

/** What was tagged, as one of it is called. */
function taggedWord(what: Target): string {
  if (what.type === 'host') return 'host';
  const kind = what.type === 'filter' ? what.kind : 'connection';
  return mainKinds.some((main) => main === kind) ? kind : 'record';
}

function isTagColor(text: string): text is TagColor {
  return (tagColors as readonly string[]).includes(text);
}

const untag: CliCommand = {
  name: 'untag',
  usage: 'CASE (--host H | --cluster RUN:CLUSTER | --tagging N) [--as NAME]',
  about: 'Takes tags back: every act of tagging on a host or cluster, or the one with this number.',
  options: {
    host: targetOptions.host,
    cluster: targetOptions.cluster,
    tagging: { type: 'string', about: 'the act of tagging with this number ("flowcase tags" lists them)', value: 'N' },
    as: { type: 'string', about: 'only the tag of this name', value: 'NAME' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const number = context.args.integer('tagging', 1);
    const what = number === undefined ? target(context) : null;
    return context.withHost(true, async (host) => {
      const ids = number === undefined && what !== null ? await matching(host, what, context.args.text('as')) : [number ?? 0];
      let tagged = 0;
      for (const tagging of ids) tagged += (await host.invoke('tag.remove', { tagging })).tagged;
      context.answer({ tagged, removed: ids.length }, () =>
        ids.length === 0 ? 'Nothing carried such a tag.' : `${plural(ids.length, 'act')} of tagging taken back`,
      );
      return exitCodes.done;
    });
  },
};

async function matching(host: CliHost, what: Target, name: string | undefined): Promise<number[]> {
  const { taggings } = await host.invoke('tags.list', {});
  return taggings
    .filter((one) => name === undefined || one.name === name)
    .filter(
      ({ target: on }) =>
        (what.type === 'host' && on.type === 'host' && on.host === what.host) ||
        (what.type === 'cluster' && on.type === 'cluster' && on.run === what.run && on.cluster === what.cluster),
    )
    .map((one) => one.id);
}

function onWhat(tagging: Tagging): string {
  const on = tagging.target;
  if (on.type === 'host') return `host ${printable(on.host)}`;
  if (on.type === 'cluster') return `cluster ${on.run}:${on.cluster} (${formatCount(on.count)})`;
  return `${plural(on.count, on.kind)}${on.filter === null ? '' : ` where ${printable(on.filter)}`}`;
}

const tags: CliCommand = {
  name: 'tags',
  usage: 'CASE',
  about: 'Lists tags and every act of tagging, with who, when and why.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const { tags: list, taggings } = reader.tags();
      context.answer({ tags: list, taggings: taggings.map((one) => ({ ...one, at: isoOrNull(one.at) })), tagged: taggings.length }, () =>
        taggings.length === 0
          ? 'No tags yet.'
          : textTable(
              ['tagging', 'tag', 'on', 'who', 'when (UTC)', 'note'],
              taggings.map((one) => [
                String(one.id),
                printable(one.name),
                onWhat(one),
                printable(one.who),
                formatTime(one.at, 0),
                printable(one.note),
              ]),
              [true],
            ),
      );
      return exitCodes.done;
    });
  },
};

export const tagCommands: readonly CliCommand[] = [tag, untag, tags];
