import { isReserved } from './parse.ts';
import type { Comparison, Expression, Word } from './syntax.ts';

const bare = /^[^\s"'()[\],=<>~≥≤≠!]+$/u;

/** A text as a value (or field) of the language: bare where it can stand bare, else in quotes. */
export function printText(text: string): string {
  const plain = bare.test(text) && !isReserved(text) && text !== '-' && text.toLowerCase() !== 'absent';
  return plain ? text : `"${text.replace(/["\\]/gu, '\\$&')}"`;
}

function printWord(word: Word): string {
  return word.quoted ? `"${word.text.replace(/["\\]/gu, '\\$&')}"` : word.text;
}

function printComparison({ field, operator, values }: Comparison): string {
  const value = operator === 'in' || operator === 'not in' ? `(${values.map(printWord).join(', ')})` : printWord(values[0]);
  return `${printWord(field)} ${operator} ${value}`;
}

/** A tree as text that is read as the same tree. */
export function printFilter(expression: Expression | null): string {
  if (expression === null) return '';
  if (expression.type === 'comparison') return printComparison(expression);
  if (expression.type === 'not') return `not ${bracketed(expression.term)}`;
  return expression.terms.map((term) => bracketed(term)).join(` ${expression.type} `);
}

function bracketed(expression: Expression): string {
  const text = printFilter(expression);
  return expression.type === 'and' || expression.type === 'or' ? `(${text})` : text;
}
