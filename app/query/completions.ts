import type { RecordTable } from '../columns/types.ts';
import { isoTime, plural } from '../contract/format.ts';
import type { FilterCheck } from '../contract/records.ts';
import { connStates } from '../formats/conn-states.ts';
import { operatorsOf } from './compare.ts';
import type { CursorPlace } from './cursor.ts';
import { fieldsOf, findField, type Field } from './fields.ts';
import { printText } from './print.ts';
import type { FilterContext } from './types.ts';
import { exampleOf, titleOf } from './values.ts';
import { portCounts, valueCounts } from './value-counts.ts';

type Completion = FilterCheck['completions'][number];

const MOST = 50;
const MOST_DAYS = 31;
const DAY = 86_400e6;

const operatorHints: ReadonlyMap<string, string> = new Map([
  ['=', 'is'],
  ['!=', 'is not; also where it is absent'],
  ['<', 'less than'],
  ['<=', 'at most'],
  ['>', 'more than'],
  ['>=', 'at least'],
  ['in', 'one of a list: in (a, b)'],
  ['not in', 'none of a list'],
  ['~', 'contains, upper and lower case alike'],
  ['!~', 'does not contain'],
  ['matches', 'a regular expression; (?i) for upper and lower case alike'],
  ['not matches', 'no match of a regular expression'],
]);

/** What could stand at the place, the likeliest first. */
export function completionsAt(place: CursorPlace, context: FilterContext): readonly Completion[] {
  const field = place.field === null ? undefined : findField(context.table, place.field);
  switch (place.expects) {
    case 'term':
      return narrowed(
        [...fieldCompletions(context.table), { insert: 'not', label: 'not', hint: 'the contrary of what follows' }],
        place.typed,
      );
    case 'operator':
      return field === undefined ? [] : narrowed(operatorCompletions(field), place.typed);
    case 'presence':
      return narrowed(
        [
          { insert: 'absent', label: 'absent', hint: 'the log has no value' },
          { insert: 'present', label: 'present', hint: 'the log has a value' },
        ],
        place.typed,
      );
    case 'connective':
      return narrowed(connectives(place.depth), place.typed);
    case 'comma':
      return [',', ')'].map((text) => ({ insert: text, label: text, hint: text === ',' ? 'another value' : 'end of the list' }));
    case 'value':
    case 'list':
    case 'member':
      return field === undefined ? [] : valueCompletions(field, place, context);
  }
}

function fieldCompletions(table: RecordTable): Completion[] {
  return fieldsOf(table).map(({ name, title }) => ({ insert: printText(name), label: name, hint: title }));
}

function operatorCompletions(field: Field): Completion[] {
  const compare = operatorsOf(field).map((operator) => ({ insert: operator, label: operator, hint: operatorHints.get(operator) ?? '' }));
  return [...compare, { insert: 'is absent', label: 'is absent', hint: 'the log has no value' }];
}

function connectives(depth: number): Completion[] {
  const all = [
    { insert: 'and', label: 'and', hint: 'both must hold' },
    { insert: 'or', label: 'or', hint: 'one must hold' },
  ];
  return depth === 0 ? all : [...all, { insert: ')', label: ')', hint: 'closes the bracket' }];
}

/** Those that begin with what is typed, then those that hold it. */
function narrowed(all: readonly Completion[], typed: string): readonly Completion[] {
  const wanted = typed.toLowerCase();
  const begins = all.filter(({ label }) => label.toLowerCase().startsWith(wanted));
  const holds =
    wanted === '' ? [] : all.filter((one) => !begins.includes(one) && `${one.label}\n${one.hint}`.toLowerCase().includes(wanted));
  return [...begins, ...holds].slice(0, MOST);
}

function valueCompletions(field: Field, place: CursorPlace, context: FilterContext): readonly Completion[] {
  const exact = place.operator === null || ['=', '==', '!=', '≠', 'in', 'not in'].includes(place.operator);
  const named = narrowed(
    namesOf(field, context).map(({ name, hint }) => ({ insert: printText(name), label: name, hint })),
    place.typed,
  );
  const values = exact ? [...named, ...entryCompletions(field, place.typed, context.table)] : named;
  const absent =
    exact && 'absent'.startsWith(place.typed.toLowerCase()) ? [{ insert: 'absent', label: 'absent', hint: 'the log has no value' }] : [];
  return [...values.slice(0, MOST), ...absent, ...examples(field, place, values.length)];
}

