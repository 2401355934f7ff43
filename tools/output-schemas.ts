/**
 * What the contract's commands answer, as JSON Schema: read from the TypeScript types themselves, so that the API's document cannot say
 * anything else. `node tools/output-schemas.ts` writes app/api/outputs.json; a test fails where that is not what the types say.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { readOutputs } from './types-to-schemas.ts';

const root = join(import.meta.dirname, '..');
export const outputsFile = join(root, 'app', 'api', 'outputs.json');

if (process.argv[1] === import.meta.filename) {
  const options = await prettier.resolveConfig(outputsFile);
  const text = await prettier.format(JSON.stringify(readOutputs(join(root, 'app', 'contract.ts'))), { ...options, filepath: outputsFile });
  writeFileSync(outputsFile, text);
}
