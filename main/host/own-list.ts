import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';

/** A list in a small file of Flowcase's own: replaced whole, and begun anew when it is damaged. */
export class OwnList<T> {
  readonly #folder: string;
  readonly #file: string;
  readonly #entry: z.ZodType<T>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, name: string, entry: z.ZodType<T>) {
    this.#folder = folder;
    this.#file = join(folder, name);
    this.#entry = entry;
  }

  /** A damaged entry costs itself, not the list. */
  async read(): Promise<readonly T[]> {
    try {
      const parsed: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      return Array.isArray(parsed) ? parsed.flatMap((one: unknown) => this.#entry.safeParse(one).data ?? []) : [];
    } catch {
      return [];
    }
  }

  /** One change after the other, so that none is lost. @throws what `work` throws, and nothing is changed then */
  change(work: (entries: readonly T[]) => readonly T[]): Promise<void> {
    const next = this.#turn.then(async () => this.#write(work(await this.read())));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #write(entries: readonly T[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = `${this.#file}.${randomUUID()}`;
    try {
      await writeFile(draft, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
      await rename(draft, this.#file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
