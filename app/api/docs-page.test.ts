import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressMark, docsPage, escaped } from './docs-page.ts';
import { darkTokens, docsStyle, lightTokens } from './docs-style.ts';
import type { Schema } from './encode.ts';
import { exampleAnswer } from './example-answer.ts';
import { openApi } from './openapi.ts';

const api = openApi('1.2.3');
const page = docsPage(api);

describe('the page of the documentation', () => {
  it('runs nothing and needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<iframe|<img|style=|\son\w+=|javascript:|(?:src|href)="(?:https?:)?\/\//i);
    expect(docsStyle).not.toMatch(/@import|url\(/);
    expect([...page.matchAll(/(?:src|href)="([^"#]*)/g)].map(([, to]) => to).filter((to) => to !== '')).toEqual([
      '/docs/style.css',
      '/openapi.json',
    ]);
  });

  it('has every operation and every type, and its links lead somewhere', () => {
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, { summary }] of Object.entries(methods)) {
        expect(page, path).toContain(`<span class="method ${method}">${method.toUpperCase()}</span>${escaped(path)}`);
        expect(page, path).toContain(escaped(summary));
      }
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids).toContain('FILTER_SYNTAX');
  });

  it('shows answers as their own schemas have them', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    const { schemas } = api.components;
    let shown = 0;
    for (const methods of Object.values(api.paths))
      for (const { operationId, responses } of Object.values(methods)) {
        const content = (responses['200'] ?? responses['202'])?.['content'] as Record<string, { schema: Schema }> | undefined;
        const schema = content?.['application/json']?.schema;
        if (schema === undefined || Object.keys(schema).length === 0) continue;
        const example = exampleAnswer(schema, schemas);
        expect(ajv.validate({ ...schema, components: { schemas } }, example), `${operationId}: ${ajv.errorsText()}`).toBe(true);
        expect(page).toContain(escaped(JSON.stringify(example, null, 2)));
        shown++;
      }
    expect(shown).toBeGreaterThan(40);
    expect(page.length).toBeLessThan(600_000);
  });

  it('begins with what a stranger needs for a first request', () => {
    const begin = page.slice(page.indexOf('id="begin"'), page.indexOf('<h2>Case</h2>'));
    for (const needed of [addressMark, 'export TOKEN=', '/health', '/api/v1/case', 'UNAUTHORIZED']) expect(begin).toContain(needed);
    expect(page.split(addressMark)).toHaveLength(2);
  });

  it('writes text as text', () => {
    const [tag] = api.tags;
    const strange = docsPage({ ...api, tags: [{ ...tag, description: '<script>alert("1")</script>' }] });
    expect(strange).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });

  it('has the colours of the product, light and dark', () => {
    const css = readFileSync(join(import.meta.dirname, '../../renderer/src/tokens.css'), 'utf8');
    const [, light = ''] = /:root \{([^}]*)\}/.exec(css) ?? [];
    const [, dark = ''] = /:root\[data-theme='dark'\] \{([^}]*)\}/.exec(css) ?? [];
    for (const [tokens, text] of [
      [lightTokens, light],
      [darkTokens, dark],
    ] as const)
      for (const [name, value] of Object.entries(tokens)) expect(text, name).toContain(`${name}: ${value};`);
  });
});
