/** Why a line could not be taken, in words, by its code. A code that comes later stands for itself. */
const words: ReadonlyMap<string, string> = new Map([
  ['BAD_ADDRESS', 'an address that is none'],
  ['BAD_BOOL', 'a truth value that is neither T nor F'],
  ['BAD_JSON', 'no valid JSON'],
  ['BAD_NUMBER', 'a number that is none'],
  ['BAD_PORT', 'a port that is none'],
  ['BAD_QUOTES', 'text behind the quote that ends a field'],
  ['BAD_REQUEST', 'a request that is none'],
  ['BAD_TIME', 'a time that is none'],
  ['COUNT_OUT_OF_RANGE', 'a count too large to keep exactly'],
  ['LINE_TOO_LONG', 'the line is too long'],
  ['MISSING', 'a value that every record needs is missing'],
  ['NEGATIVE', 'a negative number where there can be none'],
  ['NOT_AN_OBJECT', 'no JSON object'],
  ['NOT_A_CONNECTION', 'under the header of a log of other records'],
  ['NO_CLIENT', 'no client is named'],
  ['NO_EVENT_TYPE', 'it does not say what it records'],
  ['NO_FIELDS', 'no field at all'],
  ['NO_MATCH', 'not written as the given format says'],
  ['NO_HEADER', 'no header says what its fields are'],
  ['NO_REQUEST', 'a message of the program, and no request'],
  ['NO_TIME', 'no time is given'],
  ['OTHER_LOG', 'under the header of another log'],
  ['OUT_OF_RANGE', 'a value out of range'],
  ['QUOTED_NEWLINE', 'a quoted field goes on over the end of the line'],
  ['TOO_DEEP', 'JSON nested too deep'],
  ['CUT_BEFORE', 'its beginning is a record of earlier evidence, which ended within it'],
  ['TOO_FEW_FIELDS', 'fewer fields than its header names'],
  ['TOO_MANY_COLUMNS', 'its header names too many columns'],
  ['TOO_MANY_FIELDS', 'more fields than its header names'],
  ['TRUNCATED', 'the file ends within the line'],
]);

/** "a port that is none", or null for a code without words. */
export function rejectWords(reason: string): string | null {
  return words.get(reason) ?? null;
}
