import { StringPool } from '../columns/string-pool.ts';
import type { DictionaryWriter } from '../columns/types.ts';
import { agentOf } from './access-agent.ts';
import type { DictionarySlot } from './column-slots.ts';
import type { TextSlot } from './text-slot.ts';

/** What an agent's columns hold, worked out once for each agent, by the id that its text has. */
class AgentIds {
  readonly #agents: Pick<DictionaryWriter, 'readText'>;
  readonly #terms: DictionaryWriter;
  #names = new Uint32Array(1024);
  #systems = new Uint32Array(1024);
  #kinds = new Uint32Array(1024);
  #done = new Uint8Array(1024);

  /** `agents`: the texts that have these ids. */
  constructor(agents: Pick<DictionaryWriter, 'readText'>, terms: DictionaryWriter) {
    this.#agents = agents;
    this.#terms = terms;
  }

  /** Ids of name, system and kind; 0 is absent. */
  name(agent: number): number {
    if (agent >= this.#done.length || this.#done[agent] === 0) this.#learn(agent);
    return this.#names[agent];
  }
  /** After `name` of the same agent. */
  system(agent: number): number {
    return this.#systems[agent];
  }
  kind(agent: number): number {
    return this.#kinds[agent];
  }

  /** The ids are those of other agents from now on. */
  clear(): void {
    this.#done.fill(0);
  }

  #learn(agent: number): void {
    if (agent >= this.#done.length) this.#grow(agent + 1);
    const { name, os, kind } = agentOf(this.#agents.readText(agent));
    const id = (text: string | null): number => (text === null || text === '' ? 0 : this.#terms.internText(text));
    this.#names[agent] = id(name);
    this.#systems[agent] = id(os);
    this.#kinds[agent] = id(kind);
    this.#done[agent] = 1;
  }

  #grow(atLeast: number): void {
    const length = Math.max(atLeast, this.#done.length * 2);
    const longer = (ids: Uint32Array): Uint32Array<ArrayBuffer> => {
      const copy = new Uint32Array(length);
      copy.set(ids);
      return copy;
    };
    this.#names = longer(this.#names);
    this.#systems = longer(this.#systems);
    this.#kinds = longer(this.#kinds);
    const done = new Uint8Array(length);
    done.set(this.#done);
    this.#done = done;
  }
}

/** So many agents that are kept as text are remembered. */
const MOST = 2 ** 12;

/** Fills the three columns of the agents of a log. */
export class Agents {
  readonly #known: AgentIds;
  /** Texts that are in no dictionary have ids here, until there are too many. */
  readonly #texts = new StringPool('term');
  readonly #passing: AgentIds;

  constructor(terms: DictionaryWriter) {
    this.#known = new AgentIds(terms, terms);
    this.#passing = new AgentIds(this.#texts, terms);
  }

  /** `agent` has that of `row`; `parts`: ids of names, systems and kinds, 0 is absent. */
  put(agent: DictionarySlot | TextSlot, row: number, parts: readonly Uint32Array[]): void {
    const isText = agent.storage === 'text';
    const ids = isText ? this.#passing : this.#known;
    const id = isText ? this.#passingId(agent.bytes, agent.startOf(row), agent.ends[row]) : agent.values[row];
    parts[0][row] = ids.name(id);
    parts[1][row] = ids.system(id);
    parts[2][row] = ids.kind(id);
  }

  #passingId(bytes: Uint8Array, start: number, end: number): number {
    if (this.#texts.size >= MOST) {
      this.#texts.clear();
      this.#passing.clear();
    }
    return this.#texts.intern(bytes, start, end);
  }
}
