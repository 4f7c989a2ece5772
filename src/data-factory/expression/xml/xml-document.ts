import { DOMParser, type Document, type Element, type Node } from '@xmldom/xmldom';
import { ExpressionError } from '../error.ts';

export type { Document, Element, Node };

/** Node types of the DOM that the conversions tell apart. */
export const nodeType = {
  element: 1,
  attribute: 2,
  text: 3,
  cdata: 4,
  instruction: 7,
  comment: 8,
  document: 9,
  doctype: 10,
};

/**
 * Parses XML; external entities are never read. @throws ExpressionError naming the first fault and its line.
 */
export function parseXml(text: string): Document {
  let fault: string | undefined;
  const parser = new DOMParser({
    locator: true,
    onError: (level, message) => {
      if (level !== 'warning') fault ??= message.split('\n')[0]?.trim();
    },
  });
  let cause: unknown;
  try {
    const document = parser.parseFromString(normalizeLines(text), 'text/xml');
    if (fault === undefined) return document;
  } catch (error) {
    cause = error;
    fault ??= (error as Error).message;
  }
  throw new ExpressionError(`The value ${JSON.stringify(text.slice(0, 100))} is not well-formed XML: ${fault}.`, {
    cause,
  });
}

/** Which elements were written `<a/>`, not `<a></a>`: the conversion to JSON tells them apart (null and ""), the DOM does not. */
export function selfClosed(text: string): (element: Element) => boolean {
  const source = normalizeLines(text);
  const lineStarts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return (element) => {
    const { lineNumber = 1, columnNumber = 1 } = element as { lineNumber?: number; columnNumber?: number };
    const start = lineStarts[lineNumber - 1]! + columnNumber - 1;
    // A start tag ends at the first > outside of quotes.
    const tag = /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(source.slice(start))?.[0] ?? '';
    return tag.endsWith('/>');
  };
}

function normalizeLines(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}
