/** First thing of `npm test`: a clear word on a Node that is too old. `node tools/require-node.mjs SCRIPT.ts` goes on with the script. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, withTypeScript } from '../main/start/node-version.mjs';

const [script] = process.argv.slice(2);
if (script === undefined) checkNode();
else
  await withTypeScript(import.meta.filename, () => {
    process.argv.splice(1, 2, resolve(script));
    return import(pathToFileURL(resolve(script)).href);
  });
