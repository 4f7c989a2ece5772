import type { Inner } from '../value.ts';
import { type Element, type Node, nodeType, parseXml, selfClosed } from './xml-document.ts';

/**
 * XML as Newtonsoft.Json's XmlNodeConverter gives it: `@` before attributes, `#text` and `#cdata-section` beside other content, an
 * array where a name repeats, all values text, null for `<a/>`. Text of white space alone and comments are dropped.
 */
export function xmlToJson(text: string): Inner {
  const source = markEmptySections(text);
  return contentOf(parseXml(source), selfClosed(source));
}

/** The parser drops `<![CDATA[]]>`, which the conversion shows; a private-use character holds its place. */
const emptySection = '\uF8FF';

function markEmptySections(text: string): string {
  return text.replace(/<!\[CDATA\[(.*?)\]\]>/gs, (section, data: string) =>
    data === '' ? `<![CDATA[${emptySection}]]>` : section,
  );
}

function contentOf(node: Node, isSelfClosed: (element: Element) => boolean): Inner {
  const members = new Map<string, Inner[]>();
  const add = (name: string, value: Inner): void => {
    members.set(name, [...(members.get(name) ?? []), value]);
  };
  if (isElement(node)) for (const attribute of Array.from(node.attributes)) add(`@${attribute.name}`, attribute.value);
  const hasAttributes = members.size > 0;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const data = child.nodeValue ?? '';
    if (isElement(child)) add(child.tagName, contentOf(child, isSelfClosed));
    else if (child.nodeType === nodeType.cdata) add('#cdata-section', data === emptySection ? '' : data);
    else if (child.nodeType === nodeType.instruction) add(`?${child.nodeName}`, instruction(child.nodeName, data));
    else if (child.nodeType === nodeType.text && !/^[ \t\r\n]*$/.test(data)) add('#text', data);
  }
  const texts = members.get('#text');
  if (members.size === 1 && texts?.length === 1) return texts[0]!;
  if (members.size === 0 && isElement(node)) return !hasAttributes && isSelfClosed(node) ? null : '';
  return Object.fromEntries(Array.from(members, ([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

function isElement(node: Node): node is Element {
  return node.nodeType === nodeType.element;
}

/** The XML declaration's pseudo-attributes become members; any other instruction is its text. */
function instruction(name: string, data: string): Inner {
  if (name !== 'xml') return data;
  return Object.fromEntries(
    Array.from(data.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g), ([, key, double, single]) => [
      `@${key}`,
      double ?? single ?? '',
    ]),
  );
}
