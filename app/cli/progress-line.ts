import type { JobState } from '../contract.ts';
import { formatBytes, formatCount, formatDuration } from '../contract/format.ts';
import type { CliIo } from './io.ts';

const width = 24;

/** A progress bar on a terminal; silence where standard error is none. */
export class ProgressLine {
  readonly #io: CliIo;
  #drawn = false;

  constructor(io: CliIo) {
    this.#io = io;
  }

  show(state: JobState): void {
    if (!this.#io.isTerminal) return;
    this.#io.err(`\r\u001b[2K${progressText(state)}`);
    this.#drawn = true;
  }

  /** Takes the bar off the screen. */
  end(): void {
    if (this.#drawn) this.#io.err('\r\u001b[2K');
    this.#drawn = false;
  }
}

/** "[######------]  52 %  12.0 MiB of 23.1 MiB  41.0 MiB/s  0.3 s left  conn.log: 120,000 records" */
export function progressText(state: JobState): string {
  const amount = (value: number): string => (state.unit === 'bytes' ? formatBytes(value) : `${formatCount(value)} ${state.unit}`);
  const parts: string[] = [];
  if (state.total !== null && state.total > 0) {
    const share = Math.min(1, state.done / state.total);
    const filled = Math.round(share * width);
    parts.push(`[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${String(Math.floor(share * 100)).padStart(3)} %`);
    parts.push(`${amount(state.done)} of ${amount(state.total)}`);
  } else parts.push(amount(state.done));
  if (state.rate !== null) parts.push(`${amount(state.rate)}/s`);
  if (state.remaining !== null) parts.push(`${formatDuration(state.remaining * 1e6)} left`);
  if (state.note !== '') parts.push(printable(state.note));
  return parts.join('  ').slice(0, 160);
}

/** Log text and file names on a terminal: control and direction characters are shown, never obeyed. */
export function printable(text: string): string {
  // eslint's no-control-regex does not apply here: finding control characters is the point
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code === 9 ? ' ' : code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
