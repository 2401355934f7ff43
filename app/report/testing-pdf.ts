import { readFileSync } from 'node:fs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface ReadPdf {
  readonly pages: number;
  /** Text of every page, fragments joined as they stand. */
  readonly text: readonly string[];
  readonly labels: readonly string[] | null;
  readonly outline: readonly { readonly title: string; readonly items: readonly string[] }[];
  readonly title: string;
  readonly created: string;
  /** Addresses outside that anything links to. */
  readonly links: readonly string[];
  /** Roles of the structure tree, each once. */
  readonly roles: ReadonlySet<string>;
}

/** Reads a PDF back with another program's eyes (pdf.js). */
export async function readPdf(path: string): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0, useSystemFonts: false });
  const pdf = await task.promise;
  const text: string[] = [];
  const links: string[] = [];
  const roles = new Set<string>();
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const content = await page.getTextContent();
    text.push(content.items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join(''));
    for (const annotation of (await page.getAnnotations()) as { url?: string; unsafeUrl?: string }[]) {
      if (annotation.url !== undefined || annotation.unsafeUrl !== undefined) links.push(annotation.url ?? annotation.unsafeUrl ?? '');
    }
    collectRoles(await page.getStructTree(), roles);
  }
  const outline = ((await pdf.getOutline()) as unknown as OutlineItem[] | null) ?? [];
  const { info } = (await pdf.getMetadata()) as { info: { Title?: string; CreationDate?: string } };
  const read = {
    pages: pdf.numPages,
    text,
    labels: await pdf.getPageLabels(),
    outline: outline.map(({ title, items }) => ({ title, items: items.map((item) => item.title) })),
    title: info.Title ?? '',
    created: info.CreationDate ?? '',
    links,
    roles,
  };
  await task.destroy();
  return read;
}

interface OutlineItem {
  readonly title: string;
  readonly items: readonly OutlineItem[];
}

function collectRoles(node: unknown, roles: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if ('role' in node && typeof node.role === 'string') roles.add(node.role);
  if ('children' in node && Array.isArray(node.children)) for (const child of node.children) collectRoles(child, roles);
}
