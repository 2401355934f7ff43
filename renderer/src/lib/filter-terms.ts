/** The filter line's own reading of a filter: just enough to draw it as tokens and to add or take away a term. The core decides what it means. */
import type { Cell, ColumnType } from '../../../app/contract.ts';
import { isoTime } from '../../../app/contract/format.ts';

export type PieceKind = 'field' | 'word' | 'operator' | 'string' | 'number' | 'bracket' | 'space' | 'other';
export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
  readonly start: number;
}

const keywords = new Set(['and', 'or', 'not', 'in', 'matches', 'absent', 'present', 'is', 'between', 'to']);
const pattern =
  /(?<space>\s+)|(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?<bracket>[()[\],])|(?<operator>!=|<=|>=|==|!~|[=<>~≥≤≠!])|(?<run>[^\s"'()[\],=<>~≥≤≠!]+)/gsu;

/** Cuts a filter into pieces that together are the whole text; never fails, whatever was typed. */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  for (const match of text.matchAll(pattern)) {
    const groups = match.groups ?? {};
    const piece = match[0];
    found.push({ kind: kindOf(groups, piece), text: piece, start: match.index });
  }
  // A word is a field where an operator or a comparing word follows it.
  return found.map((piece, at) => {
    if (piece.kind !== 'other') return piece;
    const next = found.slice(at + 1).find((later) => later.kind !== 'space');
    const compares = next !== undefined && (next.kind === 'operator' || /^(in|matches|is|not|between)$/i.test(next.text));
    const open = next === undefined && /^[a-z_][\w.]*$/i.test(piece.text) && !isValuePlace(found, at);
    return compares || open ? { ...piece, kind: 'field' } : piece;
  });
}

function isValuePlace(found: readonly Piece[], at: number): boolean {
  const before = found.slice(0, at).findLast((piece) => piece.kind !== 'space');
  return before !== undefined && (before.kind === 'operator' || before.kind === 'bracket');
}

function kindOf(groups: Record<string, string | undefined>, text: string): PieceKind {
  if (groups['space'] !== undefined) return 'space';
  if (groups['string'] !== undefined) return 'string';
  if (groups['bracket'] !== undefined) return 'bracket';
  if (groups['operator'] !== undefined) return 'operator';
  if (keywords.has(text.toLowerCase())) return 'word';
  return /^[\d.:+-]/.test(text) ? 'number' : 'other';
}

/** The terms joined by `and` at the top; one term (the whole) where an `or` stands at the top. */
export function terms(filter: string): readonly string[] {
  const all = pieces(filter);
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const piece of all) {
    if (piece.kind === 'bracket') depth += /[([]/.test(piece.text) ? 1 : /[)\]]/.test(piece.text) ? -1 : 0;
    if (depth !== 0 || piece.kind !== 'word') continue;
    const word = piece.text.toLowerCase();
    if (word === 'or') return whole(filter);
    if (word === 'and') {
      found.push(filter.slice(start, piece.start));
      start = piece.start + piece.text.length;
    }
  }
  found.push(filter.slice(start));
  return found.map((term) => term.trim()).filter((term) => term !== '');
}

const whole = (filter: string): readonly string[] => (filter.trim() === '' ? [] : [filter.trim()]);

export function joinTerms(list: readonly string[]): string {
  return list.map((term) => (list.length > 1 && hasOr(term) ? `(${term})` : term)).join(' and ');
}

function hasOr(term: string): boolean {
  let depth = 0;
  for (const piece of pieces(term)) {
    if (piece.kind === 'bracket') depth += /[([]/.test(piece.text) ? 1 : /[)\]]/.test(piece.text) ? -1 : 0;
    if (depth === 0 && piece.kind === 'word' && piece.text.toLowerCase() === 'or') return true;
  }
  return false;
}

/** Adds a term, or its contrary; a term that is there already is not added twice, and its contrary goes. */
export function withTerm(filter: string, term: string, exclude = false): string {
  const wanted = exclude ? negate(term) : term;
  const contrary = exclude ? term : negate(term);
  const list = terms(filter).filter((there) => there !== contrary);
  return joinTerms(list.includes(wanted) ? list : [...list, wanted]);
}

export function withoutTerm(filter: string, index: number): string {
  return joinTerms(terms(filter).filter((_, at) => at !== index));
}

function negate(term: string): string {
  return hasOr(term) || terms(term).length > 1 ? `not (${term})` : `not ${term}`;
}

/** A value as the filter language writes it: bare where it can stand bare, else quoted. */
export function quoteValue(text: string): string {
  return /^[\w.:/-]+$/.test(text) && !keywords.has(text.toLowerCase()) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** A column's name as the filter language writes it: what a person's own table calls its columns may be anything. */
function quoteField(name: string): string {
  return /^[a-z_][\w.-]*$/i.test(name) && !keywords.has(name.toLowerCase()) ? name : `"${name.replace(/[\\"]/g, '\\$&')}"`;
}

/** The term that says "this field has this value". */
export function cellTerm(column: string, type: ColumnType, value: Cell): string {
  const name = quoteField(column);
  if (value === null) return `${name} = absent`;
  if (typeof value === 'string') return `${name} = ${quoteValue(value)}`;
  if (type === 'time') return `${name} = ${isoTime(value)}`;
  if (type === 'interval') return `${name} = ${value / 1e6}s`;
  if (type === 'bool') return `${name} = ${value === 1 ? 'T' : 'F'}`;
  return `${name} = ${value}`;
}
