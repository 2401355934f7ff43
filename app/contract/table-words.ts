/** Words for how a table is written. Here and not beside the schemas: threads that read logs know them, and do without the library of schemas. */

/** Between the fields of a table that is text. */
export const delimiters = [',', ';', '\t', '|', ' '] as const;
export type Delimiter = (typeof delimiters)[number];

/** Before the decimals of a number; the other one parts thousands. */
export const decimals = [',', '.'] as const;
export type Decimal = (typeof decimals)[number];

/** Times that are no numbers of seconds: what their numbers count, or how they are written. */
export const timeUnits = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds'] as const;
