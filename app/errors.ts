/**
 * The closed list of things that can go wrong, as a person and a program meet them.
 * An error says what happened, to which file or object, and what to do next; programs match `code`, never the text.
 */
export const errorCodes = [
  'INVALID_INPUT', // a command was called with arguments that its schema refuses
  'NO_CASE_OPEN', // a command needs an open case
  'CASE_EXISTS', // a new case was asked for where a file already is
  'CASE_NOT_FOUND',
  'NOT_A_CASE', // the file is something else, or empty
  'CASE_NEWER', // written by a newer Flowcase
  'CASE_READ_ONLY',
  'CASE_LOCKED', // another Flowcase has it open for writing
  'CASE_DAMAGED', // half written, truncated or inconsistent
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE', // permissions, a directory, a device
  'FILE_EMPTY',
  'FORMAT_UNKNOWN', // no log that Flowcase knows
  'ENCODING_UNSUPPORTED', // UTF-16 and the like
  'FILE_DAMAGED', // a gzip that is broken before the first record
  'LINE_TOO_LONG',
  'FILE_CHANGED', // the original changed while it was read
  'TOO_MANY_REJECTS', // more of a file's lines could not be taken than the person allowed
  'ALREADY_IMPORTED', // the same bytes are in the case
  'NOT_FOUND', // evidence, run, cluster, tag, record or host that is not there
  'FILTER_SYNTAX', // details: { position, expected }
  'FILTER_FIELD', // details: { position, field, known }
  'NOTHING_TO_CLUSTER', // no rows left after the filter
  'PARAMETER', // a parameter outside its range; details: { name, value, allowed }
  'NOT_FINITE', // a matrix with NaN or infinity where an estimator takes none; details: { row, column, value }
  'NOT_FITTED', // an estimator was asked before it had learned
  'OUT_OF_MEMORY',
  'CANCELLED',
  'BUSY', // another job holds what this one needs
  'PROCESS_DIED', // the case thread or the training process ended unexpectedly
  'WRITE_FAILED', // an export could not be written; disk full
  'REMOTE_REFUSED', // a broker or server that was named does not take us: credentials, certificate, rights, protocol
  'REMOTE_UNREACHABLE', // it does not answer
  'SQL', // a query of the person was refused by SQLite
  'INTERNAL', // a defect of Flowcase; the log has the stack
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What crosses a process border: plain data, no prototype, no stack. */
export interface ErrorShape {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of Flowcase. `message` is written for a person. */
export class FlowcaseError extends Error {
  override readonly name = 'FlowcaseError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, details?: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  toShape(): ErrorShape {
    return this.details === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, details: this.details };
  }
}

/** Turns anything thrown into the shape that crosses a border. What is not ours is a defect: INTERNAL, with its message kept. */
export function toErrorShape(thrown: unknown): ErrorShape {
  if (thrown instanceof FlowcaseError) return thrown.toShape();
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'INTERNAL', message: `Flowcase met a defect of its own: ${text}. The case is as it was before; please report this.` };
}

/** The other way: a shape that arrived from another process, as an error to throw. */
export function fromErrorShape(shape: ErrorShape): FlowcaseError {
  return new FlowcaseError(shape.code, shape.message, shape.details);
}
