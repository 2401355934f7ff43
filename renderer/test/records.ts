/** Questions about records, answered by computing them: `?rows=20000000` is as quick as none. */
import type { Checked, CommandName, RowMarks } from '../../app/contract.ts';
import { clusterOf, columns, record } from './rows.ts';

const parameters = new URLSearchParams(typeof location === 'undefined' ? '' : location.search);
export const total = Number(parameters.get('rows') ?? 1_004_219);

/** `marks` says which tags a record has. */
export function recordAnswers(marks: (id: number) => RowMarks): { readonly [N in CommandName]?: (input: Checked<N>) => unknown } {
  return {
    'records.columns': () => columns,
    'records.query': ({ columns: names, offset, limit, filter, sort }) => {
      const shown = names === undefined ? columns : columns.filter((column) => names.includes(column.name));
      const matching = filter === '' ? total : filter.includes('nothing') ? 0 : Math.floor(total / 19);
      const ids = Array.from({ length: Math.max(0, Math.min(limit, matching - offset)) }, (_, at) =>
        sort?.descending === true ? matching - 1 - offset - at : offset + at,
      );
      return {
        columns: shown,
        rows: ids.map((id) => {
          const cells = record(id);
          return shown.map((column) => cells[columns.indexOf(column)] ?? null);
        }),
        ids,
        marks: ids.map((id) => marks(id)),
        total: matching,
        all: total,
        milliseconds: 9,
        words: filter === '' ? '' : `connections where ${filter}`,
      };
    },
    'record.get': ({ id }) => ({
      kind: 'connection',
      id,
      fields: columns.map((column, at) => ({ column, value: record(id)[at] ?? null })),
      evidence: {
        id: 2,
        name: 'conn.2026-04-16.log.gz',
        path: '/home/analyst/evidence/zeek/conn.2026-04-16.log.gz',
        line: 51_870 + id,
        offset: 5_980_113,
      },
      tags: marks(id).tags,
      clusters: [{ run: 2, cluster: clusterOf(id), distance: 0.31, z: 1.2 }],
      why: [
        { what: 'bytes out', words: 'highest of 1,004,219' },
        { what: 'out ÷ in', words: '335 (median of all 0.3)' },
        { what: 'hour', words: '03, host never active before' },
      ],
      raw: record(id)
        .map((cell) => cell ?? '-')
        .join('\t'),
      rawMissing: null,
    }),
    'filter.check': ({ filter, cursor = filter.length }) => {
      const word = /[\w.]*$/.exec(filter.slice(0, cursor))?.[0] ?? '';
      const bad = /(^|\s)(and|or|not|=|>|<)\s*$/.test(filter) || /\btag$/.test(filter);
      return {
        ok: !bad,
        words: bad ? '' : `connections where ${filter}`,
        error: bad ? { message: 'expects = after “tag”', position: filter.length, length: 0 } : null,
        completions: [
          ...columns.map((column) => ({ insert: column.name, label: column.name, hint: column.title })),
          { insert: 'tag', label: 'tag', hint: 'suspect, reviewed' },
        ].filter((option) => option.label.startsWith(word) && option.label !== word),
        replaceFrom: cursor - word.length,
      };
    },
  };
}
