import type { FunctionCall } from '../ast.ts';
import { bindExpression } from '../bind/expressions.ts';
import { parameter, type Scope, sameName } from '../bind/scope.ts';
import type { BoundExpression } from '../bound.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import { bindAggregate, bindWindowFunction, refuseOver, WINDOW_FUNCTIONS } from './aggregate.ts';
import type { BuiltIn, Family } from './call.ts';
import { DATE_AND_TIME } from './date.ts';
import { LOGIC } from './logic.ts';
import { MATH } from './math.ts';
import { AGGREGATES } from './names.ts';
import { SESSION_FUNCTIONS } from './session.ts';
import { STRING } from './string.ts';

/** Looked up on call, because families and binder import each other. */
function builtInNamed(name: string): BuiltIn | undefined {
  const families: readonly Family[] = [STRING, DATE_AND_TIME, MATH, LOGIC];
  return families.find((family) => Object.hasOwn(family, name))?.[name];
}

/** T-SQL functions that exist but are not done here: named, so that nobody takes them for a spelling mistake (195). */
const ABSENT = new Set(
  `FORMAT CHECKSUM BINARY_CHECKSUM CHECKSUM_AGG SOUNDEX DIFFERENCE STRING_ESCAPE FORMATMESSAGE JSON_QUERY JSON_MODIFY JSON_OBJECT JSON_ARRAY
PERCENTILE_CONT PERCENTILE_DISC COMPRESS DECOMPRESS CURRENT_TIMEZONE SESSION_CONTEXT CONTEXT_INFO IDENTITY CONTAINS FREETEXT
LEFT_SHIFT RIGHT_SHIFT BIT_COUNT GET_BIT SET_BIT DATE_BUCKET DATETIMEOFFSETFROMPARTS`.split(/\s+/),
);

/** A function call. Throws 174 or 189 for the number of arguments, 195 or 4121 for a name that is no function. */
export function bindFunction(node: FunctionCall, scope: Scope): BoundExpression {
  const { parts } = node.name;
  const name = parts.at(-1)!.toUpperCase();
  const own = parts.length === 1 || (parts.length === 2 && sameName(parts[0]!, 'sys') && name === 'FN_VARBINTOHEXSTR');
  if (own) {
    if (AGGREGATES.has(name)) return bindAggregate(name, node, scope);
    if (WINDOW_FUNCTIONS.has(name)) return bindWindowFunction(name, node, scope);
    refuseOver(node);
    const builtIn = builtInNamed(name);
    if (builtIn) return call(name, builtIn, node, scope);
    const session = SESSION_FUNCTIONS.get(name);
    if (session && node.args.length === 0) return parameter(scope.binding, 'session', name, session);
  }
  if (own && ABSENT.has(name)) throw notImplemented(`the function ${name}`, node.line);
  const method = bindMethod(node, scope);
  if (method) return method;
  const args = node.args.map((arg) => bindExpression(arg, scope));
  const provided = scope.binding.context.catalog.scalarFunction(node.name, args, node);
  if (provided) return { sql: provided.sql, type: provided.type, nullable: provided.nullable ?? true };
  if (parts.length === 1) {
    throw new SqlError(195, `'${parts[0]}' is not a recognized built-in function name.`, {
      severity: 15,
      state: 10,
      line: node.line,
    });
  }
  const message = `Cannot find either column "${parts[0]}" or the user-defined function or aggregate "${parts.join('.')}", or the name is ambiguous.`;
  throw new SqlError(4121, message, { line: node.line });
}

function call(name: string, builtIn: BuiltIn, node: FunctionCall, scope: Scope): BoundExpression {
  const [first, ...rest] = node.args;
  const part = builtIn.datePart && first?.kind === 'column' ? first.name.parts.join('.').toLowerCase() : '';
  if (builtIn.datePart && part === '') {
    throw new SqlError(1023, `Invalid parameter 1 specified for ${name.toLowerCase()}.`, {
      severity: 15,
      line: node.line,
    });
  }
  const given = builtIn.datePart ? rest : node.args;
  const [least, most] = builtIn.arity;
  if (given.length < least || given.length > most) {
    const extra = builtIn.datePart ? 1 : 0;
    const message =
      least === most
        ? `The ${name.toLowerCase()} function requires ${least + extra} argument(s).`
        : `The ${name.toLowerCase()} function requires ${least + extra} to ${most + extra} arguments.`;
    throw new SqlError(least === most ? 174 : 189, message, { severity: 15, line: node.line });
  }
  const args = given.map((arg) => bindExpression(arg, scope));
  return builtIn.bind({ node, scope, args, part });
}

/** `r.filepath(1)` on an OPENROWSET. */
function bindMethod(node: FunctionCall, scope: Scope): BoundExpression | undefined {
  if (node.name.parts.length !== 2) return undefined;
  const [alias, method] = node.name.parts as [string, string];
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const item = at.items.find((i) => i.method && sameName(i.name, alias));
    const args = node.args.map((arg) => bindExpression(arg, scope));
    const result = item?.method?.(method.toLowerCase(), args, item.alias);
    if (result) return { sql: result.sql, type: result.type, nullable: result.nullable ?? true };
  }
  return undefined;
}
