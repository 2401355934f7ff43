/**
 * `node bench/live.ts [--no-kafka] [--long]`: what is watched, in one process as the product runs it: windows and detectors on, everything into a case that is read
 * meanwhile. Flowcase has no peer here that does the same; the goals are quoted instead. Generated access log.
 * 1. backlog: a file of 1,000,000 lines that is there: events a second until all can be seen.
 * 2. steady: 50,000 lines a second appended for 20 seconds; time from a line written to its record seen by a reader; reads meanwhile.
 * `--long`: a file of 6,000,000 lines instead of all that, and the resident size of the process while it comes in.
 * What writes the logs is a process of its own, so that the memory told is that of the product.
 * 3. kafka: a topic of 1,000,000 messages on a real broker on this machine (its Java takes its share of the two cores).
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { formatBytes, formatCount } from '../app/contract/format.ts';
import { generatorOf } from '../app/generate/registry.ts';
import { parseKafkaAddress } from '../app/live/kafka/address.ts';
import { TopicProducer } from '../app/live/kafka/producer.ts';
import { createHost, type Host } from '../main/host/host.ts';
import { startBroker } from '../tools/kafka/broker.ts';
import { whyNoBroker } from '../tools/kafka/java.ts';

const ROWS = 1_000_000;
const LONG = 6_000_000;
const RATE = 50_000;
const SECONDS = 20;
const folder = mkdtempSync(join(tmpdir(), 'flowcase-bench-live-'));

function generated(rows: number): string {
  const path = join(folder, `${rows}.log`);
  execFileSync(process.execPath, [import.meta.filename, '--write', String(rows), path]);
  return path;
}

async function writeLog(rows: number, path: string): Promise<void> {
  const days = Math.max(1, rows / ROWS);
  await generatorOf('access').generate({ rows, seed: 1, days, scenarios: [] }, (block) => appendFileSync(path, block));
}

async function withCase<T>(name: string, work: (host: Host) => Promise<T>): Promise<T> {
  const host = createHost({ kind: 'local', version: 'bench', dataFolder: join(folder, 'data'), recordOpenings: false });
  try {
    await host.invoke('case.create', { path: join(folder, `${name}.flowcase`), name });
    return await work(host);
  } finally {
    await host.close();
  }
}

const seen = async (host: Host): Promise<number> => (await host.invoke('case.info', {})).requests;

async function untilSeen(host: Host, rows: number): Promise<number> {
  const started = performance.now();
  while ((await seen(host)) < rows) {
    const { sources } = await host.invoke('live.status', {});
    const failed = sources.find(({ state }) => state === 'failed');
    if (failed !== undefined) throw new Error(failed.error);
    await wait(20);
  }
  return (performance.now() - started) / 1000;
}

function told(what: string, seconds: number, rows: number, wanted: number): void {
  const rate = rows / seconds;
  console.log(
    `${what}: ${formatCount(rows)} events in ${seconds.toFixed(2)} s = ${formatCount(Math.round(rate))}/s, ${(rate / wanted).toFixed(2)} times the goal of ${formatCount(wanted)}/s`,
  );
}

const resident = (): number => process.memoryUsage().rss;

async function backlog(log: string): Promise<void> {
  await withCase('backlog', async (host) => {
    const before = resident();
    await host.invoke('live.watch', { source: { type: 'file', path: log } });
    told('file, backlog', await untilSeen(host, ROWS), ROWS, 50_000);
    const size = statSync(join(folder, 'backlog.flowcase')).size;
    console.log(`  case ${formatBytes(size)}, process ${formatBytes(before)} before and ${formatBytes(resident())} behind it`);
  });
}

/** Resident size with every half a million lines, while the overview and the windows are asked for. */
async function long(log: string, rows: number): Promise<void> {
  await withCase('long', async (host) => {
    await host.invoke('live.watch', { source: { type: 'file', path: log } });
    for (let next = 500_000, there = 0; there < rows;) {
      there = await seen(host);
      await host.invoke('insight.overview', { kind: 'request', filter: '' });
      await host.invoke('live.windows', { kind: 'request', limit: 60 });
      if (there >= next) {
        console.log(`  ${formatCount(there)} events: ${formatBytes(resident())}`);
        next += 500_000;
      }
      await wait(100);
    }
  });
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
const words = (values: number[], unit: string): string => {
  values.sort((a, b) => a - b);
  return `p50 ${quantile(values, 0.5).toFixed(1)}, p95 ${quantile(values, 0.95).toFixed(1)}, worst ${quantile(values, 1).toFixed(1)} ${unit} (${values.length})`;
};

/** What an open window and its operator ask while traffic comes in. */
const questions = (host: Host): readonly (readonly [string, () => Promise<unknown>])[] => [
  [
    'records.query, the latest of a filter',
    () => host.invoke('records.query', { kind: 'request', filter: 'status >= 400', sort: { column: 'ts', descending: true }, limit: 100 }),
  ],
  ['records.query, a page', () => host.invoke('records.query', { kind: 'request', filter: '', limit: 100 })],
  ['live.windows', () => host.invoke('live.windows', { kind: 'request', limit: 60 })],
  ['evidence.list', () => host.invoke('evidence.list', {})],
  ['case.info', () => host.invoke('case.info', {})],
  ['alerts.list', () => host.invoke('alerts.list', {})],
  ['insight.overview', () => host.invoke('insight.overview', { kind: 'request', filter: '' })],
];

async function steady(log: string): Promise<void> {
  const file = join(folder, 'steady.log');
  writeFileSync(file, '');
  await withCase('steady', async (host) => {
    await host.invoke('live.watch', { source: { type: 'file', path: file } });
    const written: { readonly rows: number; readonly at: number }[] = [];
    const delays: number[] = [];
    let going = true;
    const watching = (async (): Promise<void> => {
      for (let next = 0; going || next < written.length;) {
        const rows = await seen(host);
        const now = Date.now();
        while (next < written.length && written[next].rows <= rows) delays.push(Math.max(0, now - written[next++].at));
        await wait(10);
      }
    })();
    const times = new Map<string, number[]>();
    const reading = (async (): Promise<void> => {
      while (going && (await seen(host)) === 0) await wait(10);
      while (going) {
        for (const [name, ask] of questions(host)) {
          const before = performance.now();
          await ask();
          times.set(name, [...(times.get(name) ?? []), performance.now() - before]);
        }
        await wait(100);
      }
    })();
    await appended(log, file, written);
    going = false;
    await Promise.all([watching, reading]);
    console.log(`file, steady ${formatCount(RATE)}/s for ${SECONDS} s: from written to seen ${words(delays, 'ms')}; goal p95 2,000 ms`);
    console.log(
      `  reads meanwhile, the overview among them: ${words(
        [...times.values()].flat(),
        'ms',
      )}; goal p95 50 ms; process ${formatBytes(resident())}`,
    );
    for (const [name, values] of times) console.log(`    ${name}: ${words(values, 'ms')}`);
  });
}

/** A tenth of a second's lines at a time, on time; says how many there are, and when that was. */
async function append(file: string, lines: Buffer): Promise<void> {
  const started = performance.now();
  let at = 0;
  let rows = 0;
  for (let step = 1; step <= SECONDS * 10; step++) {
    const begin = at;
    for (let i = 0; i < RATE / 10; i++) at = lines.indexOf(10, at) + 1;
    appendFileSync(file, lines.subarray(begin, at));
    rows += RATE / 10;
    process.stdout.write(`${rows} ${Date.now()}\n`);
    await wait(Math.max(0, started + step * 100 - performance.now()));
  }
}

/** What `append` says, as it says it. */
async function appended(log: string, file: string, written: { rows: number; at: number }[]): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename, '--append', log, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [rows, at] = line.split(' ').map(Number);
    written.push({ rows, at });
  }
}

