import type { FilterCheck } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import { compileFilter } from './compile.ts';
import { completionsAt } from './completions.ts';
import { cursorPlace } from './cursor.ts';
import type { FilterContext } from './types.ts';

/**
 * Is this filter right, what does it mean, and what could stand at the cursor (UTF-16 units; the end where it is not given)?
 * Never throws for what a person types.
 */
export function checkFilter(text: string, cursor: number | undefined, context: FilterContext): FilterCheck {
  const place = cursorPlace(text, Math.min(cursor ?? text.length, text.length));
  const completions = { completions: completionsAt(place, context), replaceFrom: place.from };
  try {
    return { ok: true, words: compileFilter(text, context).words, error: null, ...completions };
  } catch (error) {
    if (!(error instanceof FlowcaseError) || (error.code !== 'FILTER_SYNTAX' && error.code !== 'FILTER_FIELD')) throw error;
    const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);
    const position = numberOr(error.details?.['position'], 0);
    return {
      ok: false,
      words: '',
      error: { message: error.message, position, length: numberOr(error.details?.['length'], 0) },
      ...completions,
    };
  }
}
