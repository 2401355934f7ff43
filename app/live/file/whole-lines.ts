import { BLOCK, bytesAt, openForReading } from './content.ts';
import type { Sighting } from './family.ts';
import { MARKED, printOf, START, type Mark } from './mark.ts';

const LF = 10;

/** The place behind the last whole line of a file, as it was seen: what comes later begins there. `stop` is asked at every block. */
export async function behindLastLine(sighting: Sighting, stop: () => void): Promise<Mark> {
  const file = await openForReading(sighting.path);
  try {
    let byte = 0;
    let line = 0;
    for (let at = 0; at < sighting.size;) {
      stop();
      const block = await bytesAt(file, at, Math.min(BLOCK, sighting.size - at));
      if (block.length === 0) break;
      for (let end = block.indexOf(LF); end >= 0; end = block.indexOf(LF, end + 1)) line++;
      const last = block.lastIndexOf(LF) + 1;
      if (last > 0) byte = at + last;
      at += block.length;
    }
    if (byte === 0) return START;
    const length = Math.min(byte, MARKED);
    return { byte, line, head: printOf(await bytesAt(file, 0, length)), tail: printOf(await bytesAt(file, byte - length, length)) };
  } finally {
    await file.close();
  }
}
