import { clientFigures, type ClientFigures } from './client-figures.ts';
import type { Fill } from './fills.ts';
import type { Letters } from './text-measures.ts';

/** A figure of the bytes of a text column; `none` where it is absent. */
export function ofText(column: string, none: number, figure: (letters: Letters) => number): Fill {
  return (_, { chunk, rows, start }, out) => {
    const { offsets, bytes, absent } = chunk.text(column);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      out[start + i] = absent?.[row] === 1 ? none : figure(bytes.subarray(offsets[row], offsets[row + 1]));
    }
  };
}

/** 1 where the status is of this class (4: 400 to 499), absent where there is none. */
export function statusFlag(digit: number): Fill {
  return (_, { chunk, rows, start }, out) => {
    const values = chunk.numbers('status');
    for (let i = 0; i < rows.length; i++) {
      const status = values[rows[i]];
      out[start + i] = Number.isNaN(status) ? Number.NaN : Math.floor(status / 100) === digit ? 1 : 0;
    }
  };
}

/** 1 where a dictionary column says anything. */
export function saysSomething(column: string): Fill {
  return (_, { chunk, rows, start }, out) => {
    const ids = chunk.ids(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = ids[rows[i]] === 0 ? 0 : 1;
  };
}

/** 1 where the agent is of one of these kinds. An agent that does not tell is of none. */
export function agentFlag(...kinds: readonly string[]): Fill {
  return ({ selection: { table } }, { chunk, rows, start }, out) => {
    const dictionary = table.dictionary('term');
    const wanted = new Set(kinds.map((kind) => dictionary.idOf(kind)).filter((id) => id !== 0));
    const ids = chunk.ids('agent_kind');
    for (let i = 0; i < rows.length; i++) out[start + i] = wanted.has(ids[rows[i]]) ? 1 : 0;
  };
}

/** A figure of the client that made the request; absent where there is no client. */
export function ofClient(pick: (figures: ClientFigures, client: number) => number): Fill {
  return (source, { rows, start }, out) => {
    const figures = clientFigures(source);
    for (let i = 0; i < rows.length; i++) {
      const client = figures.clients[start + i];
      out[start + i] = client === 0 ? Number.NaN : pick(figures, client);
    }
  };
}
