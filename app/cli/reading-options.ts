import { columnTypes, delimiters, timeUnits, type ColumnType, type Delimiter, type FormatOptions, type Mapping } from '../contract.ts';
import { UsageError, type Args, type OptionSpecs } from './args.ts';

type MappedColumn = NonNullable<Mapping['columns']>[number];

/** As which format files are read, and what their bytes do not say. */
export interface Reading {
  readonly format?: string;
  readonly member?: string;
  readonly options?: FormatOptions;
}

/** Options of the terminal that say how files are to be read. */
export const readingOptions: OptionSpecs = {
  format: { type: 'string', about: 'take the files as this format instead of recognising it', value: 'F' },
  member: { type: 'string', about: 'archives (ZIP, tar): only the file of this name in it', value: 'NAME' },
  'time-zone': { type: 'string', about: 'zone of times that name none: Europe/Berlin, +02:00 (default UTC)', value: 'Z' },
  'log-format': { type: 'string', about: "access logs: nginx's log_format or Apache's LogFormat", value: "'...'" },
  'zeek-log': { type: 'string', about: 'Zeek: which log to read of several in one file', value: 'NAME' },
  'event-type': { type: 'string', about: 'eve.json: read these events as a table instead of the flows', value: 'TYPE' },
  fields: {
    type: 'string',
    about: "VPC flow logs without a header: the fields of a record, as the flow log's format names them",
    value: "'...'",
  },
  year: { type: 'string', about: 'syslog whose times name no year: that of the first line', value: 'N' },
  map: {
    type: 'string',
    multiple: true,
    about: `tables and JSON: what a column, or a key, becomes, as FROM=TO[:TYPE[:UNIT]]; FROM= leaves it out. Types: ${columnTypes.join(', ')}`,
    value: 'FROM=TO:TYPE,...',
  },
  kind: { type: 'string', about: 'tables and JSON: the kind of the records: connection, or a name', value: 'KIND' },
  'time-format': {
    type: 'string',
    about: `tables and JSON: iso, ${timeUnits.join(', ')}, or a pattern such as '%d/%m/%Y %H:%M:%S'`,
    value: "'...'",
  },
  delimiter: { type: 'string', about: 'tables: what parts the fields: , ; | tab blank', value: 'D' },
  decimal: {
    type: 'string',
    about: 'tables: what stands before the decimals of numbers (the other one parts thousands): comma or point',
    value: 'comma|point',
  },
  header: { type: 'string', about: 'tables: whether the first line names the columns: yes or no', value: 'yes|no' },
  guarded: {
    type: 'string',
    about: 'tables: whether texts that a spreadsheet would run have an apostrophe before them: yes or no',
    value: 'yes|no',
  },
  mapping: { type: 'string', about: 'a saved mapping, by name', value: 'NAME' },
};

/** How the arguments say that files are to be read. @throws UsageError */
export function readingOf(args: Args): Reading {
  const options: FormatOptions = {};
  const [timeZone, logFormat, zeekLog, eventType, fields] = ['time-zone', 'log-format', 'zeek-log', 'event-type', 'fields'].map((name) =>
    args.text(name),
  );
  if (timeZone !== undefined) options.timeZone = timeZone;
  if (logFormat !== undefined) options.logFormat = logFormat;
  if (zeekLog !== undefined) options.zeekLog = zeekLog;
  if (eventType !== undefined) options.eventType = eventType;
  if (fields !== undefined) options.fields = fields;
  const year = args.integer('year', 1970);
  if (year !== undefined) options.year = year;
  const mapping = mappingOf(args);
  if (mapping !== null) options.mapping = mapping;
  const [format, member] = [args.text('format'), args.text('member')];
  return {
    ...(format === undefined ? {} : { format }),
    ...(member === undefined ? {} : { member }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function mappingOf(args: Args): Mapping | null {
  const mapping: Mapping = {};
  const columns = args.texts('map')?.map(mappedColumn);
  if (columns !== undefined) mapping.columns = columns;
  const [kind, timeFormat, delimiter] = ['kind', 'time-format', 'delimiter'].map((name) => args.text(name));
  if (kind !== undefined) mapping.kind = kind;
  if (timeFormat !== undefined) mapping.timeFormat = timeFormat;
  if (delimiter !== undefined) mapping.delimiter = delimiterOf(delimiter);
  const decimal = args.text('decimal');
  if (decimal !== undefined) mapping.decimal = oneOf(decimal, ['comma', 'point'], 'decimal mark') === 'comma' ? ',' : '.';
  const [named, guarded] = [yesOrNo(args, 'header'), yesOrNo(args, 'guarded')];
  if (named !== undefined) mapping.header = named;
  if (guarded !== undefined) mapping.guarded = guarded;
  return Object.keys(mapping).length === 0 ? null : mapping;
}

function yesOrNo(args: Args, name: string): boolean | undefined {
  const text = args.text(name);
  if (text !== undefined && text !== 'yes' && text !== 'no') throw new UsageError(`--${name} takes yes or no, not "${text}"`);
  return text === undefined ? undefined : text === 'yes';
}

/** `FROM=TO:TYPE:UNIT`; the name may hold colons, what stands behind the last ones is a type and a unit only where it is one. */
export function mappedColumn(text: string): MappedColumn {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new UsageError(`--map takes FROM=TO or FROM=TO:TYPE, not "${text}"`);
  const from = text.slice(0, at);
  const [to = '', type, unit, ...rest] = text.slice(at + 1).split(':');
  if (to === '' && type === undefined) return { from, to: null };
  if (rest.length > 0 || to === '') throw new UsageError(`--map takes FROM=TO:TYPE:UNIT, not "${text}"`);
  const column: MappedColumn = { from, to };
  if (type !== undefined && type !== '') column.type = oneOf(type, columnTypes, 'type') as ColumnType;
  if (unit !== undefined) column.unit = oneOf(unit, timeUnits, 'unit') as (typeof timeUnits)[number];
  return column;
}

function oneOf(text: string, known: readonly string[], what: string): string {
  if (known.includes(text)) return text;
  throw new UsageError(`there is no ${what} "${text}"; there are ${known.join(', ')}`);
}

function delimiterOf(text: string): Delimiter {
  const named: Readonly<Record<string, Delimiter>> = {
    tab: '\t',
    '\\t': '\t',
    blank: ' ',
    space: ' ',
    comma: ',',
    semicolon: ';',
    bar: '|',
  };
  const found = Object.hasOwn(named, text) ? named[text] : delimiters.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--delimiter takes , ; | tab or blank, not "${text}"`);
  return found;
}
