import type { CaseExpression, CastExpression, Expression, FunctionCall, Literal, OrderItem } from '../ast.ts';
import type { BoundExpression } from '../bound.ts';
import { arithmetic } from '../emit/arithmetic.ts';
import { compare, keyOf } from '../emit/compare.ts';
import { convert } from '../emit/convert.ts';
import { bindFunction } from '../functions/index.ts';
import { SESSION_GLOBALS } from '../functions/session.ts';
import { quoteBinary, quoteString } from '../quote.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { bindCondition } from './conditions.ts';
import { bindSubquery } from './query.ts';
import { parameter, resolveColumn, type Scope } from './scope.ts';
import { decimal, INT, isBinary, isCharacter, isInteger, isNumeric, resolveType, unify } from './types.ts';

/** Resolves names and types of an expression. Errors carry the line of the expression they are about. */
export function bindExpression(node: Expression, scope: Scope): BoundExpression {
  try {
    return grouped(node, scope) ?? bindNode(node, scope);
  } catch (error) {
    throw located(error, node.line);
  }
}

/** Type rules know no lines; the innermost node that fails lends its own. */
export function located(error: unknown, line: number): unknown {
  if (!(error instanceof SqlError) || error.line !== 1 || line === 1) return error;
  const { number, message, severity, state, procedure } = error;
  return new SqlError(number, message, { severity, state, procedure, line, cause: error.cause });
}

/** In a grouped query an expression that is a grouping expression stands for the group's value. */
function grouped(node: Expression, scope: Scope): BoundExpression | undefined {
  const { grouping } = scope;
  if (!grouping || scope.inAggregate) return undefined;
  const plain = node.kind === 'parenthesized' ? node.operand : node;
  const candidates = grouping.keys.filter((key) => key.node.kind === plain.kind);
  if (candidates.length === 0) return undefined;
  const { grouping: _, ...rest } = scope;
  let raw: string;
  try {
    raw = bindNode(plain, rest).sql;
  } catch {
    return undefined;
  }
  return candidates.find((key) => key.raw === raw)?.value;
}

