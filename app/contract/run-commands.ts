import { z } from 'zod';
import { job, read } from './command.ts';
import { id } from './inputs.ts';
import type { Crosscheck, RunComparison } from './models.ts';
import { clusterScorings, covarianceTypes, pictures, type RecipeInfo, type Scatter } from './runs.ts';

const run = z.int().min(1);

const starts = z.int().min(1).max(1000);

/** Of `cluster.run`: how often to start anew, and settings to try before. */
export const clusterSearch = {
  starts: starts.nullable().default(null),
  tune: z
    .strictObject({
      search: z.enum(['grid', 'random']).default('grid'),
      values: z.strictObject({
        k: z.array(z.int().min(1).max(1000)).min(1).max(1000).optional(),
        covariance: z.array(z.enum(covarianceTypes)).min(1).max(4).optional(),
        starts: z.array(starts).min(1).max(100).optional(),
      }),
      iterations: z.int().min(1).max(10_000).default(20),
      scoring: z.enum(clusterScorings).default('silhouette'),
    })
    .nullable()
    .default(null),
};

/** Commands about runs that are there. */
export const runCommands = {
  'recipes.list': read<readonly RecipeInfo[]>()('Every feature recipe: what its rows are, and what is in it', z.strictObject({})),
  'run.scatter': read<Scatter>()(
    'A seeded sample in two dimensions: by principal components, or by UMAP where that was made',
    z.strictObject({ run: id, points: z.int().min(1).max(200_000).default(20_000), picture: z.enum(pictures).default('pca') }),
  ),
  'run.picture': job<Scatter>()('Make a picture of a run with UMAP and keep it; one that is there is shown', z.strictObject({ run })),
  'runs.compare': read<RunComparison>()(
    'Two clusterings side by side: how alike they are, and which members of which cluster are where',
    z.strictObject({ a: run, b: run }),
  ),
  'run.crosscheck': job<Crosscheck>()(
    'Repeat a run with an independent implementation, and keep what that says',
    z.strictObject({
      run,
      /** Rows at most, a seeded sample where there are more; 0: as many as the second tool takes well. */
      rows: z.int().min(0).default(0),
    }),
  ),
  'crosschecks.list': read<readonly Crosscheck[]>()('Second opinions on a run, or on all of them', z.strictObject({ run: run.optional() })),
} as const;
