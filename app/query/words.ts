import { formatCount, formatTime } from '../contract/format.ts';
import { readNetwork } from './addresses.ts';
import { fieldOf, type Field } from './fields.ts';
import { clusterOf } from './marks.ts';
import { isAbsentWord, listWords, type Comparison, type Expression, type Operator, type Word } from './syntax.ts';
import type { FilterContext } from './types.ts';

/** What a field is called within a sentence, where its name is no word. */
const nouns: ReadonlyMap<string, string> = new Map([
  ['ts', 'time'],
  ['orig_h', 'originator'],
  ['resp_h', 'responder'],
  ['orig_p', 'originator port'],
  ['resp_p', 'responder port'],
  ['proto', 'protocol'],
  ['conn_state', 'state'],
  ['orig_bytes', 'bytes out'],
  ['resp_bytes', 'bytes in'],
  ['orig_pkts', 'packets out'],
  ['resp_pkts', 'packets in'],
  ['id', 'record'],
]);

const contrary: ReadonlyMap<Operator, Operator> = new Map<Operator, Operator>([
  ['=', '!='],
  ['!=', '='],
  ['in', 'not in'],
  ['not in', 'in'],
  ['~', '!~'],
  ['!~', '~'],
  ['matches', 'not matches'],
  ['not matches', 'matches'],
]);

/** A filter in plain English. @throws FlowcaseError FILTER_FIELD, FILTER_SYNTAX */
export function wordsOf(expression: Expression, context: FilterContext): string {
  switch (expression.type) {
    case 'comparison':
      return comparisonWords(expression, context);
    case 'not':
      return contraryWords(expression.term, context);
    case 'and':
      return expression.terms.map((term) => (term.type === 'or' ? `(${wordsOf(term, context)})` : wordsOf(term, context))).join(', ');
    case 'or':
      return expression.terms.map((term) => (term.type === 'and' ? `(${wordsOf(term, context)})` : wordsOf(term, context))).join(' or ');
  }
}

function contraryWords(term: Expression, context: FilterContext): string {
  const operator = term.type === 'comparison' ? contrary.get(term.operator) : undefined;
  if (term.type === 'comparison' && operator !== undefined) return comparisonWords({ ...term, operator }, context);
  return term.type === 'comparison' ? `not ${wordsOf(term, context)}` : `not (${wordsOf(term, context)})`;
}

function comparisonWords(comparison: Comparison, context: FilterContext): string {
  const field = fieldOf(context.table, comparison.field);
  const negated = comparison.operator === '!=' || comparison.operator.startsWith('not') || comparison.operator === '!~';
  const noun = nouns.get(field.name) ?? field.name;
  const exact = ['=', '!=', 'in', 'not in'].includes(comparison.operator);
  if (exact && comparison.values.every(isAbsentWord)) return `${negated ? 'with' : 'without'} ${noun}`;
  const texts = comparison.values.map((value) => (exact && isAbsentWord(value) ? 'absent' : valueWords(field, value)));
  const list = listWords(shortened(texts));
  if (comparison.operator.endsWith('~') || comparison.operator.endsWith('matches')) return textWords(noun, comparison.operator, list);
  switch (field.source) {
    case 'tag':
    case 'finding':
      return `${negated ? 'without' : 'with'} ${noun} ${list}`;
    case 'cluster':
      return `${negated ? 'not ' : ''}in ${clusterWords(comparison.values, context)}`;
    case 'evidence':
      return `${negated ? 'not ' : ''}from ${list}`;
    case 'number':
      return field.type === 'time' ? timeWords(noun, comparison.operator, list) : numberWords(noun, comparison.operator, list);
    case 'predicted':
      return `${negated ? 'not ' : ''}predicted as ${list}`;
    case 'rated':
      return numberWords(field.of === 'anomaly' ? 'anomaly score' : 'confidence', comparison.operator, list);
    case 'entry':
    case 'text':
    case 'id':
      return comparesNetwork(field, comparison.values)
        ? `${noun} ${negated ? 'not ' : ''}in ${list}`
        : numberWords(noun, comparison.operator, list);
  }
}

/** More values than this are counted, not named. */
const MOST_VALUES = 8;

function shortened(texts: readonly string[]): readonly string[] {
  return texts.length <= MOST_VALUES
    ? texts
    : [...texts.slice(0, MOST_VALUES - 3), `${formatCount(texts.length - MOST_VALUES + 3)} others`];
}

function comparesNetwork(field: Field, values: readonly Word[]): boolean {
  return field.source === 'entry' && field.type === 'addr' && values.some(({ text }) => readNetwork(text.trim()) !== null);
}

function textWords(noun: string, operator: Operator, list: string): string {
  if (operator === '~') return `${noun} containing “${list}”`;
  if (operator === '!~') return `${noun} not containing “${list}”`;
  return `${noun} ${operator === 'matches' ? '' : 'not '}matching /${list}/`;
}

const numberPhrases: ReadonlyMap<Operator, string> = new Map<Operator, string>([
  ['<', 'under '],
  ['<=', 'at most '],
  ['>', 'over '],
  ['>=', 'at least '],
  ['!=', 'not '],
  ['not in', 'not '],
]);

const timePhrases: ReadonlyMap<Operator, string> = new Map<Operator, string>([
  ['<', 'before '],
  ['<=', 'until '],
  ['>', 'after '],
  ['>=', 'from '],
  ['!=', 'not at '],
  ['not in', 'not at '],
]);

function numberWords(noun: string, operator: Operator, list: string): string {
  return `${noun} ${numberPhrases.get(operator) ?? ''}${list}`;
}

function timeWords(noun: string, operator: Operator, list: string): string {
  return `${noun === 'time' ? '' : `${noun} `}${timePhrases.get(operator) ?? 'at '}${list}`;
}

function clusterWords(values: readonly Word[], context: FilterContext): string {
  const given = values.filter((value) => !isAbsentWord(value)).map((value) => clusterOf(value, context));
  const runs = [...new Set(given.map(({ run }) => run))];
  const parts = runs.map((run) => {
    const clusters = given.filter((one) => one.run === run).map(({ cluster }) => String(cluster));
    return `${clusters.length === 1 ? 'cluster' : 'clusters'} ${listWords(shortened(clusters))}${run === context.currentRun ? '' : ` of run ${run}`}`;
  });
  return listWords([...parts, ...(given.length < values.length ? ['no cluster'] : [])]);
}

function valueWords(field: Field, { text }: Word): string {
  if (field.source !== 'number') return text;
  const plain = text.trim();
  if (field.type === 'time') {
    if (/^\d{5,}(\.\d+)?$/.test(plain)) return formatTime(Math.round(Number(plain.slice(0, 18)) * 1e6), 6);
    return plain.replace(/^(\d{4}-\d\d-\d\d)T/i, '$1 ').replace(/(:\d\d)(?:\.0+|(\.\d*?[1-9])0+)?Z?$/i, '$1$2');
  }
  // 1MB -> 1 MB, 1h30m -> 1 h 30 m
  return plain.replace(/(\d)([a-zµ])/giu, '$1 $2').replace(/([a-zµ])(\d)/giu, '$1 $2');
}
