import { ExpressionError } from '../error.ts';
import type { Inner } from '../value.ts';
import { define } from './define.ts';
import { fold, toLower, toText, toUpper, trim } from './text.ts';

export const stringFunctions = [
  define('concat(...texts: any): string', (_, ...texts: Inner[]) => texts.map(toText).join('')),
  define('endsWith(text: string, searchText: string): boolean', (_, text: string, search: string) =>
    fold(text).endsWith(fold(search)),
  ),
  define('guid(format?: string): string', (context, format = 'D') => formatGuid(context.guid(), format)),
  define('indexOf(text: string, searchText: string): integer', (_, text: string, search: string) =>
    fold(text).indexOf(fold(search)),
  ),
  // Documented: of an empty text -1 (0 when both are empty), for an empty search text the last index.
  define('lastIndexOf(text: string, searchText: string): integer', (_, text: string, search: string) =>
    search === '' ? Math.max(text.length - 1, 0) : fold(text).lastIndexOf(fold(search)),
  ),
  define(
    'replace(text: string, oldText: string, newText: string): string',
    (_, text: string, old: string, by: string) => {
      if (old === '')
        throw new ExpressionError(
          "The template language function 'replace' expects its second parameter 'oldText' not to be empty.",
        );
      return text.replaceAll(old, () => by);
    },
  ),
  define('split(text: string, delimiter: string): array', (_, text: string, delimiter: string) =>
    delimiter === '' ? [text] : text.split(delimiter),
  ),
  define('startsWith(text: string, searchText: string): boolean', (_, text: string, search: string) =>
    fold(text).startsWith(fold(search)),
  ),
  define(
    'substring(text: string, startIndex: integer, length: integer): string',
    (_, text: string, startIndex: number | bigint, length: number | bigint) => {
      const start = Number(startIndex);
      if (start < 0 || start > text.length)
        throw new ExpressionError(
          `The template language function 'substring' parameters are out of range: 'startIndex' is ${start}; expected 0 to ${text.length}, the length of the text.`,
        );
      const count = Number(length);
      if (count < 0 || start + count > text.length)
        throw new ExpressionError(
          `The template language function 'substring' parameters are out of range: 'length' is ${count}; from index ${start} the text has ${text.length - start} characters.`,
        );
      return text.slice(start, start + count);
    },
  ),
  define('toLower(text: string): string', (_, text: string) => toLower(text)),
  define('toUpper(text: string): string', (_, text: string) => toUpper(text)),
  define('trim(text: string): string', (_, text: string) => trim(text)),
];

/** Guid.ToString's formats. */
function formatGuid(guid: string, format: string): string {
  const digits = guid.replaceAll('-', '');
  switch (format.toUpperCase()) {
    case '':
    case 'D':
      return guid;
    case 'N':
      return digits;
    case 'B':
      return `{${guid}}`;
    case 'P':
      return `(${guid})`;
    case 'X': {
      const tail = digits
        .slice(16)
        .match(/../g)!
        .map((byte) => `0x${byte}`);
      return `{0x${digits.slice(0, 8)},0x${digits.slice(8, 12)},0x${digits.slice(12, 16)},{${tail.join(',')}}}`;
    }
    default:
      throw new ExpressionError(
        `The template language function 'guid' expects its parameter to be one of 'N', 'D', 'B', 'P' and 'X'; the provided value is '${format}'.`,
      );
  }
}
