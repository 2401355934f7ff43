/** Writes the window's font of signs: `node renderer/fonts/build.ts`, after a drawing has changed. */
import { writeFileSync } from 'node:fs';
import { advance, signs } from './signs.ts';
import { trueType } from './truetype.ts';
import { writeWoff } from './woff.ts';

export const family = 'Flowcase Signs';
export const file = new URL('../src/fonts/signs.woff', import.meta.url);

export const signsFont = (): Uint8Array => writeWoff(trueType(family, advance, signs));

if (import.meta.main) writeFileSync(file, signsFont());
