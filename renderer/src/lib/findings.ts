import type { Finding } from '../../../app/contract.ts';

/** The latest run of each kind of finding. */
export function latestRuns(findings: readonly Pick<Finding, 'kind' | 'run'>[]): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  for (const { kind, run } of findings) if (run !== null && run > (latest.get(kind) ?? -1)) latest.set(kind, run);
  return latest;
}

/** What the latest run of each kind found, and what rests on no run: a host that an older run found too is not said twice. */
export function latestFindings<F extends Pick<Finding, 'kind' | 'run'>>(
  findings: readonly F[],
  latest: ReadonlyMap<string, number>,
): readonly F[] {
  return findings.filter(({ kind, run }) => run === null || run === latest.get(kind));
}
