import { z } from 'zod';
import { job, read } from './command.ts';
import { filter, id, label, limit, path } from './inputs.ts';
import { modelKinds, scorings, splitKinds } from './models.ts';
import type {
  AnomalyResult,
  AnomalySummary,
  LabelOverview,
  ModelDetail,
  ModelFile,
  ModelSummary,
  PredictedPage,
  PredictionExplained,
  PredictionSummary,
} from './models.ts';
import { subjects } from './runs.ts';

const of = z.enum(subjects).default('connections');
/** '': the recipe made for such a log. */
const recipe = z.string().max(100).default('');
const names = z.array(z.string().min(1).max(300)).max(1000).default([]);
const seed = z.int().min(0).max(0xffff_ffff).default(1);
const parameter = z.union([z.number(), z.string().max(100), z.boolean(), z.null()]);
const parameterName = z.string().min(1).max(100);

const labelSource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('column'), column: z.string().min(1).max(300) }),
  z.strictObject({ type: z.literal('tags'), tags: z.array(label.min(1)).max(1000).default([]) }),
]);

const tune = z.strictObject({
  search: z.enum(['grid', 'random']).default('grid'),
  values: z.record(parameterName, z.array(parameter).min(1).max(1000)),
  iterations: z.int().min(1).max(10_000).default(20),
  folds: z.int().min(2).max(100).default(3),
  scoring: z.enum(scorings).default('accuracy'),
});

/** Commands of what is learned from labels, said about other records, and found strange. */
export const learningCommands = {
  'model.train': job<ModelDetail>()(
    'Train a decision tree or a random forest on labelled records, and keep it with its figures',
    z.strictObject({
      of,
      model: z.enum(modelKinds).default('forest'),
      label: labelSource,
      recipe,
      features: names,
      where: filter,
      seed,
      split: z.enum(splitKinds).default('random'),
      test: z.number().min(0).max(0.9).default(0.25),
      folds: z.int().min(0).max(100).default(0),
      parameters: z.record(parameterName, parameter).default({}),
      tune: tune.nullable().default(null),
      keepLeaks: z.boolean().default(false),
    }),
  ),
  'models.list': read<readonly ModelSummary[]>()('Every model of the case, the latest first', z.strictObject({})),
  'model.get': read<ModelDetail>()('A model with its figures, importance, tree and rules', z.strictObject({ run: id })),
  'model.export': job<ModelFile>()('Write a model as a file that other cases can use', z.strictObject({ run: id, path })),
  'model.apply': job<PredictionSummary>()(
    'Say of records which class they are, by a model of this case or a model file, and how sure that is',
    z.strictObject({ model: z.union([z.int().min(1), path]), where: filter, force: z.boolean().default(false) }),
  ),
  'predictions.list': read<readonly PredictionSummary[]>()('Every prediction of the case, the latest first', z.strictObject({})),
  'prediction.get': read<PredictionSummary>()('One prediction', z.strictObject({ run: id })),
  'prediction.rows': read<PredictedPage>()(
    'What was predicted row by row: all, the least certain first, or those whose label says otherwise, the most certain first',
    z.strictObject({
      run: id,
      which: z.enum(['uncertain', 'disagreeing', 'all']).default('uncertain'),
      offset: id.default(0),
      limit: limit.default(100),
    }),
  ),
  'prediction.explain': read<PredictionExplained>()(
    'Why a record or host was predicted so: the votes and the way through the tree',
    z.strictObject({ run: id, id: z.union([id, z.string().min(1).max(300)]) }),
  ),
  'anomalies.run': job<AnomalyResult>()(
    'Score how easily each row is told apart from all others, and say what makes the strangest strange',
    z.strictObject({
      of,
      recipe,
      features: names,
      where: filter,
      seed,
      trees: z.int().min(1).max(10_000).default(200),
      sample: z.int().min(2).max(65_536).default(256),
      limit: z.int().min(1).max(10_000).default(50),
    }),
  ),
  'anomalies.list': read<readonly AnomalySummary[]>()('Every search for anomalies, the latest first', z.strictObject({})),
  'insight.labels': read<LabelOverview>()(
    'What a labelled log holds: records a class, clients, and the most active of them',
    z.strictObject({
      of: z.enum(['connections', 'requests']).default('connections'),
      label: z.string().max(300).default(''),
      where: filter,
    }),
  ),
} as const;
