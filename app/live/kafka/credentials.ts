import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';

/** What a broker may ask for. Lives in memory only: never in a case, a log or a message. */
export interface KafkaCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | undefined;
  /** Of this client, PEM: where the broker asks for a certificate. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

const fileSchema = z.strictObject({
  username: z.string().optional(),
  password: z.string().optional(),
  /** Names of PEM files. */
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
});

/**
 * The credentials of the environment: `FLOWCASE_KAFKA_USERNAME`, `…_PASSWORD`, and PEM files named by `…_CA`, `…_CERT`, `…_KEY`; or all of them as
 * JSON (`{"username", "password", "ca", "cert", "key"}`) in the file that `FLOWCASE_KAFKA_CREDENTIALS` names. A single variable goes before the file.
 * @throws FlowcaseError FILE_NOT_FOUND, FILE_UNREADABLE, INVALID_INPUT; no message holds a secret
 */
export function kafkaCredentials(env: Readonly<Record<string, string | undefined>> = process.env): KafkaCredentials {
  const file = env['FLOWCASE_KAFKA_CREDENTIALS'];
  const told = file === undefined || file === '' ? {} : fromFile(file);
  const one = (name: 'username' | 'password' | 'ca' | 'cert' | 'key'): string | undefined =>
    env[`FLOWCASE_KAFKA_${name.toUpperCase()}`] ?? told[name];
  return { username: one('username'), password: one('password'), ca: pem(one('ca')), cert: pem(one('cert')), key: pem(one('key')) };
}

function fromFile(path: string): z.infer<typeof fileSchema> {
  const text = read(path);
  // as ssh has it: a secret that everybody can read is none (Windows keeps no such bits)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new FlowcaseError('FILE_UNREADABLE', `${path} holds a password and others can read it. Take their rights away: chmod 600.`, {
      path,
    });
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    const message = `${path} is no file of Kafka credentials: a JSON object with username, password, ca, cert and key, each of them a text.`;
    throw new FlowcaseError('INVALID_INPUT', message, { path });
  }
}

function pem(path: string | undefined): string | undefined {
  return path === undefined || path === '' ? undefined : read(path);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = missing
      ? `There is no file ${path}, which Kafka's credentials name. Name one that is there.`
      : `${path}, which Kafka's credentials name, cannot be read. See that this account may.`;
    throw new FlowcaseError(missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', message, { path });
  }
}
