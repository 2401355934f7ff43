import { expect, it } from 'vitest';
import { DecisionTree, loadDecisionTree } from '../learn/trees/decision-tree.ts';
import { RandomForest } from '../learn/trees/random-forest.ts';
import { blobs, lacking } from '../learn/trees/testing.ts';
import type { Classifier } from '../learn/types.ts';
import { estimatorFingerprint } from './learning-fingerprint.ts';

const whole = blobs(600, 6, 3, 17);
const holed = lacking(whole, 0.1, 17);
const names = ['a', 'b', 'c'];
const fingerprintOf = async (model: Classifier, { matrix, y, classes }: typeof whole): Promise<string> =>
  estimatorFingerprint((await model.fit(matrix, y, classes)).save(), names);

/** What the program gave before it learned where absent values go. */
const before = {
  tree: '424156587ce8f4c9092b51092141ae49cc5558eaf971bfc4c009c897bfd9b0b0',
  forest: 'eb2946db74b3d1f39b82897e6ce0d798708fbf7569c127c9c391a289e85eaa8d',
  treeOfHoled: '84a1755cc50d277d133c0a24acd8fbe7cb31fdeb6f70f0dfc282f5fab610384d',
  forestOfHoled: 'd3826d7d787eda750d9692e91f7e956a5d6c9fa1b0353d1a3376693f5d68f824',
};

it('what learned from rows that lack nothing has the fingerprint that it had before sides were learned', async () => {
  expect(await fingerprintOf(new DecisionTree({ seed: 3, ccpAlpha: 0.001 }), whole)).toBe(before.tree);
  expect(await fingerprintOf(new RandomForest({ seed: 3, nEstimators: 5 }), whole)).toBe(before.forest);
});

it('what sends absent values left has the fingerprint that it had when all did', async () => {
  const absentValues = 'left';
  expect(await fingerprintOf(new DecisionTree({ seed: 3, ccpAlpha: 0.001, absentValues }), holed)).toBe(before.treeOfHoled);
  expect(await fingerprintOf(new RandomForest({ seed: 3, nEstimators: 5, absentValues }), holed)).toBe(before.forestOfHoled);
});

it('sides that were learned are part of the fingerprint', async () => {
  const saved = (await new DecisionTree({ seed: 3, ccpAlpha: 0.001 }).fit(holed.matrix, holed.y, holed.classes)).save();
  const own = estimatorFingerprint(saved, names);
  expect(own).not.toBe(before.treeOfHoled);
  expect(estimatorFingerprint(loadDecisionTree(saved).save(), names)).toBe(own);
  const absentSides = saved.arrays['absentSides'].map((side: number) => side ^ 1);
  expect(estimatorFingerprint({ ...saved, arrays: { ...saved.arrays, absentSides } }, names)).not.toBe(own);
});
