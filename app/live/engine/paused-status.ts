import type { StoredSource } from '../../case/live-types.ts';
import type { LiveSourceStatus, LiveWatch } from '../../contract/live.ts';

/** Of a source on the list that does not run. */
export function pausedStatus({ id, name, spec, evidence }: StoredSource): LiveSourceStatus {
  return {
    id,
    name,
    watch: spec as LiveWatch,
    state: 'paused',
    why: '',
    kind: null,
    format: null,
    formatTitle: '',
    evidence,
    records: 0,
    rejected: 0,
    bytes: 0,
    rate: 0,
    lagBytes: null,
    lagRecords: null,
    late: 0,
    early: 0,
    behind: null,
    lastRecord: null,
    lastCommit: null,
    errors: 0,
    error: '',
  };
}
