import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../tools/kafka/broker.ts';
import { whyNoBroker } from '../../tools/kafka/java.ts';
import { rotationKinds } from './produce/file-target.ts';
import {
  finish,
  killOverAndOver,
  scratchConsumer,
  startProduce,
  watchConsumer,
  writeNumberedLog,
  type Consumer,
} from './testing-exactly-once.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-once-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(join(folder, 'consumer-'));
const consumers: readonly (readonly [string, () => Consumer])[] = [
  ['the source by itself', () => scratchConsumer(newFolder())],
  ['flowcase watch', () => watchConsumer(newFolder())],
];

/** Every number once: said in figures, because a list of what is wrong would be long. */
function mistakes(kept: readonly number[], count: number): { readonly lost: number; readonly twice: number; readonly strange: number } {
  const times = new Uint8Array(count);
  let strange = 0;
  for (const number of kept) {
    if (Number.isInteger(number) && number >= 0 && number < count) times[number]++;
    else strange++;
  }
  return { lost: times.filter((n) => n === 0).length, twice: times.filter((n) => n > 1).length, strange };
}

describe.skipIf((await whyNoBroker()) !== null)('a topic, its consumer killed ten times and its broker once', () => {
  const EVENTS = 200_000;
  const log = join(folder, 'numbered.log');
  let broker: Broker;
  beforeAll(async () => {
    writeNumberedLog(log, 0, EVENTS);
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  it.each(consumers)('gives every event exactly once to %s', { timeout: 300_000 }, async (name, make) => {
    const consumer = make();
    const topic = `events-${name.replaceAll(' ', '-')}`;
    await broker.createTopic(topic, 3);
    const address = `kafka://${broker.bootstrap}/${topic}`;
    const producing = startProduce('--to', address, '--from', log, '--speed', name === 'flowcase watch' ? '5000/s' : '12000/s');
    const { counts, said } = await killOverAndOver(consumer, `${address}?group=once`, 10, 7, async (round) => {
      if (round === 4) await broker.restart();
    });
    expect((await producing).records).toBe(EVENTS);
    // it was killed in the midst of its work, and went on with it each time
    expect(new Set(counts).size, `${counts.join(', ')} ${said}`).toBeGreaterThanOrEqual(5);
    await finish(consumer, `${address}?group=once`, EVENTS, 120_000);
    expect(mistakes(consumer.kept(), EVENTS)).toEqual({ lost: 0, twice: 0, strange: 0 });
  });
});

describe('a log that rotates fifty times, its follower killed ten times', () => {
  const ROTATIONS = 50;
  const EVERY = 1000;
  const LINES = ROTATIONS * EVERY + 500;

  it.each(rotationKinds.flatMap((kind) => [false, true].map((gzip) => [kind, gzip] as const)))(
    'gives flowcase watch every line exactly once (%s, packed: %s)',
    { timeout: 300_000 },
    async (kind, gzip) => {
      const place = newFolder();
      const path = join(place, 'access.log');
      const consumer = watchConsumer(place);
      // what was rotated away before anybody looked is no part of the log that is followed
      const [beginning, rest] = [join(place, 'beginning'), join(place, 'rest')];
      writeNumberedLog(beginning, 0, EVERY / 2);
      writeNumberedLog(rest, EVERY / 2, LINES);
      await startProduce('--to', path, '--from', beginning);
      await finish(consumer, path, EVERY / 2, 60_000);
      const rotation = ['--rotate', kind, '--every', String(EVERY), ...(gzip ? ['--gzip'] : [])];
      const producing = startProduce('--to', path, '--from', rest, '--append', '--speed', '2400/s', ...rotation);
      const { counts, said } = await killOverAndOver(consumer, path, 10, gzip ? 11 : 12, () => Promise.resolve());
      expect((await producing).records).toBe(LINES - EVERY / 2);
      expect(new Set(counts).size, `${counts.join(', ')} ${said}`).toBeGreaterThanOrEqual(5);
      await finish(consumer, path, LINES, 60_000);
      expect(mistakes(consumer.kept(), LINES)).toEqual({ lost: 0, twice: 0, strange: 0 });
    },
  );
});
