import { check, type Declarations, type ExpressionScope } from './expression/index.ts';
import { isJsonObject, type Json, textAt, walk } from './json.ts';

/** Something wrong with an object, found without asking the service. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** `pipeline/pl_orders`. */
  readonly object: string;
  readonly file: string;
  /** Dotted path inside the body; empty for the object as a whole. */
  readonly path: string;
  readonly message: string;
}

export type ReportFinding = (path: string, message: string, severity?: 'error' | 'warning') => void;

export function describeFinding({ severity, file, path, message }: Finding): string {
  return `${severity}: ${file}${path === '' ? '' : ` at ${path}`}: ${message}`;
}

/** Checks every string of a JSON value as an expression. */
export function checkStrings(value: Json, scope: ExpressionScope, base: string, report: ReportFinding): void {
  walk(value, (item, path) => {
    if (typeof item !== 'string') return;
    const at = path === '' ? base : path.startsWith('[') ? `${base}${path}` : `${base}.${path}`;
    for (const finding of check(item, scope))
      report(at, `${finding.message} In ${JSON.stringify(item)}.`, finding.severity);
  });
}

/** `{ "a": { "type": "string" } }` to `{ a: 'string' }`. */
export function declared(definitions: { readonly [name: string]: Json }): Declarations {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      (isJsonObject(definition) ? textAt(definition, 'type') : undefined) ?? 'any',
    ]),
  );
}
