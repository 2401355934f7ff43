import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import type { Position } from '../types.ts';

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
