import { alreadyThere, type Already } from './already-there.ts';
import type { Sighting } from './family.ts';
import { START, type Mark } from './mark.ts';
import { FileReading, type FileStart } from './reading.ts';
import type { Surroundings } from './surroundings.ts';

/** A file of the path `home` from which nothing was handed over, from this place on. */
export function startAt(mark: Mark, home: string, around: Surroundings): FileStart {
  return { id: around.nextId(), home, mark, begun: false };
}

/** Opens a file of which nobody has read anything: behind what the case has of it, by an import or from a source that was removed. */
export async function openNew(file: Sighting, home: string, around: Surroundings): Promise<FileReading | null> {
  const stored = around.stored(file.path);
  if (stored.length === 0) return FileReading.open(startAt(START, home, around), file, around.now());
  const { beginning, twice } = await alreadyThere(file, stored, () => around.stop());
  const reading = await FileReading.open(startAt(beginning?.mark ?? START, home, around), file, around.now());
  if (reading === null) return null;
  if (beginning !== null) reading.continues = beginning.evidence;
  for (const { evidence, from, to } of twice) {
    around.fault(
      `${file.path} is read from byte ${beginning?.mark.byte ?? 0} on. Its bytes ${from} to ${to} are in the case already as evidence ${evidence}, from a source that was removed: their records come a second time. Remove evidence ${evidence} if you want them once.`,
    );
  }
  return reading;
}

/** What came into the case by an import behind this place of a file, while nobody watched; null: nothing did. */
export async function importedBehind(file: Sighting, byte: number, around: Surroundings): Promise<Already | null> {
  const stored = around.stored(file.path);
  if (!stored.some(({ from, to }) => from === 0 && to > byte)) return null;
  const { beginning } = await alreadyThere(file, stored, () => around.stop());
  return beginning !== null && beginning.mark.byte > byte ? beginning : null;
}
