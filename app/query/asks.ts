import type { RecordTable } from '../columns/types.ts';
import { findField } from './fields.ts';
import type { Expression } from './syntax.ts';

/**
 * What a filter asks of the case beside the records themselves, which never change. `tag`: what is tagged. `run`: which run is meant, by a
 * bare `cluster = 3`, by findings, or by what was predicted or scored; `cluster = 2:3` says itself.
 */
export type Asked = 'tag' | 'run';

export function asksOf(expression: Expression | null, table: RecordTable): ReadonlySet<Asked> {
  const asks = new Set<Asked>();
  if (expression !== null) collect(expression, table, asks);
  return asks;
}

function collect(expression: Expression, table: RecordTable, asks: Set<Asked>): void {
  switch (expression.type) {
    case 'and':
    case 'or':
      for (const term of expression.terms) collect(term, table, asks);
      return;
    case 'not':
      collect(expression.term, table, asks);
      return;
    case 'comparison': {
      const source = findField(table, expression.field.text)?.source;
      if (source === 'tag') asks.add('tag');
      if (source === 'finding' || source === 'predicted' || source === 'rated') asks.add('run');
      if (source === 'cluster' && expression.values.some(({ text }) => !text.includes(':'))) asks.add('run');
    }
  }
}
