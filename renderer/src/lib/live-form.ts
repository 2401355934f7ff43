/** What a person types about a source or about rules, and what is wrong with it: the contract's own schemas decide. */
import { z } from 'zod';
import type { FormatOptions, Input, LiveSourceSpec } from '../../../app/contract.ts';
import { liveSource } from '../../../app/contract/live.ts';
import { formatCount } from './format.ts';
import { emptyKafka, kafkaErrors, kafkaUrl, type KafkaForm } from './kafka-form.ts';

// Without this zod would try to make code out of text, which the window's policy refuses (and complains of).
z.config({ jitless: true });

/** What is wrong, by the field it is about: "windows.step", "senders.1.url". */
export type FieldErrors = ReadonlyMap<string, string>;

const limits = (issue: { readonly origin: string }, amount: number | bigint, word: string): string =>
  issue.origin === 'string'
    ? `${word} ${formatCount(Number(amount))} ${Number(amount) === 1 ? 'letter' : 'letters'}`
    : `${word} ${formatCount(Number(amount))}`;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

function issueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string' && Number(issue.minimum) <= 1
        ? 'This is needed.'
        : `${limits(issue, issue.minimum, issue.inclusive === false ? 'More than' : 'At least')}.`;
    case 'too_big':
      return `${limits(issue, issue.maximum, issue.inclusive === false ? 'Less than' : 'At most')}.`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'A whole number.' : issue.expected === 'number' ? 'A number.' : 'This is needed.';
    case 'invalid_format':
      if (issue.format === 'url') return 'An address like https://hooks.example.org/flowcase.';
      return sentence(issue.message);
    default:
      return sentence(issue.message);
  }
}

/** The first thing that is wrong with each field. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const found = new Map<string, string>();
  for (const issue of error.issues) {
    const path = issue.path.map(String).join('.');
    if (!found.has(path)) found.set(path, issueWords(issue));
  }
  return found;
}

/** A number as it was typed; what is none stays what no schema takes. Grouping commas and blanks do not count. */
export function typedNumber(text: string): number {
  const plain = text.replace(/[,\s]/g, '');
  return plain === '' ? Number.NaN : Number(plain);
}

/** A source as it stands in the form: text fields, whatever the type is. */
export interface SourceForm {
  readonly type: LiveSourceSpec['type'];
  readonly name: string;
  readonly path: string;
  readonly kafka: KafkaForm;
  readonly from: 'beginning' | 'end';
  readonly protocol: 'udp' | 'tcp';
  readonly host: string;
  readonly port: string;
  readonly payload: 'message' | 'whole';
  readonly posted: string;
  /** "": it is recognised. */
  readonly format: string;
  readonly timeZone: string;
  readonly logFormat: string;
  readonly zeekLog: string;
  readonly eventType: string;
}

export const emptySource: SourceForm = {
  type: 'file',
  name: '',
  path: '',
  kafka: emptyKafka,
  from: 'beginning',
  protocol: 'udp',
  host: '127.0.0.1',
  port: '5514',
  payload: 'message',
  posted: '',
  format: '',
  timeZone: '',
  logFormat: '',
  zeekLog: '',
  eventType: '',
};

function specOf(form: SourceForm): unknown {
  const { type, from } = form;
  switch (type) {
    case 'file':
      return { type, path: form.path.trim(), from };
    case 'kafka':
      return { type, url: kafkaUrl(form.kafka), from };
    case 'syslog':
      return { type, protocol: form.protocol, host: form.host.trim(), port: typedNumber(form.port), payload: form.payload };
    case 'http':
      return { type, name: form.posted.trim() };
    case 'pipe':
      return { type, path: form.path.trim() === '' ? null : form.path.trim() };
  }
}

/** What is said of how its lines are read: only what was said, and only what the format asks. */
export function readingOf(form: SourceForm): { readonly format?: string; readonly options?: FormatOptions } {
  const said: FormatOptions = {
    ...(form.timeZone.trim() === '' ? {} : { timeZone: form.timeZone.trim() }),
    ...(form.format !== 'access' || form.logFormat.trim() === '' ? {} : { logFormat: form.logFormat.trim() }),
    ...(form.format !== 'zeek-json' || form.zeekLog.trim() === '' ? {} : { zeekLog: form.zeekLog.trim() }),
    ...(form.format !== 'suricata-eve' || form.eventType.trim() === '' ? {} : { eventType: form.eventType.trim() }),
  };
  return {
    ...(form.format === '' ? {} : { format: form.format }),
    ...(Object.keys(said).length === 0 ? {} : { options: said }),
  };
}

/** What is asked of the core, or what is wrong, by field ("path", "brokers", "port", "name"). */
export function readSource(form: SourceForm): { readonly input: Input<'live.watch'> } | { readonly errors: FieldErrors } {
  const checked = liveSource.safeParse(specOf(form));
  const errors = form.type === 'kafka' ? kafkaErrors(form.kafka) : checked.success ? new Map<string, string>() : fieldErrors(checked.error);
  if (!checked.success || errors.size > 0) return { errors };
  return { input: { source: checked.data, name: form.name.trim(), ...readingOf(form) } };
}
