import { untied, untiedRows, type PeerTree } from '../../app/learn/trees/testing.ts';
import { askPeer } from '../../bench/lib/python-peer.ts';

/** scikit-learn's trees, one for each of `untied`. @throws where Python or scikit-learn is missing */
export function theirTrees(): readonly PeerTree[] {
  return untied.map(({ seed, theirs }) => {
    const { matrix, values, y } = untiedRows(seed);
    const arrays = { x: { values, shape: [matrix.rows, matrix.columns] }, y: { values: y, shape: [matrix.rows] } };
    return askPeer('trees', { setting: theirs }, arrays) as PeerTree;
  });
}
