import { createReadHandlers } from '../../commands/read.ts';
import { lineOfRecord, placeOfRecord, type PlaceOfRecord } from '../../commands/record-detail.ts';
import { Reading } from '../../commands/reading.ts';
import type { CaseReader } from '../../case/types.ts';
import type { RecordDetail, RecordKind } from '../../contract.ts';
import { formatCount, plural } from '../../contract/format.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand, CliContext, ExitCode } from '../command.ts';
import { kindFrom } from '../kinds.ts';
import { printable } from '../progress-line.ts';
import { jsonCell, textCell } from '../values.ts';

/** Records that --where shows unless more are asked for. */
const usualLimit = 20;
const pageRows = 10_000;

/** Records that were asked for, by their ids in the order in which they are shown; `total`: how many the filter lets through. */
interface Asked {
  readonly kind: RecordKind;
  readonly ids: readonly number[];
  readonly total: number;
}

async function asked({ args }: CliContext, reader: CaseReader): Promise<Asked> {
  const kind = kindFrom(args.text('from') ?? 'connections');
  const where = args.text('where');
  const ids = args.positionals.slice(1).map((text) => wholeNumber(text, 'ID'));
  if ((where === undefined) === (ids.length === 0)) throw new UsageError('either the numbers of records or --where says which');
  const limit = args.integer('limit');
  if (where === undefined) {
    if (limit !== undefined) throw new UsageError('--limit goes with --where');
    return { kind, ids, total: ids.length };
  }
  const most = limit ?? usualLimit;
  const { 'records.query': query } = createReadHandlers(reader);
  const found: number[] = [];
  for (;;) {
    const rows = Math.min(pageRows, most - found.length);
    const page = await query({ kind, filter: where, columns: ['id'], sort: undefined, offset: found.length, limit: rows });
    found.push(...page.ids);
    if (found.length >= most || page.ids.length === 0) return { kind, ids: found, total: page.total };
  }
}

/**
 * What `read` gives for each record, in the order asked for. Read in the order in which they stand in their files: what is packed is unpacked once for lines
 * that stand near to each other.
 */
