import { invalidHeader, StorageError } from '../errors.ts';
import { type Call, header } from './call.ts';

export interface Range {
  readonly start: number;
  readonly length: number;
}

/** `bytes=first-last` or `bytes=first-`; `x-ms-range` goes before `Range`. Undefined: the whole. */
export function requestedRange(call: Call, size: number): Range | undefined {
  return rangeOf(call, header(call, 'x-ms-range') === undefined ? 'range' : 'x-ms-range', size);
}

/** The same of any header that names a range. */
export function rangeOf(call: Call, name: string, size: number): Range | undefined {
  const value = header(call, name);
  if (value === undefined) return undefined;
  const [, first = '', last = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(value.trim()) ?? [];
  if (first === '' || (last !== '' && Number(last) < Number(first))) throw invalidHeader(name, value);
  if (Number(first) >= size)
    throw new StorageError('InvalidRange', { headers: { 'content-range': `bytes */${size}` } });
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return { start: Number(first), length: end - Number(first) + 1 };
}
