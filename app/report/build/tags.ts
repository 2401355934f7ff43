import { formatCount, formatTime, plural } from '../../contract/format.ts';
import type { Tagging } from '../../contract/acts.ts';
import { count, figure, heading, keys, left, mono, paragraph, quietly, table, type Block, type Cell, type Section } from '../document.ts';
import type { Facts } from './facts.ts';
import { recordLines, recordTable } from './record-lines.ts';
import { periodOf } from './cover.ts';
import { reach } from './summary.ts';

const TAGGINGS = 120;
const RECORDS = 20;

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
  yield* group('Tagged connections', of('records'), (tagging) => recordBlocks(facts, tagging));
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

function recordBlocks({ reader }: Facts, tagging: Tagging): readonly Block[] {
  if (tagging.target.type !== 'records') return [];
  const { kind, count: total, filter, sample } = tagging.target;
  const lines = recordLines(reader, kind, sample.slice(0, RECORDS));
  const rest = total - lines.length;
  const noun = kind === 'connection' ? 'connection' : 'request';
  const caption = rest > 0 ? `The first ${formatCount(lines.length)} of ${formatCount(total)}` : '';
  const more = rest > 0 ? `${plural(rest, `further ${noun}`)} of this act in the case: table “${noun}s” as CSV, filter “tag = …”.` : '';
  return [
    heading(`${tagging.name}: ${plural(total, noun)}`, 3),
    keys([
      tagKey(tagging),
      ...noteKey(tagging),
      byKey(tagging),
      ...(filter === null ? [] : ([['Chosen by filter', [mono(filter)]]] as const)),
    ]),
    ...(lines.length === 0 ? [] : [recordTable(caption, lines, more)]),
  ];
}

function clusterBlocks(tagging: Tagging): readonly Block[] {
  if (tagging.target.type !== 'cluster') return [];
  const { run, cluster, name, count: total } = tagging.target;
  return [
    heading(`Run ${run}, cluster ${cluster}${name === '' ? '' : ` · ${name}`}`, 3),
    keys([tagKey(tagging), ...noteKey(tagging), byKey(tagging), ['Records', count(total)]]),
  ];
}