async function kafka(log: string): Promise<void> {
  const why = await whyNoBroker();
  if (why !== null) {
    console.log(`kafka: skipped, ${why}`);
    return;
  }
  const broker = await startBroker();
  try {
    await broker.createTopic('bench', 4);
    const url = `kafka://${broker.bootstrap}/bench`;
    const producer = await TopicProducer.open(parseKafkaAddress(url), {});
    const lines = readFileSync(log);
    let messages: { value: Uint8Array }[] = [];
    for (let at = 0; at < lines.length;) {
      const end = lines.indexOf(10, at);
      messages.push({ value: lines.subarray(at, end) });
      at = end + 1;
      if (messages.length === 10_000 || at >= lines.length) {
        await producer.send(messages);
        messages = [];
      }
    }
    await producer.close();
    await withCase('kafka', async (host) => {
      await host.invoke('live.watch', { source: { type: 'kafka', url } });
      told('kafka, backlog', await untilSeen(host, ROWS), ROWS, 30_000);
    });
  } finally {
    await broker.stop();
  }
}

const [, , first, count, path] = process.argv;
try {
  if (first === '--write') await writeLog(Number(count), path);
  else if (first === '--append') await append(path, readFileSync(count));
  else if (first === '--long') await long(generated(LONG), LONG);
  else await all(generated(ROWS));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function all(log: string): Promise<void> {
  copyFileSync(log, join(folder, 'backlog.log'));
  await backlog(join(folder, 'backlog.log'));
  await steady(log);
  if (!process.argv.includes('--no-kafka')) await kafka(log);
}
