import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A JSON Schema (2020-12) as far as types of the contract need it. */
export type Schema = Record<string, unknown>;

/** What commands answer and what jobs end with, by command; what events tell, by event; and the types that they speak of, by name. */
export interface Outputs {
  readonly outputs: Record<string, Schema>;
  readonly results: Record<string, Schema>;
  readonly events: Record<string, Schema>;
  readonly schemas: Record<string, Schema>;
  /** What is said of a field of an input, by command and field. */
  readonly fields: Record<string, Record<string, string>>;
  /** What stands beside the codes of errors.ts. */
  readonly codes: Record<string, string>;
}

/** Numbers of these names are microseconds since 1970 UTC; in JSON they are ISO 8601. */
const times: ReadonlySet<string> = new Set(
  'created opened modified imported first last at started ended saved start end raised lastRecord lastCommit due began next'.split(' '),
);
/** Numbers of these names are microseconds; in JSON they are seconds. */
const intervals: ReadonlySet<string> = new Set(['step', 'window', 'width', 'p95']);
/** But these, named after what they stand in, which are seconds in the contract already. */
const plainNumbers: ReadonlySet<string> = new Set(['windows.step', 'windows.width']);
const typedArrays = /^(Ui|I)nt(8|16|32)Array$|^Float(32|64)Array$/;

