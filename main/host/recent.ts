import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { CaseInfo, RecentCase } from '../../app/contract.ts';
import { OwnList } from './own-list.ts';

const KEPT = 30;
const entry = z.object({ path: z.string(), name: z.string(), number: z.string(), examiner: z.string(), opened: z.number() });

/** The list of cases opened here before. */
export class RecentCases {
  readonly #file: OwnList<z.output<typeof entry>>;

  constructor(folder: string) {
    this.#file = new OwnList(folder, 'recent.json', entry);
  }

  /** The latest first. */
  async list(): Promise<readonly RecentCase[]> {
    return (await this.#file.read()).map((one) => ({ ...one, exists: existsSync(one.path) }));
  }

  /** `opened`: microseconds since 1970 UTC. */
  add(info: CaseInfo, opened: number): Promise<void> {
    const { path, name, number, examiner } = info;
    return this.#file.change((entries) =>
      [{ path, name, number, examiner, opened }, ...entries.filter((one) => one.path !== path)].slice(0, KEPT),
    );
  }

  forget(path: string): Promise<void> {
    return this.#file.change((entries) => entries.filter((one) => one.path !== path));
  }
}
