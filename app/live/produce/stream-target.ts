import type { Writable } from 'node:stream';
import { FlowcaseError } from '../../errors.ts';
import type { LogLine } from './log-lines.ts';
import { joinedBytes, type Target } from './target.ts';

/** Standard output, or any other stream: a slow reader slows down who writes. */
export class StreamTarget implements Target {
  readonly name = '-';
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  write(lines: readonly LogLine[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(joinedBytes(lines), (error) => {
        if (error === null || error === undefined) resolve();
        else
          reject(
            new FlowcaseError(
              'WRITE_FAILED',
              `Standard output takes no more (${error.message}): the program that reads it has ended. Nothing more is written; start both again.`,
              undefined,
              error,
            ),
          );
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
