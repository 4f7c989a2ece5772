import { invalidParameter } from '../api-error.ts';
import type { SqlEngine } from '../engine/index.ts';
import type { Runner } from '../jobs/runner.ts';
import type { JobStore } from '../jobs/store.ts';
import type { StatementStore } from '../statement-store.ts';
import type { WorkspaceStore } from '../workspace-store.ts';

/** What operations work with. */
export interface Service {
  readonly engine: SqlEngine;
  readonly workspace: WorkspaceStore;
  readonly jobs: JobStore;
  readonly runner: Runner;
  readonly statements: StatementStore;
  readonly url: () => string;
  readonly now: () => number;
}

export interface Request {
  readonly user: string;
  /** Parts of the path that the pattern names. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body, or the query's members for a GET. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly raw: Buffer;
}

/** JSON, or bytes to be sent as they are. */
export type Answer = Readonly<Record<string, unknown>> | Buffer;

/** One operation of the REST API. In `path`, `{name}` is one part and `{name+}` the rest. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly handle: (service: Service, request: Request) => Answer | Promise<Answer>;
}

export function text(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw invalidParameter(`Missing required field: ${name}`);
  return value;
}

export function id(body: Readonly<Record<string, unknown>>, name: string): number {
  const value = Number(body[name]);
  if (body[name] === undefined || !Number.isSafeInteger(value))
    throw invalidParameter(`Missing or invalid required field: ${name}`);
  return value;
}

export function limit(body: Readonly<Record<string, unknown>>, standard: number, most: number): number {
  const value = body['limit'] === undefined ? standard : Number(body['limit']);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw invalidParameter(`limit must be between 1 and ${most}, but was ${String(body['limit'])}.`);
  return value === 0 ? standard : value;
}

/** A page of a list that is kept newest first; the token is an offset. */
export function page<T>(
  items: readonly T[],
  body: Readonly<Record<string, unknown>>,
  size: number,
): { items: readonly T[]; rest: Record<string, unknown> } {
  const offset = Number(body['page_token'] ?? body['offset'] ?? 0);
  if (!Number.isInteger(offset) || offset < 0) throw invalidParameter('Invalid page token.');
  const more = offset + size < items.length;
  return {
    items: items.slice(offset, offset + size),
    rest: { has_more: more, ...(more ? { next_page_token: String(offset + size) } : {}) },
  };
}
