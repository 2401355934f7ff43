import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { UnansweredKind } from '../contract/models.ts';
import type { Subject } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { applyRecipe, type FeatureMatrix } from '../features/build-matrix.ts';
import { isLacking } from '../features/lacking.ts';
import type { SelectedPart, Selection } from '../features/types.ts';
import type { Pace } from '../learn/pace.ts';
import { lackingRows, type LackingKind } from './lacking-rows.ts';
import type { LoadedModel } from './model-parts.ts';
import { nounOf } from './sources.ts';
import { shortList } from './train-split.ts';

/** What a model answers of, and what it does not. */
export interface Answerable {
  readonly selections: readonly Selection[];
  readonly built: FeatureMatrix;
  /** Records that are left out because they have nothing of most of what the model looks at, by kinds, the most frequent first. */
  readonly unanswered: readonly UnansweredKind[];
  /** The sentence about them, or null where there are none. */
  readonly remark: string | null;
}

/**
 * The features of the records that a model can tell something of. Records that have nothing of more than half of its features, or of those that
 * carry more than half of its importance, are left out: beside records of another kind they would be answered by what is absent. A record lacks
 * what its whole log lacks, and what it has no value of itself where every record that the model learned from had one (a file may mix kinds of
 * records; a model of an older program does not know what was absent, and is asked by logs alone). Of hosts, whose records come from all logs,
 * all are asked together. `force`: every record is answered.
 * @throws FlowcaseError PARAMETER where no record has enough: details: name `force`, absent (names of features), features (how many it has); OUT_OF_MEMORY, CANCELLED
 */
export async function answerable(all: readonly Selection[], model: LoadedModel, force: boolean, pace: Pace): Promise<Answerable> {
  const { of } = model.card;
  const build = (selections: readonly Selection[]): Promise<FeatureMatrix> =>
    applyRecipe(of === 'hosts' ? selections : selections[0], model.fitted, pace);
  const built = await build(all);
  const whole = { selections: all, built, unanswered: [], remark: null };
  if (force) return whole;
  const missing = missingOf(built, model, lackingIn(built, all));
  if (missing.most) throw guess(missing, model, 'The log has');
  if (of === 'hosts') return whole;
  const [selection] = all;
  const { kinds, kindOf } = await lackingRows(
    selection,
    built.used.map(({ spec }) => spec),
    pace,
  );
  const lacking = lackedBy(built, selection, model);
  const told = kinds.map((kind): Told => {
    const without = kind.rows === 0 ? new Set<number>() : lacking(kind);
    return { evidence: kind.evidence, rows: kind.rows, lacking: without, ...missingOf(built, model, without) };
  });
  const poor = joined(told.filter(({ most }) => most));
  if (poor.length === 0) return whole;
  const rest = only(selection, (row) => !told[kindOf[row]].most);
  if (rest.rows === 0) {
    const records = selection.rows === 1 ? 'The record has' : 'The records have';
    throw guess(
      missingOf(built, model, poor[0].lacking),
      model,
      poor.length === 1 ? records : 'No record has enough: the most frequent have',
    );
  }
  const unanswered = poor.map(({ evidence, rows, lacking: without }) => {
    const { names, features, weight } = missingOf(built, model, without);
    return { evidence, records: rows, absent: names, features, share: weight };
  });
  return { selections: [rest], built: await build([rest]), unanswered, remark: remarkOf(unanswered, model, of) };
}

/** Kinds that are told in full; of the others only how many there are. */
const TOLD = 3;
const NAMED = 3;

function remarkOf(kinds: readonly UnansweredKind[], { kind: model }: LoadedModel, of: Subject): string {
  const told = kinds.slice(0, TOLD).map(({ evidence, records, absent, features, share }) => {
    const without = `${formatCount(absent.length)} of its ${plural(features, 'feature')}, ${formatShare(share)} of what it goes by: ${shortList(absent, NAMED)}`;
    return `${plural(records, nounOf(of))} of evidence ${evidence} (without ${without})`;
  });
  const rest = kinds.slice(TOLD);
  const others = rest.reduce((sum, { records }) => sum + records, 0);
  if (rest.length > 0) told.push(`${plural(others, nounOf(of))} of ${plural(rest.length, 'other kind')}`);
  return `Not answered, because most of what the ${model} looks at is lacking: ${told.join('; ')}. To have them answered all the same, force it.`;
}

