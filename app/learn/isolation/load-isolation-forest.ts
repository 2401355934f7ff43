import { SavedReader } from '../saved.ts';
import type { SavedArray, SavedEstimator } from '../types.ts';
import { IsolationForest } from './isolation-forest.ts';
import { depthOf, NO_QUESTION, type IsolationTrees } from './isolation-tree.ts';

/** What `save` gave, as it was. @throws FlowcaseError FILE_DAMAGED where it is something else or does not fit together */
export function loadIsolationForest(saved: SavedEstimator): IsolationForest {
  const reader = new SavedReader(saved, 'isolation', 'isolation forest');
  const number = (name: string, low: number, high: number): number => {
    const value = reader.number(name);
    if (!Number.isInteger(value) || value < low || value > high) throw reader.damaged(`${name} is ${value}`);
    return value;
  };
  const { contamination } = saved.parameters;
  const model = new IsolationForest({
    nEstimators: number('nEstimators', 1, 10_000),
    maxSamples: number('maxSamples', 1, 65_536),
    contamination: contamination === 'auto' ? contamination : share(reader),
    seed: reader.number('seed'),
  });
  const sampled = number('sampled', 1, model.maxSamples);
  const columns = number('columns', 1, 1_000_000);
  const arrays = arraysOf(saved);
  if (arrays === null) throw reader.damaged('its trees are missing');
  const trees: IsolationTrees = { trees: model.nEstimators, depth: depthOf(sampled), ...arrays };
  const trouble = troubleIn(trees, sampled, columns);
  if (trouble !== null) throw reader.damaged(trouble);
  model.maxSamples_ = sampled;
  model.nFeaturesIn_ = columns;
  model.trees_ = trees;
  model.threshold_ = reader.number('threshold');
  return model;
}

function share(reader: SavedReader): number {
  const value = reader.number('contamination');
  if (!(value > 0 && value <= 0.5)) throw reader.damaged(`contamination is ${value}`);
  return value;
}

function arraysOf({ arrays }: SavedEstimator): Pick<IsolationTrees, 'features' | 'thresholds' | 'samples'> | null {
  const of = (name: string): SavedArray | undefined => arrays[name];
  const [features, thresholds, samples] = [of('features'), of('thresholds'), of('samples')];
  if (!(features instanceof Int32Array) || !(thresholds instanceof Float32Array) || !(samples instanceof Uint32Array)) return null;
  return { features: features.slice(), thresholds: thresholds.slice(), samples: samples.slice() };
}

/** What does not fit together, in words; null where all does: the kernel trusts these numbers as addresses. */
function troubleIn({ trees, depth, features, thresholds, samples }: IsolationTrees, sampled: number, columns: number): string | null {
  const questions = 2 ** depth - 1;
  const places = 2 * questions + 1;
  if (features.length !== trees * questions || thresholds.length !== features.length || samples.length !== trees * places) {
    return 'its trees are not of the size they should have';
  }
  for (let i = 0; i < features.length; i++) {
    const from = Math.floor(i / questions) * places;
    const place = i % questions;
    const rows = samples[from + place];
    if (place === 0 && rows !== sampled) return 'a tree does not begin with the whole sample';
    if (features[i] < NO_QUESTION || features[i] >= columns) return `it asks for column ${features[i] + 1} of ${columns}`;
    if (!Number.isFinite(thresholds[i])) return 'a threshold is no number';
    const below = samples[from + 2 * place + 1] + samples[from + 2 * place + 2];
    if (below !== (features[i] === NO_QUESTION ? 0 : rows)) return 'rows of a tree are lost on their way';
  }
  return null;
}
