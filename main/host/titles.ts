import { basename } from 'node:path';
import type { Checked, NamesOf } from '../../app/contract.ts';
import { plural } from '../../app/contract/format.ts';

type Titles = { readonly [N in NamesOf<'job'>]: (input: Checked<N>) => string };

const titles: Titles = {
  'case.sample': () => 'Making the sample case',
  'case.verify': () => 'Verifying the case',
  'evidence.import': ({ paths }) => `Importing ${paths.length === 1 ? basename(paths[0] ?? '') : plural(paths.length, 'path')}`,
  'cluster.run': ({ k, of, method }) => `Grouping ${of} (${method === 'kmeans' ? 'k-means' : 'Gaussian mixture'}, k = ${k})`,
  'model.train': ({ model, of }) => `Training a ${model} on ${of}`,
  'model.apply': ({ model }) => `Predicting with ${typeof model === 'number' ? `model ${model}` : basename(model)}`,
  'model.export': ({ path }) => `Writing ${basename(path)}`,
  'anomalies.run': ({ of }) => `Searching ${of} for anomalies`,
  'run.repeat': ({ run }) => `Repeating run ${run}`,
  'run.picture': ({ run }) => `Making a picture of run ${run} with UMAP`,
  'run.crosscheck': ({ run }) => `Checking run ${run} with a second tool`,
  'report.export': ({ path }) => `Writing ${basename(path)}`,
  'schedule.run': ({ name }) => `Schedule ${name}`,
  'table.export': ({ path }) => `Writing ${basename(path)}`,
};

/** What a job is called where a person sees it. */
export function titleOf<N extends NamesOf<'job'>>(name: N, input: Checked<N>): string {
  return titles[name](input);
}
