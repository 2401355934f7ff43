import type { Random } from '../shared/random.ts';
import { LINE_LIMIT } from './types.ts';

/** Ways in which logs break. Lines are strings of one character a byte, without their end. Only for tests. */

/** Values that readers have stumbled over, or might. */
const odd = [
  ...[
    '',
    '-',
    '---',
    '(empty)',
    '""',
    '"',
    "'",
    '\\',
    '\\x09',
    '\\x',
    '\\u12',
    '\\ud800',
    '%',
    '%zz',
    '\0',
    '\r',
    '\x1b[2J',
    '#',
    '#fields',
    '[',
    ']',
    '{',
    '}',
    '{}',
  ],
  ...[
    '0',
    '-0',
    '-1',
    '007',
    '1e9',
    '1e400',
    '.5',
    '1.',
    '1.5',
    '-0.25',
    '99999999999999999999',
    '18446744073709551608',
    '9007199254740993',
    '0.1234567',
  ],
  ...['nan', 'inf', 'Infinity', 'null', 'true', 'T', 'F', '__proto__', 'constructor', 'toString'],
  ...[
    '::1',
    'fe80::1%eth0',
    '1.2.3',
    '256.1.1.1',
    '::ffff:1.2.3.4',
    '1.2.3.4:80',
    '2024-02-30T25:61:61Z',
    '[10/Feb/2024:16:42:07 +0100]',
    '1713556800.5',
  ],
  ...['\xff\xfe', '\xef\xbb\xbf', '\xc3', '\xed\xa0\x80', '\xf0\x9f\x98\x80', '=cmd()', '<script>'],
];
const delimiters = ['\t', ' ', ',', ';', '|', '"', ':', '\\'];

/** Where lines come from: those of the log itself, its header lines, and lines of other formats. */
export interface Lines {
  readonly own: readonly string[];
  readonly head: readonly string[];
  readonly foreign: readonly string[];
}

/** One line, changed in one of many ways, or as it was; it may have become several. */
export function mutate(lines: Lines, random: Random): string {
  const { own, head, foreign } = lines;
  const line = pick(own, random);
  switch (random.below(16)) {
    case 0:
    case 1:
      return flipped(line, 1 + random.below(4), random);
    case 2:
      return line.slice(0, random.below(line.length + 1));
    case 3:
      return line.slice(random.below(line.length + 1));
    case 4:
      return line + pick(own, random);
    case 5:
      return random.below(3) === 0 ? pick(foreign, random) : line;
    case 6:
      return random.below(20) === 0 ? flipped(pick(head, random), random.below(3), random) : line;
    case 7:
      return `${line}\n${line}`;
    case 8:
      return random.below(4) === 0 ? ['', ' ', '\r', '\0', '#', '\t\t', '\xef\xbb\xbf'][random.below(7)] : inserted(line, random);
    case 9:
      return random.below(60) === 0 ? inserted(line, random, 'x'.repeat(70_000)) : inserted(line, random, '\0');
    case 10:
      return inserted(line, random, delimiters[random.below(delimiters.length)]);
    case 11:
      return `${line}\r`;
    case 12:
    case 13:
    case 14:
      return otherField(line, random);
    default:
      return line;
  }
}

/** Each field of a line may be another, an odd one, two, or none. */
function otherField(line: string, random: Random): string {
  const delimiter = delimiters.reduce((a, b) => (line.split(b).length > line.split(a).length ? b : a));
  const fields = line.split(delimiter);
  const at = random.below(fields.length);
  const other = [odd[random.below(odd.length)], odd[random.below(odd.length)], fields[random.below(fields.length)], null][random.below(4)];
  return (other === null ? fields.toSpliced(at, 1) : fields.with(at, other)).join(delimiter);
}

function flipped(line: string, times: number, random: Random): string {
  let changed = line;
  for (let i = 0; i < times && changed !== ''; i++) {
    const at = random.below(changed.length);
    // one bit, or any byte
    const code = random.below(2) === 0 ? changed.charCodeAt(at) ^ (1 << random.below(8)) : random.below(256);
    changed = changed.slice(0, at) + String.fromCharCode(code) + changed.slice(at + 1);
  }
  return changed;
}

function inserted(line: string, random: Random, what = odd[random.below(odd.length)]): string {
  const at = random.below(line.length + 1);
  return line.slice(0, at) + what + line.slice(at);
}

/** Lines of a quarter of the greatest length that say nothing but the same, over and over: what takes quadratic time shows in them. */
export function monotonousLines(line: string): string[] {
  const unit = [
    '"',
    '\\',
    '\\"',
    '[',
    '{',
    '{"a":',
    '{"a":1}',
    '"",',
    '[]',
    '(',
    ' ',
    '\t',
    ',',
    ';',
    '|',
    ':',
    '-',
    '0',
    'a',
    '.',
    '%',
    '%25',
    '=',
    '/',
    '#',
    '\0',
    '\xc3',
    '\xff',
    '\\x22',
    '\\u0041',
  ];
  const width = (LINE_LIMIT >> 2) - line.length - 8;
  return unit.flatMap((text) => {
    const much = text.repeat(Math.floor(width / text.length));
    // behind half a line too, where a reader is within a field
    return [much, line.slice(0, line.length >> 1) + much, line + much];
  });
}

function pick(lines: readonly string[], random: Random): string {
  return lines.length === 0 ? '' : lines[random.below(lines.length)];
}
