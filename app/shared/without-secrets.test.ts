import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

const secret = 'hunter2-S3CR3T';

describe('a text that is logged', () => {
  it.each([
    `Authorization: Bearer ${secret}`,
    `authorization: Basic ${secret}==`,
    `-H 'Authorization: Token ${secret}' next`,
    `"headers":{"authorization":"Bearer ${secret}","host":"a"}`,
    `rawHeaders: [ 'Authorization', 'Bearer ${secret}' ]`,
    `Cookie: a=${secret}; b=${secret}`,
    `cookie: flowcase-8080=${secret}`,
    `flowcase-8080=${secret}`,
    `no scheme: Bearer ${secret}`,
    `connect kafka://user:${secret}@broker:9092/topic failed`,
    `connect kafka://${secret}@broker:9092/topic failed`,
    `https://user:a/b${secret}@host/`,
    `https://user:p@ss${secret}@host/`,
    `redirect=https%3A%2F%2Fuser%3A${secret}%40host%2Fpath`,
    `FLOWCASE_KAFKA_PASSWORD=${secret}`,
    `sasl.password = ${secret}`,
    `password=${secret},${secret};${secret}`,
    `{ username: 'soc', password: '${secret}' }`,
    `{"sasl":{"password":"with \\" and ${secret}"}}`,
    `{"body":"{\\"password\\":\\"${secret}\\",\\"user\\":\\"x\\"}"}`,
    `sasl.jaas.config=org.apache.PlainLoginModule required username="u" password="${secret}";`,
    `/api/v1/records?token=${secret}&limit=5`,
    `/api/v1/records?access_token%3D${secret}%26limit=5`,
    `webhookSecret: "${secret}"`,
    `clientSecret => \`${secret}\``,
    `"tokens": ["${secret}", "${secret}"]`,
    `the alert did not arrive at https://hooks.example/services/T0/B0/${secret}: no answer`,
    `https://discord.example/api/webhooks/1/${secret}`,
    `"password":"${secret} is never closed`,
    `token is flowcase_${secret}`,
    `token is flowcase%5F${secret}`,
    `jwt eyJhbGciOiJIUzI1NiJ9.${secret.replace('-', '')}.${secret}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\n${secret}\n`,
    `x-api-key: ${secret}`,
    `"api_key" : "${secret}"`,
    `error at line 3:\n  password: ${secret}\n  next`,
  ])('has no secret any more: %s', (text) => {
    const struck = withoutSecrets(text);
    expect(struck).not.toContain('S3CR3T');
    expect(struck).toContain('…');
  });

  it('says all else as it did', () => {
    for (const text of [
      'evidence.import: Error: ENOENT: no such file, open /logs/access.log\n    at open (file:///app/node_modules/fastify@5/x.js:12:5)',
      'SyntaxError: Unexpected token < in JSON at position 0',
      'kafka://broker:9092,other:9092/topic does not answer',
      'http://127.0.0.1:8080/path?mail=a@b.example',
      'trouble: the case thread died and is back',
    ])
      expect(withoutSecrets(text)).toBe(text);
    expect(withoutSecrets(`a?token=${secret}&limit=5 done`)).toBe('a?token=…&limit=5 done');
    expect(withoutSecrets(`kafka://u:${secret}@broker:9092/topic`)).toBe('kafka://…@broker:9092/topic');
    expect(withoutSecrets(`{"password":"${secret}","limit":5}`)).toBe('{"password":"…","limit":5}');
  });

  it('is JSON still where it was, and keeps no value under a name of something secret', () => {
    const name = fc.constantFrom('password', 'clientSecret', 'access_token', 'x-api-key', 'Authorization', 'FLOWCASE_KAFKA_PASSWORD');
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => `S3CR3T${text}S3CR3T`);
    fc.assert(
      fc.property(name, value, fc.constantFrom<unknown>(null, 1, true, 'x'), (key, hidden, other) => {
        const line = JSON.stringify({ msg: { [key]: hidden, token: other }, list: [{ [key]: hidden }], after: 'stays' });
        const struck = withoutSecrets(line);
        expect(struck).not.toContain('S3CR3T');
        expect(JSON.parse(struck)).toMatchObject({ after: 'stays' });
        expect(withoutSecrets(JSON.stringify({ body: line }))).not.toContain('S3CR3T');
        expect(JSON.parse(withoutSecrets(JSON.stringify({ body: line })))).toHaveProperty('body');
        expect(withoutSecrets(inspect({ [key]: hidden }))).not.toContain('S3CR3T');
      }),
    );
  });

  it.each([
    'password',
    'a',
    'Bearer ',
    'password="',
    "token\\\\\\'",
    '://',
    '://a:',
    '%3a%2f%2f',
    ':// ',
    '://a@',
    '/hook/',
    '-----BEGIN PRIVATE KEY-----',
    'eyJ',
    ' ',
  ])(
    'of a quarter of a megabyte of %j is done at once',
    (unit) => {
      const text = unit.repeat(2 ** 18 / unit.length);
      expect(withoutSecrets(text).length).toBeGreaterThan(0);
    },
    10_000,
  );
});
