import type { Subject } from '../../contract/runs.ts';
import type { ClusterSummary } from '../../contract/runs.ts';

/** "3 · DNS to the two resolvers": the number and the name that a person gave, or the words drawn from its profile. */
export function clusterTitle(cluster: Pick<ClusterSummary, 'cluster' | 'name' | 'autoName'>): string {
  const name = cluster.name === '' ? cluster.autoName : cluster.name;
  return name === '' ? String(cluster.cluster) : `${cluster.cluster} · ${name}`;
}

/** What a row of a run is. */
export const nouns: Readonly<Record<Subject, string>> = { connections: 'connection', requests: 'request', hosts: 'host' };
