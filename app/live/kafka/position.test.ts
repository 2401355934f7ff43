import { expect, it } from 'vitest';
import { parseKafkaAddress } from './address.ts';
import { furthest, placeOf, storedPosition, type TopicPosition } from './position.ts';
import { TopicOffsets } from './topic-offsets.ts';

const lines = parseKafkaAddress('kafka://broker/access');
const position = (topic: string, ...offsets: readonly (readonly [number, number])[]): TopicPosition => ({
  topic,
  offsets: new Map(offsets),
});
const kept = (of: TopicPosition, address = lines): unknown => JSON.parse(JSON.stringify(placeOf(storedPosition(of), address)));

it('knows how far a topic was read, by its id and by how its messages were taken', () => {
  const json = parseKafkaAddress('kafka://broker/access?payload=json');
  const places = [
    kept(position('T', [0, 20], [1, 5])),
    kept(position('T', [0, 10], [2, 7])),
    kept(position('U', [0, 99])),
    kept(position('T', [0, 77]), json),
    { topic: 'T', offsets: { x: 1 } },
    'nothing',
  ];
  expect(furthest(places, 'T', lines)).toEqual(position('T', [0, 20], [1, 5], [2, 7]));
  expect(furthest(places, 'T', json)).toEqual(position('T', [0, 77]));
  expect(furthest(places, 'V', lines)).toBeNull();
});

/** A topic whose partitions begin at 0, and end at 1000. */
function offsetsOf(query: string, known: TopicPosition | null, from: TopicPosition | null = null): TopicOffsets {
  const consumer = {
    listOffsets: ({
      topics: [topic],
      partitions,
      timestamp,
    }: {
      topics: string[];
      partitions: Record<string, number[]>;
      timestamp: bigint;
    }) => {
      const all: bigint[] = [];
      for (const partition of partitions[topic]) all[partition] = timestamp === -1n ? 1000n : 0n;
      return Promise.resolve(new Map([[topic, all]]));
    },
  };
  const address = parseKafkaAddress(`kafka://broker/access${query}`);
  return new TopicOffsets(
    consumer,
    address,
    from,
    () => undefined,
    () => known,
  );
}

it('goes on behind what another source read of the topic, unless it has a place of its own, or begins with what comes', async () => {
  const known = position('T', [0, 20], [1, 5]);
  const taken = offsetsOf('', known);
  await taken.partitions('T', 3);
  expect(taken.position).toEqual(position('T', [0, 20], [1, 5], [2, 0]));
  expect(taken.tookUp).toBe(true);
  const own = offsetsOf('', known, position('T', [0, 300], [1, 0], [2, 0]));
  await own.partitions('T', 3);
  expect(own.position).toEqual(position('T', [0, 300], [1, 0], [2, 0]));
  expect(own.tookUp).toBe(false);
  const latest = offsetsOf('?start=latest', known);
  await latest.partitions('T', 2);
  expect(latest.position).toEqual(position('T', [0, 1000], [1, 1000]));
  const fresh = offsetsOf('', null);
  await fresh.partitions('T', 1);
  expect([fresh.position, fresh.tookUp]).toEqual([position('T', [0, 0]), false]);
});
