import { ExpressionError } from '../error.ts';
import { formatDouble } from '../json.ts';
import { type Inner, type InnerObject, isArray, isObject, WholeFloat } from '../value.ts';

/**
 * An object as XML, the inverse of `xmlToJson` by Newtonsoft.Json's rules: `@name` attributes, `#text`, `#cdata-section`, `#comment`,
 * `?xml`, an element for each item of an array, `<a />` for null and `<a></a>` for empty text.
 * @throws ExpressionError when there is not exactly one root element.
 */
export function jsonToXml(value: InnerObject): string {
  let output = '';
  let roots = 0;
  for (const [name, member] of Object.entries(value)) {
    if (name.startsWith('?')) output += instruction(name, member);
    else {
      roots += isArray(member) ? member.length : 1;
      output += element(name, member);
    }
  }
  if (roots !== 1)
    throw new ExpressionError(
      `The template language function 'xml' parameter is not valid. The object has ${roots} root elements ('${Object.keys(value).join("', '")}'); an XML document has exactly one.`,
      { functionName: 'xml' },
    );
  return output;
}

function element(name: string, value: Inner): string {
  if (isArray(value)) return value.map((item) => element(name, isArray(item) ? { [name]: item } : item)).join('');
  const tag = encodeName(name);
  if (value === null) return `<${tag} />`;
  if (!isObject(value)) return `<${tag}>${escapeText(scalar(value))}</${tag}>`;
  let attributes = '';
  let body = '';
  let hasText = false;
  for (const [key, member] of Object.entries(value)) {
    if (key.startsWith('@') && !isArray(member) && !isObject(member))
      attributes += ` ${encodeName(key.slice(1))}="${escapeText(scalar(member)).replaceAll('"', '&quot;')}"`;
    else if (key === '#text' || key === '#cdata-section') {
      hasText = true;
      for (const text of isArray(member) ? member : [member])
        body += key === '#text' ? escapeText(scalar(text)) : `<![CDATA[${scalar(text)}]]>`;
    } else if (key === '#comment') body += `<!--${scalar(member)}-->`;
    else if (key.startsWith('?')) body += instruction(key, member);
    else body += element(key, member);
  }
  return body === '' && !hasText ? `<${tag}${attributes} />` : `<${tag}${attributes}>${body}</${tag}>`;
}

function instruction(name: string, value: Inner): string {
  if (!isObject(value)) return `<${name} ${scalar(value)}?>`;
  const attributes = Object.entries(value).map(
    ([key, text]) => ` ${key.replace(/^@/, '')}="${escapeText(scalar(text))}"`,
  );
  return `<${name}${attributes.join('')}?>`;
}

/** As XmlConvert writes values: booleans in lower case. */
function scalar(value: Inner): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof WholeFloat) return formatDouble(value.value);
  return typeof value === 'number' && !Number.isInteger(value) ? formatDouble(value) : String(value);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

/** XmlConvert.EncodeName: a character that no XML name may hold is written `_xHHHH_`. */
function encodeName(name: string): string {
  const encoded = name.replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x');
  return Array.from(encoded, (character, index) =>
    (index === 0 ? /^[\p{L}_:]$/u : /^[\p{L}\p{N}\p{M}_:.\-\u00B7]$/u).test(character)
      ? character
      : `_x${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}_`,
  ).join('');
}
