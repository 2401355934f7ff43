import { stat } from 'node:fs/promises';
import { FlowcaseError } from '../../errors.ts';
import { fileError } from '../../original/file-error.ts';

/** Whether it is a path, not a pattern. @throws FlowcaseError FILE_UNREADABLE where it cannot be followed */
export async function isLiteral(path: string): Promise<boolean> {
  const there = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw fileError(error, path);
  });
  if (there === null) return !/[*?[\]{}]/.test(path);
  if (there.isFile()) return true;
  const instead = there.isDirectory()
    ? `it is a folder: follow the files in it with a pattern, such as ${path}/*.log`
    : 'it is no file; a pipe is watched as pipe:PATH';
  throw new FlowcaseError('FILE_UNREADABLE', `${path} cannot be followed: ${instead}.`, { path });
}
