import { asksOf } from './asks.ts';
import { compareSelector } from './compare.ts';
import { fieldOf } from './fields.ts';
import { parseFilter } from './parse.ts';
import { every, maskOf, not, some, type Selector } from './selection.ts';
import type { Comparison, Expression, Operator } from './syntax.ts';
import type { CompiledFilter, FilterContext } from './types.ts';
import { wordsOf } from './words.ts';

/**
 * A filter ready to run over the records of `context.table`. Empty text lets everything through. The masks are shared: do not write to them.
 * @throws FlowcaseError FILTER_SYNTAX or FILTER_FIELD, details { position, length, expected }
 */
export function compileFilter(text: string, context: FilterContext): CompiledFilter {
  const expression = parseFilter(text);
  const asks = asksOf(expression, context.table);
  if (expression === null) return { text, words: '', asks, everything: true, mask: (chunk) => maskOf('all', chunk.rows) };
  // First the selector, which refuses values that are none: words only say what holds.
  const selector = selectorOf(expression, context);
  const words = wordsOf(expression, context);
  return { text, words, asks, everything: false, mask: (chunk) => maskOf(selector(chunk), chunk.rows) };
}

/** A filter in plain English: "bytes over 1 MB, responder port 443 or 8443, without tag reviewed". "" where it is empty. @throws as compileFilter */
export function filterWords(text: string, context: FilterContext): string {
  return compileFilter(text, context).words;
}

function selectorOf(expression: Expression, context: FilterContext): Selector {
  switch (expression.type) {
    case 'and':
      return every(expression.terms.map((term) => selectorOf(term, context)));
    case 'or':
      return some(expression.terms.map((term) => selectorOf(term, context)));
    case 'not':
      return not(selectorOf(expression.term, context));
    case 'comparison':
      return comparisonSelector(expression, context);
  }
}

const positiveOf: ReadonlyMap<Operator, Operator> = new Map<Operator, Operator>([
  ['!=', '='],
  ['not in', 'in'],
  ['!~', '~'],
  ['not matches', 'matches'],
]);

/** `!=` and its kind are the contraries of what they negate, so that absent values need no rule of their own. */
function comparisonSelector(comparison: Comparison, context: FilterContext): Selector {
  const field = fieldOf(context.table, comparison.field);
  const positive = positiveOf.get(comparison.operator);
  if (positive === undefined) return compareSelector(field, comparison, context);
  return not(compareSelector(field, { ...comparison, operator: positive }, context));
}
