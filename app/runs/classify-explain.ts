import type { PredictionExplained, PredictionSummary } from '../contract/models.ts';
import { ownUnit } from '../features/own-unit.ts';
import { recordId } from '../features/selection.ts';
import type { Selection } from '../features/types.ts';
import type { Matrix } from '../learn/matrix.ts';
import { unwatched } from '../learn/pace.ts';
import { greatest, type Explanation, type TreePath } from '../learn/trees/explain.ts';
import { answerable } from './answerable.ts';
import type { LoadedModel } from './model-parts.ts';
import { selectSources, type LearningSource } from './sources.ts';
import { stepWords } from './tree-words.ts';

/** The features of every row of a prediction, to explain one after the other. */
export interface Explainer {
  /** What they take. */
  readonly bytes: number;
  /**
   * The votes on one row and its way through the tree (of a forest: of the tree that agrees best with all). `id`: of a record, or a host.
   */
  explain(id: number | string): Omit<PredictionExplained, 'row'>;
}

/** The rows' features are computed as for the prediction, among the same records. @throws FlowcaseError NOTHING_TO_CLUSTER, OUT_OF_MEMORY */
export async function explainerOf(
  model: LoadedModel,
  sources: readonly LearningSource[],
  { of, where, unanswered }: Pick<PredictionSummary, 'of' | 'where' | 'unanswered'>,
): Promise<Explainer> {
  const pace = unwatched();
  const all = await selectSources(sources, { of, where }, pace);
  // what was made before logs were told apart answered of all records, whatever they lack
  const { selections, built } = await answerable(all, model, unanswered === undefined, pace);
  const { matrix, hosts } = built;
  return {
    bytes: matrix.memory.buffer.byteLength,
    explain(id) {
      const row = hosts === null ? rowOf(selections[0], Number(id)) : hostRow(hosts.rows, (at) => hosts.textOf(at), String(id));
      return explained(model, matrix, row);
    },
  };
}

function explained(model: LoadedModel, matrix: Matrix, row: number): Omit<PredictionExplained, 'row'> {
  const values = new Float32Array(matrix.columns);
  matrix.copyRow(row, values);
  const explanation = model.classifier.explain(values);
  const { features } = model.fitted;
  return {
    votes: explanation.shares
      .map((share, code) => ({ name: model.classes[code], share }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share),
    path: bestPath(explanation).steps.map((step) => ({
      feature: features[step.feature].name,
      title: features[step.feature].title,
      words: stepWords(features[step.feature], step),
      value: Number.isNaN(step.value) ? null : ownUnit(features[step.feature], step.value),
    })),
  };
}

/** The way through the tree that is surest of what all say together; the first of equals. */
function bestPath({ paths, prediction }: Explanation): TreePath {
  const share = ({ counts }: TreePath): number => counts[prediction] / counts.reduce((sum, count) => sum + count, 0);
  return paths[greatest(paths.map(share))];
}

/** The place of a record in its selection. */
function rowOf(selection: Selection, id: number): number {
  let [low, high] = [0, selection.rows - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (recordId(selection, middle) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hostRow(rows: number, textOf: (row: number) => string, host: string): number {
  for (let row = 0; row < rows; row++) if (textOf(row) === host) return row;
  return 0;
}
