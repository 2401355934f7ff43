import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openable } from '../../app/api/door.ts';
import { ServeBench, type Service } from './testing-serve.ts';

const bench = new ServeBench();
let service: Service;
let cert: string;
let files: { readonly cert: string; readonly key: string };
const others = Object.values(networkInterfaces())
  .flat()
  .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4')
  .map((one) => one?.address ?? '');

beforeAll(async () => {
  const names = [
    { type: 2, value: 'flowcase.example' } as const,
    { type: 7, ip: '127.0.0.1' } as const,
    ...others.map((ip) => ({ type: 7, ip }) as const),
  ];
  const made = await generate([{ name: 'commonName', value: 'flowcase.example' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: names }],
  });
  cert = made.cert;
  files = { cert: join(bench.folder, 'cert.pem'), key: join(bench.folder, 'key.pem') };
  writeFileSync(files.cert, made.cert);
  writeFileSync(files.key, made.private, { mode: 0o600 });
  service = await bench.serve(await bench.withCase(100), { host: '0.0.0.0', tls: files });
});
afterAll(() => bench.close());

/** The status of an answer to a client that trusts this certificate alone. */
function ask(host: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    // the name that is checked is the one that is connected to, whatever stands in the header
    const asked = request(
      { host, servername: '', port: service.served.port, path: '/api/v1/case', ca: cert, headers, agent: false },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

it('is served to clients that check the certificate, on every address that it is for', async () => {
  const Authorization = `Bearer ${service.served.tokens.read ?? ''}`;
  const { served } = service;
  expect(served.address).toBe(`https://flowcase.example:${served.port}`);
  expect(served.addresses).toEqual(['flowcase.example', ...others, '127.0.0.1'].map((name) => `https://${name}:${served.port}`));
  expect(served.uncertified).toEqual([]);
  for (const address of ['127.0.0.1', ...others]) expect(await ask(address, { Authorization }), address).toBe(200);
  const { port } = service.served;
  expect(await ask('127.0.0.1', { Authorization, Host: `flowcase.example:${port}` })).toBe(200);
  expect(await ask('127.0.0.1', { Authorization, Host: `evil.example:${port}` })).toBe(403);
  expect(await ask('127.0.0.1', { Authorization, Origin: `http://127.0.0.1:${port}` })).toBe(403);
  expect(await ask('127.0.0.1', { Authorization, Origin: `https://127.0.0.1:${port}` })).toBe(200);
  expect(await ask('127.0.0.1', {})).toBe(401);
});

it('tells the fingerprint that a client sees, and which addresses the certificate is not for', async () => {
  const seen = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: service.served.port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
  expect(service.served.certificate).toMatchObject({ sha256: seen, names: expect.stringContaining('DNS:flowcase.example') as string });
  const own = ['192.0.2.7', '2001:db8::7', ...others];
  expect(openable('0.0.0.0', cert, own)).toEqual({ names: ['flowcase.example', ...others, '127.0.0.1'], uncertified: ['192.0.2.7'] });
  expect(openable('::', cert, own)).toMatchObject({ uncertified: ['192.0.2.7', '2001:db8::7'] });
  expect(openable('192.0.2.7', cert, own)).toEqual({ names: ['192.0.2.7'], uncertified: [] });
});

it('speaks TLS 1.2 and later, and nothing older', async () => {
  const spoken = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> =>
    new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port: service.served.port,
        rejectUnauthorized: false,
        minVersion: 'TLSv1',
        maxVersion,
        ciphers: 'DEFAULT@SECLEVEL=0',
      } as const;
      const socket = connect(options, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.on('error', () => resolve(null));
    });
  expect(await spoken('TLSv1.1')).toBeNull();
  expect(await spoken('TLSv1.2')).toBe('TLSv1.2');
  expect(await spoken('TLSv1.3')).toBe('TLSv1.3');
});

it('tells what is wrong with a certificate', async () => {
  const nothing = join(bench.folder, 'nothing.pem');
  await expect(bench.serve(bench.host(), { host: '0.0.0.0', tls: { ...files, cert: nothing } })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
  writeFileSync(nothing, 'no certificate', { mode: 0o600 });
  await expect(bench.serve(bench.host(), { host: '0.0.0.0', tls: { ...files, cert: nothing } })).rejects.toMatchObject({
    code: 'PARAMETER',
  });
  await expect(bench.serve(bench.host(), { host: '0.0.0.0', tls: { ...files, key: nothing } })).rejects.toMatchObject({
    code: 'PARAMETER',
  });
});
