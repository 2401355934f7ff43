import { plural } from '../contract/format.ts';
import type { ModelKind } from '../contract/models.ts';
import { NO_CLASS } from '../learn/types.ts';
import type { Truth } from './truth.ts';

/** Which rows the figures of a prediction are over; nothing where none has a label. */
export function truthWords(truth: Truth | null, kind: ModelKind): readonly string[] {
  if (truth === null) return [];
  const known = truth.codes.reduce((count, code) => count + Number(code !== NO_CLASS), 0);
  const unseen = plural(truth.unknown, 'row');
  if (known === 0) {
    const [have, them] = truth.unknown === 1 ? ['has', 'it'] : ['have', 'them'];
    return [`There are no figures: ${unseen} ${have} the label, and the ${kind} never saw what it says of ${them}.`];
  }
  const rows =
    truth.unknown === 0
      ? `${plural(known, 'row')} that ${known === 1 ? 'has' : 'have'} the label; where the ${kind}`
      : `${plural(known, 'row')} whose label the ${kind} learned, without ${unseen} whose label it never saw; where it`;
  return [`The figures are over the ${rows} learned from some of these, they flatter it.`];
}
