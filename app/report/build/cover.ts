import { formatCount, formatTime, plural } from '../../contract/format.ts';
import { mono, type Cover, type KeyRow } from '../document.ts';
import type { Facts } from './facts.ts';

/** The cover: which case, by whom, over what time, on which evidence, and what this document is. */
export function buildCover(facts: Facts): Cover {
  const { info, evidence } = facts;
  const key = (name: string, value: KeyRow['value']): KeyRow => ({ key: name, value });
  return {
    kicker: 'Flowcase · network forensics report',
    title: info.name,
    keys: [
      key('Case number', info.number === '' ? null : info.number),
      key('Examiner', info.examiner === '' ? null : info.examiner),
      key('Period covered', periodOf(info.first, info.last)),
      key(
        'Evidence',
        `${plural(evidence.length, 'file')}, ${plural(
          evidence.reduce((sum, { rows }) => sum + rows, 0),
          'record',
        )}`,
      ),
      key('State of the case', `${formatTime(facts.date, 0)} UTC, the last change of its content`),
      key('Case begun', `${formatTime(info.created, 0)} UTC`),
      key('Program', info.program),
      key('Case identifier', [mono(info.id)]),
      key('Custody head', [mono(facts.head)]),
    ],
    statement: [
      `This report says what the case holds: which log files were taken in and with which hashes, what was computed from them and how, what was found, and what the examiner marked. It was written by Flowcase from the case file alone; nothing was looked up elsewhere.`,
      `The same case gives the same report, byte for byte. The custody head above seals everything that was done to the case up to this state: “flowcase verify” recomputes it, and compares the originals with the hashes printed here.`,
      evidence.some(({ status }) => status === 'incomplete')
        ? 'Not all evidence is complete; the section Evidence says what is missing.'
        : evidence.length === 0
          ? 'The case holds no evidence yet.'
          : `Every line of the originals is accounted for: ${formatCount(evidence.reduce((sum, { lines }) => sum + lines, 0))} lines, kept, rejected with a reason, or comments.`,
    ],
  };
}

export function periodOf(first: number | null, last: number | null): string | null {
  if (first === null || last === null) return null;
  return `${formatTime(first, 0)} to ${formatTime(last, 0)} UTC`;
}
