import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kafkaCredentials } from './credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-credentials-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function file(text: string, mode = 0o600): string {
  const path = join(folder, `file-${++files}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const thrown = (env: Record<string, string>): unknown => {
  try {
    return kafkaCredentials(env);
  } catch (error) {
    return error;
  }
};

describe('credentials for a broker', () => {
  it('are none where nothing is told', () => {
    expect(kafkaCredentials({})).toEqual({});
  });

  it('come from the environment, from a file, and from files that are named', () => {
    const ca = file('-----BEGIN CERTIFICATE-----', 0o644);
    expect(kafkaCredentials({ FLOWCASE_KAFKA_USERNAME: 'ada', FLOWCASE_KAFKA_PASSWORD: 'x', FLOWCASE_KAFKA_CA: ca })).toMatchObject({
      username: 'ada',
      password: 'x',
      ca: '-----BEGIN CERTIFICATE-----',
    });
    const told = file(JSON.stringify({ username: 'ada', password: 'of the file', ca }));
    expect(kafkaCredentials({ FLOWCASE_KAFKA_CREDENTIALS: told, FLOWCASE_KAFKA_PASSWORD: 'of the environment' })).toMatchObject({
      username: 'ada',
      password: 'of the environment',
      ca: '-----BEGIN CERTIFICATE-----',
    });
  });

  it('are refused where a file is missing, wrong, or open to others, and nothing repeats a secret', () => {
    expect(thrown({ FLOWCASE_KAFKA_CREDENTIALS: join(folder, 'none') })).toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect(thrown({ FLOWCASE_KAFKA_CA: join(folder, 'none') })).toMatchObject({ code: 'FILE_NOT_FOUND' });
    for (const text of ['hunter2', '{"password": 2, "x": "hunter2"}', '[]']) {
      const error = thrown({ FLOWCASE_KAFKA_CREDENTIALS: file(text) });
      expect(error).toMatchObject({ code: 'INVALID_INPUT' });
      expect(String(error)).not.toContain('hunter2');
    }
    const open = { FLOWCASE_KAFKA_CREDENTIALS: file('{"password":"hunter2"}', 0o644) };
    expect(thrown(open)).toMatchObject(process.platform === 'win32' ? { password: 'hunter2' } : { code: 'FILE_UNREADABLE' });
  });
});
