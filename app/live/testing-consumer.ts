/**
 * A process of its own for tests: keeps what a source gives in a scratch database, lines and position in one transaction as the live engine does, so that
 * the source is tried by itself. `node testing-consumer.ts DATABASE kafka://…|FILE`.
 */
import Database from 'better-sqlite3';
import { z } from 'zod';
import { followFile } from './file/follow-file.ts';
import { parseKafkaAddress } from './kafka/address.ts';
import { KafkaSource } from './kafka/source.ts';
import type { LiveSource, SourceBatch } from './types.ts';

const [path, name] = process.argv.slice(2);
const database = new Database(path);
database.pragma('journal_mode = WAL');
database.exec('CREATE TABLE IF NOT EXISTS line (text TEXT) STRICT; CREATE TABLE IF NOT EXISTS position (position TEXT) STRICT');
const insert = database.prepare('INSERT INTO line VALUES (?)');
const forget = database.prepare('DELETE FROM position');
const remember = database.prepare('INSERT INTO position VALUES (?)');
const keep = database.transaction(({ bytes, after }: SourceBatch) => {
  // a batch may say no more than that a stretch ends
  const lines = new TextDecoder().decode(bytes);
  if (lines !== '') for (const line of lines.replace(/\n$/, '').split('\n')) insert.run(line);
  forget.run();
  remember.run(JSON.stringify(after));
});

const stored = z.object({ position: z.string() }).optional().parse(database.prepare('SELECT position FROM position').get());
const from = stored === undefined ? null : z.record(z.string(), z.unknown()).parse(JSON.parse(stored.position));
const source: LiveSource = name.startsWith('kafka://')
  ? new KafkaSource(parseKafkaAddress(name), {})
  : followFile({ path: name, from: 'beginning' });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await source.run(
  {
    take: (batch) => {
      keep(batch);
      source.safe?.(batch.after);
      return Promise.resolve();
    },
    fault: (message) => process.stderr.write(`${message}\n`),
  },
  from,
  stop.signal,
);
database.close();
