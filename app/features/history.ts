import { described, dictionary, flagWords, unspoken } from './feature-spec.ts';
import { ofEntry } from './raw-fills.ts';
import type { FeatureSpec } from './types.ts';

/**
 * What Zeek's `history` says of a connection (https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html): a letter for each
 * kind of packet that was seen, upper case from the originator, lower case from the responder; `^` where Zeek turned the ends round.
 * Repeats are counted by powers (the letters t, w, g, c come again at the 10th, 100th, ... time).
 */
const letters: readonly (readonly [name: string, letters: string, title: string, words: string])[] = [
  ['history_syn', 'S', 'SYN sent', 'with a SYN'],
  ['history_syn_ack', 'h', 'SYN answered', 'with a SYN answered'],
  ['history_data_sent', 'D', 'Payload sent', 'with payload sent'],
  ['history_data_received', 'd', 'Payload received', 'with payload received'],
  ['history_fin_sent', 'F', 'FIN sent', 'ended by the originator'],
  ['history_fin_received', 'f', 'FIN received', 'ended by the responder'],
  ['history_rst_sent', 'R', 'RST sent', 'reset by the originator'],
  ['history_rst_received', 'r', 'RST received', 'reset by the responder'],
  ['history_repeated', 'Tt', 'Packets repeated', 'with packets repeated'],
  ['history_gap', 'Gg', 'Gap in the content', 'with gaps in the content'],
  ['history_window', 'Ww', 'Window of zero', 'with a window of zero'],
  ['history_wrong', 'CcIiQq', 'Wrong packets', 'with wrong checksums or flags'],
  ['history_turned', '^', 'Ends turned round', 'with the ends turned round'],
];

const needs = [[dictionary('history')]];

/** One flag for each kind of packet, and how many letters there are; absent where the log has no history. */
export const historyFeatures: readonly FeatureSpec[] = [
  ...letters.map(([name, any, title, words]): FeatureSpec => {
    const frame = { kind: 'flag' as const, weight: 0.35, needs };
    const some = Array.from(any);
    const how = `1 where history has ${some.join(' or ')}`;
    return {
      ...described(name, frame, [title, how], flagWords(words, title.toLowerCase())),
      fill: ofEntry('history', name, (text) => (some.some((letter) => text.includes(letter)) ? 1 : 0)),
    };
  }),
  {
    ...described(
      'history_length',
      { kind: 'measure', weight: 0.35, needs, log: 'always' },
      ['Length of the history', 'letters of history'],
      unspoken,
    ),
    fill: ofEntry('history', 'history_length', (text) => text.length),
  },
];
