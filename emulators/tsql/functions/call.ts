import type { FunctionCall } from '../ast.ts';
import type { Scope } from '../bind/scope.ts';
import { isCharacter, isUnicode } from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { convert, textLength } from '../emit/convert.ts';
import type { SqlType } from '../sql-type.ts';

/** A call as a built-in sees it. `part` is the date part of functions that take one first, lower case. */
export interface Call {
  readonly node: FunctionCall;
  readonly scope: Scope;
  readonly args: readonly BoundExpression[];
  readonly part: string;
}

export interface BuiltIn {
  /** Least and most arguments (the date part not counted). */
  readonly arity: readonly [least: number, most: number];
  /** The first argument is a date part. */
  readonly datePart?: boolean;
  readonly bind: (call: Call) => BoundExpression;
}

export type Family = Readonly<Record<string, BuiltIn>>;

/** A built-in of fixed result type, NULL when an argument is. */
export function plain(
  arity: BuiltIn['arity'],
  type: SqlType | ((args: readonly BoundExpression[]) => SqlType),
  sql: (...args: string[]) => string,
): BuiltIn {
  return {
    arity,
    bind: ({ args }) => ({
      sql: sql(...args.map((a) => a.sql)),
      type: typeof type === 'function' ? type(args) : type,
      nullable: args.some((a) => a.nullable),
    }),
  };
}

export function asText(value: BoundExpression): BoundExpression {
  if (isCharacter(value.type)) return value;
  return convert(value, { name: 'varchar', length: value.untypedNull ? 1 : textLength(value.type) });
}

/** A variable-length type of the same family as the argument's text. */
export function textType(value: BoundExpression, length: number | 'max' = textLength(value.type)): SqlType {
  const unicode = isUnicode(value.type);
  if (length === 'max' || value.type.length === 'max') return { name: unicode ? 'nvarchar' : 'varchar', length: 'max' };
  return { name: unicode ? 'nvarchar' : 'varchar', length: Math.max(1, Math.min(length, unicode ? 4000 : 8000)) };
}

export function asInt(value: BoundExpression): string {
  return value.type.name === 'int' && !value.untypedNull ? value.sql : convert(value, { name: 'int' }).sql;
}

export function numberOf(value: BoundExpression | undefined): number | undefined {
  return typeof value?.literal === 'string' && /^-?\d+$/.test(value.literal) ? Number(value.literal) : undefined;
}
