import type { VerifyResult } from '../../../app/contract.ts';
import { app, callJob } from './state.svelte.ts';

/** The last verification of the open case in this window, for Evidence, Custody and the status bar. */
export const verification: { last: VerifyResult | null; caseId: string; running: boolean } = $state({
  last: null,
  caseId: '',
  running: false,
});

/** The last verification if it is of the open case. */
export function lastVerification(): VerifyResult | null {
  return verification.last !== null && verification.caseId === app.case?.id ? verification.last : null;
}

/** Recomputes the custody chain and compares every original; `originals` is a folder to look in where they have moved. */
export async function verifyAll(originals?: string): Promise<VerifyResult | undefined> {
  verification.running = true;
  const result = await callJob('case.verify', originals === undefined ? {} : { originals });
  verification.running = false;
  if (result === undefined) return undefined;
  verification.last = result;
  verification.caseId = app.case?.id ?? '';
  return result;
}