/** What some records have nothing of. */
interface Missing {
  /** Features by importance, the most important first. */
  readonly names: readonly string[];
  readonly features: number;
  /** Their share of the importance of all. */
  readonly weight: number;
  readonly most: boolean;
}

function missingOf({ used }: FeatureMatrix, { classifier }: LoadedModel, lacking: ReadonlySet<number>): Missing {
  const importance = classifier.featureImportances_;
  const found = [...lacking].sort((a, b) => importance[b] - importance[a] || a - b);
  const weight = found.reduce((sum, at) => sum + importance[at], 0);
  const names = found.map((at) => used[at].spec.name);
  return { names, features: used.length, weight, most: found.length * 2 > used.length || weight > 0.5 };
}

/** Features of which the logs that these records came from have nothing. */
function lackingIn({ used }: FeatureMatrix, selections: readonly Selection[]): ReadonlySet<number> {
  return new Set(used.flatMap(({ spec: { needs } }, at) => (isLacking(selections, needs) ? [at] : [])));
}

/** What records of a kind lack: what their log lacks, and what they have no value of that no record lacked which the model learned from. */
function lackedBy(built: FeatureMatrix, selection: Selection, { card }: LoadedModel): (kind: LackingKind) => ReadonlySet<number> {
  const known = card.data.lacking === undefined ? null : new Set(card.data.lacking);
  const logs = new Map<number, ReadonlySet<number>>();
  return ({ evidence, features }) => {
    const found = logs.get(evidence) ?? lackingIn(built, [ofEvidence(selection, evidence)]);
    logs.set(evidence, found);
    const own = known === null ? [] : features.filter((at) => !known.has(built.used[at].spec.name));
    return new Set([...found, ...own]);
  };
}

/** Records of a kind with the places of the features that they lack. */
interface Poor {
  readonly evidence: number;
  readonly rows: number;
  readonly lacking: ReadonlySet<number>;
}

type Told = Poor & Missing;

/** Kinds of the same evidence that lack the same of what matters most are one to a person: it lacks what all of them lack. The most frequent first. */
function joined(kinds: readonly Told[]): readonly Poor[] {
  const found = new Map<string, Poor>();
  for (const { evidence, rows, lacking, names } of kinds) {
    const key = JSON.stringify([evidence, ...names.slice(0, NAMED)]);
    const other = found.get(key) ?? { rows: 0, lacking };
    found.set(key, { evidence, rows: rows + other.rows, lacking: new Set([...lacking].filter((at) => other.lacking.has(at))) });
  }
  return [...found.values()].sort((a, b) => b.rows - a.rows || a.evidence - b.evidence);
}

function guess({ names, features, weight }: Missing, { kind }: LoadedModel, who: string): FlowcaseError {
  return new FlowcaseError(
    'PARAMETER',
    `${who} nothing of ${formatCount(names.length)} of the ${plural(features, 'feature')} that the ${kind} looks at, which are ${formatShare(weight)} of what it goes by: ${shortList(names)}. It would guess. Choose a model that learned from such a log, or force it.`,
    { name: 'force', value: false, absent: names, features, share: weight },
  );
}

function ofEvidence({ table, parts, rows }: Selection, evidence: number): Selection {
  return { table, parts: parts.filter(({ chunk }) => chunk.evidence === evidence), rows };
}

/** The rows of a selection that are wanted. */
function only({ table, parts }: Selection, wanted: (row: number) => boolean): Selection {
  const kept: SelectedPart[] = [];
  let count = 0;
  for (const part of parts) {
    const rows = part.rows.filter((_, i) => wanted(part.start + i));
    if (rows.length === 0) continue;
    kept.push({ ...part, rows, start: count });
    count += rows.length;
  }
  return { table, parts: kept, rows: count };
}
