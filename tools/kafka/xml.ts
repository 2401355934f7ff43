/** An element of an XML document without its attributes: all that a Maven POM needs. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Text directly inside, trimmed. */
  readonly text: string;
}

interface Open {
  name: string;
  children: XmlElement[];
  text: string;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
]);

/** Reads the elements and texts of a POM; what stands in CDATA is left out. @throws Error where the document is not well formed */
export function parseXml(document: string): XmlElement {
  const plain = document.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>/g, '');
  const top: Open = { name: '', children: [], text: '' };
  const stack: Open[] = [top];
  for (const [whole, close, name, self, text] of plain.matchAll(/<(\/?)([\w:.-]+)(?:\s[^>]*?)?(\/?)>|([^<]+)/g)) {
    const open = stack[stack.length - 1];
    if (text !== undefined) open.text += text.replace(/&(lt|gt|quot|apos|amp);/g, (entity) => entities.get(entity) ?? entity);
    else if (close === '/') {
      if (stack.length === 1 || open.name !== name) throw new Error(`the document closes <${name}> where it did not open it: ${whole}`);
      stack.pop();
      stack[stack.length - 1].children.push({ name: open.name, children: open.children, text: open.text.trim() });
    } else if (self === '/') open.children.push({ name, children: [], text: '' });
    else stack.push({ name, children: [], text: '' });
  }
  const root = top.children.at(0);
  if (root === undefined || stack.length !== 1) throw new Error('the document ends within an element');
  return root;
}

/** The first child of this name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

/** The text of the first child of this name; undefined where it has none. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  const text = child(element, name)?.text;
  return text === '' ? undefined : text;
}
