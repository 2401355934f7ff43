import type { RecordKind } from '../../contract/case.ts';
import type { LiveWatch } from '../../contract/live.ts';
import type { Problem } from '../../formats/line-outcome.ts';
import { LineReader } from '../../formats/line-reader.ts';
import type { OpenedLog, RecordSink } from '../../formats/types.ts';

/** What a stretch is that nobody can read, while others of its source can be: every line of it is kept among the rejects. */
export const UNREADABLE = { format: 'syslog', kind: 'syslog' satisfies RecordKind } as const;

/** A log of which every line is rejected for this reason. */
export function unreadable(reason: string): OpenedLog {
  return {
    kind: UNREADABLE.kind,
    title: 'not recognised',
    read: (sink) => new RejectingReader(sink, reason),
    remarks: () => [`It could not be recognised, and its lines are among the rejects: ${reason}`],
  };
}

/** Whether a source has several stretches beside each other, of which one must not stop the others. */
export function hasMany({ source }: Pick<LiveWatch, 'source'>): boolean {
  return source.type === 'syslog' || (source.type === 'file' && /[*?[\]{}]/.test(source.path));
}

class RejectingReader extends LineReader {
  readonly #reason: string;

  constructor(sink: RecordSink, reason: string) {
    super(sink);
    this.#reason = reason;
  }

  /** A line that is too long is rejected as the others are. */
  protected override get recognised(): boolean {
    return true;
  }

  protected override bind(): void {
    // it has no columns
  }

  protected override take(): Problem {
    return { reason: 'NOT_RECOGNISED', what: this.#reason };
  }
}
