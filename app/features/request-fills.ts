import { clientFigures, type ClientFigures } from './client-figures.ts';
import type { Fill } from './fills.ts';
import { lettersOf, type Letters } from './text-measures.ts';

/**
 * A figure of the bytes of each text of a column, however the case keeps it; `none` where there is none. `name` tells the figure from others of the
 * column. Bytes that are no UTF-8 stand in both as `\xHH` and are counted so; what earlier programs imported is counted as they kept it:
 * as it was logged, or among repeated texts as the replacement characters that stand for it.
 */
export function ofText(column: string, name: string, none: number, figure: (letters: Letters) => number): Fill {
  return (source, part, out) => {
    const { chunk, rows, start } = part;
    if (source.selection.table.column(column)?.storage === 'dictionary') {
      const figures = source.entries.of(column, name, (text) => figure(lettersOf(text)));
      const ids = chunk.ids(column);
      for (let i = 0; i < rows.length; i++) out[start + i] = ids[rows[i]] === 0 ? none : figures.at(ids[rows[i]]);
      return;
    }
    const { offsets, bytes } = chunk.text(column);
    for (let i = 0; i < rows.length; i++) {
      const [from, to] = [offsets[rows[i]], offsets[rows[i] + 1]];
      out[start + i] = from === to ? none : figure(bytes.subarray(from, to));
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

/** 1 where a column of texts says anything, however the case keeps it. */
export function saysSomething(column: string): Fill {
  return ({ selection: { table } }, { chunk, rows, start }, out) => {
    if (table.column(column)?.storage === 'text') {
      const { offsets } = chunk.text(column);
      for (let i = 0; i < rows.length; i++) out[start + i] = offsets[rows[i]] === offsets[rows[i] + 1] ? 0 : 1;
      return;
    }
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
