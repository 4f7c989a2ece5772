import { XMLSerializer } from '@xmldom/xmldom';
import xpath from 'xpath';
import { ExpressionError } from '../error.ts';
import { float, type Inner, isObject, typeOf } from '../value.ts';
import { jsonToXml } from '../xml/json-to-xml.ts';
import { type Node, nodeType, parseXml } from '../xml/xml-document.ts';
import { xmlToJson } from '../xml/xml-to-json.ts';
import { toJson } from './conversion.ts';
import { define } from './define.ts';
import { content, contentBytes, contentText } from './text.ts';

const xmlType = 'application/xml;charset=utf-8';

export const xmlFunctions = [
  define('json(value: any): any', (_, value: Inner) => {
    // Documented: of null, an empty object.
    if (value === null) return {};
    const bytes = contentBytes(value);
    return bytes !== undefined && /xml/i.test(bytes.type) ? xmlToJson(bytes.bytes.toString('utf8')) : toJson(value);
  }),
  define('xml(value: any): object', (_, value: Inner) => {
    const text = xmlText(value);
    if (text === undefined)
      throw new ExpressionError(
        `The template language function 'xml' expects its parameter to be a string or an object. The provided value is of type '${typeOf(value)}'.`,
      );
    parseXml(text);
    return content(xmlType, Buffer.from(text, 'utf8'));
  }),
  define('xpath(xml: any, xpath: string): any', (_, document: Inner, path: string) => {
    const text = typeof document === 'string' ? document : contentText(document);
    if (text === undefined)
      throw new ExpressionError(
        `The template language function 'xpath' expects its first parameter 'xml' to be XML, such as xml() returns. The provided value is of type '${typeOf(document)}'.`,
      );
    return select(parseXml(text), path);
  }),
];

/** Documented: a string that contains a JSON object, or such an object; text that is XML already stays as it is. */
function xmlText(value: Inner): string | undefined {
  const text = typeof value === 'string' ? value : contentText(value);
  if (text === undefined) return isObject(value) ? jsonToXml(value) : undefined;
  if (!text.trimStart().startsWith('{')) return text;
  const parsed = toJson(text);
  return isObject(parsed) ? jsonToXml(parsed) : text;
}

/** XPath 1.0: numbers, strings and booleans as such; a node that is the only match as itself, several as an array. */
function select(document: Node, path: string): Inner {
  let result: unknown;
  try {
    result = xpath.select(path, document as never);
  } catch (cause) {
    throw new ExpressionError(
      `The template language function 'xpath' parameter is not valid: the XPath ${JSON.stringify(path)} cannot be evaluated: ${(cause as Error).message}.`,
      { cause },
    );
  }
  if (typeof result === 'number') return float(result);
  if (!Array.isArray(result)) return result as string | boolean;
  const matches = (result as Node[]).map(nodeValue);
  return matches.length === 1 ? matches[0]! : matches;
}

/** An element as XML, an attribute or text as a string. */
function nodeValue(node: Node): Inner {
  return node.nodeType === nodeType.element || node.nodeType === nodeType.document
    ? content(xmlType, Buffer.from(new XMLSerializer().serializeToString(node), 'utf8'))
    : (node.nodeValue ?? '');
}
