import { FlowcaseError, type ErrorCode } from '../errors.ts';

/** What can be wrong with a file; everything else that is thrown concerns the case or Flowcase, and ends the import. */
const ofFiles: ReadonlySet<ErrorCode> = new Set([
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'FILE_EMPTY',
  'FORMAT_UNKNOWN',
  'ENCODING_UNSUPPORTED',
  'FILE_DAMAGED',
  'LINE_TOO_LONG',
  'FILE_CHANGED',
  'TOO_MANY_REJECTS',
  'ALREADY_IMPORTED',
]);

export function concernsFile(error: unknown): error is FlowcaseError {
  return error instanceof FlowcaseError && ofFiles.has(error.code);
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'you may not read it; ask for the permission, or copy it to where you may'],
  ['EPERM', 'you may not read it; ask for the permission, or copy it to where you may'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['ELOOP', 'its links go round in circles'],
  ['EIO', 'the medium gave an error; copy it from a good one'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'its name is too long'],
]);

/** What went wrong with a path, for a person. Errors of Flowcase pass through; what is no error of the file system is thrown on. */
export function fileError(error: unknown, path: string): FlowcaseError {
  if (concernsFile(error)) return error;
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : null;
  if (code === null) throw error;
  if (code === 'ENOENT') {
    // what stands for bytes that are no UTF-8
    const advice = path.includes('\ufffd') ? 'Its name may be no UTF-8: copy it under another one.' : 'Check the path.';
    return new FlowcaseError('FILE_NOT_FOUND', `There is no file ${path}. ${advice}`, { path }, error);
  }
  const reason = reasons.get(code) ?? `the system says ${code}`;
  return new FlowcaseError('FILE_UNREADABLE', `${path} cannot be read: ${reason}.`, { path, system: code }, error);
}

/** An error that came while a file was imported, with the file's name: readers know no names. */
export function aboutFile(error: unknown, path: string): unknown {
  if (!(error instanceof FlowcaseError)) return error instanceof Error && 'syscall' in error ? fileError(error, path) : error;
  if (error.message.includes(path) || error.code === 'CANCELLED') return error;
  return new FlowcaseError(error.code, `${path}: ${error.message}`, error.details, error);
}
