import type { Reject } from '../contract/case.ts';
import { formatCount, formatShare, plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import type { FormatOptions, ReaderFigures } from '../formats/types.ts';
import { OTHER_LOG } from '../formats/zeek-other-logs.ts';
import type { Damage } from '../original/packed/unpacker.ts';

/** A packed file in which there is nothing. */
export function nothingInside(path: string, damage: Damage | null): FlowcaseError {
  if (damage !== null) return damaged(path, damage);
  return new FlowcaseError('FILE_EMPTY', `${path} is empty: nothing is packed in it.`, { path });
}

/** A packed file that is damaged before its first record. */
export function damaged(path: string, damage: Damage): FlowcaseError {
  return new FlowcaseError('FILE_DAMAGED', `${path} holds no record that can be read: ${damage.what}. Ask for a whole copy.`, { path });
}

/** No log unpacks to so many times its size; up to so many bytes it does no harm. */
const MOST_TIMES = 2000;
const MOST_UNPACKED = 2 ** 30;

/** @throws FlowcaseError FILE_DAMAGED for a packed file that is made to fill whatever it is unpacked to */
export function mustBeLikeLogs(path: string, unpacked: number, packed: number): void {
  if (unpacked <= MOST_UNPACKED || unpacked <= MOST_TIMES * packed) return;
  const message = `${path} unpacks to more than ${formatCount(MOST_TIMES)} times its size, as no log does, so nothing of it was kept. If it is a log all the same, unpack it and import that.`;
  throw new FlowcaseError('FILE_DAMAGED', message, { path });
}

/** A file that is not what it was said to be (`asked`), or what its beginning looked like; or that has too little of it (`cut`: it ends within a record). */
export function notRecognised(
  path: string,
  title: string,
  { asked, cut }: { readonly asked: boolean; readonly cut: boolean },
): FlowcaseError {
  const nothing = 'it has neither a header that names columns nor a record of one';
  const advice = asked ? 'Let Flowcase recognise it, without --format.' : 'Say which format it is.';
  const message = cut
    ? `${path} ends within its first record, as a ${title}: nothing of it could be taken. If it is still being written, import it when there is more of it; else ask for a whole copy.`
    : `${path} is no ${title}: ${nothing}. ${advice}`;
  return new FlowcaseError('FORMAT_UNKNOWN', message, { path });
}

/** Whether more lines were rejected than this share. One that broke off at the end says nothing about the others. */
export function hasTooMany({ rows, rejected, cut }: Pick<ReaderFigures, 'rows' | 'rejected' | 'cut'>, allowed: number): boolean {
  const whole = rejected - (cut && allowed > 0 ? 1 : 0);
  return whole > allowed * (rows + whole);
}

/**
 * More lines were rejected than the person allowed, or than are to be expected; FORMAT_UNKNOWN where no header or record was among them. `whole`: of the whole
 * file, not of its beginning.
 */
export function tooManyRejects(
  path: string,
  { rows, rejected, recognised }: Pick<ReaderFigures, 'rows' | 'rejected' | 'recognised'>,
  allowed: number,
  { whole, first }: { readonly whole: boolean; readonly first: readonly Pick<Reject, 'line' | 'reason' | 'what'>[] },
): FlowcaseError {
  const lines = rows + rejected;
  const reasons = first.map(({ line, reason, what }) => `line ${formatCount(line)}: ${reason} (${what})`).join('; ');
  const share = `${formatCount(rejected)} of the ${whole ? '' : 'first '}${plural(lines, 'line')} (${formatShare(rejected / lines)})`;
  const figures = { path, rows, rejected, allowed };
  if (recognised) {
    const message = `${path}: ${share} could not be taken; up to ${formatShare(allowed)} are allowed. Nothing of it was kept. The first: ${reasons}. Look at the file, say which format it is, or import it anyway.`;
    return new FlowcaseError('TOO_MANY_REJECTS', message, figures);
  }
  // to allow more of them would not help: of a file without a header and without a record nothing can be kept
  const later = whole ? '' : ' If only its beginning is something else, allow all of its lines to be rejected.';
  const message = `${path}: ${share} could not be taken, and nothing in ${whole ? 'it' : 'them'} is of the format that it was taken for. Nothing of it was kept. The first: ${reasons}. Look at the file, or say which format it is.${ownFormat(first)}${later}`;
  return new FlowcaseError('FORMAT_UNKNOWN', message, figures);
}

/** What to do where the first lines are requests of a web server, and not in a format that is known. */
function ownFormat(first: readonly Pick<Reject, 'reason'>[]): string {
  if (!first.some(({ reason }) => reason === 'BAD_REQUEST')) return '';
  return ` They begin as requests do: if their server has a format of its own, give it with --log-format '...', as nginx's log_format or Apache's LogFormat has it.`;
}

/** So many lines are read before their rejects are taken for too many. */
const LINES_TO_JUDGE = 5000;

/** Ends an import of which more lines are rejected than is allowed. @throws FlowcaseError TOO_MANY_REJECTS, FORMAT_UNKNOWN */
export function judgeRejects(
  path: string,
  { figures, firstRejects }: { readonly figures: ReaderFigures; readonly firstRejects: readonly Omit<Reject, 'evidence'>[] },
  { maxRejects, options }: { readonly maxRejects: number | undefined; readonly options: FormatOptions },
  atEnd: boolean,
): void {
  if (maxRejects === undefined) return;
  // who names one log of a stream knows that there are others, and that it may begin late
  if (options.zeekLog !== undefined && (figures.rows > 0 || !atEnd)) return;
  const judged = figures.rows > 0 || !atEnd ? withoutOtherLogs(figures) : figures;
  if (!hasTooMany(judged, maxRejects) || (!atEnd && judged.rows + judged.rejected < LINES_TO_JUDGE)) return;
  const own = firstRejects.filter(({ reason }) => judged === figures || reason !== 'OTHER_LOG');
  throw tooManyRejects(path, judged, maxRejects, { whole: atEnd, first: own.length > 0 ? own : firstRejects });
}

/** Sound lines of other logs of Zeek's in the same file say nothing against those that are read: the remarks tell of them. */
function withoutOtherLogs(figures: ReaderFigures): ReaderFigures {
  let others = 0;
  for (const [key, count] of figures.tallies) if (key.startsWith(OTHER_LOG)) others += count;
  return others === 0 ? figures : { ...figures, rejected: figures.rejected - others };
}
