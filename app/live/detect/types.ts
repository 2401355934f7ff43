import type { AlertDetector, NewAlert } from '../../contract/live-alerts.ts';
import type { ClosedWindow } from '../windows/types.ts';
import type { Baselines } from './baselines.ts';

export type { AlertFigure, NewAlert } from '../../contract/live-alerts.ts';

/**
 * Looks at one closed window after the other, of one source and kind, and says what stands out. What is usual it asks of the baselines, which learn
 * from a window only when everybody has looked at it, and not from what was pointed at.
 */
export interface LiveDetector {
  readonly id: AlertDetector;
  readonly title: string;
  /** Nothing as long as there is not enough history. The same windows, the same alerts. */
  observe(window: ClosedWindow, usual: Baselines): NewAlert[];
  /** After all have looked: `flagged` are the subjects that somebody pointed at. For detectors with a memory of their own. */
  learn?(window: ClosedWindow, flagged: ReadonlySet<string>): void;
  save?(): unknown;
  /** What `save` gave, after JSON. */
  restore?(saved: unknown): void;
}
