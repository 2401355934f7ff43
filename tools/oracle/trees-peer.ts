import { holedRows, untied, untiedRows, type PeerTree } from '../../app/learn/trees/testing.ts';
import { askPeer } from '../../bench/lib/python-peer.ts';

/** scikit-learn's trees, one for each of `untied`. @throws where Python or scikit-learn is missing */
export function theirTrees(): readonly PeerTree[] {
  return untied.map((of) => {
    const { matrix, values, y } = untiedRows(of);
    const holed = holedRows(of.seed);
    const arrays = {
      x: { values, shape: [matrix.rows, matrix.columns] },
      y: { values: y, shape: [matrix.rows] },
      holed: { values: holed.values, shape: [holed.matrix.rows, matrix.columns] },
    };
    return askPeer('trees', { setting: of.theirs }, arrays) as PeerTree;
  });
}
