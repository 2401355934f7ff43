import { FlowcaseError } from '../errors.ts';
import { joinTimes } from './access-moment.ts';
import { apacheTarget, freeTarget, nginxTarget } from './access-variables.ts';
import type { Target } from './access-values.ts';

/** A variable of a pattern with what stands before it. */
export interface Step {
  /** As the format calls it: `$status`, `%>s`. */
  readonly name: string;
  readonly before: Uint8Array;
  readonly target: Target;
}

/** A log format, taken apart: text, variable, text, variable, ... text. */
export interface Pattern {
  readonly steps: readonly Step[];
  readonly after: Uint8Array;
  /** How the server escapes what would end a field. */
  readonly escape: 'default' | 'json' | 'none';
}

const common = '%h %l %u %t "%r" %>s %b';
const combined = `${common} "%{Referer}i" "%{User-Agent}i"`;
/** Formats that servers know by name. */
const named: ReadonlyMap<string, string> = new Map([
  ['common', common],
  ['combined', combined],
  ['vhost_common', `%v ${common}`],
  ['vhost_combined', `%v:%p ${combined}`],
  ['combinedio', `${combined} %I %O`],
]);

/**
 * nginx's `log_format` or Apache's `LogFormat`, as it stands in the server's configuration: the whole directive, or only its format, or the name of a
 * format that the server knows.
 * @throws FlowcaseError INVALID_INPUT with what is wrong with it
 */
export function patternOf(given: string): Pattern {
  const format = given.trim();
  const directive = /^log_format\s+\S+/.exec(format);
  if (directive !== null) return nginxPattern(format.slice(directive[0].length), given);
  const apacheDirective = /^(?:LogFormat|CustomLog|TransferLog)\s+/i.exec(format);
  if (apacheDirective !== null) return apachePattern(quotedText(format.slice(apacheDirective[0].length).replace(/\\\r?\n/g, '')), given);
  const known = named.get(format);
  if (known !== undefined) return apachePattern(known, given);
  if (/\$[a-zA-Z_{]/.test(format)) return nginxPattern(format, given);
  return apachePattern(format, given);
}

/** Behind `log_format name`: maybe `escape=json`, then texts in quotes, which are one text. */
function nginxPattern(text: string, given: string): Pattern {
  const escape = /^\s*escape=(default|json|none)\s/.exec(text);
  const rest = escape === null ? text : text.slice(escape[0].length);
  const format = /^\s*['"]/.test(rest) && /['"]\s*;?\s*$/.test(rest) ? joined(rest) : unescaped(rest.trim());
  const parts = format.split(/\$(?:\{(\w+)\}|(\w+))/);
  const found: Found[] = [];
  for (let i = 0; i + 2 < parts.length; i += 3) {
    const variable = parts[i + 1] ?? parts[i + 2] ?? '';
    found.push({ before: parts[i], name: `$${variable}`, column: variable, target: nginxTarget(variable) });
  }
  return checked(found, parts[parts.length - 1], (escape?.[1] ?? 'default') as Pattern['escape'], given);
}

function apachePattern(format: string, given: string): Pattern {
  const parts = format.split(/(%[!<>0-9,^]*(?:\{[^}]*\})?[!<>0-9,^]*(?:[A-Za-z%]|(?=$)))/);
  const found: Found[] = [];
  let before = '';
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) before += unslashed(part);
    else if (part.endsWith('%')) before += '%';
    else {
      const argument = /\{([^}]*)\}/.exec(part)?.[1] ?? null;
      const letter = part.slice(-1);
      found.push({ before, name: part, column: argument ?? `field_${letter}`, target: apacheTarget(letter, argument) });
      before = '';
    }
  }
  return checked(found, before, 'default', given);
}

interface Found {
  readonly before: string;
  readonly name: string;
  readonly column: string;
  readonly target: Target;
}

function checked(found: readonly Found[], after: string, escape: Pattern['escape'], given: string): Pattern {
  const targets = joinTimes(found);
  const refuse = (what: string): FlowcaseError =>
    new FlowcaseError('INVALID_INPUT', `The log format ${what}. Give it as it stands in the server's configuration.`, { logFormat: given });
  if (found.length === 0) throw refuse('names nothing that a line holds: no $variable of nginx and no %directive of Apache is in it');
  if (!targets.some(({ how }) => how === 'time')) throw refuse('has no time in it ($time_local, $time_iso8601, $msec; %t)');
  const close = found.find(({ before }, i) => i > 0 && before === '');
  if (close !== undefined) throw refuse(`has nothing between ${close.name} and what is before it, so nobody can tell where one ends`);
  const taken = new Set<string>();
  const steps = found.map(({ before, name, column }, i) => ({
    name,
    // %t has its brackets with it
    before: Buffer.from(name === '%t' ? `${before}[` : before),
    target: targets[i].how === 'part' ? targets[i] : freeTarget(targets[i], column, taken),
  }));
  const closed = steps.map((step, i) => (found[i - 1]?.name === '%t' ? { ...step, before: Buffer.concat([bracket, step.before]) } : step));
  // the line ends there anyway
  const behind = after.replace(/[\r\n]+$/, '');
  if ([behind, ...found.map(({ before }) => before)].some((text) => /[\r\n]/.test(text)))
    throw refuse('has a line break in it, so that a request is several lines; lines are read one by one');
  const last = found[found.length - 1].name === '%t' ? `]${behind}` : behind;
  return { steps: closed, after: Buffer.from(last), escape };
}

const bracket = Buffer.from(']');

/** Texts in quotes, one behind the other. */
function joined(text: string): string {
  const parts = [...text.matchAll(/'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"/g)];
  return parts.map(([, single, double]: readonly (string | undefined)[]) => unescaped(single ?? double ?? '')).join('');
}

/** What nginx undoes in a text of its configuration; any other backslash stays (ngx_conf_read_token). */
function unescaped(text: string): string {
  return text.replace(/\\(['"\\trn])/g, (_, letter: string) => controls.get(letter) ?? letter);
}

const controls: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['r', '\r'],
  ['n', '\n'],
]);

/** The first text in quotes, or all of it. */
function quotedText(text: string): string {
  const [, double, single]: readonly (string | undefined)[] = /^(?:"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)')/.exec(text) ?? [];
  return double ?? single ?? text;
}

/** What Apache undoes: of its configuration `\"` and `\\`, of a log format `\t`, `\r` and `\n`. */
function unslashed(text: string): string {
  return text.replace(/\\(["'\\trn])/g, (_, letter: string) => controls.get(letter) ?? letter);
}
