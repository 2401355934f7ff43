import { EventEmitter } from 'node:events';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync, type FSWatcher } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { followFile } from './follow-file.ts';
import { CollectingSink } from './testing.ts';
import { FolderWatch } from './waiting.ts';

type Tell = (event: 'rename' | 'change', name: string | null | undefined) => void;

/** What the system would tell, told by hand. */
const told = vi.hoisted((): { tell: Tell[]; watchers: EventEmitter[] } => ({ tell: [], watchers: [] }));

vi.mock('node:fs', async (original) => {
  const watch = (_folder: string, _options: object, tell: Tell): FSWatcher => {
    const watcher = Object.assign(new EventEmitter(), { close: () => undefined });
    told.tell.push(tell);
    told.watchers.push(watcher);
    return watcher as unknown as FSWatcher;
  };
  return { ...(await original<typeof import('node:fs')>()), watch };
});

const folder = mkdtempSync(join(tmpdir(), 'flowcase-waiting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  told.tell.length = 0;
  told.watchers.length = 0;
});

describe('what the system tells of changes', () => {
  it('is of a file where its name is told, and else of any', () => {
    const watch = new FolderWatch(true);
    watch.on([join(folder, 'a.log'), join(folder, 'b.log')]);
    expect(told.tell).toHaveLength(1);
    const [tell] = told.tell;
    tell('change', 'a.log');
    expect(watch.take()).toEqual({ paths: new Set([join(folder, 'a.log')]), names: false, any: false });
    tell('rename', 'b.log');
    expect(watch.take()).toEqual({ paths: new Set([join(folder, 'b.log')]), names: true, any: false });
    for (const name of [null, undefined]) {
      tell('rename', name);
      expect(watch.take()).toEqual({ paths: new Set(), names: true, any: true });
    }
    expect(watch.take()).toEqual({ paths: new Set(), names: false, any: false });
    watch.close();
  });

  it.each([
    ['a file', 'one.log', 'one.log'],
    ['a pattern', 'two.log', 'tw*.log'],
  ])('without names, or about to fail, is enough to follow %s through rotation', async (_, name, path) => {
    const log = join(folder, name);
    writeFileSync(log, 'a\n');
    const stop = new AbortController();
    const sink = new CollectingSink();
    // without what is told nothing would be looked at again
    const never = 1_000_000_000;
    const run = followFile({ path: join(folder, path), from: 'beginning', poll: never, rescan: never, grace: 0 }).run(
      sink,
      null,
      stop.signal,
    );
    const say = (event: 'rename' | 'change', what: string | null | undefined): void => {
      for (const tell of told.tell) tell(event, what);
    };
    const until = async (text: string, event: 'rename' | 'change', what: string | null | undefined): Promise<void> => {
      await vi.waitFor(
        () => {
          say(event, what);
          expect(sink.text).toBe(text);
        },
        { timeout: 10_000, interval: 30 },
      );
    };
    await until('a\n', 'change', null);
    appendFileSync(log, 'b\n');
    await until('a\nb\n', 'change', undefined);
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'c\n');
    await until('a\nb\nc\n', 'rename', null);
    for (const watcher of told.watchers) watcher.emit('error', new Error('too many files are watched'));
    appendFileSync(log, 'd\n');
    await until('a\nb\nc\nd\n', 'change', name);
    stop.abort();
    await run;
    expect(sink.faults).toEqual([]);
  });
});
