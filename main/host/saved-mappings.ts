import { z } from 'zod';
import { FlowcaseError } from '../../app/errors.ts';
import { formatOptions, type SavedMapping } from '../../app/contract.ts';
import { OwnList } from './own-list.ts';

const MOST = 1000;
const entry = z.object({ name: z.string(), format: z.string(), options: formatOptions, saved: z.number() });

/** Ways to read files that a person kept by name, for every case. */
export class SavedMappings {
  readonly #file: OwnList<SavedMapping>;

  constructor(folder: string) {
    this.#file = new OwnList(folder, 'mappings.json', entry);
  }

  /** By name. */
  async list(): Promise<readonly SavedMapping[]> {
    return (await this.#file.read()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** `saved`: microseconds since 1970 UTC. One of the same name is replaced. */
  async save(mapping: Omit<SavedMapping, 'saved'>, saved: number): Promise<SavedMapping> {
    const added = { ...mapping, saved };
    await this.#file.change((all) => {
      const others = all.filter((one) => one.name !== mapping.name);
      if (others.length >= MOST) {
        throw new FlowcaseError('INVALID_INPUT', `There are ${MOST} saved mappings, which is as many as can be. Remove one first.`);
      }
      return [...others, added];
    });
    return added;
  }

  /** @throws FlowcaseError NOT_FOUND */
  async remove(name: string): Promise<void> {
    await this.#file.change((all) => {
      const left = all.filter((one) => one.name !== name);
      if (left.length === all.length) throw new FlowcaseError('NOT_FOUND', `There is no saved mapping "${name}".`, { name });
      return left;
    });
  }
}
