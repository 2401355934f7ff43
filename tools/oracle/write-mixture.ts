/** Writes app/learn/fixtures/mixture.json anew: scikit-learn's mixtures of the small data sets. `node tools/oracle/write-mixture.ts` */
import { writeFileSync } from 'node:fs';
import { covarianceTypes } from '../../app/contract/runs.ts';
import { matrixOfCase, mixtureCases, type MixtureFigures } from '../../app/learn/mixture-testing.ts';
import { peerVersion } from '../../bench/lib/python-peer.ts';
import { theirMixtures } from './mixture-peer.ts';

const figures: MixtureFigures[] = mixtureCases.flatMap((of) => {
  const matrix = matrixOfCase(of);
  return theirMixtures(matrix, of).map((theirs, i) => {
    const { lowerBound, score, bic, aic, weights, means, covariances } = theirs;
    // those of many columns are held together live only: they would fill the file
    const small = covariances.length <= 1000 ? { covariances } : {};
    return { name: of.name, covariance: covarianceTypes[i], lowerBound, score, bic, aic, weights, means, ...small };
  });
});
const origin = `scikit-learn ${peerVersion() ?? ''}, float64, by tools/oracle/write-mixture.ts on the cases of app/learn/mixture-testing.ts`;
writeFileSync(new URL('../../app/learn/fixtures/mixture.json', import.meta.url), `${JSON.stringify({ origin, figures })}\n`);
