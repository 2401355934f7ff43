import { formatCount, formatTime, plural } from '../../contract/format.ts';
import type { Tagging } from '../../contract/acts.ts';
import type { RecordKind } from '../../contract/case.ts';
import { printText } from '../../query/print.ts';
import {
  count,
  figure,
  heading,
  keys,
  left,
  mono,
  paragraph,
  quiet,
  quietly,
  table,
  type Block,
  type Cell,
  type Rich,
  type Section,
} from '../document.ts';
import type { Facts } from './facts.ts';
import { recordLines, recordTable } from './record-lines.ts';
import { periodOf } from './cover.ts';
import { reach } from './summary.ts';

const TAGGINGS = 120;
/** Records that are printed: of one act, and of all acts together; an act that finds the report full still shows a few. */
const RECORDS_PER_ACT = 500;
const RECORDS_IN_ALL = 5000;
const RECORDS_AT_LEAST = 20;

/** What the analyst marked: every act of tagging with who, when, why, and on what. */
export function buildTags(facts: Facts): Section {
  return { id: 'tags', title: 'Tags and notes', blocks: [...blocksOf(facts)] };
}

function* blocksOf(facts: Facts): Iterable<Block> {
  const { tags, taggings } = facts.tags;
  if (taggings.length === 0) {
    yield paragraph('Nothing was tagged.');
    return;
  }
  yield paragraph('Tags are the examiner’s own words. They are told by kind of target, in the order in which they were put.');
  yield table(
    'Tags in use',
    [left('Tag', 160), left('On', 330)],
    tags.map((tag): readonly Cell[] => [{ mark: { type: 'tag', color: tag.color }, content: tag.name }, reach(tag)]),
  );
  const shown = taggings.slice(0, TAGGINGS);
  const of = (type: Tagging['target']['type']): readonly Tagging[] => shown.filter(({ target }) => target.type === type);
  yield* group('Tagged hosts', of('host'), (tagging) => hostBlocks(facts, tagging));
  let printed = 0;
  yield* group('Tagged connections', of('records'), (tagging) => {
    const most = Math.max(RECORDS_AT_LEAST, Math.min(RECORDS_PER_ACT, RECORDS_IN_ALL - printed));
    const { blocks, records } = recordBlocks(facts, tagging, most);
    printed += records;
    return blocks;
  });
  yield* group('Tagged clusters', of('cluster'), clusterBlocks);
  if (taggings.length > shown.length) {
    yield quietly(`${plural(taggings.length - shown.length, 'further act')} of tagging in the case: table “tags” as CSV has them all.`);
  }
}

function* group(title: string, taggings: readonly Tagging[], blocks: (tagging: Tagging) => Iterable<Block>): Iterable<Block> {
  if (taggings.length === 0) return;
  yield heading(title);
  for (const tagging of taggings) yield* blocks(tagging);
}

const tagKey = (tagging: Tagging): readonly [string, Cell] => [
  'Tag',
  { mark: { type: 'tag', color: tagging.color }, content: tagging.name },
];
const byKey = ({ who, at }: Tagging): readonly [string, Cell] => ['Put by', `${who}, ${formatTime(at, 0)} UTC`];
const noteKey = ({ note }: Tagging): readonly (readonly [string, Cell])[] => (note === '' ? [] : [['Note', note]]);

function hostBlocks({ hosts, findings }: Facts, tagging: Tagging): readonly Block[] {
  if (tagging.target.type !== 'host') return [];
  const { host } = tagging.target;
  const line = hosts.get(host);
  const about = findings.filter((finding) => finding.host === host);
  return [
    heading(host, 3),
    keys([
      tagKey(tagging),
      ...noteKey(tagging),
      byKey(tagging),
      ...(line === undefined
        ? ([['Connections', 'none in the case']] as const)
        : ([
            [
              'Connections',
              `${formatCount(line.asOriginator)} originated (${formatCount(line.failed)} of them failed), ${formatCount(line.asResponder)} answered, ${plural(line.peers, 'peer')}`,
            ],
            ['Sent', figure(line.bytesOut, 'bytes')],
            ['Received', figure(line.bytesIn, 'bytes')],
            ['First to last', periodOf(line.first, line.last)],
          ] as const)),
      ['Findings', about.length === 0 ? 'none' : `${plural(about.length, 'finding')}; the strongest: ${about[0]?.why ?? ''}`],
    ]),
  ];
}

/** An act on records with every record of it, up to `most`: what the rest is, and how to have it, stands below. */
function recordBlocks({ reader }: Facts, tagging: Tagging, most: number): { readonly blocks: readonly Block[]; readonly records: number } {
  if (tagging.target.type !== 'records') return { blocks: [], records: 0 };
  const { kind, count: total, filter, run } = tagging.target;
  const lines = recordLines(reader, kind, reader.tagIndex().idsOf(tagging.id).subarray(0, most));
  const rest = total - lines.length;
  const caption = rest > 0 ? `The first ${formatCount(lines.length)} of ${formatCount(total)} in the order of the logs` : '';
  const more = rest > 0 ? notPrinted(tagging, kind, rest) : '';
  const chosen: readonly (readonly [string, Cell])[] =
    filter === null ? [] : [['Chosen by filter', run === null ? [mono(filter)] : [mono(filter), quiet(`   clusters of run ${run}`)]]];
  const blocks = [
    heading(`${tagging.name}: ${plural(total, kind)}`, 3),
    keys([tagKey(tagging), ...noteKey(tagging), byKey(tagging), ...chosen]),
    ...(lines.length === 0 ? [] : [recordTable(caption, lines, more)]),
  ];
  return { blocks, records: lines.length };
}

function notPrinted({ name }: Tagging, kind: RecordKind, rest: number): Rich {
  const words = `${plural(rest, `further ${kind}`)} of this act ${rest === 1 ? 'is' : 'are'} in the case and not printed`;
  // The table that can be written as CSV is that of connections.
  return kind === 'connection'
    ? [`${words}: table “connections” as CSV has them, through the filter `, mono(`tag = ${printText(name)}`), '.']
    : `${words}.`;
}

function clusterBlocks(tagging: Tagging): readonly Block[] {
  if (tagging.target.type !== 'cluster') return [];
  const { run, cluster, name, count: total } = tagging.target;
  return [
    heading(`Run ${run}, cluster ${cluster}${name === '' ? '' : ` · ${name}`}`, 3),
    keys([tagKey(tagging), ...noteKey(tagging), byKey(tagging), ['Records', count(total)]]),
  ];
}
