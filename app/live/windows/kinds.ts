import type { RecordKind } from '../../contract/case.ts';
import type { Dimension } from './types.ts';

/** What a record says of itself that windows count by. */
export type Attribute = 'orig_h' | 'resp_h' | 'resp_p' | 'path' | 'status' | 'service' | 'state';

export interface DimensionPlan {
  readonly dimension: Dimension;
  readonly key: Attribute;
  /** What `peers` and `targets` of its keys are; null: they have none. */
  readonly peers: Attribute | null;
  readonly targets: Attribute | null;
}

export interface KindPlan {
  /** Columns that an attribute is read from: the first that the log has. */
  readonly columns: Readonly<Partial<Record<Attribute, readonly string[]>>>;
  readonly whole: { readonly peers: Attribute; readonly targets: Attribute };
  readonly dimensions: readonly DimensionPlan[];
  readonly bytesOut: string;
  readonly bytesIn: string;
  /** Whether its records are calls of one host to a port of another, whose times are kept by pair. */
  readonly calls: boolean;
}

const requests: KindPlan = {
  columns: { orig_h: ['orig_h'], path: ['path'], status: ['status'], service: ['vhost', 'resp_h'] },
  whole: { peers: 'orig_h', targets: 'path' },
  dimensions: [
    { dimension: 'client', key: 'orig_h', peers: 'service', targets: 'path' },
    { dimension: 'path', key: 'path', peers: 'orig_h', targets: null },
    { dimension: 'status', key: 'status', peers: 'orig_h', targets: 'path' },
    { dimension: 'service', key: 'service', peers: 'orig_h', targets: 'path' },
  ],
  bytesOut: 'request_bytes',
  bytesIn: 'bytes',
  calls: false,
};

const ends = { orig_h: ['orig_h'], resp_h: ['resp_h'], resp_p: ['resp_p'] };

const connections: KindPlan = {
  columns: { ...ends, service: ['service'], state: ['conn_state'] },
  whole: { peers: 'orig_h', targets: 'resp_p' },
  dimensions: [
    { dimension: 'originator', key: 'orig_h', peers: 'resp_h', targets: 'resp_p' },
    { dimension: 'responder', key: 'resp_h', peers: 'orig_h', targets: 'resp_p' },
    { dimension: 'service', key: 'service', peers: 'orig_h', targets: 'resp_h' },
    { dimension: 'state', key: 'state', peers: 'orig_h', targets: 'resp_h' },
  ],
  bytesOut: 'orig_bytes',
  bytesIn: 'resp_bytes',
  calls: true,
};

/** Of other logs it is known who spoke with whom. */
const others: KindPlan = { ...connections, columns: ends, dimensions: connections.dimensions.slice(0, 2), calls: false };

export function kindPlan(kind: RecordKind): KindPlan {
  return kind === 'request' ? requests : kind === 'connection' ? connections : others;
}
