import { FlowcaseError } from '../../errors.ts';
import { fileError } from '../../original/file-error.ts';
import { Beside } from './beside.ts';
import { breaksOff } from './content.ts';
import { looksOf, Moved, namesOf, sameFile, sight, type Sighting } from './family.ts';
import { isKnown, type Known } from './known.ts';
import type { Mark } from './mark.ts';
import { Missing } from './missing.ts';
import { importedBehind, openNew, startAt } from './opening.ts';
import type { FileState } from './position.ts';
import { FileReading } from './reading.ts';
import type { Surroundings } from './surroundings.ts';
import { behindLastLine } from './whole-lines.ts';

/** Blocks that are read of one path before the others have their turn. */
const TURN = 16;
/** While more comes from a file that was rotated away, the next one waits so many times the grace time at most. */
const PATIENCE = 10;

/** So often is looked again, at once, where names shifted meanwhile. */
const LOOKS = 8;

/** `changed`: the queue is another, and the same place is to be looked at again. */
type Outcome = 'more' | 'next' | 'wait' | 'changed';

/** One path that is followed: the file that stands there, and those that stood there before and have not been read to their end. */
export class FollowedPath {
  readonly home: string;
  readonly #around: Surroundings;
  readonly #beside: Beside;
  /** In the order in which they are read. */
  readonly #queue: (FileReading | Missing)[] = [];
  /** What stands here, as it was looked at, is none of this path's files: packed, or another one's copy. */
  #passed: { readonly file: Sighting; readonly known: Known } | null = null;
  /** It was there when the watch began: what rotation left before is not read. */
  readonly #history: boolean;
  /** Why the path cannot be read, as it was last said. */
  trouble: string | null = null;
  /** A file stands there. */
  present = false;

  /** `history`: the watch begins now, with what is there. */
  constructor(home: string, around: Surroundings, history: boolean) {
    this.home = home;
    this.#history = history;
    this.#around = around;
    this.#beside = new Beside(home, around);
  }

  get readings(): readonly FileReading[] {
    return this.#queue.flatMap((item) => (item instanceof FileReading ? [item] : item.reading === null ? [] : [item.reading]));
  }

  /** Files that are not done, oldest first. */
  get states(): readonly FileState[] {
    return this.#queue.map((item) => (item instanceof FileReading ? item.state(item.mark, false) : item.state));
  }

  /** Nothing has happened here for so long (ms), and nothing is waited for: it need not be looked at each time. */
  isQuiet(ms: number): boolean {
    const [item, ...more] = this.#queue;
    if (more.length > 0 || item instanceof Missing) return false;
    if (item === undefined) return this.#passed === null || this.#passed.known === 'yes';
    return item.gone === null && item.lag === 0 && this.#around.now() - item.grown >= ms;
  }

  /** There is no file, and none is waited for. */
  get isOver(): boolean {
    return !this.present && this.#queue.length === 0;
  }

  /** Takes up a file as a position has it. Oldest first. */
  resume(state: FileState): void {
    this.#beside.last = state;
    this.#beside.learn(state.path);
    if (!state.done) this.#queue.push(new Missing(state, state.mark, this.#around.now(), null));
  }

