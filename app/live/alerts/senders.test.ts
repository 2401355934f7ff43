import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../case/testing.ts';
import { deliver } from './alert-delivery.ts';
import { LogSender } from './log-sender.ts';
import { Outbox } from './outbox.ts';
import { sendersOf } from './senders.ts';
import { messageOf, rulesOf } from './testing.ts';
import { signatureOf, WebhookSender } from './webhook-sender.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const going = new AbortController().signal;

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A receiver that answers as it is told, and what it got. */
async function receiver(answer: (response: ServerResponse, count: number) => void): Promise<{ readonly url: string; readonly got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      answer(response, got.length);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end();
const means = { produce: null, notify: () => undefined };

describe('a webhook', () => {
  it('posts JSON that a receiver can verify and tell apart', async () => {
    const { url, got } = await receiver(status(204));
    const sender = new WebhookSender({ id: 'hook', url, secret: 'a secret of sixteen', timeout: 5, now: () => 1_700_000_000_999 });
    await sender.send(messageOf('m1'), going);
    expect(JSON.parse(got[0].body)).toEqual(messageOf('m1'));
    expect(got[0].headers).toMatchObject({ 'content-type': 'application/json', 'flowcase-id': 'm1', 'user-agent': 'Flowcase test' });
    expect(got[0].headers['flowcase-signature']).toBe(`t=1700000000,v1=${signatureOf('a secret of sixteen', 1_700_000_000, got[0].body)}`);
    // by another implementation of HMAC
    const key = await crypto.subtle.importKey('raw', Buffer.from('a secret of sixteen'), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const signed = await crypto.subtle.sign('HMAC', key, Buffer.from(`1700000000.${got[0].body}`));
    expect(signatureOf('a secret of sixteen', 1_700_000_000, got[0].body)).toBe(Buffer.from(signed).toString('hex'));
  });

  it('follows nowhere else, waits no longer than it may, and takes no failure for an arrival', async () => {
    const elsewhere = await receiver(status(204));
    const pointing = await receiver(status(307, { location: elsewhere.url }));
    const failing = await receiver(status(500));
    const silent = await receiver(() => undefined);
    const send = (url: string): Promise<void> => new WebhookSender({ id: 'hook', url, timeout: 0.3 }).send(messageOf('m1'), going);
    await expect(send(pointing.url)).rejects.toThrow(/points elsewhere \(307\)/);
    expect(elsewhere.got).toEqual([]);
    await expect(send(failing.url)).rejects.toThrow(/answered 500/);
    await expect(send(silent.url)).rejects.toThrow(/no answer in time/);
    await expect(send('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});

describe('the outbox', () => {
  it('loses nothing: tries again, later and later, in order, through a restart; who is away holds up no other', async () => {
    const { url, got } = await receiver((response, count) => void response.writeHead(count <= 2 ? 503 : 200).end());
    const path = join(scratch.path, 'alerts.jsonl');
    const { senders: settings } = rulesOf({
      senders: [
        { type: 'webhook', url },
        { type: 'log', path },
      ],
    });
    const senders = sendersOf(settings, means);
    let outbox = new Outbox();
    outbox.add([messageOf('m1'), messageOf('m2')], settings);
    let now = 0;
    const dues: (number | null)[] = [];
    while (outbox.waiting.length > 0 && dues.length < 20) {
      await deliver(outbox, senders, now, going);
      const restarted = new Outbox();
      restarted.restore(JSON.parse(JSON.stringify(outbox.save())));
      outbox = restarted;
      dues.push(outbox.nextDue());
      now = outbox.nextDue() ?? now;
    }
    expect(got.map(({ headers }) => headers['flowcase-id'])).toEqual(['m1', 'm1', 'm1', 'm2']);
    // due again 1 s after the first failure, 2 s after the second (the log's second message is due at once)
    expect(dues).toEqual([0, 1000, 3000, 0, null]);
    expect(
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { message: string }).message),
    ).toEqual(['m1', 'm2']);
  });

  it('takes out what arrived alone, and what goes to a sender that is gone', async () => {
    const { senders } = rulesOf({ senders: [{ type: 'window' }, { type: 'kafka', topic: 'alerts', severity: 'critical' }] });
    const outbox = new Outbox();
    const shown: string[] = [];
    outbox.add([messageOf('m1'), messageOf('m2', { severity: 'critical' })], senders);
    expect(outbox.waiting.map(({ sender, message }) => `${sender} ${message.id}`)).toEqual(['window m1', 'window m2', 'kafka m2']);
    const all = sendersOf(senders, { produce: null, notify: ({ id }) => void shown.push(id) });
    expect(await deliver(outbox, all, 0, going)).toEqual({ changed: true, arrived: 1, failed: 1 });
    expect(outbox.waiting.find(({ sender }) => sender === 'kafka')).toMatchObject({
      tries: 1,
      due: 1000,
      error: expect.stringMatching(/no Kafka/) as string,
    });
    expect(shown).toEqual(['m1']);
    outbox.keepOnly(senders.slice(0, 1));
    expect(outbox.waiting.map(({ sender, message }) => `${sender} ${message.id}`)).toEqual(['window m2']);
  });

  it('a stop counts as no failure', async () => {
    const { url } = await receiver(() => undefined);
    const { senders } = rulesOf({ senders: [{ type: 'webhook', url }] });
    const outbox = new Outbox();
    outbox.add([messageOf('m1')], senders);
    const stop = new AbortController();
    const delivery = deliver(outbox, sendersOf(senders, means), 0, stop.signal);
    stop.abort();
    expect(await delivery).toEqual({ changed: false, arrived: 0, failed: 0 });
    expect(outbox.waiting).toMatchObject([{ tries: 0, due: 0 }]);
  });

  it('hands a topic the message with its id as the key', async () => {
    const { senders } = rulesOf({ senders: [{ type: 'kafka', topic: 'alerts' }] });
    const produced: string[][] = [];
    const produce = (topic: string, key: string, value: string): Promise<void> => {
      produced.push([topic, key, value]);
      return Promise.resolve();
    };
    await sendersOf(senders, { ...means, produce })
      .get('kafka')
      ?.send(messageOf('m1'), going);
    expect(produced).toEqual([['alerts', 'm1', JSON.stringify(messageOf('m1'))]]);
  });
});

describe('a log of alerts', () => {
  it('is put aside by its size, so many times', async () => {
    const path = join(scratch.path, 'rotated.jsonl');
    const sender = new LogSender({ id: 'log', path, bytes: 1000, keep: 2 });
    for (let i = 0; i < 12; i++) await sender.send(messageOf(`m${i}`));
    const idsIn = (file: string): string[] => [...readFileSync(file, 'utf8').matchAll(/"message":"(m\d+)"/g)].map(([, id]) => id);
    const kept = [`${path}.2`, `${path}.1`, path].flatMap(idsIn);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => `m${12 - kept.length + i}`));
    expect(kept.length).toBeGreaterThan(3);
    expect(existsSync(`${path}.3`)).toBe(false);
  });

  it('that cannot be written says so, and why', async () => {
    const sender = new LogSender({ id: 'log', path: join(scratch.path, 'nowhere', 'a.jsonl'), bytes: 1000, keep: 2 });
    await expect(sender.send(messageOf('m'))).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringMatching(/ENOENT/) as string,
    });
  });
});
