import { glob, stat } from 'node:fs/promises';
import { basename, matchesGlob, resolve } from 'node:path';
import { FlowcaseError } from '../../errors.ts';
import type { Stored } from '../../original/held-stretches.ts';
import type { LiveSource, Position, SourceBatch, SourceGauge, SourceSink, Stretch } from '../types.ts';
import { atItsEnd } from '../at-its-end.ts';
import { FollowedPath } from './followed-path.ts';
import type { Cut } from './line-cutter.ts';
import { isLiteral } from './literal-path.ts';
import { readPosition, type FilesPosition, type FileState } from './position.ts';
import type { FileReading } from './reading.ts';
import type { Surroundings } from './surroundings.ts';
import { FolderWatch, realClock, type Changes, type Clock } from './waiting.ts';

/** A file that has not grown for so long (ms), and of whose change nothing is told, is looked at every so many milliseconds for each file that is followed. */
const QUIET = 10_000;
const PER_QUIET = 2;
/** So many files that were read to their end are remembered, to be known again under another name; and of each path the latest one. */
const REMEMBERED = 64;

export interface FollowOptions {
  /** A file that is there or will be, or a pattern (`/var/log/nginx/*.log`, `**` for folders of any depth) that new files are looked for with. */
  readonly path: string;
  /** Where files begin that are there at the first start. Those that come later, and everything after a restart, are read whole. */
  readonly from: 'beginning' | 'end';
  /**
   * Since when it is watched, microseconds since 1970: of files of which nothing was read yet, generations that rotation left since then are read first.
   * Default: from now on; where it goes on from a position, nothing that is there counts.
   */
  readonly since?: number;
  /** Whether the file at this path is another source's: what is called like a rotated file may be a log of its own. */
  readonly isOthers?: (path: string) => boolean;
  /** What the case has of the log at this path that no source on the list gave: where a file begins with that, it is read from behind it. */
  readonly stored?: (path: string) => readonly Stored[];
  /** Every so many milliseconds is looked whether files have grown. Default 250. */
  readonly poll?: number;
  /** Every so many milliseconds is looked for new files of a pattern. Default 1,000. */
  readonly rescan?: number;
  /** For so many milliseconds a file that was rotated away may still grow, and a copy is looked for of what was emptied. Default 2,000. */
  readonly grace?: number;
  /** Other folders into which rotation puts files (logrotate's `olddir`). */
  readonly folders?: readonly string[];
  /** Whether the system is asked to tell of changes, so that they are seen before the next look. Default true. */
  readonly watch?: boolean;
  /** So many files are followed at most. Default 1,000. */
  readonly most?: number;
  /** Time, for tests. */
  readonly clock?: Clock;
}

/** Follows files that grow, through rotation of every kind. They are opened for reading only and never locked. */
export function followFile(options: FollowOptions): LiveSource {
  return new FollowedFiles(options);
}

/** Something the sink threw, told from what the file system did. */
class SinkError extends Error {
  constructor(thrown: unknown) {
    super('the sink failed', { cause: thrown });
  }
}

