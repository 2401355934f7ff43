/** What a benchmark starts as it ships: bundled, not as the TypeScript of a checkout. */
import { join } from 'node:path';
import { build } from 'vite';
import { compiledFolder } from './traffic.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(compiledFolder, '..', 'built');
/** The bundled importing child; its parse thread lies beside it. Made anew, so that it is of these sources. */
export async function builtImport(): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    publicDir: false,
    build: {
      ssr: true,
      target: 'node22',
      outDir: folder,
      emptyOutDir: true,
      rolldownOptions: {
        external: ['better-sqlite3'],
        input: {
          'import-child': join(import.meta.dirname, 'import-child.ts'),
          'parse-thread': join(root, 'app/import/pieces/parse-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  return join(folder, 'import-child.js');
}
