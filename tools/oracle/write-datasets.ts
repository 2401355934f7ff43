/** Writes the small public data sets of app/learn/fixtures anew, as scikit-learn ships them: `node tools/oracle/write-datasets.ts` */
import { writeFileSync } from 'node:fs';
import { askPeer } from '../../bench/lib/python-peer.ts';

for (const [name, file] of [
  ['wine', 'wine.csv'],
  ['breast_cancer', 'breast-cancer.csv'],
  ['digits', 'digits.csv'],
]) {
  const { rows } = askPeer('datasets', { name }, {}) as { readonly rows: readonly (readonly number[])[] };
  writeFileSync(new URL(`../../app/learn/fixtures/${file}`, import.meta.url), `${rows.map((row) => row.join(',')).join('\n')}\n`);
}
