/** The service's XML: element names without attributes, text inside. */

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as content or attribute; characters that XML 1.0 cannot hold are left out. */
export function text(value: string): string {
  return value
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}

/** An element around text, or around elements already rendered; nothing for undefined. */
export function element(name: string, content: string | number | undefined | readonly string[]): string {
  if (content === undefined) return '';
  const inner = typeof content === 'object' ? content.join('') : text(String(content));
  return `<${name}>${inner}</${name}>`;
}

export const document = (root: string): string => `<?xml version="1.0" encoding="utf-8"?>${root}`;

export const xmlHeaders = { 'content-type': 'application/xml' } as const;

/** The `name -> text` children of a flat element, in order, of a document such as a block list. Undefined unless it is one. */
export function flatChildren(
  source: string,
  root: string,
): readonly (readonly [name: string, text: string])[] | undefined {
  const body = new RegExp(`^\\ufeff?\\s*(?:<\\?xml[^>]*\\?>)?\\s*<${root}\\s*(?:/>|>([\\s\\S]*)</${root}>)\\s*$`).exec(
    source,
  );
  if (body === null) return undefined;
  const children: [string, string][] = [];
  const rest = (body[1] ?? '').replace(/<([A-Za-z]+)>([^<]*)<\/\1>/g, (_, name: string, content: string) => {
    children.push([name, content.trim()]);
    return '';
  });
  return rest.trim() === '' ? children : undefined;
}
