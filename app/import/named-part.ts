import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { LEFT_OUT } from '../formats/eve.ts';
import type { FormatOptions, ReaderFigures } from '../formats/types.ts';
import { LEFT_LOG } from '../formats/zeek-other-logs.ts';

/**
 * Of a file of several logs, or events of several types, a person may name one: where the file has none such, that is no evidence without records, but a wrong name.
 * @throws FlowcaseError FORMAT_UNKNOWN: it says which there are
 */
export function mustHaveNamedPart(
  path: string,
  { zeekLog, eventType }: FormatOptions,
  { rows, tallies }: Pick<ReaderFigures, 'rows' | 'tallies'>,
): void {
  if (rows > 0) return;
  for (const { name, mark, what, option } of [
    { name: zeekLog, mark: LEFT_LOG, what: `lines of Zeek's log`, option: '--zeek-log' },
    { name: eventType, mark: LEFT_OUT, what: 'events of the type', option: '--event-type' },
  ]) {
    const there = [...tallies].flatMap(([key, count]) => (key.startsWith(mark) ? [{ name: key.slice(mark.length), count }] : []));
    if (name === undefined || there.length === 0) continue;
    const list = there
      .toSorted((a, b) => b.count - a.count)
      .map((one) => `${one.name} (${plural(one.count, 'line')})`)
      .join(', ');
    const message = `${path} has no ${what} ${name}, so nothing of it was kept. It has: ${list}. Name one of these (${option}), or none.`;
    throw new FlowcaseError('FORMAT_UNKNOWN', message, { path, name, there: there.map((one) => one.name) });
  }
}
