import { basename } from 'node:path';
import type { Checked, NamesOf } from '../../app/contract.ts';
import { plural } from '../../app/contract/format.ts';

type Titles = { readonly [N in NamesOf<'job'>]: (input: Checked<N>) => string };

const titles: Titles = {
  'case.sample': () => 'Making the sample case',
  'case.verify': () => 'Verifying the case',
  'evidence.import': ({ paths }) => `Importing ${paths.length === 1 ? basename(paths[0] ?? '') : plural(paths.length, 'path')}`,
  'cluster.run': ({ k }) => `Grouping connections (k-means, k = ${k})`,
  'run.repeat': ({ run }) => `Repeating run ${run}`,
  'report.export': ({ path }) => `Writing ${basename(path)}`,
  'table.export': ({ path }) => `Writing ${basename(path)}`,
};

/** What a job is called where a person sees it. */
export function titleOf<N extends NamesOf<'job'>>(name: N, input: Checked<N>): string {
  return titles[name](input);
}