function bindNode(node: Expression, scope: Scope): BoundExpression {
  switch (node.kind) {
    case 'literal':
      return bindLiteral(node);
    case 'parenthesized': {
      const inner = bindExpression(node.operand, scope);
      return inner.literal !== undefined || /^[\w"$.]+$|^\(.*\)$/.test(inner.sql)
        ? inner
        : { ...inner, sql: `(${inner.sql})` };
    }
    case 'variable': {
      const { context } = scope.binding;
      const type = context.variable(node.name);
      if (!type && context.undeclared) {
        const infer = (found: SqlType): void => context.undeclared?.(node.name, found);
        return { sql: 'NULL', type: INT, nullable: true, literal: null, untypedNull: true, infer };
      }
      if (!type)
        throw new SqlError(137, `Must declare the scalar variable "${node.name}".`, { severity: 15, line: node.line });
      return parameter(scope.binding, 'variable', node.name, type);
    }
    case 'global': {
      const type = SESSION_GLOBALS.get(node.name);
      if (!type)
        throw new SqlError(137, `Must declare the scalar variable "${node.name}".`, { severity: 15, line: node.line });
      return parameter(scope.binding, 'session', node.name, type);
    }
    case 'column':
      return bindColumn(node.name, scope);
    case 'unary':
      return bindUnary(node.operator, bindExpression(node.operand, scope));
    case 'binary':
      return arithmetic(node.operator, bindExpression(node.left, scope), bindExpression(node.right, scope));
    case 'cast':
      return bindCast(node, scope);
    case 'case':
      return bindCase(node, scope);
    case 'iif': {
      const test = bindCondition(node.condition, scope);
      return choose([{ test, value: bindExpression(node.then, scope) }], bindExpression(node.otherwise, scope));
    }
    case 'subquery': {
      const query = bindSubquery(node.query, scope);
      if (query.columns.length !== 1) throw onlyOneExpression(node.line);
      const column = query.columns[0]!;
      return { sql: `(${query.sql})`, type: column.type, nullable: true };
    }
    case 'collate':
      return { ...bindExpression(node.operand, scope), collation: node.collation, collated: true };
    case 'at time zone':
      return atTimeZone(bindExpression(node.operand, scope), bindExpression(node.zone, scope));
    case 'function':
      return bindFunction(node, scope);
    case 'default':
      throw new SqlError(156, "Incorrect syntax near the keyword 'DEFAULT'.", { severity: 15, line: node.line });
    case 'action':
      return bindColumn({ parts: ['$action'], line: node.line }, scope);
    case 'next value':
      throw notImplemented('NEXT VALUE FOR (sequences)', node.line);
  }
}

export function onlyOneExpression(line: number): SqlError {
  const message =
    'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.';
  return new SqlError(116, message, { line });
}

function bindColumn(name: Extract<Expression, { kind: 'column' }>['name'], scope: Scope): BoundExpression {
  const found = resolveColumn(scope, name);
  const { column } = found.column;
  const { grouping } = found.scope;
  if (grouping && !(found.scope === scope ? scope.inAggregate : false)) {
    const key = grouping.keys.find((k) => k.raw === found.column.sql);
    if (key) return key.value;
    if (!scope.inAggregate) throw ungrouped(found.item.name, column.name, grouping.clause, name.line);
  }
  return {
    sql: found.column.sql,
    type: column.type,
    nullable: found.column.nullable,
    column,
    ...(column.collation !== undefined && { collation: column.collation }),
  };
}

const UNGROUPED = { 'select list': 8120, 'HAVING clause': 8121, 'ORDER BY clause': 8127 } as const;

function ungrouped(table: string, column: string, clause: keyof typeof UNGROUPED, line: number): SqlError {
  const shown = table === '' ? column : `${table}.${column}`;
  const quoted = clause === 'ORDER BY clause' ? `"${shown}"` : `'${shown}'`;
  const message = `Column ${quoted} is invalid in the ${clause} because it is not contained in either an aggregate function or the GROUP BY clause.`;
  return new SqlError(UNGROUPED[clause], message, { line });
}

export function bindLiteral({ type, text }: Literal): BoundExpression {
  switch (type) {
    case 'null':
      return { sql: 'NULL', type: INT, nullable: true, literal: null, untypedNull: true };
    case 'int': {
      const digits = BigInt(text).toString();
      return { sql: digits, type: INT, nullable: false, literal: digits };
    }
    case 'decimal': {
      const [whole = '', fraction = ''] = text.split('.');
      const digits = whole.replace(/^0+/, '');
      const precision = Math.max(1, digits.length + fraction.length);
      if (precision > 38) {
        throw new SqlError(
          1007,
          `The number '${text}' is out of the range for numeric representation (maximum precision 38).`,
          { severity: 15 },
        );
      }
      const value = `${digits === '' ? '0' : digits}${fraction === '' ? '' : `.${fraction}`}`;
      // Quoted, because DuckDB reads long or exponent-free literals in types of its own choice.
      return {
        sql: `CAST('${value}' AS DECIMAL(${precision},${fraction.length}))`,
        type: decimal(precision, fraction.length),
        nullable: false,
        literal: value,
      };
    }
    case 'float':
      return { sql: `CAST('${text}' AS DOUBLE)`, type: { name: 'float' }, nullable: false, literal: text };
    case 'money': {
      const value = text === '' || text === '.' ? '0' : text;
      return { sql: `CAST('${value}' AS DECIMAL(19,4))`, type: { name: 'money' }, nullable: false, literal: value };
    }
    case 'binary':
      return {
        sql: quoteBinary(text),
        type: { name: 'varbinary', length: Math.max(1, Math.ceil(text.length / 2)) },
        nullable: false,
      };
    case 'string':
      return {
        sql: quoteString(text),
        type: { name: 'varchar', length: literalLength(text, 8000) },
        nullable: false,
        literal: text,
      };
    case 'nstring':
      return {
        sql: quoteString(text),
        type: { name: 'nvarchar', length: literalLength(text, 4000) },
        nullable: false,
        literal: text,
      };
  }
}

function literalLength(text: string, limit: number): number | 'max' {
  return text.length > limit ? 'max' : Math.max(1, text.length);
}

function bindUnary(operator: '-' | '+' | '~', operand: BoundExpression): BoundExpression {
  if (operand.untypedNull) return { ...operand, untypedNull: false, sql: 'CAST(NULL AS INTEGER)' };
  if (operator === '+') return operand;
  if (operator === '~') {
    if (operand.type.name === 'bit') return { ...operand, sql: `(NOT ${operand.sql})` };
    if (!isInteger(operand.type))
      throw new SqlError(8117, `Operand data type ${operand.type.name} is invalid for '~' operator.`);
    return { sql: `(~${operand.sql})`, type: operand.type, nullable: operand.nullable };
  }
  if (isCharacter(operand.type) || isBinary(operand.type)) return bindUnary('-', convert(operand, INT));
  if (!isNumeric(operand.type))
    throw new SqlError(8117, `Operand data type ${operand.type.name} is invalid for minus operator.`);
  const { column: _, ...rest } = operand;
  if (typeof operand.literal === 'string') return { ...rest, sql: `(-${operand.sql})`, literal: `-${operand.literal}` };
  const type: SqlType = operand.type.name === 'tinyint' ? { name: 'smallint' } : operand.type;
  return { ...rest, sql: type === operand.type ? `(-${operand.sql})` : `(-${convert(operand, type).sql})`, type };
}

function bindCast(node: CastExpression, scope: Scope): BoundExpression {
  const operand = bindExpression(node.operand, scope);
  const type = resolveType(node.type);
  let style: number | undefined;
  if (node.style) {
    const bound = bindExpression(node.style, scope);
    if (typeof bound.literal !== 'string') throw notImplemented('a CONVERT style that is not a literal', node.line);
    style = Number(bound.literal);
  }
  return convert(operand, type, { attempt: node.try, ...(style !== undefined && { style }) });
}

function bindCase(node: CaseExpression, scope: Scope): BoundExpression {
  const operand = node.operand ? bindExpression(node.operand, scope) : undefined;
  const branches = node.branches.map(({ when, result }) => ({
    test: operand
      ? compare('=', operand, bindExpression(when as Expression, scope))
      : bindCondition(when as Exclude<typeof when, Expression>, scope),
    value: bindExpression(result, scope),
  }));
  const otherwise = node.otherwise ? bindExpression(node.otherwise, scope) : undefined;
  if ([...branches.map((b) => b.value), otherwise].every((v) => !v || v.untypedNull)) {
    const message =
      'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.';
    throw new SqlError(8133, message, { line: node.line });
  }
  return choose(branches, otherwise);
}

/** CASE over bound values, all brought to one type. */
export function choose(
  branches: readonly { readonly test: string; readonly value: BoundExpression }[],
  otherwise?: BoundExpression,
): BoundExpression {
  const values = [...branches.map((b) => b.value), ...(otherwise ? [otherwise] : [])];
  const type = commonType(values);
  const whens = branches.map((b) => `WHEN ${b.test} THEN ${convert(b.value, type).sql}`).join(' ');
  const end = otherwise && !otherwise.untypedNull ? ` ELSE ${convert(otherwise, type).sql}` : '';
  const nullable = !otherwise || values.some((v) => v.nullable);
  return { sql: `CASE ${whens}${end} END`, type, nullable };
}

/** The type all values take; NULL literals take no part. */
export function commonType(values: readonly BoundExpression[]): SqlType {
  const typed = values.filter((v) => !v.untypedNull).map((v) => v.type);
  return typed.length === 0 ? INT : typed.reduce((a, b) => unify(a, b));
}

function atTimeZone(value: BoundExpression, zone: BoundExpression): BoundExpression {
  if (typeof zone.literal !== 'string' || zone.literal.toUpperCase() !== 'UTC')
    throw notImplemented("AT TIME ZONE other than 'UTC'");
  const type: SqlType = { name: 'datetimeoffset', scale: value.type.scale ?? 7 };
  if (value.type.name !== 'datetimeoffset') return convert(value, type);
  const moved = `{'utc': ${value.sql}."utc", 'offset': CAST(0 AS SMALLINT)}`;
  return { sql: `CASE WHEN ${value.sql} IS NOT NULL THEN ${moved} END`, type, nullable: value.nullable };
}

/** ORDER BY items of OVER, WITHIN GROUP and queries: NULL is the lowest value. */
export function orderSql(value: BoundExpression, descending: boolean): string {
  return `${keyOf(value)} ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
}

export function bindOrder(items: readonly OrderItem[], scope: Scope): readonly string[] {
  return items.map((item) => orderSql(bindExpression(item.expression, scope), item.descending));
}

/** A function's OVER clause as SQL. */
export function windowSql(over: NonNullable<FunctionCall['over']>, scope: Scope): string {
  const parts: string[] = [];
  if (over.partitionBy.length > 0)
    parts.push(`PARTITION BY ${over.partitionBy.map((e) => keyOf(bindExpression(e, scope))).join(', ')}`);
  if (over.orderBy.length > 0) parts.push(`ORDER BY ${windowOrder(over.orderBy, scope).join(', ')}`);
  if (over.frame) {
    const bound = (b: NonNullable<typeof over.frame>['from']) => {
      if ('offset' in b) return `${bindExpression(b.offset, scope).sql} ${b.kind.toUpperCase()}`;
      return b.kind.toUpperCase();
    };
    const { unit, from, to } = over.frame;
    const range = to ? `BETWEEN ${bound(from)} AND ${bound(to)}` : `BETWEEN ${bound(from)} AND CURRENT ROW`;
    parts.push(`${unit.toUpperCase()} ${range}`);
  }
  return `OVER (${parts.join(' ')})`;
}

/** `ORDER BY (SELECT NULL)` is how T-SQL says "any order". */
function windowOrder(items: readonly OrderItem[], scope: Scope): readonly string[] {
  return items.map((item) => {
    if (item.expression.kind === 'literal' && item.expression.type === 'int') {
      throw new SqlError(
        5308,
        'Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.',
        { line: item.line },
      );
    }
    return orderSql(bindExpression(item.expression, scope), item.descending);
  });
}
