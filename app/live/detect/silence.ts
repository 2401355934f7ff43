import { z } from 'zod';
import { formatCount, formatDuration } from '../../contract/format.ts';
import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { ClosedWindow, WindowFigures } from '../windows/types.ts';
import { LEAST_WINDOWS, servicesOf, type Baselines } from './baselines.ts';
import { alertOf, wholeOf, type Whom } from './describe.ts';
import { History } from './history.ts';
import type { LiveDetector, NewAlert } from './types.ts';

/** Who had at least so many records in every window of the last ones, and in the middle of them, always talks. */
const LEAST_EVER = 3;
const LEAST_MIDDLE = 20;

const DOUBT = 'Maintenance, a rotated log that nobody reads on, or a move to another server is quiet too.';
const nothing: WindowFigures = {
  records: 0,
  errors: 0,
  refused: 0,
  bytesOut: 0,
  bytesIn: 0,
  peers: 0,
  targets: 0,
  entropy: 0,
  latency: null,
};

const state = z.object({ before: z.number().nullable(), gaps: z.string(), silent: z.array(z.string()) });

/** A service that always talks says nothing in a whole window; or the source itself had a gap, three times as long as any of its last ones: told when it goes on. */
export class Silence implements LiveDetector {
  readonly id = 'silence';
  readonly title = 'Silence';
  /** End of the window before; NaN before the first. */
  #before = Number.NaN;
  /** Seconds between the last windows, 0 where they follow each other. */
  #gaps = new History(120);
  /** Services whose silence goes on, until half of the last windows are silent: it is usual then. */
  #silent = new Set<string>();

  observe(window: ClosedWindow, usual: Baselines): NewAlert[] {
    if (!usual.ready) return [];
    const alerts: NewAlert[] = [];
    const gap = window.start - this.#before;
    const longest = this.#gaps.highest * 1e6;
    if (gap > Math.max(2 * (window.end - window.start), 3 * longest) && alwaysTalks(usual, wholeOf(window))) {
      const missing = { ...window, start: this.#before, end: window.start };
      const says = `Nothing came for ${formatDuration(gap)}`;
      alerts.push(this.#alert(missing, usual, { ...wholeOf(window), figures: nothing }, says));
    }
    const there = new Set(servicesOf(window).map(({ key }) => key));
    if (gap > 0) return alerts;
    for (const key of usual.services()) {
      const whom: Whom = { role: 'service', key, figures: nothing };
      const isOver = there.has(key) || usual.history('service', key, 'records')?.middle === 0;
      if (isOver) this.#silent.delete(key);
      else if (this.#silent.has(key) || alwaysTalks(usual, whom)) {
        this.#silent.add(key);
        alerts.push(this.#alert(window, usual, whom, `Nothing came of ${key}`));
      }
    }
    return alerts;
  }

  learn({ start, end }: ClosedWindow): void {
    if (!Number.isNaN(this.#before)) this.#gaps.push((start - this.#before) / 1e6, false);
    this.#before = end;
  }

  save(): unknown {
    const out = new ByteWriter();
    this.#gaps.write(out);
    return {
      before: Number.isNaN(this.#before) ? null : this.#before,
      gaps: Buffer.from(out.done()).toString('base64'),
      silent: [...this.#silent],
    };
  }

  restore(saved: unknown): void {
    const read = state.safeParse(saved);
    if (!read.success) return;
    this.#before = read.data.before ?? Number.NaN;
    this.#gaps = new History(120).read(new ByteReader(Buffer.from(read.data.gaps, 'base64'), 'The gaps of a source'));
    this.#silent = new Set(read.data.silent);
  }

  #alert(window: ClosedWindow, usual: Baselines, whom: Whom, says: string): NewAlert {
    const middle = usual.history(whom.role, whom.key, 'records')?.usual().middle ?? 0;
    const told = {
      detector: 'silence',
      title: 'Silence',
      says: `${says}, where ${formatCount(Math.round(middle))} records a window are usual`,
    } as const;
    return alertOf(window, usual, whom, {
      ...told,
      severity: 'medium',
      excess: Math.max(1, middle / LEAST_MIDDLE),
      doubt: DOUBT,
      first: ['records'],
    });
  }
}

function alwaysTalks(usual: Baselines, { role, key }: Whom): boolean {
  const history = usual.history(role, key, 'records');
  return history !== undefined && history.windows >= LEAST_WINDOWS && history.lowest >= LEAST_EVER && history.middle >= LEAST_MIDDLE;
}
