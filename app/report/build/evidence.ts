import { formatBytes, formatCount, formatTime, plural } from '../../contract/format.ts';
import { isOfFile, stretchOf } from '../../case/stretches.ts';
import type { Evidence } from '../../contract/case.ts';
import {
  count,
  figure,
  heading,
  keys,
  left,
  list,
  mono,
  note,
  paragraph,
  quietly,
  right,
  strong,
  table,
  type Block,
  type Section,
} from '../document.ts';
import { rejectWords } from '../../contract/reject-words.ts';
import type { Facts } from './facts.ts';
import { periodOf } from './cover.ts';

/** Files told one by one; rejects whose reasons are counted and shown. */
const FILES_IN_FULL = 60;
const REJECTS_COUNTED = 200_000;
const REJECTS_SHOWN = 12;
const PAGE = 20_000;

export function buildEvidence(facts: Facts): Section {
  return { id: 'evidence', title: 'Evidence', blocks: [...blocksOf(facts)] };
}

function* blocksOf(facts: Facts): Iterable<Block> {
  const { evidence } = facts;
  if (evidence.length === 0) {
    yield paragraph('No log file has been imported into this case.');
    return;
  }
  yield paragraph(
    `${howRead(evidence)} Every line is in one of three places: kept as a record, rejected with a reason, or a comment (headers and blank lines count as such). The ledger adds up to the lines of the file.`,
  );
  yield ledger(evidence);
  for (const one of evidence.slice(0, FILES_IN_FULL)) yield* fileOf(one);
  if (evidence.length > FILES_IN_FULL) yield* fileHashes(evidence.slice(FILES_IN_FULL));
  yield* rejects(facts);
}

/** What was imported as a whole file, and what was received as it grew. */
function howRead(evidence: readonly Evidence[]): string {
  const received = evidence.filter((one) => stretchOf(one) !== null).length;
  const imported = 'Each file was read once, from beginning to end; its SHA-256 is of the bytes of the original as it lay on disk.';
  const watched =
    'What was received was taken while it grew, each line once, in the order in which it came; its SHA-256 is of the bytes that were taken, from the place and to the place that is told.';
  return received === 0 ? imported : received === evidence.length ? watched : `${imported} ${watched}`;
}

function ledger(evidence: readonly Evidence[]): Block {
  const sum = (of: (one: Evidence) => number): number => evidence.reduce((total, one) => total + of(one), 0);
  const rows = evidence.map((one) => [
    `${one.id} · ${one.name}`,
    figure(one.bytes, 'bytes'),
    count(one.rows),
    count(one.rejected),
    count(one.comments),
    count(one.lines),
  ]);
  const total = [
    [strong('All files')],
    figure(
      sum(({ bytes }) => bytes),
      'bytes',
    ),
    count(sum((one) => one.rows)),
    count(sum(({ rejected }) => rejected)),
    count(sum(({ comments }) => comments)),
    count(sum(({ lines }) => lines)),
  ];
  return table(
    'Ledger of lines: kept + rejected + comments = lines',
    [left('File', 190), right('Size', 62), right('Kept', 62), right('Rejected', 56), right('Comments', 56), right('Lines', 62)],
    evidence.length > 1 ? [...rows, total] : rows,
  );
}

const sizeOf = (bytes: number): string => (bytes < 1024 ? plural(bytes, 'byte') : `${formatCount(bytes)} bytes (${formatBytes(bytes)})`);

