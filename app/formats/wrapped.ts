import { plural } from '../contract/format.ts';
import type { FormatOptions } from '../contract/formats.ts';
import { commonRemarks } from './line-remarks.ts';
import { headLines } from './table-head.ts';
import { ByteScratch } from './texts.ts';
import type { Detection, LogFormat, OpenedLog } from './types.ts';
import { STREAMS, WrappedLine, wrapperNames, wrapperOf, type WrapperName } from './wrapped-lines.ts';
import { PIECES, WrappedReader, putTimed, stateBehind, type Timing } from './wrapped-reader.ts';

/** Formats that may be within a wrapper, and what they are told by. */
export interface Within {
  /** Every format but tables parted by delimiters, which anything printed might be. */
  readonly formats: readonly LogFormat[];
  /** What is read where nothing else is found: a message each. */
  readonly messages: LogFormat;
  /** What an access log of a format that a person gave is. */
  readonly access: LogFormat;
}

interface Wrapper {
  readonly id: string;
  readonly title: string;
  /** Whose lines they are, in words. */
  readonly whose: string;
  readonly example: readonly string[];
  /** What else is to be known of it. */
  readonly remark?: string;
}

const wrappers: Readonly<Record<WrapperName, Wrapper>> = {
  docker: {
    id: 'docker-json',
    title: 'Docker container log (json-file)',
    whose: "Docker's json-file log",
    example: [
      String.raw`{"log":"192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] \"GET /a?b=1\u0026c HTTP/1.1\" 200 512 \"-\" \"curl/8.5.0\"\n","stream":"stdout","time":"2024-02-10T16:42:07.123456789Z"}`,
      String.raw`{"log":"2001:db8::1 - alice [10/Feb/2024:17:42:08 +0100] \"POST /login HTTP/2.0\" 302 0 ","stream":"stdout","attrs":{"tag":"web"},"time":"2024-02-10T16:42:08.2Z"}`,
      String.raw`{"log":"\"https://www.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n","stream":"stdout","attrs":{"tag":"web"},"time":"2024-02-10T16:42:08.2Z"}`,
    ],
  },
  cri: {
    id: 'cri',
    title: 'Kubernetes container log (CRI)',
    whose: 'a container runtime of Kubernetes',
    example: [
      '2024-02-10T16:42:07.123456789Z stdout F 192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /a?b=1 HTTP/1.1" 200 512 "-" "curl/8.5.0"',
      '2024-02-10T17:42:08.2+01:00 stdout P 2001:db8::1 - alice [10/Feb/2024:17:42:08 +0100] "POST /login HTTP/2.0" ',
      '2024-02-10T17:42:08.2+01:00 stdout F 302 0 "-" "Mozilla/5.0 (X11; Linux x86_64)"',
    ],
  },
  journal: {
    id: 'journal-json',
    title: 'systemd journal (JSON export)',
    whose: "journald's export as JSON",
    example: [
      String.raw`{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1707583327123456","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"sshd","_PID":"4711","PRIORITY":"6","MESSAGE":"Failed password for root from 192.0.2.7 port 51514 ssh2"}`,
      String.raw`{"__CURSOR":"s=1;i=3","__REALTIME_TIMESTAMP":"1707583328000000","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"sshd","_PID":"4711","PRIORITY":"6","MESSAGE":[99,97,102,195,169]}`,
    ],
  },
  shipped: {
    id: 'shipped-json',
    title: 'Lines in JSON messages (Filebeat, Fluentd, Loki, Splunk)',
    whose: 'a program that ships logs, with the lines of a log in their messages',
    example: [
      String.raw`{"@timestamp":"2024-02-10T16:42:09.361Z","host":{"name":"web1"},"log":{"offset":0},"message":"192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] \"GET /a?b=1\u0026c HTTP/1.1\" 200 512 \"-\" \"curl/8.5.0\""}`,
      String.raw`{"@timestamp":"2024-02-10T16:42:09.361Z","host":{"name":"web1"},"log":{"offset":98},"message":"2001:db8::1 - alice [10/Feb/2024:17:42:08 +0100] \"POST /login HTTP/2.0\" 302 0 \"https://www.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\""}`,
    ],
    remark: 'What their other members say (a host, a file) was not read: with --format json the lines are a table of all of them.',
  },
};

/** What is inside a wrapper's lines, and how they are given to its reader. */
interface Found {
  readonly format: LogFormat;
  readonly why: string;
  readonly confidence: number;
  readonly timing: Timing;
  /** The beginning of the log inside. */
  readonly head: Uint8Array;
}

/**
 * Logs of which each line was wrapped by what kept it: what is inside is read as the log that it is, and its records stand where their wrappers do. The wrapper's time
 * is used where the lines have none of their own; lines in pieces are joined.
 */
