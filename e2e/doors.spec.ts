import { request } from 'node:http';
import { expect, test } from './fixtures.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function ask(address: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { headers }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** The path goes out as it is: a browser would tidy it first. */
function status(hostname: string, port: string, path: string, cookies: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers: { Cookie: cookies } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end();
  });
}

test.describe('the doors of the loopback host', () => {
  test.skip(({ host }) => host === 'electron', 'Electron has no loopback host');

  test('lets in the browser with the token once, and nobody else', async ({ running }) => {
    const { address, page, complaints } = running;
    const url = new URL(address ?? '');
    await expect(page.getByRole('heading', { name: 'New case' })).toBeVisible();
    expect(page.url()).toBe(`${url.origin}/`);
    expect((await ask(url.href, {})).status).toBe(401); // the token was used
    expect((await ask(url.origin, {})).status).toBe(401); // no cookie
    expect((await ask(url.origin, { Host: 'evil.example' })).status).toBe(403);
    expect((await ask(url.origin, { Origin: 'http://evil.example' })).status).toBe(403);
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    expect((await ask(`${url.origin}/contract`, { ...upgrade, Origin: url.origin })).status).toBe(403); // no cookie
    expect(complaints).toEqual([]);
  });

  test('sends a policy that lets nothing in from elsewhere', async ({ running }) => {
    const response = await running.page.reload();
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const isolated = await running.page.evaluate('crossOriginIsolated');
    expect(isolated).toBe(true);
    const node = await running.page.evaluate('[typeof require, typeof process]');
    expect(node).toEqual(['undefined', 'undefined']);
  });

  test('reads no file outside of the window', async ({ running }) => {
    const cookies = (await running.page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const { hostname, port } = new URL(running.address ?? '');
    const paths = [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/assets/../../package.json',
      '/..\\package.json',
      '//etc/passwd',
      '/package.json',
    ];
    const statuses = await Promise.all(paths.map((path) => status(hostname, port, path, cookies)));
    expect(new Set(statuses)).toEqual(new Set([404]));
  });
});