class FollowedFiles implements LiveSource {
  readonly #options: FollowOptions;
  readonly #pattern: string;
  readonly #clock: Clock;
  readonly #paths = new Map<string, FollowedPath>();
  /** When each path was looked at last. */
  readonly #looked = new Map<string, number>();
  #done: FileState[] = [];
  #current = 0;
  #next = 1;
  #state: SourceGauge['state'] = 'starting';
  #why = '';
  #bytes = 0;
  #errors = 0;
  #scanned = -Infinity;
  #tooMany = false;
  /** Nanoseconds since 1970. */
  #since = 0n;
  /** What is found now was there when the watch began. */
  #history = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#pattern = resolve(options.path);
    this.#clock = options.clock ?? realClock;
  }

  get gauge(): SourceGauge {
    const bytes = this.#readings().reduce((sum, { lag }) => sum + lag, 0);
    return { state: this.#state, why: this.#why, lag: { bytes, records: null }, bytes: this.#bytes, errors: this.#errors };
  }

  async run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void> {
    const watch = new FolderWatch(this.#options.watch ?? true);
    try {
      await this.#follow(sink, from, stopped, watch);
      this.#state = 'ended';
    } catch (error) {
      const thrown = error instanceof SinkError ? error.cause : error;
      const cancelled = thrown instanceof FlowcaseError && thrown.code === 'CANCELLED';
      this.#state = cancelled ? 'ended' : 'failed';
      if (cancelled) return;
      this.#why = thrown instanceof Error ? thrown.message : String(thrown);
      throw thrown;
    } finally {
      watch.close();
      for (const path of this.#paths.values()) await path.close();
    }
  }

  async #follow(sink: SourceSink, from: Position | null, stopped: AbortSignal, watch: FolderWatch): Promise<void> {
    const literal = await isLiteral(this.#pattern);
    const { since } = this.#options;
    this.#since = BigInt(Math.round(since ?? Date.now() * 1000)) * 1000n;
    this.#history = since === undefined;
    const around = this.#surroundings(sink, stopped);
    if (from !== null) this.#restore(readPosition(from, this.#options.path), around);
    if (literal) this.#add(this.#pattern, around);
    else await this.#scan(around);
    this.#history = false;
    if (from === null && this.#options.from === 'end') for (const path of this.#paths.values()) await path.beginAtEnd();
    for (let watched = 0; !stopped.aborted;) {
      const changes = watch.take();
      const unsaid = changes.names || changes.any || this.#clock.now() - this.#scanned >= (this.#options.rescan ?? 1000);
      if (!literal && unsaid) await this.#scan(around);
      if (this.#paths.size !== watched) watch.on(this.#paths.keys());
      watched = this.#paths.size;
      const more = await this.#look(changes);
      this.#tell();
      if (!more) await watch.wait(this.#clock, this.#options.poll ?? 250, stopped);
    }
  }

  /** Looks at every path that something has happened at, or may have; true: there is more. */
  async #look(changes: Changes): Promise<boolean> {
    const rare = this.#paths.size * PER_QUIET;
    let more = false;
    for (const [home, path] of this.#paths) {
      const last = this.#looked.get(home) ?? -Infinity;
      const due = changes.any || changes.paths.has(home) || this.#clock.now() - last >= rare || !path.isQuiet(QUIET);
      if (!due) continue;
      this.#looked.set(home, this.#clock.now());
      more = (await path.round()) || more;
    }
    return more;
  }

  #surroundings(sink: SourceSink, stopped: AbortSignal): Surroundings {
    return {
      give: (reading, cut, ends) => this.#give(sink, reading, cut, ends),
      lost: (state) => this.#lost(sink, state),
      fault: (message) => {
        this.#errors++;
        sink.fault(message);
      },
      stop: () => {
        if (stopped.aborted) throw new FlowcaseError('CANCELLED', `Following ${this.#options.path} was stopped.`);
      },
      now: () => this.#clock.now(),
      grace: this.#options.grace ?? 2000,
      since: this.#since,
      isFollowed: (path) => this.#paths.has(path) || matchesGlob(path, this.#pattern) || this.#options.isOthers?.(path) === true,
      stored: (path) => this.#options.stored?.(path) ?? [],
      homes: () => this.#paths.keys(),
      folders: (this.#options.folders ?? []).map((folder) => resolve(folder)),
      states: () => this.#states(),
      done: (home) => this.#done.filter((state) => state.home === home),
      readings: () => this.#readings(),
      nextId: () => this.#next++,
      finished: (state) => {
        if (state.mark.byte === 0) return;
        this.#done.push(state);
        const newest = new Map(this.#done.map(({ home, id }) => [home, id]));
        const from = this.#done.length - REMEMBERED;
        this.#done = this.#done.filter(({ home, id }, i) => i >= from || (newest.get(home) === id && this.#paths.has(home)));
      },
    };
  }

  #restore(position: FilesPosition, around: Surroundings): void {
    this.#current = position.current;
    this.#next = position.next;
    for (const state of position.files) {
      this.#add(state.home, around).resume(state);
      if (state.done) this.#done.push(state);
    }
  }

  #add(path: string, around: Surroundings): FollowedPath {
    const there = this.#paths.get(path);
    if (there !== undefined) return there;
    const added = new FollowedPath(path, around, this.#history);
    this.#paths.set(path, added);
    return added;
  }

  async #scan(around: Surroundings): Promise<void> {
    this.#scanned = this.#clock.now();
    const found: string[] = [];
    for await (const path of glob(this.#pattern)) {
      if (this.#paths.has(path) || (await stat(path).catch(() => null))?.isFile() === true) found.push(path);
    }
    const most = this.#options.most ?? 1000;
    if (this.#paths.size + found.length > most) this.#makeRoom(new Set(found));
    for (const path of found.sort()) {
      if (this.#paths.size < most || this.#paths.has(path)) this.#add(path, around);
      else if (!this.#tooMany) {
        this.#tooMany = true;
        around.fault(
          `More than ${most} files match ${this.#options.path}: ${path} and later ones are not followed. Follow fewer with a narrower pattern.`,
        );
      }
    }
  }

  /** Gives up paths at which no file is any more: where each hour has a file of its own, they would become too many. */
  #makeRoom(found: ReadonlySet<string>): void {
    for (const [path, followed] of this.#paths) {
      if (!followed.isOver || found.has(path)) continue;
      this.#paths.delete(path);
      this.#looked.delete(path);
    }
  }

  async #give(sink: SourceSink, reading: FileReading, { bytes, mark, left }: Cut, ends: boolean): Promise<void> {
    const begins = reading.id === this.#current ? null : await reading.stretch();
    // where bytes were left out, what follows has another place than a reader of this stretch would count
    const id = left > 0 ? this.#next++ : reading.id;
    const own: FileState = { ...reading.state(mark, ends), id, begun: left === 0 };
    const after = this.#position(reading.id, own);
    await this.#take(sink, { bytes, after, begins, ...(ends || left > 0 ? { ends: true } : {}) });
    this.#current = reading.id;
    reading.id = id;
    reading.begun = left === 0;
    if (left === 0) return;
    this.#errors++;
    sink.fault(`Line ${mark.line} of ${reading.path} is ${bytes.length + left} bytes long: ${left} bytes of its middle were left out.`);
  }

  async #lost(sink: SourceSink, state: FileState): Promise<void> {
    const { id, path, mark } = state;
    const stretch: Stretch = { id: String(id), path, name: basename(path), byte: mark.byte, line: mark.line, head: null };
    const after = this.#position(id, { ...state, done: true });
    await this.#take(sink, { bytes: new Uint8Array(0), after, begins: id === this.#current ? null : stretch, ends: true });
    this.#current = id;
  }

  async #take(sink: SourceSink, batch: SourceBatch): Promise<void> {
    try {
      await sink.take(batch);
    } catch (error) {
      throw new SinkError(error);
    }
    this.#bytes += batch.bytes.length;
  }

  /** With one file as it stands behind what is handed over. */
  #position(current: number, own: FileState): Position {
    const others = this.#states().filter(({ id, mark }) => id !== own.id && id !== current && mark.byte > 0);
    const files = [...others, own].sort((a, b) => a.id - b.id);
    return { form: 1, current, next: this.#next, files } satisfies FilesPosition;
  }

  #readings(): FileReading[] {
    return [...this.#paths.values()].flatMap(({ readings }) => readings);
  }

  /** Of all files that are being read, or were. */
  #states(): FileState[] {
    return [...this.#done, ...[...this.#paths.values()].flatMap(({ states }) => states)];
  }

  #tell(): void {
    const paths = [...this.#paths.values()];
    const trouble = paths.find((path) => path.trouble !== null)?.trouble ?? null;
    const waiting = !paths.some(({ present, trouble: why }) => present && why === null);
    this.#state = waiting ? 'waiting' : 'running';
    const readings = this.#readings();
    // nothing is to be said of it as long as nothing comes, and whoever took it back wants to know
    const known = this.#bytes === 0 && readings.some(({ continues }) => continues !== null) && readings.every(({ lag }) => lag === 0);
    this.#why = trouble ?? (waiting ? `for ${this.#options.path} to appear` : known ? atItsEnd : '');
  }
}
