import { parseArgs } from 'node:util';

/** Wrong usage: exit code 2, with the command's usage line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly about: string;
  /** What stands for the value in the usage line. */
  readonly value?: string;
  /** May be given several times: `Args.texts`. */
  readonly multiple?: boolean;
  /** May stand without a value, which then is ''. */
  readonly optional?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The arguments of one command, checked against its options. */
export class Args {
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, string | boolean>;
  readonly #lists: ReadonlyMap<string, readonly unknown[]>;

  /** @throws UsageError for an option that the command does not have or a missing value. */
  constructor(args: readonly string[], specs: OptionSpecs) {
    const options: Record<string, { type: 'string' | 'boolean'; multiple: boolean }> = { json: { type: 'boolean', multiple: false } };
    for (const [name, { type, multiple }] of Object.entries(specs)) options[name] = { type, multiple: multiple ?? false };
    try {
      const parsed = parseArgs({ args: joined(args, specs), options, allowPositionals: true, strict: true });
      this.positionals = parsed.positionals;
      const given = Object.entries<unknown>(parsed.values);
      this.#values = new Map(given.filter((entry): entry is [string, string | boolean] => ['string', 'boolean'].includes(typeof entry[1])));
      this.#lists = new Map(given.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1])));
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message.replace(/ To specify.*$/s, '').replace(/\.$/, '') : String(error));
    }
  }

  get json(): boolean {
    return this.flag('json');
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Every value of an option that may be given several times; commas separate values too. Undefined where it was not given. */
  texts(name: string): readonly string[] | undefined {
    const list = this.#lists.get(name);
    return list?.flatMap((value) => String(value).split(',')).filter((value) => value !== '');
  }

  /** Every value of an option that may be given several times, as it was given. */
  list(name: string): readonly string[] | undefined {
    return this.#lists.get(name)?.map(String);
  }

  /** A whole number of at least `minimum`. @throws UsageError */
  integer(name: string, minimum = 0): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : wholeNumber(value, `--${name}`, minimum);
  }

  /** The positional at `index`. @throws UsageError where it is missing */
  required(index: number, name: string): string {
    const value = this.positionals[index];
    if (value === undefined || value === '') throw new UsageError(`${name} is missing`);
    return value;
  }

  /** @throws UsageError where more positionals were given than the command takes */
  atMost(count: number): void {
    const extra = this.positionals[count];
    if (extra !== undefined) throw new UsageError(`"${extra}" is one argument too many`);
  }
}

/** @throws UsageError */
export function wholeNumber(text: string, name: string, minimum = 0): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum)
    throw new UsageError(`${name} takes a whole number from ${minimum}, not "${text}"`);
  return value;
}

/**
 * `--sort -ts` as `--sort=-ts`: a value may begin with a dash where it is no option of the command. `--tags` as `--tags=` where its value may be
 * left out.
 */
function joined(args: readonly string[], specs: OptionSpecs): string[] {
  const result: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    const next = args[i + 1];
    if (argument.startsWith('--') && specs[argument.slice(2)]?.optional === true && (next === undefined || next.startsWith('--'))) {
      result.push(`${argument}=`);
      continue;
    }
    const takesValue = argument.startsWith('--') && specs[argument.slice(2)]?.type === 'string';
    if (takesValue && next !== undefined && /^-[^-]/.test(next)) {
      result.push(`${argument}=${next}`);
      i++;
    } else result.push(argument);
  }
  return result;
}
