import type { PredictionSummary } from '../../../../app/contract.ts';

/** The prediction that is looked at: the inspector says of a record, or host, of it why it was predicted so. Null elsewhere. */
class Looked {
  prediction = $state.raw<PredictionSummary | null>(null);
}
export const looked = new Looked();
