import { openCaseForReading } from '../case/open.ts';
import { verifyCase } from '../case/verify.ts';
import type { VerifyResult } from '../contract/case.ts';
import { ImportBench, quiet, sha256 } from '../import/testing-import.ts';
import { accessLines } from '../original/packed/testing.ts';
import type { Progress } from '../shared/progress.ts';

/* For tests of verification: what a case is compared with, and what is said of it. */

/** A case whose originals are looked for. */
export class VerifyBench extends ImportBench {
  async verify(originals?: string, progress: Progress = quiet): Promise<VerifyResult> {
    const reader = openCaseForReading(this.writer.path);
    try {
      return await verifyCase(reader, { originals }, progress);
    } finally {
      reader.close();
    }
  }

  /** Evidence as watching leaves it behind: the lines of a log from one to another. */
  received(path: string, lines: readonly string[], first: number, last: number): void {
    const bytes = (from: number, to: number): Buffer =>
      Buffer.from(
        lines
          .slice(from, to)
          .map((line) => `${line}\n`)
          .join(''),
      );
    const piece = bytes(first, last);
    const session = this.writer.beginEvidence(
      {
        path,
        name: 'access.log',
        format: 'access',
        formatTitle: 'Access log',
        kind: 'request',
        bytes: piece.length,
        modified: null,
        options: { source: 1, from: bytes(0, first).length },
      },
      'none',
    );
    const figures = { rows: 0, rejected: 0, comments: last - first, lines: last - first, first: null, last: null, seconds: 1, remarks: [] };
    session.finish({ ...figures, sha256: sha256(piece), unpackedBytes: piece.length, unpackedSha256: null, status: 'complete' });
  }
}

export const matches = ({ evidence }: VerifyResult): unknown => evidence.map(({ match }) => match);
export const messages = ({ evidence }: VerifyResult): string => evidence.map(({ message }) => message).join('\n');

/** An access log of pages that no other turn has. */
export const turn = (number: number): string[] => accessLines.map((line) => line.replace('/page/', `/page/${number}/`));
export const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
