/** What goes wrong with a broker, in words, and whether waiting can help. */
import type { KafkaAddress } from './address.ts';
import { topicPath } from './address.ts';

export interface KafkaFault {
  /** A sentence for a person. */
  readonly message: string;
  /** Trying again is of no use before somebody changes something: a password, a certificate, a right. */
  readonly lasting: boolean;
  /** There is no such topic. */
  readonly missing?: boolean;
}

/** Codes of Node's TLS that say: this is not the broker that was meant, or nobody vouches for it. */
const certificateCodes: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is signed by itself; name it with FLOWCASE_KAFKA_CA if it is the right one'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate comes from an authority that is not trusted; name that with FLOWCASE_KAFKA_CA'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate comes from an authority that is not trusted; name that with FLOWCASE_KAFKA_CA'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate comes from an authority that is not trusted; name that with FLOWCASE_KAFKA_CA'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is of another host'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
]);

/** Refusals by the broker that only an administrator ends. */
const lastingRefusals: ReadonlyMap<string, string> = new Map([
  ['TOPIC_AUTHORIZATION_FAILED', 'this account may not use the topic'],
  ['GROUP_AUTHORIZATION_FAILED', 'this account may not use the consumer group'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'this account may not do that'],
  ['SASL_AUTHENTICATION_FAILED', 'it does not take this name and password'],
  ['UNSUPPORTED_SASL_MECHANISM', 'it does not know this kind of SASL'],
  ['MESSAGE_TOO_LARGE', 'a line is longer than the topic takes (max.message.bytes)'],
  ['INVALID_TOPIC_EXCEPTION', 'it takes no topic of this name'],
]);

/** Why there is no answer, by codes of the system. */
const silences: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'no machine is known by this name'],
  ['EAI_AGAIN', 'its name cannot be looked up right now'],
  ['ECONNREFUSED', 'nothing listens on this port; is it started, and is the port right?'],
  ['ECONNRESET', 'it hung up; is this the port of a broker, and does it want TLS?'],
  ['ETIMEDOUT', 'nothing came back in time; is something on the way that lets nobody through?'],
  ['EHOSTUNREACH', 'no way leads to this machine'],
  ['ENETUNREACH', 'no way leads to this network'],
]);

/** What a failed call means. */
export function kafkaFault(error: unknown, address: KafkaAddress): KafkaFault {
  const broker = topicPath(address);
  const errors = unfolded(error);
  for (const one of errors) {
    const certificate = certificateCodes.get(textOf(one, 'code'));
    if (certificate !== undefined) return { message: `The broker of ${broker} is not trusted: ${certificate}.`, lasting: true };
    const refusal = lastingRefusals.get(textOf(one, 'apiId'));
    if (refusal !== undefined) return { message: `The broker of ${broker} refuses: ${refusal}.`, lasting: true };
  }
  if (errors.some((one) => textOf(one, 'code') === 'PLT_KFK_AUTHENTICATION'))
    return { message: `The broker of ${broker} does not take this name and password.`, lasting: true };
  if (isUnknownTopic(error)) return { message: `There is no topic ${address.topic} at ${broker}.`, lasting: false };
  if (
    errors.some((one) => /EPROTO|ERR_SSL/.test(textOf(one, 'code'))) ||
    mentions(errors, /TLS handshake failed|requires TLS|missing TLS/i)
  )
    return {
      message: `The broker of ${broker} ${address.tls ? 'does not speak TLS' : 'speaks TLS: add tls=true'} on this port.`,
      lasting: true,
    };
  for (const one of errors) {
    const why = silences.get(textOf(one, 'code'));
    if (why !== undefined)
      return { message: `The broker of ${broker} does not answer: ${why}${why.endsWith('?') ? '' : '.'}`, lasting: false };
  }
  const last = errors.findLast((one) => one instanceof Error && one.message !== '');
  return { message: `The broker of ${broker} does not answer: ${last instanceof Error ? last.message : String(error)}`, lasting: false };
}

/** Did the broker answer with this error of Kafka's protocol? */
export function answeredWith(error: unknown, ...ids: readonly string[]): boolean {
  return unfolded(error).some((one) => ids.includes(textOf(one, 'apiId')));
}

function isUnknownTopic(error: unknown): boolean {
  if (answeredWith(error, 'UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID')) return true;
  return mentions(unfolded(error), /^Unknown topic /);
}

/** The error with everything that caused it, outermost first. */
function unfolded(error: unknown): readonly unknown[] {
  const list: unknown[] = [];
  const walk = (one: unknown): void => {
    if (one === undefined || one === null || list.length > 50) return;
    list.push(one);
    if (one instanceof AggregateError) one.errors.forEach(walk);
    if (one instanceof Error) walk(one.cause);
  };
  walk(error);
  return list;
}

function mentions(errors: readonly unknown[], pattern: RegExp): boolean {
  return errors.some((one) => one instanceof Error && pattern.test(one.message));
}

/** A property of an error that may be a text. */
function textOf(error: unknown, key: 'code' | 'apiId'): string {
  if (typeof error !== 'object' || error === null || !(key in error)) return '';
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : '';
}
