import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CaseInfo, RecentCase } from '../../app/contract.ts';

const KEPT = 30;
const entry = z.object({ path: z.string(), name: z.string(), number: z.string(), examiner: z.string(), opened: z.number() });
type Entry = z.output<typeof entry>;

/** The list of cases opened here before: a small file that is replaced whole, and begun anew when it is damaged. */
export class RecentCases {
  readonly #file: string;
  readonly #folder: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, 'recent.json');
  }

  /** The latest first. */
  async list(): Promise<readonly RecentCase[]> {
    return (await this.#read()).map((one) => ({ ...one, exists: existsSync(one.path) }));
  }

  /** `opened`: microseconds since 1970 UTC. */
  add(info: CaseInfo, opened: number): Promise<void> {
    const { path, name, number, examiner } = info;
    return this.#change((entries) => [{ path, name, number, examiner, opened }, ...entries.filter((one) => one.path !== path)]);
  }

  forget(path: string): Promise<void> {
    return this.#change((entries) => entries.filter((one) => one.path !== path));
  }

  /** One change after the other, so that none is lost. */
  #change(work: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    const next = this.#turn.then(async () => {
      const entries = work(await this.#read()).slice(0, KEPT);
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const draft = `${this.#file}.${randomUUID()}`;
      try {
        await writeFile(draft, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
        await rename(draft, this.#file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<readonly Entry[]> {
    try {
      const parsed: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      // a damaged entry costs itself, not the list
      return Array.isArray(parsed) ? parsed.flatMap((one: unknown) => entry.safeParse(one).data ?? []) : [];
    } catch {
      return [];
    }
  }
}
