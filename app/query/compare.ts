import type { FilterContext } from './types.ts';
import { canonicalAddress, isInNetwork, readAddress, readNetwork, type Network } from './addresses.ts';
import type { Field } from './fields.ts';
import { clusterSelector, evidenceSelector, findingSelector, predictedSelector, ratedSelector, tagSelector } from './marks.ts';
import { anyColumn, idRangeSelector, numberSelector, presentNumber, sumSelector } from './numbers.ts';
import { Pattern, PatternError } from './pattern/pattern.ts';
import { mergeRanges, type Ranges } from './ranges.ts';
import { not, some, type Selector } from './selection.ts';
import { isAbsentWord, quoted, syntaxError, type Comparison, type Operator, type Word } from './syntax.ts';
import {
  contains,
  containingTextSelector,
  entriesSelector,
  entrySelector,
  exactTextSelector,
  presentEntry,
  presentText,
  textSelector,
  type TextTest,
} from './texts.ts';
import { exampleOf, numberRange, titleOf } from './values.ts';

type EntryField = Extract<Field, { source: 'entry' }>;
type TextField = Extract<Field, { source: 'text' }>;
type NumberField = Extract<Field, { source: 'number' }>;

const textOperators: readonly Operator[] = ['=', '!=', 'in', 'not in', '~', '!~', 'matches', 'not matches'];
const numberOperators: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in'];
const markOperators: readonly Operator[] = ['=', '!=', 'in', 'not in'];

/** Operators that make sense for the field. */
export function operatorsOf(field: Field): readonly Operator[] {
  if (field.source === 'number') return field.type === 'bool' ? markOperators : numberOperators;
  if (field.source === 'id' || field.source === 'rated') return numberOperators;
  return field.source === 'cluster' ? markOperators : textOperators;
}

/** Rows for which the comparison is true. Its operator is none of the negated ones. @throws FlowcaseError FILTER_SYNTAX */
export function compareSelector(field: Field, comparison: Comparison, context: FilterContext): Selector {
  const { operator, values } = comparison;
  const allowed = operatorsOf(field);
  if (!allowed.includes(operator)) {
    const place = { position: comparison.field.position, length: comparison.field.length };
    throw syntaxError(place, `The field ${field.name} cannot be compared with “${operator}”`, allowed);
  }
  const exact = operator === '=' || operator === 'in';
  const given = exact ? values.filter((value) => !isAbsentWord(value)) : values;
  const selectors = given.length === 0 ? [] : [selectorFor(field, operator, given, context)];
  if (given.length < values.length) selectors.push(not(presence(field, context)));
  return some(selectors);
}

function selectorFor(field: Field, operator: Operator, values: readonly Word[], context: FilterContext): Selector {
  switch (field.source) {
    case 'number':
      return numberComparison(field, rangesOf(field, operator, values));
    case 'id':
      return idRangeSelector(mergeRanges(values.map((value) => numberRange('count', operator, value))));
    case 'entry':
      return entryComparison(field, operator, values, context);
    case 'text':
      return textComparison(field, operator, values);
    case 'tag':
      return some(tagNames(operator, values, context).map((name) => tagSelector(name, context)));
    case 'finding':
      return some(
        [...namesLike(operator, values, context.findingKinds), ...numbersAmong(operator, values)].map((name) =>
          findingSelector(name, context),
        ),
      );
    case 'evidence':
      return evidenceSelector(evidenceIds(operator, values, context));
    case 'cluster':
      return some(values.map((value) => clusterSelector(value, context)));
    case 'predicted':
      return predictedSelector(new Set(namesLike(operator, values, context.prediction?.classes ?? [])), context);
    case 'rated':
      return ratedSelector(field.of, mergeRanges(values.map((value) => ratedRange(operator, value))), context);
  }
}

/** Confidences and scores are float32: a value means the nearest of them. */
function ratedRange(operator: Operator, word: Word): readonly [low: number, high: number] {
  const [exact] = numberRange('double', '=', word);
  return numberRange('double', operator, { ...word, text: String(Math.fround(exact)) });
}

function presence(field: Field, context: FilterContext): Selector {
  switch (field.source) {
    case 'number':
      return anyColumn(field.columns, presentNumber);
    case 'entry':
      return anyColumn(field.columns, presentEntry);
    case 'text':
      return presentText(field.columns[0]);
    case 'tag':
      return some(context.tagNames.map((name) => tagSelector(name, context)));
    case 'finding':
      return some(context.findingKinds.map((kind) => findingSelector(kind, context)));
    case 'cluster':
      return clusterSelector(null, context);
    case 'predicted':
      return predictedSelector(null, context);
    case 'rated':
      return ratedSelector(field.of, null, context);
    case 'evidence':
    case 'id':
      return () => 'all';
  }
}

function rangesOf(field: NumberField, operator: Operator, values: readonly Word[]): Ranges {
  return mergeRanges(values.map((value) => numberRange(field.type, operator, value)));
}

