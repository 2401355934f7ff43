/** The terminal: `npm run -s flowcase -- COMMAND`. */
import { checkNode } from './node-version.mjs';

checkNode();
await import('../local/cli.ts');
