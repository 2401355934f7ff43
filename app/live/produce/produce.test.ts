import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { generatorOf } from '../../generate/registry.ts';
import type { LogLine } from './log-lines.ts';
import { generatedOrigin, logOrigin, type Origin } from './origin.ts';
import { produce, type Produced, type ProducePlan } from './produce.ts';
import { joinedBytes, type Target } from './target.ts';

/** Keeps what it is given; fails after so many batches. */
class MemoryTarget implements Target {
  readonly name = 'memory';
  readonly batches: (readonly LogLine[])[] = [];
  readonly #most: number;

  constructor(most = Infinity) {
    this.#most = most;
  }

  write(lines: readonly LogLine[]): Promise<void> {
    if (this.batches.length >= this.#most) return Promise.reject(new FlowcaseError('WRITE_FAILED', 'The disk is full.'));
    this.batches.push(lines);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get text(): string {
    return Buffer.from(joinedBytes(this.batches.flat())).toString();
  }
}

let folder: string;
let path: string;
let log: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-produce-'));
  path = join(folder, 'access.log.gz');
  const parts: Uint8Array[] = [];
  await generatorOf('access').generate({ rows: 12_000, seed: 4, days: 1 }, (block) => void parts.push(block));
  log = Buffer.concat(parts).toString();
  writeFileSync(path, gzipSync(log));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function play(target: Target, plan: Partial<ProducePlan> = {}, stopped = new AbortController().signal): Promise<Produced> {
  const whole = { origins: () => [logOrigin(path, {})], speed: { kind: 'max' }, rows: Infinity, loop: false, startAt: null } as const;
  return produce({ ...whole, ...plan, target }, stopped, () => undefined);
}

describe('what is produced', () => {
  it('is the log as it is, packed or not, with exact figures', async () => {
    const target = new MemoryTarget();
    const done = await play(target);
    expect(target.text).toBe(log);
    expect(done).toMatchObject({ records: 12_000, heads: 0, bytes: log.length, unmoved: 0 });
  });

  it('is the generated log, and what is true of it', async () => {
    const target = new MemoryTarget();
    let truth: unknown = null;
    const origin = generatedOrigin('access', { rows: 12_000, seed: 4, days: 1 }, (told) => (truth = told));
    await play(target, { origins: () => [origin] });
    expect(target.text).toBe(log);
    expect(truth).toMatchObject({ kind: 'access', rows: 12_000 });
  });

  it('is no more than was asked for, over rounds too, whose times go on', async () => {
    const target = new MemoryTarget();
    const done = await play(target, { rows: 30_000, loop: true, startAt: 1_800_000_000_000 });
    expect(done.records).toBe(30_000);
    const times = target.text
      .trimEnd()
      .split('\n')
      .map((line) => Date.parse(/\[([^\]]+)\]/.exec(line)?.[1].replace(/^(\d+)\/(\w+)\/(\d+):/, '$1 $2 $3 ') ?? ''));
    expect(times).toHaveLength(30_000);
    expect(times[0]).toBe(1_800_000_000_000);
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThanOrEqual(times[i - 1]);
    expect(times[13_000] - times[12_000]).toBe(times[1000] - times[0]);
  });

  it('stops when it is told to, and counts what was taken', async () => {
    const stop = new AbortController();
    const target = new MemoryTarget();
    setTimeout(() => stop.abort(), 150);
    const done = await play(target, { speed: { kind: 'rate', perSecond: 100 } }, stop.signal);
    expect(done.records).toBe(target.batches.flat().length);
    expect(done.records).toBeLessThan(1000);
    expect(log.startsWith(target.text)).toBe(true);
  });

  it('says how much was taken before the target failed', async () => {
    const failing = play(new MemoryTarget(1));
    await expect(failing).rejects.toMatchObject({ code: 'WRITE_FAILED', details: { records: expect.any(Number) as number } });
    await expect(failing).rejects.toThrow(/^The disk is full\. [\d,]+ records had been taken\.$/);
  });

  it('says so too where a remote target has none of it', async () => {
    const away = new FlowcaseError('REMOTE_UNREACHABLE', 'Nothing listens; is the port right?');
    const target: Target = { name: 'away', write: () => Promise.reject(away), close: () => Promise.resolve() };
    await expect(play(target)).rejects.toThrow(/right\? 0 records had been taken\.$/);
  });

  it('ends with the error of a log that is cut, behind what came before', async () => {
    const cut = join(folder, 'cut.log.gz');
    writeFileSync(cut, readFileSync(path).subarray(0, -2000));
    const target = new MemoryTarget();
    const origins: readonly Origin[] = [logOrigin(cut, {})];
    await expect(play(target, { origins: () => origins })).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    expect(target.batches.flat().length).toBeGreaterThan(1000);
    expect(log.startsWith(target.text)).toBe(true);
  });
});
