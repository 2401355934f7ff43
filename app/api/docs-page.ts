import { errorCodes } from '../contract.ts';
import { queryText } from './coerce.ts';
import { outputs, type Schema } from './encode.ts';
import type { Json, OpenApi, Operation, Parameter } from './openapi-types.ts';
import { problem, requestCodes, statusOf, type ProblemCode } from './problems.ts';
import { exampleAnswer } from './example-answer.ts';

/** The documentation as one page, made from the OpenAPI document. It needs nothing from elsewhere and runs no script. */

/** A text that stands in HTML as it is. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** A sentence; what stands between backquotes is code. */
const sentence = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

interface Placed {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export function docsPage(api: OpenApi): string {
  const all: Placed[] = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = api.tags.map(({ name, description }) => ({
    name,
    description,
    operations: all.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const types = Object.keys(api.components.schemas).sort();
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Flowcase API</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><div class="page"><nav aria-label="Contents"><a href="#top">Flowcase ${escaped(api.info.version)}</a><a href="#begin">Begin</a>
${sections.map(({ name, operations }) => `<strong>${escaped(name)}</strong>${operations.map(navLink).join('')}`).join('\n')}
<strong>More</strong><a href="#filters">Filters</a><a href="#errors">Errors</a><a href="#types">Types</a></nav>
<main id="top">${introduction(api)}
${sections.map(({ name, description, operations }) => `<h2>${escaped(name)}</h2><p class="hint">${escaped(description)}.</p>${operations.map((one) => operationSection(one, api.components.schemas)).join('\n')}`).join('\n')}
${filters}
<h2 id="errors">Errors</h2><p>Errors are <code>application/problem+json</code>. Programs match <code>code</code>, never the text.</p>
<table><thead><tr><th>code</th><th>status</th><th>what it means</th></tr></thead><tbody>${codeRows()}</tbody></table>
<h2 id="types">Types</h2>${types.map((name) => typeSection(name, api.components.schemas[name])).join('\n')}
</main></div></body></html>
`;
}

/** Stands in the page for the address that it was asked by. */
export const addressMark = '%FLOWCASE-ADDRESS%';

function introduction(api: OpenApi): string {
  return `<h1>Flowcase API</h1><p>${sentence(String(api.info['description']))}</p>
<p>The description that this page is made from: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
<h2 id="begin">Begin</h2>
<p>Every request but those marked <em>open</em> needs a token in the header <code>Authorization: Bearer TOKEN</code>, and never in an address. <code>flowcase serve</code> prints one that reads and one that writes when it starts; tokens that last are made by <code>flowcase token add NAME --scope read --token-file FILE</code>. Put the address and your token where the examples of this page take them from:</p>
<pre>export FLOWCASE=${addressMark}
export TOKEN=flowcase_…</pre>
<p>Is the server there? This needs no token:</p>
<pre>curl "$FLOWCASE/health"
{"status":"ok"}</pre>
<p>What is in the case, what was found in it, and the records of one host:</p>
<pre>curl -H "Authorization: Bearer $TOKEN" "$FLOWCASE/api/v1/case"
curl -H "Authorization: Bearer $TOKEN" "$FLOWCASE/api/v1/findings"
curl -G -H "Authorization: Bearer $TOKEN" -H 'Accept: text/csv' \\
  --data-urlencode 'filter=orig_h = 10.20.1.77' "$FLOWCASE/api/v1/records/connection"</pre>
<p>What goes wrong is said in words for you and in a <a href="#errors">code</a> for programs:</p>
<pre>curl "$FLOWCASE/api/v1/case"
${escaped(JSON.stringify(problem('UNAUTHORIZED', 'No token was sent. This needs a token of the scope read or write, in the header: Authorization: Bearer TOKEN.'), null, 2))}</pre>
<p>Over https with a certificate that this machine does not know, <code>curl --cacert cert.pem</code> names it; <code>flowcase serve</code> prints its SHA-256 to compare. <em>read</em> and <em>write</em> beside an operation say what the token must be good for.</p>`;
}

const filters = `<h2 id="filters">Filters</h2><p>A filter is a sentence, the same as in the window and the terminal:</p>
<pre>orig_h = 10.0.0.0/8 and resp_p in (443, 8443) and orig_bytes &gt; 1MB and not tag = reviewed and ts &gt;= 2024-04-19T10:00</pre>
<p>Fields are named after Zeek's. There are networks, sizes and durations with units, times, <code>~</code> for a part of a text, <code>matches</code> for a pattern, <code>tag</code>, <code>cluster</code> and <code>finding</code>. <code>/api/v1/filter/{kind}</code> checks one, says it in words and completes it. In an address it is percent-encoded: <code>curl -G --data-urlencode</code> does that.</p>`;

const anchorOf = ({ method, path }: Placed): string => `${method}-${path.replaceAll(/[^a-z0-9.]+/gi, '-')}`;
const shortPath = (path: string): string => path.replace(/^\/api\/v1/, '');

function navLink(placed: Placed): string {
  return `<a href="#${anchorOf(placed)}"><span class="method ${placed.method}">${placed.method.toUpperCase()}</span>${escaped(shortPath(placed.path))}</a>`;
}

function operationSection(placed: Placed, schemas: Readonly<Record<string, Schema>>): string {
  const { path, method, operation } = placed;
  const scope = operation['x-scope'] ?? '';
  const parts = [
    `<h3><span class="method ${method}">${method.toUpperCase()}</span>${escaped(path)}<span class="scope ${escaped(scope)}">${escaped(scope)}</span></h3>`,
    `<p>${sentence(operation.summary)}</p>`,
    ...(operation.description === undefined ? [] : [`<p class="hint">${sentence(operation.description)}</p>`]),
    ...(operation.parameters === undefined ? [] : [`<div class="label">Parameters</div>${table(operation.parameters.map(parameterRow))}`]),
    ...bodyParts(operation),
    `<div class="label">Example</div><pre>${escaped(curlOf(placed))}</pre>`,
    `<div class="label">Answer</div>${answerRows(operation)}`,
    ...answerExample(operation, schemas),
  ];
  return `<section id="${anchorOf(placed)}">${parts.join('\n')}</section>`;
}

const table = (rows: readonly string[]): string => `<table><tbody>${rows.join('')}</tbody></table>`;

function parameterRow({ name, required, schema, description, in: place }: Parameter): string {
  const about = [place === 'query' ? '' : place, description ?? '', schemaAbout(schema)].filter((text) => text !== '').join('. ');
  return row(name, required, typeOf(schema), about);
}

const row = (name: string, required: boolean, type: string, about: string): string =>
  `<tr><td${required ? ' class="needed"' : ''}>${escaped(name)}</td><td>${type}</td><td>${sentence(about)}</td></tr>`;

function bodyParts(operation: Operation): string[] {
  const json = operation.requestBody?.content['application/json']?.schema;
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (json === undefined) return [];
  const { properties = {}, required = [] } = json as Schema;
  const fields = Object.entries(properties).map(([name, schema]) =>
    row(
      name,
      required.includes(name),
      typeOf(schema as Json),
      [schema.description ?? '', schemaAbout(schema as Json)].filter((text) => text !== '').join('. '),
    ),
  );
  return [`<div class="label">Body: ${escaped(types.join(', '))}</div>`, ...(fields.length === 0 ? [] : [table(fields)])];
}

/** How the answer looks, shut until somebody wants to see it. */
function answerExample({ responses }: Operation, schemas: Readonly<Record<string, Schema>>): string[] {
  const content = (responses['200'] ?? responses['202'])?.['content'] as Readonly<Record<string, { readonly schema: Schema }>> | undefined;
  const schema = content?.['application/json']?.schema;
  if (schema === undefined || Object.keys(schema).length === 0) return [];
  return [
    `<details><summary>How an answer looks</summary><pre>${escaped(JSON.stringify(exampleAnswer(schema, schemas), null, 2))}</pre></details>`,
  ];
}

function answerRows(operation: Operation): string {
  const rows = Object.entries(operation.responses).flatMap(([status, answer]) => {
    if ('$ref' in answer) return [];
    const content = (answer['content'] ?? {}) as Readonly<Record<string, { readonly schema: Json }>>;
    const types = Object.entries(content).map(([type, { schema }]) => (type === 'application/json' ? typeOf(schema) : escaped(type)));
    const about = typeof answer['description'] === 'string' ? answer['description'] : '';
    return [`<tr><td>${status}</td><td>${types.join('<br>')}</td><td>${escaped(about)}</td></tr>`];
  });
  const problems = Object.entries(operation.responses)
    .filter(([, answer]) => '$ref' in answer)
    .map(([status]) => status);
  if (problems.length > 0)
    rows.push(`<tr><td>${problems.join(' ')}</td><td><a href="#type-Problem">Problem</a></td><td>What went wrong</td></tr>`);
  const result = operation['x-result'];
  if (result !== undefined) rows.push(`<tr><td>job ends</td><td>${typeOf(result)}</td><td>The job's result</td></tr>`);
  return table(rows);
}

/** A type in a few words, with links to those that have a name. HTML. */
function typeOf(schema: Json): string {
  const {
    $ref,
    type,
    items,
    anyOf,
    oneOf,
    enum: values,
    const: only,
  } = schema as Readonly<Record<string, unknown>> & { readonly $ref?: string };
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return `<a href="#type-${escaped(name)}">${escaped(name)}</a>`;
  }
  if (only !== undefined) return escaped(JSON.stringify(only));
  if (Array.isArray(values)) return values.map((value) => escaped(String(value))).join(', ');
  const several = anyOf ?? oneOf;
  if (Array.isArray(several)) return [...new Set(several.map((one: Json) => typeOf(one)))].join(' or ');
  if (items !== undefined) return `list of ${typeOf(items as Json)}`;
  if (schema['format'] === 'date-time') return Array.isArray(type) ? 'time or null' : 'time';
  return escaped(Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'anything');
}

/** Bounds and defaults, for a person. */
function schemaAbout(schema: Json): string {
  const said: string[] = [];
  const { minimum, maximum, default: usual, pattern } = schema;
  // what every whole number is within a person need not be told
  const [least, most] = [minimum, maximum].map((bound) =>
    typeof bound === 'number' && Math.abs(bound) !== Number.MAX_SAFE_INTEGER ? String(bound) : '',
  );
  if (least !== '' || most !== '') said.push(most === '' ? `from ${least}` : least === '' ? `up to ${most}` : `${least} to ${most}`);
  if (typeof pattern === 'string') said.push(`pattern ${pattern}`);
  if (usual !== undefined && usual !== '' && usual !== null)
    said.push(`usually ${queryText(typeof usual === 'object' ? JSON.stringify(usual) : usual)}`);
  return said.join('; ');
}

/** Letters of a command that stand on one line. */
const LINE = 110;

/** The operation from a shell. */
function curlOf({ path, method, operation }: Placed): string {
  const parameters = operation.parameters ?? [];
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(queryText(parameters.find((one) => one.name === name)?.example ?? name)),
  );
  const query = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
  const words = [`curl${query.length > 0 && method === 'get' ? ' -G' : ''}${operation.operationId === 'events' ? ' -N' : ''}`];
  if (method !== 'get') words.push(`-X ${method.toUpperCase()}`);
  if (operation.security === undefined) words.push('-H "Authorization: Bearer $TOKEN"');
  const [type, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type !== undefined)
    words.push(
      `-H 'Content-Type: ${type}'`,
      `--data-binary ${quoted(typeof body?.example === 'string' ? body.example : JSON.stringify(body?.example ?? {}))}`,
    );
  const inAddress =
    method === 'get'
      ? ''
      : query.map((one, i) => `${i === 0 ? '?' : '&'}${one.name}=${encodeURIComponent(queryText(one.example))}`).join('');
  if (method === 'get') for (const one of query) words.push(`--data-urlencode ${quoted(`${one.name}=${queryText(one.example)}`)}`);
  words.push(`"$FLOWCASE${filled}${inAddress}"`);
  const line = words.join(' ');
  return line.length <= LINE && !line.includes('\n') ? line : words.join(' \\\n  ').replace(' \\\n  -X', ' -X');
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function codeRows(): string {
  const codes: readonly ProblemCode[] = [...(Object.keys(requestCodes) as (keyof typeof requestCodes)[]), ...errorCodes];
  return codes.map((code) => `<tr id="${code}"><td>${code}</td><td>${statusOf(code)}</td><td>${escaped(aboutOf(code))}</td></tr>`).join('');
}

function aboutOf(code: ProblemCode): string {
  if (Object.hasOwn(requestCodes, code)) return requestCodes[code as keyof typeof requestCodes].about;
  return Object.hasOwn(outputs.codes, code) ? outputs.codes[code] : '';
}

function typeSection(name: string, schema: Schema): string {
  const { properties, required = [] } = schema;
  const about = schema.description === undefined ? '' : `<p class="hint">${sentence(schema.description)}</p>`;
  const body =
    properties === undefined
      ? `<p>${typeOf(schema as Json)}</p>`
      : table(
          Object.entries(properties).map(([field, one]) =>
            row(field, required.includes(field), typeOf(one as Json), one.description ?? ''),
          ),
        );
  return `<section id="type-${escaped(name)}"><h3>${escaped(name)}</h3>${about}${body}</section>`;
}
