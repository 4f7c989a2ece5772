import { invalidQuery } from '../errors.ts';
import { comparePaths } from '../store/walk.ts';
import { type Call, parameter } from './call.ts';

/** Continuation tokens hold the name that was answered last, so that they outlive changes to the folder and a restart. */

export const encodeContinuation = (name: string): string => Buffer.from(name, 'utf8').toString('base64url');

export function decodeContinuation(call: Call, name = 'continuation'): string | undefined {
  const token = parameter(call, name);
  if (token === undefined) return undefined;
  if (!/^[A-Za-z0-9_-]+$/.test(token)) throw invalidQuery(name, token);
  return Buffer.from(token, 'base64url').toString('utf8');
}

/** A token's name as the walk below a directory knows it; a token of another directory's listing is refused. */
export function relativeTo(directory: string, name: string | undefined, parameterName: string): string | undefined {
  if (name === undefined || directory === '') return name;
  if (!name.startsWith(`${directory}/`)) throw invalidQuery(parameterName, encodeContinuation(name));
  return name.slice(directory.length + 1);
}

/** A full name to start from as the walk below a directory knows it: undefined where all of it follows, null where none does. */
export function startBelow(directory: string, name: string | undefined): string | undefined | null {
  if (name === undefined || directory === '') return name;
  if (name.startsWith(`${directory}/`)) return name.slice(directory.length + 1) || undefined;
  return comparePaths(name, directory) <= 0 ? undefined : null;
}