  /** Takes up what is there for the first time, from its end. */
  async beginAtEnd(): Promise<void> {
    const act = async (there: Sighting | null): Promise<void> => {
      if (there === null) return;
      const mark = await behindLastLine(there, () => this.#around.stop());
      await this.#open(there, mark);
    };
    for (let looks = 0; looks < LOOKS; looks++) if (await this.#look(act)) break;
  }

  /** Looks what stands at the path, and reads; true: there is more. */
  async round(): Promise<boolean> {
    let more = false;
    const act = async (there: Sighting | null): Promise<void> => {
      await this.#place(there);
      more = await this.#read();
    };
    for (let looks = 0; looks < LOOKS; looks++) if (await this.#look(act)) break;
    return more;
  }

  async close(): Promise<void> {
    for (const reading of this.readings) await reading.close();
    this.#queue.length = 0;
  }

  /** What the system refuses is said once and tried again. False: names shifted meanwhile, and nothing can be said before another look. */
  async #look(act: (there: Sighting | null) => Promise<void>): Promise<boolean> {
    try {
      const there = await sight(this.home);
      this.present = there !== null;
      await this.#beside.begin(this.#history);
      await act(there);
      this.trouble = null;
    } catch (error) {
      if (error instanceof Moved) return false;
      if (error instanceof FlowcaseError || !(error instanceof Error) || !('syscall' in error)) throw error;
      // moved away between two looks
      if ('code' in error && error.code === 'ENOENT') return false;
      const { message } = fileError(error, this.home);
      if (message !== this.trouble) this.#around.fault(`${message} It is tried again.`);
      this.trouble = message;
    }
    return true;
  }

  /** Sees to it that what stands at the path is the last in the queue, and what came between stands before it. */
  async #place(there: Sighting | null): Promise<void> {
    const latest = this.#queue.at(-1);
    // first it has to be known where that one went
    if (latest instanceof Missing) return;
    const same = latest !== undefined && there !== null && sameFile(latest.identity, there);
    if (latest !== undefined) latest.gone = same ? null : (latest.gone ?? this.#around.now());
    await this.#precede();
    if (same) return;
    if (there === null || (this.#passed?.known === 'yes' && looksOf([this.#passed.file]) === looksOf([there]))) return;
    const known = await isKnown(there, this.home, this.#around);
    if (known === 'no') await this.#open(there, null);
    else this.#passed = { file: there, known };
    await this.#precede();
  }

  /** Puts before each in the queue that is not begun what stood at the path before it. @throws Moved where that has to be looked for again */
  async #precede(): Promise<void> {
    let newest = 0;
    for (let place = 0; place < this.#queue.length; place++) {
      const item = this.#queue[place];
      if (item instanceof FileReading) {
        const placed = await item.place(
          () => this.#insertMissed(place),
          async () => namesOf(await this.#beside.siblings()),
        );
        if (!placed) throw new Moved(this.home);
        place = this.#queue.indexOf(item);
        newest = this.#queue.slice(0, place).reduce((latest, one) => Math.max(latest, idOf(one)), newest);
        // nothing of it was handed over yet: the order of the numbers is that of reading, after a restart too
        if (item.at === 0 && item.id < newest) item.id = this.#around.nextId();
      }
      newest = Math.max(newest, idOf(item));
    }
  }

  /** Files that stood at the path and left it unseen, before the file at this place of the queue. */
  async #insertMissed(place: number): Promise<void> {
    const missed = await this.#beside.missedBefore(this.#queue, place);
    for (const [i, file] of missed.entries()) {
      const now = this.#around.now();
      const recent = now - Number(file.modified / 1_000_000n) < this.#around.grace;
      // one that is being packed says later what it is
      if (recent && (await breaksOff(file, () => this.#around.stop()))) throw new Moved(file.path);
      const reading = await openNew(file, this.home, this.#around);
      if (reading === null) throw new Moved(file.path);
      reading.gone = now;
      // the latest may still be written to
      reading.settled = !reading.packed && !((recent || file.size === 0) && i === missed.length - 1);
      this.#queue.splice(place++, 0, reading);
    }
  }

  async #open(there: Sighting, mark: Mark | null): Promise<void> {
    const reading =
      mark === null
        ? await openNew(there, this.home, this.#around)
        : await FileReading.open(startAt(mark, this.home, this.#around), there, this.#around.now());
    if (reading === null) return;
    if (reading.packed) {
      this.#passed = { file: there, known: 'yes' };
      await reading.close();
      return;
    }
    this.#passed = null;
    reading.comesLast();
    this.#queue.push(reading);
  }

  /** Reads what is in the queue in its order; true: there is more to do at once. */
  async #read(): Promise<boolean> {
    let changed = false;
    for (let place = 0; place < this.#queue.length;) {
      const item = this.#queue[place];
      const outcome = item instanceof Missing ? await this.#find(item, place) : await this.#drain(item, place);
      if (outcome === 'more') return true;
      if (outcome === 'wait') break;
      if (outcome === 'next') place++;
      else changed = true;
    }
    return changed;
  }

  async #drain(reading: FileReading, place: number): Promise<Outcome> {
    for (let turn = 0; turn < TURN; turn++) {
      this.#around.stop();
      const step = await reading.step(
        this.#around.give,
        this.#around.now(),
        () => this.#around.stop(),
        () => this.#beside.tellsEmptied(this.#queue, reading),
      );
      if (step === 'shrunk') {
        // another file than it seemed stands before those behind it
        for (const later of this.#queue.slice(place + 1)) if (later instanceof FileReading && later.at === 0) later.comesLast();
        this.#queue[place] = new Missing(reading.state(reading.mark, false), reading.seen, this.#around.now(), reading);
        return 'changed';
      }
      if (step === 'unsure') throw new Moved(reading.path);
      if (step === 'idle') return this.#idle(reading, place);
    }
    return 'more';
  }

  /** Everything that is there was read: more may come, or not. */
  async #idle(reading: FileReading, place: number): Promise<Outcome> {
    const { gone } = reading;
    if (gone === null) return 'next';
    if (reading.packed && !reading.settled) return 'wait';
    const now = this.#around.now();
    const followed = place < this.#queue.length - 1 || this.#passed !== null;
    const quiet = now - Math.max(gone, reading.grown) >= this.#around.grace && (followed || (await reading.deleted()));
    // whoever writes has long gone on elsewhere
    const overtaken = this.#queue.length - place > 2;
    if (!reading.settled && !overtaken && !quiet) return now - gone < PATIENCE * this.#around.grace ? 'wait' : 'next';
    if (reading.damage !== null) this.#around.fault(`${reading.path} is damaged: ${reading.damage}. Any of its records may be false.`);
    await reading.end(this.#around.give);
    await this.#finish(reading.state(reading.mark, true), reading, place);
    return 'changed';
  }

  /** Looks for a file that is not where it was. */
  async #find(missing: Missing, place: number): Promise<Outcome> {
    const { state, reading: before } = missing;
    const late = this.#around.now() - missing.since >= this.#around.grace;
    const found =
      (await this.#beside.find(this.#queue, place, missing)) ??
      (late ? await this.#beside.findElsewhere(this.#queue, place, missing) : null);
    if (found !== null) {
      const last = place === this.#queue.length - 1;
      const imported = before === null && last ? await importedBehind(found, state.mark.byte, this.#around) : null;
      const start = imported === null ? state : startAt(imported.mark, this.home, this.#around);
      const reading = await FileReading.open(start, found, this.#around.now());
      if (reading === null) return 'wait';
      if (imported !== null) reading.continues = imported.evidence;
      if (found.path !== this.home) reading.gone = this.#around.now();
      // nobody writes to a copy
      reading.settled = before !== null && !reading.packed;
      await before?.close();
      this.#queue[place] = reading;
      return 'changed';
    }
    if (!late) return 'wait';
    this.#around.fault(missing.lost);
    if (before !== null) await before.end(this.#around.give);
    else if (state.begun) await this.#around.lost(state);
    await this.#finish({ ...state, mark: before?.mark ?? state.mark, done: true }, before, place);
    return 'changed';
  }

  async #finish(state: FileState, reading: FileReading | null, place: number): Promise<void> {
    this.#queue.splice(place, 1);
    await reading?.close();
    this.#beside.last = state;
    this.#around.finished(state);
  }
}

function idOf(item: FileReading | Missing): number {
  return item instanceof FileReading ? item.id : item.state.id;
}
