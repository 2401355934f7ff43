/** What a benchmark starts as it ships: bundled, not as the TypeScript of a checkout. */
import { join } from 'node:path';
import { build } from 'vite';
import { nodeBuild, threads } from '../../tools/build.ts';
import { compiledFolder } from './traffic.ts';

const folder = join(compiledFolder, '..', 'built');
/** The bundled importing child; its parse thread lies beside it. Made anew, so that it is of these sources. */
export async function builtImport(): Promise<string> {
  await build(nodeBuild({ 'import-child': join(import.meta.dirname, 'import-child.ts') }, folder, true));
  await build(nodeBuild({ 'parse-thread': threads['parse-thread'] }, folder, false));
  return join(folder, 'import-child.js');
}
