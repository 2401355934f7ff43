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
  /** The sentence, with a blank before it. */
  readonly words: string;
}

/** `matrix`: what the run is over now. @throws FlowcaseError CANCELLED */
export async function metAgain(run: KeptRun, fingerprint: string, matrix: Matrix, pace: Pace): Promise<MetAgain> {
  if (fingerprint === run.fingerprint) return { met: true, words: ' The run itself was met again bit for bit.' };
  const changed = run.changedSince?.({ rows: matrix.rows, input: await inputFingerprint(matrix, pace) }) ?? null;
  return { met: false, words: changed === null ? ' The run that is kept was NOT met again: repeat it.' : ` ${changed}` };
}
