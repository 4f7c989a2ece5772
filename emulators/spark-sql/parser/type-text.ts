import type { DataType } from '../../delta/data-type.ts';
import { tokenize } from '../lexer.ts';
import { Cursor } from './cursor.ts';
import { parseType } from './type.ts';

/** Parses a type on its own: `DECIMAL(10,2)`. */
export function parseTypeText(text: string): DataType {
  const cursor = new Cursor(text, tokenize(text));
  const type = parseType(cursor);
  if (cursor.peek().kind !== 'end') throw cursor.unexpected();
  return type;
}