function* fileOf(one: Evidence): Iterable<Block> {
  yield heading(`${one.id} · ${one.name}`);
  const stretch = stretchOf(one);
  if (one.status === 'incomplete') {
    yield note('This file is incomplete', one.remarks.join(' ') || 'It ends early; what came before is kept.', 'caution');
  }
  const packed = one.unpackedBytes !== one.bytes || (one.unpackedSha256 !== null && one.unpackedSha256 !== one.sha256);
  yield keys([
    ['SHA-256', [mono(one.sha256)]],
    ['Size', sizeOf(one.bytes)],
    ...(packed && one.unpackedSha256 !== null
      ? ([
          ['SHA-256 unpacked', [mono(one.unpackedSha256)]],
          ['Size unpacked', sizeOf(one.unpackedBytes)],
        ] as const)
      : []),
    ...(stretch === null
      ? ([['Path at import', [mono(one.path)]]] as const)
      : ([
          [isOfFile(one) ? 'Path as it was received' : 'Received from', [mono(one.path)]],
          [
            'Bytes of it',
            `from ${formatCount(stretch.from)} to ${formatCount(stretch.to)}${isOfFile(one) ? '' : ', counted from the first that was received; nothing keeps them that could be asked'}`,
          ],
        ] as const)),
    ['Format', `${one.formatTitle} (${one.format})`],
    [
      'Lines',
      `${formatCount(one.rows)} kept + ${formatCount(one.rejected)} rejected + ${formatCount(one.comments)} comments = ${formatCount(one.lines)}`,
    ],
    ['Time stamps', periodOf(one.first, one.last)],
    [
      'Last changed on disk',
      one.modified === null || stretch !== null ? null : `${formatTime(one.modified, 0)} UTC, as the file system said`,
    ],
    [
      stretch === null ? 'Imported' : one.status === 'live' ? 'Being received since' : 'Received',
      `${formatTime(one.imported, 0)} UTC by ${one.importedBy} with ${one.program}`,
    ],
  ]);
  if (one.status === 'complete' && one.remarks.length > 0) yield list(one.remarks);
}

function fileHashes(evidence: readonly Evidence[]): readonly Block[] {
  return [
    heading('Further files'),
    table(
      'SHA-256 of the originals',
      [left('File', 160), left('SHA-256', 300), right('Bytes', 70)],
      evidence.map((one) => [`${one.id} · ${one.name}`, [mono(one.sha256)], count(one.bytes)]),
    ),
  ];
}

function* rejects({ reader, evidence }: Facts): Iterable<Block> {
  const rejected = evidence.reduce((sum, one) => sum + one.rejected, 0);
  yield heading('Rejected lines');
  if (rejected === 0) {
    yield paragraph('No line was rejected.');
    return;
  }
  const { reasons, counted, total } = countReasons(reader);
  yield paragraph(
    `${plural(rejected, 'line')} could not be taken as ${rejected === 1 ? 'a record' : 'records'}. ${rejected === 1 ? 'It is' : 'They are'} kept in the case with the reason and the offending text.`,
  );
  yield table(
    'By reason',
    [left('Reason', 260), left('Code', 150), right('Lines', 60)],
    reasons.map(([reason, lines]) => [rejectWords(reason), [mono(reason)], count(lines)]),
    counted < total ? `Counted over the first ${formatCount(counted)} of ${formatCount(total)} rejected lines that the case keeps.` : null,
  );
  const shown = reader.rejects({ offset: 0, limit: REJECTS_SHOWN }).rejects;
  yield table(
    shown.length < total ? `The first ${formatCount(shown.length)}` : 'All of them',
    [right('File', 26), right('Line', 46), left('What was wrong', 150), left('Text', 270)],
    shown.map((one) => [
      figure(one.evidence, 'plain'),
      count(one.line),
      one.what || (rejectWords(one.reason) ?? one.reason),
      [mono(one.text.slice(0, 300))],
    ]),
    shown.length < total ? `${plural(total - shown.length, 'further line')} in the case: “flowcase rejects CASE” lists them all.` : null,
  );
  if (total < rejected) yield quietly(`The case keeps the text of ${formatCount(total)} of the ${formatCount(rejected)} rejected lines.`);
}

/** Reasons, the most frequent first; bounded, so that a file of rejects alone does not hold the report up. */
function countReasons(reader: Facts['reader']): { reasons: readonly (readonly [string, number])[]; counted: number; total: number } {
  const reasons = new Map<string, number>();
  let counted = 0;
  let total = 0;
  do {
    const page = reader.rejects({ offset: counted, limit: PAGE });
    total = page.total;
    for (const { reason } of page.rejects) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    counted += page.rejects.length;
    if (page.rejects.length === 0) break;
  } while (counted < total && counted < REJECTS_COUNTED);
  const sorted = [...reasons].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { reasons: sorted, counted, total };
}
