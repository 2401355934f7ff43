/** Writes scikit-learn's trees that app/learn/trees is held against: `node tools/oracle/write-trees.ts` */
import { writeFileSync } from 'node:fs';
import { theirTrees } from './trees-peer.ts';

const trees = theirTrees();
const unstable = trees.findIndex((tree) => !tree.stable);
if (unstable >= 0) throw new Error(`In tree ${unstable} two questions are equally good: choose other rows or settings.`);
writeFileSync(new URL('../../app/learn/trees/fixtures/trees.json', import.meta.url), `${JSON.stringify(trees)}\n`);
