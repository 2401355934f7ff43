/**
 * Writes the WebAssembly modules that an import begins with as they are loaded: to assemble them takes every thread longer than to read its first
 * lines. `node tools/kernel-bytes.ts`, after a change of the kernels; their tests compare.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberModule } from '../app/columns/kernels/number-module.ts';
import { lineModule } from '../app/formats/kernels/line-module.ts';

const root = join(import.meta.dirname, '..');

function write(path: string, name: string, source: string, bytes: Uint8Array): void {
  const text = `/** The module of ${source}, in base64. Made by tools/kernel-bytes.ts. */\nexport const ${name} =\n  '${Buffer.from(bytes).toString('base64')}';\n`;
  writeFileSync(join(root, path), text);
}

write('app/formats/kernels/line-bytes.ts', 'lineBytes', 'line-module.ts', lineModule());
write('app/columns/kernels/number-bytes.ts', 'numberBytes', 'number-module.ts', numberModule());