export function wrapped(name: WrapperName, within: Within): LogFormat {
  const { id, title, whose, example, remark } = wrappers[name];
  /** A head is looked into by several questions. */
  const known = new WeakMap<Uint8Array, Map<string | undefined, Found>>();
  const inside = (head: Uint8Array, options: FormatOptions): Found => {
    const answers = known.get(head) ?? new Map<string | undefined, Found>();
    known.set(head, answers);
    const found = answers.get(options.logFormat) ?? findInside(name, head, options, within);
    answers.set(options.logFormat, found);
    return found;
  };
  return {
    id,
    title,
    example: example.map((line) => `${line}\n`).join(''),
    detect(head): Detection {
      const lines = headLines(head.subarray(0, LOOKED_AT));
      const count = lines.filter((line) => wrapperOf(line) === name).length;
      if (count === 0 || count * 10 < lines.length * 9) return { confidence: 0, why: `its lines are not those of ${whose}` };
      const found = inside(head, {});
      // the members of such an object may say more than its message
      if (name === 'shipped')
        return {
          confidence: found.confidence === 0 ? 0 : 0.84,
          why: `its lines are those of a program that ships logs, and within them ${found.why}`,
        };
      return { confidence: 0.98, why: `its lines are those of ${whose}, and within them ${found.why}` };
    },
    settle: (head, options, file, modified) => {
      const found = inside(head, options);
      return found.format.settle?.(found.head, options, file, modified) ?? options;
    },
    open(head, options): OpenedLog {
      const { format, timing, head: inner } = inside(head, options);
      const log = format.open(inner, options);
      return {
        kind: log.kind,
        title: `${log.title}, in ${whose}`,
        read: (sink) => new WrappedReader(sink, log, new WrappedLine(name), { name: whose, timing }),
        remarks: (tallies) => [
          `Its lines are those of ${whose}. What they hold was read as ${format.title}${timing === 'own' ? '' : ', with the times of the wrapper where it has none'}.`,
          ...(remark === undefined ? [] : [remark]),
          ...pieceRemark(tallies),
          ...new Set([...commonRemarks(tallies), ...log.remarks(tallies)]),
        ],
      };
    },
  };
}

/** The state of a reader of this format behind a line that it read without its end: as `stateBehind`; of other formats it is the state before it. */
export function stateBehindLine(format: string, state: string, line: Uint8Array): string {
  const name = wrapperNames.find((one) => wrappers[one].id === format);
  return name === undefined ? state : stateBehind(state, new WrappedLine(name), line);
}

/** Bytes of the head whose lines tell what wraps them. */
const LOOKED_AT = 2 ** 14;

function pieceRemark(tallies: ReadonlyMap<string, number>): string[] {
  const count = tallies.get(PIECES) ?? 0;
  return count === 0 ? [] : [`${plural(count, 'line')} held pieces of longer lines: they were joined, and are counted as comments.`];
}

/** The likeliest of the formats; where none knows the lines, messages. What went to stdout tells, where it tells anything. */
function findInside(name: WrapperName, head: Uint8Array, options: FormatOptions, { formats, messages, access }: Within): Found {
  const lines = printed(name, head);
  const given = options.logFormat === undefined ? null : access;
  if (given !== null) {
    return { format: given, why: 'a log whose format was given', confidence: 1, timing: 'own', head: joined(lines, 'own') };
  }
  if (name === 'shipped') {
    const found = likeliest(lines, [access, ...formats.filter(({ id }) => shippedFormats.has(id))], messages, ['own']);
    return found ?? { format: messages, why: 'no log that is known', confidence: 0, timing: 'header', head: joined(lines, 'header') };
  }
  const stdout = lines.filter(({ stream }) => stream === 0);
  for (const some of stdout.length > 0 && stdout.length < lines.length ? [stdout, lines] : [lines]) {
    const found = likeliest(some, formats, messages);
    if (found !== null) return found;
  }
  const why = 'messages of no log that is known';
  return { format: messages, why, confidence: 0, timing: 'header', head: joined(lines, 'header') };
}

/** What is looked for in messages beside access logs; of other messages the members beside them tell more. */
const shippedFormats: ReadonlySet<string> = new Set(['haproxy', 'haproxy-tcp', 'zeek-json', 'suricata-eve']);

/** Nothing that is added makes it likelier. */
const SURE = 0.8;

function likeliest(
  lines: readonly Printed[],
  formats: readonly LogFormat[],
  messages: LogFormat,
  timings: readonly Timing[] = ['own', 'member', 'header'],
): Found | null {
  let best: Found | null = null;
  for (const timing of timings) {
    // what is found without the wrapper's time is not looked for with a header before it
    if (best !== null && (timing === 'header' || best.confidence > SURE)) break;
    const head = joined(lines, timing);
    for (const format of formats) {
      // with a header before it, anything is a message
      if (timing === 'header' && format === messages) continue;
      const { confidence, why } = format.detect(head);
      if (confidence > (best?.confidence ?? 0)) best = { format, why, confidence, timing, head };
    }
  }
  return best;
}

type Printed = Pick<WrappedLine, 'text' | 'time' | 'sender' | 'stream'>;

/** The lines that were printed, those in pieces joined. */
function printed(name: WrapperName, head: Uint8Array): Printed[] {
  const line = new WrappedLine(name);
  const found: Printed[] = [];
  const pending = new Map<number, Printed>();
  for (const bytes of headLines(head)) {
    if (!line.read(bytes, 0, bytes.length)) continue;
    const { stream, time, sender, whole } = line;
    const there = pending.get(stream) ?? { text: new ByteScratch(), time, sender, stream };
    there.text.putAll(line.text.bytes.subarray(0, line.text.length));
    pending.set(stream, there);
    if (!whole) continue;
    pending.delete(stream);
    found.push(there);
  }
  return found.length > 0 ? found : [...pending.values()].filter(({ stream }) => stream < STREAMS.length);
}

function joined(lines: readonly Printed[], timing: Timing): Uint8Array {
  const out = new ByteScratch();
  for (const line of lines) {
    putTimed(out, line.text.bytes.subarray(0, line.text.length), line, timing);
    out.put(10);
  }
  return out.bytes.slice(0, out.length);
}