async function inOrderOfFiles<T>(ids: readonly number[], read: (id: number) => Promise<T>): Promise<readonly T[]> {
  const found = new Map<number, T>();
  for (const id of new Set(ids.toSorted((a, b) => a - b))) found.set(id, await read(id));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** The lines alone; a line that cannot be shown is said on standard error, and the command fails. */
async function printLines({ io }: CliContext, reader: CaseReader, { kind, ids }: Asked): Promise<ExitCode> {
  const reading = new Reading(reader).refresh();
  const lines = await inOrderOfFiles(ids, async (id) => ({ id, ...(await lineOfRecord(placeOfRecord(reading, kind, id))) }));
  for (const line of lines) {
    const named = `${kind} ${line.id}`;
    if (line.raw === null) io.err(`${named}: ${printable(line.rawMissing ?? '')}\n`);
    else if (io.showsOutput === true) io.out(`${printable(line.raw)}\n`);
    else if (line.rawBytes !== undefined && io.outBytes !== undefined) {
      io.outBytes(Buffer.concat([Buffer.from(line.rawBytes, 'base64'), Buffer.from('\n')]));
    } else io.out(`${line.raw}\n`);
    if (line.rawCut === true) io.err(`${named}: its line is longer than 64 KiB; this is its beginning.\n`);
  }
  return lines.every(({ raw, rawCut }) => raw !== null && rawCut !== true) ? exitCodes.done : exitCodes.failed;
}

interface Shown {
  readonly detail: RecordDetail;
  readonly place: PlaceOfRecord;
  readonly tags: readonly string[];
}

async function shown(reader: CaseReader, { kind, ids }: Asked): Promise<readonly Shown[]> {
  const handlers = createReadHandlers(reader);
  const reading = new Reading(reader).refresh();
  const tagNames = new Map(reader.tags().tags.map(({ id, name }) => [id, name]));
  return inOrderOfFiles(ids, async (id) => {
    const place = placeOfRecord(reading, kind, id);
    const detail = await handlers['record.get']({ kind, id });
    return { detail, place, tags: detail.tags.map((tag) => tagNames.get(tag) ?? String(tag)) };
  });
}

function recordJson({ detail, place: { evidence, line, offset }, tags }: Shown): Record<string, unknown> {
  const { kind, id, fields, clusters, why, raw, rawBytes, rawCut, rawMissing } = detail;
  const { member } = evidence.options;
  return {
    kind,
    id,
    evidence: {
      id: evidence.id,
      name: evidence.name,
      path: evidence.path,
      ...(member === undefined ? {} : { member }),
      sha256: evidence.sha256,
    },
    line,
    offset,
    raw,
    ...(rawBytes === undefined ? {} : { rawBytes }),
    ...(rawCut === undefined ? {} : { rawCut }),
    rawMissing,
    fields: Object.fromEntries(fields.map(({ column, value }) => [column.name, jsonCell(column, value)])),
    tags,
    clusters,
    why,
  };
}

function recordText({ detail, place: { evidence, line, offset }, tags }: Shown): string {
  const { kind, id, fields, clusters, why, raw, rawCut, rawMissing } = detail;
  const byte = offset === null ? '' : `, byte ${formatCount(offset)}`;
  const rows: (readonly [string, string])[] = [
    [kind, String(id)],
    ['evidence', `${evidence.id}, ${printable(evidence.name)}`],
    ['original', printable(evidence.path)],
    ['SHA-256', evidence.sha256],
    ['place', `line ${formatCount(line)}${byte}`],
    [
      'original line',
      raw === null ? `(${printable(rawMissing ?? '')})` : `${printable(raw)}${rawCut === true ? ' … (cut at 64 KiB)' : ''}`,
    ],
    ...fields.flatMap(({ column, value }) => (value === null ? [] : [[printable(column.name), textCell(column, value)] as const])),
    ...tags.map((tag) => ['tag', printable(tag)] as const),
    ...clusters.map(({ run, cluster }) => ['cluster', `${run}:${cluster}`] as const),
    ...why.map(({ words }) => ['stands out', printable(words)] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

const record: CliCommand = {
  name: 'record',
  usage: 'CASE (ID... | --where F [--limit N]) [--from connections|requests|KIND] [--raw]',
  about: 'Shows records with the evidence, the line and the byte that each comes from, and that line as it stands in the original.',
  more: [
    'ID is the number of a record: "flowcase query CASE FILTER --columns id,evidence,line" lists them. A line is shown only where the original still is what was',
    'imported (its SHA-256, or of what was received as it grew that of its bytes; of files above 64 MiB their size and time of last change); otherwise it is',
    'said why not. --raw: lines go to a file or another program byte by byte; exit code 1 where one of them cannot be shown.',
    'JSON: records: [{kind, id, evidence: {id, name, path, sha256}, line, offset, raw, rawMissing, fields, tags, clusters, why}]; rawBytes (base64) where the',
    'line is no UTF-8, and its bytes stand as \\xHH in raw.',
  ].join('\n'),
  options: {
    from: { type: 'string', about: 'connections (default), requests, or another kind of record: dns, http, ...', value: 'KIND' },
    where: { type: 'string', about: 'the records that this filter lets through, in the order of time', value: 'F' },
    limit: { type: 'string', about: `with --where: at most this many (default ${usualLimit})`, value: 'N' },
    raw: { type: 'boolean', about: 'the original lines and nothing else' },
  },
  async run(context) {
    context.casePath();
    const raw = context.args.flag('raw');
    if (raw && context.args.json) throw new UsageError('--raw and --json cannot go together: JSON has the line as "raw"');
    return context.read(async (reader) => {
      const wanted = await asked(context, reader);
      if (raw) return printLines(context, reader, wanted);
      const records = await shown(reader, wanted);
      context.answer({ records: records.map(recordJson), total: wanted.total }, () => {
        const count =
          records.length < wanted.total ? [`${formatCount(records.length)} of ${plural(wanted.total, 'record')}; --limit shows more`] : [];
        return records.length === 0 ? 'No record is let through.' : [...records.map(recordText), ...count].join('\n\n');
      });
      return exitCodes.done;
    });
  },
};

export const recordCommands: readonly CliCommand[] = [record];
