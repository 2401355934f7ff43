import type { CrosscheckVerdict } from '../contract/comparisons.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import { inputFingerprint } from './fingerprint.ts';

/** A run that is checked, as it was kept. */
export interface KeptRun {
  readonly id: number;
  readonly fingerprint: string;
  /** Why the run cannot be met again, where the case has changed since; null where it has not, and it should be. `now`: what it is over now. */
  readonly changedSince?: (now: { readonly rows: number; readonly input: string }) => string | null;
}

/** Whether a run that was carried out anew came out as it is kept. */
export interface MetAgain {
  readonly met: boolean;
  /** The case has changed since, so that it cannot be met. */
  readonly changed: boolean;
  /** The sentence, with a blank before it. */
  readonly words: string;
}

/** `matrix`: what the run is over now. @throws FlowcaseError CANCELLED */
export async function metAgain(run: KeptRun, fingerprint: string, matrix: Matrix, pace: Pace): Promise<MetAgain> {
  if (fingerprint === run.fingerprint) return { met: true, changed: false, words: ' The run itself was met again bit for bit.' };
  const changed = run.changedSince?.({ rows: matrix.rows, input: await inputFingerprint(matrix, pace) }) ?? null;
  if (changed === null) return { met: false, changed: false, words: ' The run that is kept was NOT met again: repeat it.' };
  return { met: false, changed: true, words: ` ${changed} That run is not confirmed, and not contradicted.` };
}

/** What it comes to where two tools that were asked about the rows of today say the same, or do not. */
export function verdictWith(alike: boolean, again: MetAgain | null): CrosscheckVerdict {
  if (!alike) return 'differs';
  if (again === null || again.met) return 'agrees';
  return again.changed ? 'not confirmed' : 'differs';
}
