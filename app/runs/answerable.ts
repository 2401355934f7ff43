import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { Subject } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { applyRecipe, type FeatureMatrix } from '../features/build-matrix.ts';
import { isLacking } from '../features/lacking.ts';
import type { SelectedPart, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';
import type { LoadedModel } from './model-parts.ts';
import { nounOf } from './sources.ts';
import { shortList } from './train-split.ts';

/** What a model answers of, and what it does not. */
export interface Answerable {
  readonly selections: readonly Selection[];
  readonly built: FeatureMatrix;
  /** Records that are left out because their logs have nothing of most of what the model looks at. */
  readonly unanswered: number;
  /** The sentence about them, or null where there are none. */
  readonly remark: string | null;
}

/**
 * The features of the records that a model can tell something of. Logs that have nothing of more than half of its features, or of those that carry
 * more than half of its importance, are left out with all their records: beside records of another tool they would be answered by what is absent.
 * Of hosts, whose records come from all logs, all are asked together. `force`: every record is answered.
 * @throws FlowcaseError PARAMETER where no log has enough: details: name `force`, absent (names of features), features (how many it has); OUT_OF_MEMORY, CANCELLED
 */
export async function answerable(all: readonly Selection[], model: LoadedModel, force: boolean, pace: Pace): Promise<Answerable> {
  const { of } = model.card;
  const build = (selections: readonly Selection[]): Promise<FeatureMatrix> =>
    applyRecipe(of === 'hosts' ? selections : selections[0], model.fitted, pace);
  const built = await build(all);
  const whole = { selections: all, built, unanswered: 0, remark: null };
  if (force) return whole;
  const missing = missingIn(built, all, model);
  if (missing.most) throw guess(missing, model);
  if (of === 'hosts') return whole;
  const [selection] = all;
  const poor = [...new Set(selection.parts.map(({ chunk }) => chunk.evidence))]
    .map((evidence) => ({ evidence, missing: missingIn(built, [only(selection, (one) => one === evidence)], model) }))
    .filter((one) => one.missing.most);
  if (poor.length === 0) return whole;
  const left = new Set(poor.map(({ evidence }) => evidence));
  const rest = only(selection, (evidence) => !left.has(evidence));
  if (rest.rows === 0) throw guess(poor[0].missing, model);
  const unanswered = selection.rows - rest.rows;
  return { selections: [rest], built: await build([rest]), unanswered, remark: remarkOf(unanswered, poor, model, of) };
}

function remarkOf(
  unanswered: number,
  poor: readonly { readonly evidence: number; readonly missing: Missing }[],
  { kind }: LoadedModel,
  of: Subject,
): string {
  const records = `${plural(unanswered, nounOf(of))} of evidence ${shortList(poor.map(({ evidence }) => String(evidence)))}`;
  const least = Math.min(...poor.map(({ missing }) => missing.weight));
  const lack = unanswered === 1 ? 'lacks' : 'lack';
  return `Not answered: ${records} ${lack} most of what the ${kind} looks at (${formatShare(least)} or more of what it goes by). To have them answered all the same, force it.`;
}

/** What the logs of some records have nothing of. */
interface Missing {
  /** Features by importance, the most important first. */
  readonly names: readonly string[];
  readonly features: number;
  /** Their share of the importance of all. */
  readonly weight: number;
  readonly most: boolean;
}

function missingIn({ used }: FeatureMatrix, selections: readonly Selection[], { classifier }: LoadedModel): Missing {
  const importance = classifier.featureImportances_;
  const lacking = used.flatMap(({ spec: { name, needs } }, at) =>
    isLacking(selections, needs) ? [{ name, importance: importance[at] }] : [],
  );
  const weight = lacking.reduce((sum, one) => sum + one.importance, 0);
  const names = lacking.toSorted((a, b) => b.importance - a.importance).map(({ name }) => name);
  return { names, features: used.length, weight, most: lacking.length * 2 > used.length || weight > 0.5 };
}

function guess({ names, features, weight }: Missing, { kind }: LoadedModel): FlowcaseError {
  return new FlowcaseError(
    'PARAMETER',
    `The log has nothing of ${formatCount(names.length)} of the ${plural(features, 'feature')} that the ${kind} looks at, which are ${formatShare(weight)} of what it goes by: ${shortList(names)}. It would guess. Choose a model that learned from such a log, or force it.`,
    { name: 'force', value: false, absent: names, features, share: weight },
  );
}

/** The rows of some evidence. */
function only({ table, parts }: Selection, wanted: (evidence: number) => boolean): Selection {
  const kept: SelectedPart[] = [];
  let rows = 0;
  for (const part of parts) {
    if (!wanted(part.chunk.evidence)) continue;
    kept.push({ ...part, start: rows });
    rows += part.rows.length;
  }
  return { table, parts: kept, rows };
}
