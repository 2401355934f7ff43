import type { EvidenceFigures, EvidenceSession, ResumePoint } from '../case/types.ts';
import { formatCount, plural } from '../contract/format.ts';
import { isClosed, type LineShape } from '../formats/line-shapes.ts';
import type { OpenedLog } from '../formats/types.ts';
import { withSuperseded, type Tail } from './known.ts';
import type { Damage } from '../original/packed/unpacker.ts';
import type { PieceCutter } from './pieces/piece-cutter.ts';
import type { PieceImport } from './pieces/piece-import.ts';
import { damaged, notRecognised } from './refusals.ts';
import { renamedColumns } from './renamed.ts';

const BRACE = 125;

/** For a person; some can be put into words only when it is known how many records there are. */
export type Note = string | ((rows: number) => string);

/** A log that is being read, or was. */
export interface ReadLog {
  readonly session: EvidenceSession;
  readonly log: OpenedLog;
  /** Beside what the log itself has to say. */
  readonly remarks: readonly Note[];
  readonly pieces: PieceImport;
  /** What it is known by. */
  readonly head: ResumePoint['head'];
  readonly tail: Tail | null;
  /** It was said what it is. */
  readonly asked: boolean;
}

/** How a file's bytes turned out. */
export type Bytes = Pick<EvidenceFigures, 'sha256' | 'unpackedBytes' | 'unpackedSha256' | 'remarks'> & { readonly damage: Damage | null };

/** What is kept of a log that was read to its end. @throws FlowcaseError FILE_DAMAGED, FORMAT_UNKNOWN where it turns out to be none */
export function finished(
  path: string,
  read: ReadLog & { readonly shape: LineShape | null; readonly seconds: number; readonly cutter: Pick<PieceCutter, 'lastByte'> },
  { damage, remarks: found, ...bytes }: Bytes,
): { readonly kept: EvidenceFigures; readonly resume: ResumePoint | null } {
  const { session, log, pieces, shape, tail, seconds } = read;
  const { recognised, cut, tallies, ...figures } = withSuperseded(pieces.figures, tail);
  if (damage !== null && figures.rows === 0) throw damaged(path, damage);
  // what it goes on from was
  if (!recognised && tail === null) throw notRecognised(path, log.title, { asked: read.asked, cut: cut && figures.lines === 1 });
  const open = damage === null && !cut && shape?.within === true;
  const renamed = renamedColumns(pieces.columns, (name) => session.known(name));
  const notes = read.remarks.map((note) => (typeof note === 'string' ? note : note(figures.rows)));
  const remarks = [...found, ...notes, ...log.remarks(tallies), ...renamed];
  if (damage?.kind === 'damaged' && pieces.firstRejects.length > 0)
    remarks.push(`The first line of it that could not be taken is line ${formatCount(pieces.firstRejects[0].line)}.`);
  if (open) remarks.push('Its array has no end: the file is cut.');
  if (damage === null && pieces.rest === 'record' && !endsItself(shape, read.cutter))
    remarks.push('The last line has no end: its last value may be cut.');
  if (figures.rows === 0) remarks.push(noRecords(figures, tail !== null));
  const status = damage !== null || cut || open ? 'incomplete' : 'complete';
  return { kept: { ...figures, ...bytes, seconds, status, remarks }, resume: resumeOf(read, damage) };
}

/** An object in JSON has an end of its own. */
function endsItself(shape: LineShape | null, { lastByte }: Pick<PieceCutter, 'lastByte'>): boolean {
  return lastByte === BRACE || (shape !== null && shape.name !== 'tabs');
}

function noRecords({ rejected, comments }: Pick<EvidenceFigures, 'rejected' | 'comments'>, isTail: boolean): string {
  if (rejected > 0) return 'None of its lines could be taken.';
  const what = `${plural(comments, 'line')} ${comments === 1 ? 'is' : 'are'} of headers, comments or blank, or ${comments === 1 ? 'was' : 'were'} left out`;
  return isTail ? `No record came later: ${what}.` : `It holds no records: its ${what}.`;
}

/** Where reading can go on: nowhere behind damage, nor behind an array, which has ended. */
function resumeOf(
  { pieces, shape, tail, head }: ReadLog & { readonly shape: LineShape | null },
  damage: Damage | null,
): ResumePoint | null {
  const open = tail?.superseded?.ended === false ? tail.earlier.point : null;
  const place = open ?? pieces.place;
  if (damage !== null || isClosed(shape?.name) || place === null) return null;
  return { ...place, rest: open?.rest ?? pieces.rest, head };
}
