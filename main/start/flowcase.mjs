/** The terminal: `npm run -s flowcase -- COMMAND`. */
import { withTypeScript } from './node-version.mjs';

await withTypeScript(import.meta.filename, () => import('../local/cli.ts'));
