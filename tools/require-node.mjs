/** First thing of `npm test`: a clear word on a Node that is too old. */
import { checkNode } from '../main/start/node-version.mjs';

checkNode();
