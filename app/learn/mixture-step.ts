import { isRegular, nextModel, whitenersOf, type MixtureModel, type MixtureSums } from './mixture-model.ts';
import type { MixtureRounds } from './mixture-rounds.ts';

/**
 * One E and M step. A component that shrinks to a millionth in one step is lost in float32: then the step is done again in float64, which
 * says whether it is singular. @throws FlowcaseError PARAMETER (singular), CANCELLED, PROCESS_DIED
 */
export async function mixtureStep(
  rounds: MixtureRounds,
  model: MixtureModel,
  regCovar: number,
): Promise<{ readonly sums: MixtureSums; readonly next: MixtureModel }> {
  const sums = await rounds.learn(model);
  const next = nextModel(model, sums, regCovar);
  if (isRegular(next)) return { sums, next };
  const exact = await rounds.learnExactly(model);
  const again = nextModel(model, exact, regCovar);
  whitenersOf(again);
  return { sums: exact, next: again };
}
