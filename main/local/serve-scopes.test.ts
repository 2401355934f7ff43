import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from '../../app/api/openapi.ts';
import { makeToken, writeTokens } from '../../app/api/tokens.ts';
import { codeOf, detailOf, ServeBench, type Answer, type Service } from './testing-serve.ts';

/** Who may do what, from the document itself: every operation, asked for by nobody, by a stranger, by somebody whose time is over, by a reader and by a writer. */

const bench = new ServeBench();
let service: Service;
const now = Date.now() * 1000;
const made = {
  reader: makeToken('the reader', 'read', null, now),
  writer: makeToken('the writer', 'write', null, now),
  late: makeToken('the late one', 'write', now - 1, now - 10),
};

beforeAll(async () => {
  const file = join(bench.folder, 'tokens.json');
  writeTokens(
    file,
    Object.values(made).map(({ token }) => token),
  );
  service = await bench.serve(await bench.withCase(0), { tokenFile: file });
});
afterAll(() => bench.close());

const operations = Object.entries(openApi('0').paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** Asked with a field that no operation has: whoever is let in is told of it, and nothing is done. */
function ask({ path, method }: (typeof operations)[number], token: string | null): Promise<Answer> {
  const place = path.replaceAll(/\{\w+\}/g, '1');
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: { nope: 1 } };
  return service.ask(`${place}?nope=1`, { method, token, ...body });
}

describe('every operation of the document', () => {
  it('has a scope that is known', () => {
    const scopes = new Set(operations.map(({ operation }) => operation['x-scope']));
    expect([...scopes].sort()).toEqual(['open', 'read', 'write']);
  });

  it.each(operations.map((one) => [`${one.method} ${one.path}`, one] as const))('%s', async (_, one) => {
    const scope = one.operation['x-scope'];
    const isOpen = scope === 'open';
    const needed = scope === 'read' ? 'a token of the scope read or write' : 'a token of the scope write';
    for (const [who, token, why] of [
      ['nobody', null, 'No token was sent.'],
      ['a stranger', 'flowcase_wrong', 'not known here, or was removed'],
      ['somebody too late', made.late.secret, 'The time of the token “the late one” was over at'],
    ] as const) {
      const answer = await ask(one, token);
      if (isOpen) expect([200, 302], who).toContain(answer.status);
      else {
        expect([answer.status, codeOf(answer)], who).toEqual([401, 'UNAUTHORIZED']);
        expect(detailOf(answer), who).toContain(why);
        expect(detailOf(answer), who).toContain(needed);
        expect(answer.headers['www-authenticate'], who).toMatch(/^Bearer realm="flowcase"/);
      }
    }
    const reading = await ask(one, made.reader.secret);
    if (scope === 'write') {
      expect([reading.status, codeOf(reading)]).toEqual([403, 'FORBIDDEN']);
      expect(detailOf(reading)).toMatch(
        /^The token “the reader” has the scope read\. This needs one of the scope write: it \w+ .+\. “flowcase token add /,
      );
      expect(reading.headers['www-authenticate']).toContain('scope="write"');
    } else expect([401, 403]).not.toContain(reading.status);
    const writing = await ask(one, made.writer.secret);
    expect([401, 403]).not.toContain(writing.status);
    expect(writing.status).toBeLessThan(500);
  });
});

it('a reader is told why what reads is not for readers', async () => {
  const told = async (method: string, path: string): Promise<string> =>
    detailOf(await service.ask(path, { method, token: made.reader.secret, ...(method === 'GET' ? {} : { body: {} }) }));
  expect(await told('GET', '/api/v1/live/rules')).toContain('secrets that they are signed with');
  expect(await told('POST', '/api/v1/live/sources/1/pause')).toContain('it changes what is watched');
  expect(await told('POST', '/api/v1/evidence/preview')).toContain('it reads files of the machine');
  expect(await told('POST', '/api/v1/report')).toContain('it starts a job that writes a file');
  expect(await told('POST', '/api/v1/taggings')).toContain('it changes the case');
  expect(await told('POST', '/api/v1/ingest?source=a')).toContain('it brings records into the case');
});
