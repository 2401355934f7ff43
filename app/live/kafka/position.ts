import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import type { Position } from '../types.ts';
import type { KafkaAddress } from './address.ts';

const schema = z.object({
  /** The topic's id: one that was deleted and made again is another. */
  topic: z.string(),
  /** Next offset by partition. */
  offsets: z.record(z.string().regex(/^\d+$/), z.int().nonnegative()),
});

/** Where reading of a topic stands. */
export interface TopicPosition {
  /** The topic's id as its brokers know it. */
  readonly topic: string;
  /** Partition -> offset of the message that is read next. */
  readonly offsets: ReadonlyMap<number, number>;
}

/** @throws FlowcaseError CASE_DAMAGED where it is no position of a topic */
export function topicPosition(position: Position): TopicPosition {
  const told = schema.safeParse(position);
  if (!told.success)
    throw new FlowcaseError(
      'CASE_DAMAGED',
      'What the case keeps about how far a Kafka topic was read cannot be understood. Take the source off the list and watch it anew.',
      { position },
    );
  return { topic: told.data.topic, offsets: new Map(Object.entries(told.data.offsets).map(([key, offset]) => [Number(key), offset])) };
}

/** As the case keeps it. */
export function storedPosition({ topic, offsets }: TopicPosition): Position {
  const sorted = [...offsets].sort(([a], [b]) => a - b);
  return { topic, offsets: Object.fromEntries(sorted) };
}

type Reading = Pick<KafkaAddress, 'payload' | 'field'>;

const placeSchema = schema.extend({ payload: z.string(), field: z.string().nullable() });

/** What is kept with the evidence: how far the topic was read, and how. */
export function placeOf(position: Position, { payload, field }: Reading): Readonly<Record<string, unknown>> {
  return { ...position, payload, field };
}

/**
 * The next offset of every partition of the topic with this id, behind all that was read of it in this way; null where nothing was. What cannot be
 * understood counts for nothing: then lines come a second time, and none is lost. A topic's id is of one topic of one cluster.
 */
export function furthest(places: readonly unknown[], topic: string, { payload, field }: Reading): TopicPosition | null {
  const offsets = new Map<number, number>();
  for (const place of places) {
    const told = placeSchema.safeParse(place);
    if (!told.success || told.data.topic !== topic || told.data.payload !== payload || told.data.field !== field) continue;
    for (const [partition, offset] of topicPosition({ topic, offsets: told.data.offsets }).offsets)
      offsets.set(partition, Math.max(offset, offsets.get(partition) ?? 0));
  }
  return offsets.size === 0 ? null : { topic, offsets };
}