/** @throws Error for a type that has no JSON, and for a number in microseconds of a name that is not known as one */
export function readOutputs(contract: string): Outputs {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(contract, '..', '..', 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  const program = ts.createProgram([contract], config?.options ?? {});
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(contract);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (source === undefined || module === undefined) throw new Error(`${contract} cannot be read`);
  const exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  const writer = new SchemaWriter(checker, source);
  const commands = propertiesOf(checker, checker.getTypeOfSymbol(needed(exported, 'commands')));
  const events = propertiesOf(checker, checker.getDeclaredTypeOfSymbol(needed(exported, 'Events')));
  const ofCommands = (property: string): Record<string, Schema> =>
    Object.fromEntries(
      [...commands].flatMap(([name, type]) => {
        const found = type.getProperty(property);
        const answered = found === undefined ? null : writer.ofType(checker.getTypeOfSymbol(found), '');
        return answered === null || isNever(answered) ? [] : [[name, answered]];
      }),
    );
  const fields = [...commands].flatMap(([name, type]) => {
    const about = Object.entries(writer.fieldsOf(type));
    return about.length === 0 ? [] : [[name, Object.fromEntries(about)] as const];
  });
  return {
    fields: Object.fromEntries(fields),
    codes: codesOf(readFileSync(join(contract, '..', 'errors.ts'), 'utf8')),
    outputs: ofCommands('output'),
    results: ofCommands('result'),
    events: Object.fromEntries([...events].map(([name, type]) => [name, writer.ofType(type, '')])),
    schemas: Object.fromEntries([...writer.schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Comments behind the entries of a list of codes, but for what they say of `details`. */
function codesOf(source: string): Record<string, string> {
  const lines = source.matchAll(/^ {2}'([A-Z_]+)',(?: \/\/ (.*))?$/gm);
  return Object.fromEntries(Array.from(lines, ([, code, about = '']) => [code, about.replace(/;? ?details: .*$/, '')]));
}

const isNever = (schema: Schema): boolean => 'not' in schema;

function needed(symbols: ReadonlyMap<string, ts.Symbol>, name: string): ts.Symbol {
  const symbol = symbols.get(name);
  if (symbol === undefined) throw new Error(`the contract has no ${name}`);
  return symbol;
}

function propertiesOf(checker: ts.TypeChecker, type: ts.Type): ReadonlyMap<string, ts.Type> {
  return new Map(type.getProperties().map((symbol) => [symbol.name, checker.getTypeOfSymbol(symbol)]));
}

/** Turns types into schemas; types with a name become entries of `schemas`. */
class SchemaWriter {
  readonly schemas = new Map<string, Schema>();
  readonly #named = new Map<string, ts.Type>();
  readonly #checker: ts.TypeChecker;
  readonly #at: ts.Node;

  constructor(checker: ts.TypeChecker, at: ts.Node) {
    this.#checker = checker;
    this.#at = at;
  }

  /** A property: its type, and what is said above it. */
  ofSymbol(symbol: ts.Symbol, owner: string): Schema {
    const type = this.#checker.getTypeOfSymbolAtLocation(symbol, this.#at);
    const about = this.#aboutOf(symbol);
    const schema = this.ofType(type, plainNumbers.has(`${owner}.${symbol.name}`) ? '' : symbol.name);
    const number = isNumber(type);
    if (number && /\bmicroseconds\b/i.test(about) && !times.has(symbol.name) && !intervals.has(symbol.name))
      throw new Error(`"${symbol.name}" is in microseconds: name it among the times or intervals of tools/types-to-schemas.ts`);
    if (about === '') return schema;
    // what is said of the contract holds for JSON too, but for the unit
    return { ...schema, description: about.replace(/microseconds since 1970 UTC/gi, 'UTC').replace(/microseconds/gi, 'seconds') };
  }

  /** What is said above the fields of a command's input. */
  fieldsOf(command: ts.Type): Record<string, string> {
    const input = command.getProperty('input');
    const shape = input === undefined ? undefined : this.#checker.getTypeOfSymbol(input).getProperty('shape');
    const fields = shape === undefined ? [] : this.#checker.getTypeOfSymbol(shape).getProperties();
    return Object.fromEntries(fields.map((field) => [field.name, this.#aboutOf(field)] as const).filter(([, about]) => about !== ''));
  }

  ofType(type: ts.Type, property: string): Schema {
    const name = nameOf(type);
    if (name === null) return this.#plain(type, property);
    const known = this.#named.get(name);
    if (known !== undefined && known !== type) throw new Error(`there are two types ${name}`);
    if (known === undefined) {
      this.#named.set(name, type);
      const symbol = type.aliasSymbol ?? type.symbol;
      const about = symbol === undefined ? '' : this.#aboutOf(symbol);
      const schema = this.#plain(type, property);
      this.schemas.set(name, about === '' ? schema : { description: about, ...schema });
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #aboutOf(symbol: ts.Symbol): string {
    return ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).replaceAll(/\s*\n\s*/g, ' ');
  }

  #plain(type: ts.Type, property: string): Schema {
    const { flags } = type;
    if (nameOf(type) === 'Cell') return { type: ['number', 'string', 'boolean', 'null'] };
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (flags & (ts.TypeFlags.Never | ts.TypeFlags.Undefined)) return { not: {} };
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.isUnion()) return this.#union(type, property);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return numberNamed(property);
    return this.#object(type, nameOf(type) ?? property);
  }

  #union(type: ts.UnionType, property: string): Schema {
    const members = type.types.filter((one) => (one.flags & ts.TypeFlags.Undefined) === 0);
    const literals = members.filter((one) => one.isStringLiteral() || one.isNumberLiteral());
    const isBoolean = members.some((one) => one.flags & ts.TypeFlags.BooleanLiteral);
    const others = members.filter((one) => !one.isStringLiteral() && !one.isNumberLiteral() && !(one.flags & ts.TypeFlags.BooleanLiteral));
    const schemas: Schema[] = others.map((one) => this.ofType(one, property));
    if (isBoolean) schemas.push({ type: 'boolean' });
    if (literals.length > 0) schemas.push({ enum: literals.map(({ value }) => value) });
    const [only, second] = schemas;
    if (only !== undefined && second === undefined) return only;
    const simple = schemas.every((one) => typeof one['type'] === 'string' && ['string', 'number', 'boolean', 'null'].includes(one['type']));
    if (!simple) return { anyOf: schemas };
    return { ...Object.assign({}, ...schemas), type: schemas.map((one) => one['type']) } as Schema;
  }

  #object(type: ts.Type, owner: string): Schema {
    const checker = this.#checker;
    if (checker.isTupleType(type)) {
      const items = checker.getTypeArguments(type as ts.TypeReference).map((one) => this.ofType(one, ''));
      return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
    }
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: item === undefined ? {} : this.ofType(item, '') };
    }
    if (typedArrays.test(type.symbol?.name ?? '')) return { type: 'array', items: { type: 'number' } };
    const properties = type.getProperties();
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    if (type.getCallSignatures().length > 0) throw new Error(`${checker.typeToString(type)} has no JSON`);
    return {
      type: 'object',
      ...(properties.length === 0
        ? {}
        : { properties: Object.fromEntries(properties.map((one) => [one.name, this.ofSymbol(one, owner)])) }),
      ...requiredOf(properties),
      ...(index === undefined ? {} : { additionalProperties: this.ofType(index.type, '') }),
    };
  }
}

function requiredOf(properties: readonly ts.Symbol[]): Schema {
  const required = properties.filter((one) => !(one.flags & ts.SymbolFlags.Optional)).map((one) => one.name);
  return required.length === 0 ? {} : { required };
}

/** Interfaces and aliases have names; what is written in place, arrays and what comes from libraries has none. */
function nameOf(type: ts.Type): string | null {
  if (type.aliasSymbol !== undefined)
    return ['Readonly', 'Record', 'Partial', 'Pick', 'Omit'].includes(type.aliasSymbol.name) ? null : type.aliasSymbol.name;
  const symbol = type.symbol as ts.Symbol | undefined;
  const isInterface = (symbol?.flags ?? 0) & ts.SymbolFlags.Interface;
  const ours = symbol?.declarations?.some((one) => !one.getSourceFile().fileName.includes('node_modules')) ?? false;
  return symbol !== undefined && isInterface && ours ? symbol.name : null;
}

/** Also a number or null. */
function isNumber(type: ts.Type): boolean {
  return type.isUnion() ? type.types.some(isNumber) : (type.flags & ts.TypeFlags.NumberLike) !== 0;
}

function numberNamed(property: string): Schema {
  if (times.has(property)) return { type: 'string', format: 'date-time' };
  return intervals.has(property) ? { type: 'number', 'x-unit': 'seconds' } : { type: 'number' };
}
