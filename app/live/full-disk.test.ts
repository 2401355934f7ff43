import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { diskFull } from '../case/sqlite-errors.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { LiveStore, LiveTransaction } from '../case/live-types.ts';
import type { CaseWriter } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import { alertRules, type AlertMessage } from '../contract/live-alerts.ts';
import { liveSource, retentionRules, type LiveStatus } from '../contract/live.ts';
import { LiveDesk } from './desk.ts';
import { until } from './engine/testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

/** Minute by minute what is usual; in `attack` somebody guesses passwords beside it. */
const minute = (at: number, attack = false): string => {
  const time = (i: number): string => new Date(Date.UTC(2024, 9, 10, 13, at, i % 60)).toISOString().slice(11, 19);
  const say = (i: number, client: string, path: string, status: number): string =>
    `${client} - - [10/Oct/2024:${time(i)} +0000] "GET ${path} HTTP/1.1" ${status} 100\n`;
  const usual = Array.from(
    { length: 60 },
    (_, i) => say(i, `10.0.0.${i % 30}`, `/${i % 17}`, 200) + (attack && i > 3 ? say(i, '203.0.113.9', '/login', 401).repeat(3) : ''),
  );
  return usual.join('');
};
const minutes = (from: number, to: number, attacked: readonly number[] = []): string =>
  Array.from({ length: to - from }, (_, i) => minute(from + i, attacked.includes(from + i))).join('');

/** Takes messages; says how often each came. */
async function receiver(): Promise<{ url: string; came: string[]; answer: { status: number }; close: () => void }> {
  const came: string[] = [];
  const answer = { status: 200 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (answer.status === 200) came.push((JSON.parse(Buffer.concat(chunks).toString()) as AlertMessage).id);
      response.writeHead(answer.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, came, answer, close: () => server.close() };
}

/** A case's writer on a disk that is full for commits that `full` says so of, by what they wrote. */
function onFullDisk(writer: CaseWriter, full: (did: ReadonlySet<string>) => boolean): { writer: CaseWriter; failed: () => number } {
  let failed = 0;
  const commit = <T>(work: (transaction: LiveTransaction) => T): T =>
    writer.live.commit((transaction) => {
      const did = new Set<string>();
      const seen = new Proxy(transaction, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          return typeof value !== 'function'
            ? value
            : (...given: unknown[]): unknown => {
                did.add(name === 'state' ? `state ${String(given[0])}` : String(name));
                return Reflect.apply(value, target, given) as unknown;
              };
        },
      });
      const result = work(seen);
      if (!full(did)) return result;
      failed++;
      throw diskFull(writer.path);
    });
  const over = <T extends object>(target: T, replaced: Readonly<Record<string, unknown>>): T =>
    new Proxy(target, {
      get(_, name) {
        if (typeof name === 'string' && name in replaced) return replaced[name];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const usedBytes = (): number => {
    if (!full(new Set(['usedBytes']))) return writer.live.usedBytes();
    failed++;
    throw diskFull(writer.path);
  };
  const live: LiveStore = over(writer.live, { commit, usedBytes });
  return { writer: over(writer, { live }), failed: () => failed };
}

const places: readonly (readonly [string, (did: ReadonlySet<string>) => boolean])[] = [
  ['records are kept', (did) => did.has('position')],
  ['findings are raised', (did) => did.has('raise')],
  ['it is kept that messages arrived', (did) => did.has('state alerts') && !did.has('position')],
  ['anything is written', () => true],
  ['room is made by the rules', (did) => did.has('usedBytes')],
];

it.each(places)('a disk that is full where %s: it is said, tried again, and nothing is lost or sent twice', async (name, place) => {
  const log = join(scratch.path, `${name}.log`);
  writeFileSync(log, minutes(0, 40));
  const target = await receiver();
  const made = createCase(join(scratch.path, `${name}.flowcase`), caseFields);
  let isFull = false;
  const { writer, failed } = onFullDisk(made, (did) => isFull && place(did));
  const reader = openCaseForReading(made.path);
  const table = (kind: RecordKind): RecordTable => {
    reader.refresh();
    return reader.table(kind);
  };
  const told: LiveStatus[] = [];
  const desk = new LiveDesk({
    writer,
    changed: () => undefined,
    tell: (status) => told.push(status),
    alert: () => undefined,
    matching: () => Float64Array.of(0),
    table,
  });
  const status = async (): Promise<LiveStatus> => desk.handlers['live.status']({});
  const rows = (): number => table('request').rows;
  await desk.handlers['live.setRules']({
    alerts: alertRules.parse({ severity: 'low', senders: [{ type: 'webhook', url: target.url }] }),
  });
  await desk.handlers['live.watch']({ source: liveSource.parse({ type: 'file', path: log }), name: '' });
  await until(() => rows() === 40 * 60);
  isFull = true;
  await desk.handlers['live.setRules']({ retention: retentionRules.parse({ bytes: 2 ** 40 }) });
  appendFileSync(log, minutes(40, 45, [40, 41]));
  let held = '';
  await until(() => failed() > 2 && (held = told.at(-1)?.held ?? '') !== '');
  expect(held).toMatch(/full/);
  isFull = false;
  await until(() => target.came.length > 0 && told.at(-1)?.held === '');
  // whatever goes out, and what is kept of it, has had its time
  appendFileSync(log, minutes(45, 47));
  const all = minutes(0, 40) + minutes(40, 45, [40, 41]) + minutes(45, 47);
  await until(() => rows() === all.split('\n').length - 1);
  const seen = told.length;
  await until(() => told.length > seen + 2);
  expect((await status()).sources).toMatchObject([{ state: 'running' }]);
  const kept = made.live.alerts(false).map(({ key }) => key);
  expect(kept.length).toBeGreaterThan(0);
  expect(new Set(kept).size).toBe(kept.length);
  expect(target.came.toSorted()).toEqual([...new Set(target.came)].toSorted());
  expect(new Set(target.came)).toEqual(new Set(kept));
  await desk.close();
  reader.close();
  made.close();
  target.close();
});
