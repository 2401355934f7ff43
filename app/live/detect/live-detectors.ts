import type { AlertDetector } from '../../contract/live-alerts.ts';
import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { ClosedWindow } from '../windows/types.ts';
import { Baselines, LEAST_WINDOWS } from './baselines.ts';
import { baseline } from './baseline.ts';
import { Beacon } from './beacon.ts';
import { bruteForce } from './brute-force.ts';
import { errorBurst } from './error-burst.ts';
import { Exfiltration } from './exfiltration.ts';
import { flood } from './flood.ts';
import { Isolation } from './isolation.ts';
import { scan } from './scan.ts';
import { Silence } from './silence.ts';
import type { LiveDetector, NewAlert } from './types.ts';

/** What a detector calls by its name explains what is merely unusual: of the same subject, and of the whole, for so many windows more. */
const EXPLAINS = 5;

/** Who does this asks for much as well: a flood of its own it is not. */
const purposes: ReadonlySet<string> = new Set<AlertDetector>(['brute-force', 'scan']);

/** Goes on for days and moves no figure: nothing is explained by it, and what is usual is learned all the same. */
const unnoticed: ReadonlySet<string> = new Set<AlertDetector>(['beacon']);

interface Watched {
  readonly usual: Baselines;
  readonly detectors: readonly LiveDetector[];
  /** Subject -> end of the latest window in which it was called by name. */
  readonly named: Map<string, number>;
}

/**
 * All detectors over all sources: each source and kind of record has its own history. A fold over closed windows in their order; no clock, no chance
 * but seeds from the windows: the same windows give the same alerts, with `save` and `restore` between any two.
 */
export class LiveDetectors {
  readonly #watched = new Map<string, Watched>();
  readonly #off: ReadonlySet<AlertDetector>;

  /** `off`: detectors that a person switched off. */
  constructor(off: readonly AlertDetector[] = []) {
    this.#off = new Set(off);
  }

  /** Windows learned from by the source that has the fewest, and how many it takes until something is said. */
  get learning(): { readonly have: number; readonly need: number } {
    const have = [...this.#watched.values()].map(({ usual }) => usual.windows);
    return { have: have.length === 0 ? 0 : Math.min(LEAST_WINDOWS, ...have), need: LEAST_WINDOWS };
  }

  /** What stands out in a window, the most severe by name first; then the window is learned from. */
  observe(window: ClosedWindow): NewAlert[] {
    const { usual, detectors, named } = this.#of(window);
    const found = detectors.filter(({ id }) => !this.#off.has(id)).flatMap((detector) => detector.observe(window, usual));
    const noticed = found.filter(({ detector }) => !unnoticed.has(detector));
    for (const { detector, subject, host } of noticed) {
      if (!isGeneral(detector)) named.set(subject, window.end);
      // the whole, and its services, are unusual where one client is
      if (!isGeneral(detector) || host !== '') named.set('all', window.end);
    }
    const does = new Set(found.filter(({ detector }) => purposes.has(detector)).map(({ subject }) => subject));
    const kept = found.filter(({ detector, subject, host }) => {
      if (isGeneral(detector)) return !named.has(subject) && !(host === '' && named.has('all'));
      return detector !== 'flood' || !does.has(subject);
    });
    const flagged = new Set(noticed.map(({ subject }) => subject));
    usual.learn(window, flagged);
    for (const detector of detectors) detector.learn?.(window, flagged);
    const width = window.end - window.start;
    for (const [subject, end] of named) if (window.end - end >= EXPLAINS * width) named.delete(subject);
    return kept;
  }

  save(): Uint8Array {
    const out = new ByteWriter();
    out.whole(this.#watched.size);
    for (const [key, { usual, detectors, named }] of this.#watched) {
      out.text(key);
      const bytes = usual.save();
      out.whole(bytes.length);
      out.bytes(bytes);
      const own = Object.fromEntries(detectors.map((detector) => [detector.id, detector.save?.() ?? null]));
      out.text(JSON.stringify({ own, named: [...named] }));
    }
    return out.done();
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  restore(state: Uint8Array): void {
    const bytes = new ByteReader(state, 'The saved state of detectors');
    this.#watched.clear();
    for (let left = bytes.count(); left > 0; left--) {
      const key = bytes.text();
      const watched = fresh();
      watched.usual.restore(bytes.bytes(bytes.count()));
      const { own, named } = JSON.parse(bytes.text()) as { readonly own: Record<string, unknown>; readonly named: [string, number][] };
      for (const detector of watched.detectors) detector.restore?.(own[detector.id]);
      for (const [subject, end] of named) watched.named.set(subject, end);
      this.#watched.set(key, watched);
    }
    bytes.end();
  }

  #of({ source, kind, start, end }: ClosedWindow): Watched {
    const key = `${source ?? 'all'} ${kind} ${end - start}`;
    const known = this.#watched.get(key);
    if (known !== undefined) return known;
    const made = fresh();
    this.#watched.set(key, made);
    return made;
  }
}

function fresh(): Watched {
  const detectors = [bruteForce, scan, new Exfiltration(), flood, errorBurst, new Silence(), baseline, new Isolation(), new Beacon()];
  return { usual: new Baselines(), detectors, named: new Map() };
}

function isGeneral(detector: string): boolean {
  return detector === 'baseline' || detector === 'isolation';
}