function numberComparison(field: NumberField, ranges: Ranges): Selector {
  if (ranges.length === 0) return () => null;
  if (field.combine === 'sum') return sumSelector(field.columns, ranges);
  return anyColumn(field.columns, (column) => numberSelector(column, ranges));
}

function entryComparison(field: EntryField, operator: Operator, values: readonly Word[], context: FilterContext): Selector {
  const dictionary = context.table.dictionary(field.dictionary);
  const byTest = (test: TextTest): Selector => anyColumn(field.columns, (column) => entrySelector(column, dictionary, test));
  if (operator === '~') return byTest(contains(values[0].text));
  if (operator === 'matches') return byTest(patternTest(values[0]));
  if (field.type === 'set' || field.type === 'vector') return byTest(memberTest(values));
  const { texts, networks } =
    field.type === 'addr'
      ? addressesOf(values, (text) => dictionary.idOf(text) !== 0)
      : { texts: values.map(({ text }) => text), networks: [] };
  const selectors: Selector[] = [];
  if (texts.length > 0) selectors.push(anyColumn(field.columns, (column) => entriesSelector(column, dictionary, texts)));
  if (networks.length > 0) selectors.push(byTest(networkTest(networks)));
  return some(selectors);
}

/** Addresses as the dictionary writes them, and networks. A text that is neither must be one the log has. */
function addressesOf(
  values: readonly Word[],
  known: (text: string) => boolean,
): { readonly texts: readonly string[]; readonly networks: readonly Network[] } {
  const texts: string[] = [];
  const networks: Network[] = [];
  for (const value of values) {
    const text = value.text.trim();
    const network = readNetwork(text);
    if (network !== null) networks.push(network);
    else {
      const address = canonicalAddress(text) ?? (known(value.text) ? value.text : null);
      if (address === null) throw syntaxError(value, `${quoted(value.text)} is no ${titleOf('addr')}`, [exampleOf('addr')]);
      texts.push(address);
    }
  }
  return { texts, networks };
}

function networkTest(networks: readonly Network[]): TextTest {
  return (text) => {
    const address = readAddress(text);
    return address !== null && networks.some((network) => isInNetwork(address, network));
  };
}

/** The whole value, or one of its members, which Zeek parts by commas. */
function memberTest(values: readonly Word[]): TextTest {
  const wanted = new Set(values.map(({ text }) => text));
  return (text) => wanted.has(text) || text.split(',').some((member) => wanted.has(member));
}

function textComparison(field: TextField, operator: Operator, values: readonly Word[]): Selector {
  const [column] = field.columns;
  if (operator === '~') return containingTextSelector(column, values[0].text);
  if (operator === 'matches') return textSelector(column, patternTest(values[0]));
  return exactTextSelector(
    column,
    values.map(({ text }) => text),
  );
}

/** @throws FlowcaseError FILTER_SYNTAX at the place in the pattern */
function patternTest(value: Word): TextTest {
  try {
    const pattern = new Pattern(value.text);
    return (text) => pattern.test(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const at = Math.min(error.position + (value.quoted ? 1 : 0), value.length - 1);
    const place = { position: value.position + at, length: value.length - at };
    throw syntaxError(place, `The regular expression ${quoted(value.text)} cannot be read: ${error.message}`);
  }
}

/** Of the names there are, those that the comparison means. */
function namesLike(operator: Operator, values: readonly Word[], names: readonly string[]): readonly string[] {
  const test = operator === '~' ? contains(values[0].text) : operator === 'matches' ? patternTest(values[0]) : null;
  return names.filter((name) => (test === null ? values.some(({ text }) => text === name) : test(name)));
}

/** `finding = 12` means one finding, whatever its kind. */
function numbersAmong(operator: Operator, values: readonly Word[]): readonly string[] {
  if (operator !== '=' && operator !== 'in') return [];
  return values.flatMap(({ text }) => (/^\d{1,15}$/.test(text) ? [text] : []));
}

/** A tag that is not there yet is on no record: `not tag = reviewed` is a good filter from the first day. */
function tagNames(operator: Operator, values: readonly Word[], context: FilterContext): readonly string[] {
  return operator === '=' || operator === 'in' ? values.map(({ text }) => text) : namesLike(operator, values, context.tagNames);
}

function evidenceIds(operator: Operator, values: readonly Word[], context: FilterContext): ReadonlySet<number> {
  const names = new Set(namesLike(operator, values, [...context.evidenceNames.values()]));
  const ids = new Set([...context.evidenceNames].filter(([, name]) => names.has(name)).map(([id]) => id));
  if (operator !== '=' && operator !== 'in') return ids;
  for (const value of values) {
    const id = !value.quoted && /^\d{1,15}$/.test(value.text) ? Number(value.text) : null;
    if (id !== null) ids.add(id);
    else if (!names.has(value.text)) {
      throw syntaxError(value, `No evidence is called ${quoted(value.text)}`, [...context.evidenceNames.values()].slice(0, 5));
    }
  }
  return ids;
}
