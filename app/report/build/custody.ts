import { formatCount } from '../../contract/format.ts';
import { whoWords } from '../../contract/who.ts';
import { figure, keys, left, mono, paragraph, quietly, right, table, type Block, type Section } from '../document.ts';
import type { Facts } from './facts.ts';

const FIRST = 200;
const LAST = 300;

/** Who did what, when; and whether the chain is whole is for `verify` to say. */
export function buildCustody({ custody, head }: Facts): Section {
  const cut = custody.length > FIRST + LAST;
  const shown = cut ? [...custody.slice(0, FIRST), ...custody.slice(-LAST)] : custody;
  const blocks: Block[] = [
    paragraph(
      'Every act that touches the case is an entry of this log. Each entry carries the hash of the one before it, so that an entry cannot be changed, put in or taken out without every later hash changing. “flowcase verify CASE” recomputes the chain.',
    ),
    paragraph(
      'The log is printed up to the last entry that changed the content of the case. Later entries that only opened, verified or exported it are in the case file and are not printed, so that the same content gives the same report.',
    ),
    keys([['Head of what is printed', [mono(head)]]]),
    table(
      'Custody log (UTC)',
      [right('No.', 22), left('Time', 107), left('Who', 88), left('Act', 84), left('What was done', 128), left('Hash', 62)],
      shown.map((entry) => [
        figure(entry.seq, 'plain'),
        figure(entry.at, 'time'),
        whoWords(entry.who),
        [mono(entry.act)],
        entry.summary,
        [mono(entry.hash.slice(0, 12))],
      ]),
      cut
        ? `Entries ${formatCount(FIRST + 1)} to ${formatCount(custody.length - LAST)} are left out here: table “custody” as CSV has them all.`
        : null,
    ),
    quietly('Hashes are shortened to their first twelve digits; the head above is whole.'),
  ];
  return { id: 'custody', title: 'Custody log', blocks };
}