/** Shows how a value is written, where none can be listed. */
function examples(field: Field, place: CursorPlace, listed: number): Completion[] {
  if (field.source === 'rated' && place.typed === '') return [{ insert: '0.6', label: '0.6', hint: 'a number from 0 to 1' }];
  if (field.source !== 'number' || listed > 0 || place.typed !== '') return [];
  const example = exampleOf(field.type);
  const first = /\b(?:such as )(\S+?)(?:,| or|$)/.exec(example)?.[1];
  return first === undefined ? [] : [{ insert: first, label: first, hint: `${titleOf(field.type)}: ${example}` }];
}

/** Values that are few and known by name. */
function namesOf(field: Field, context: FilterContext): readonly { readonly name: string; readonly hint: string }[] {
  switch (field.source) {
    case 'tag':
      return context.tagNames.map((name) => ({ name, hint: 'tag' }));
    case 'finding':
      return context.findingKinds.map((name) => ({ name, hint: 'kind of finding' }));
    case 'evidence':
      return [...context.evidenceNames].map(([id, name]) => ({ name, hint: `evidence ${id}` }));
    case 'number':
      if (field.type === 'bool')
        return [
          { name: 'T', hint: 'true' },
          { name: 'F', hint: 'false' },
        ];
      if (field.type === 'port') return portsOf(field.columns, context.table);
      return field.type === 'time' ? daysOf(field.columns[0], context.table) : [];
    case 'cluster':
      return clustersOf(context);
    case 'predicted':
      return (context.prediction?.classes ?? []).map((name) => ({ name, hint: `class of prediction ${context.prediction?.run ?? ''}` }));
    case 'rated':
    case 'entry':
    case 'text':
    case 'id':
      return [];
  }
}

/** Clusters of the current run by number. */
function clustersOf({ currentRun, table, assignment }: FilterContext): readonly { readonly name: string; readonly hint: string }[] {
  if (currentRun === null) return [];
  const counts = new Uint32Array(65_536);
  for (const chunk of table.chunks) for (const label of assignment(currentRun, chunk.id)?.labels ?? []) counts[label]++;
  const labels = Array.from(counts.keys()).filter((label) => label > 0 && counts[label] > 0);
  return labels.map((label) => ({ name: String(label), hint: `${plural(counts[label], 'record')} in run ${currentRun}` }));
}

function portsOf(columns: readonly string[], table: RecordTable): readonly { readonly name: string; readonly hint: string }[] {
  return portCounts(table, columns).map(({ id, count }) => ({ name: String(id), hint: plural(count, 'record') }));
}

function daysOf(column: string, table: RecordTable): readonly { readonly name: string; readonly hint: string }[] {
  let first = Infinity;
  let last = -Infinity;
  for (const chunk of table.chunks) {
    const stats = chunk.stats(column);
    first = Math.min(first, stats?.min ?? Infinity);
    last = Math.max(last, stats?.max ?? -Infinity);
  }
  if (first > last) return [];
  const days: { readonly name: string; readonly hint: string }[] = [];
  for (let day = Math.floor(first / DAY); day <= Math.floor(last / DAY) && days.length < MOST_DAYS; day++) {
    if (Math.abs(day) < 1e6) days.push({ name: isoTime(day * DAY).slice(0, 10), hint: 'the whole day, UTC' });
  }
  return days;
}

/** Values that the columns of the field hold, the most frequent first. */
function entryCompletions(field: Field, typed: string, table: RecordTable): Completion[] {
  if (field.source !== 'entry') return [];
  const dictionary = table.dictionary(field.dictionary);
  const wanted = typed.toLowerCase();
  const begins: Completion[] = [];
  const holds: Completion[] = [];
  for (const { id, count } of valueCounts(table, field.columns)) {
    const text = dictionary.textOf(id);
    if (text.length > 300) continue;
    const at = text.toLowerCase().indexOf(wanted);
    if (at < 0) continue;
    const meaning = field.columns[0] === 'conn_state' ? connStates.get(text)?.title : undefined;
    const hint = `${plural(count, 'record')}${meaning === undefined ? '' : `: ${meaning}`}`;
    (at === 0 ? begins : holds).push({ insert: printText(text), label: text, hint });
    if (begins.length >= MOST || (wanted === '' && begins.length >= MOST)) break;
  }
  return [...begins, ...holds].slice(0, MOST);
}
