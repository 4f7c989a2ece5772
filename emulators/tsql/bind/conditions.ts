import type { Condition, Expression, QueryExpression } from '../ast.ts';
import type { BoundExpression } from '../bound.ts';
import { comparable, compare, escapeCharacter, like } from '../emit/compare.ts';
import { convert } from '../emit/convert.ts';
import { notImplemented } from '../sql-error.ts';
import { bindExpression, located, onlyOneExpression } from './expressions.ts';
import { bindSubquery } from './query.ts';
import { newAlias, type Scope } from './scope.ts';
import { isCharacter } from './types.ts';

/** A search condition as DuckDB SQL of type BOOLEAN (NULL for unknown). */
export function bindCondition(node: Condition, scope: Scope): string {
  try {
    return bindNode(node, scope);
  } catch (error) {
    throw located(error, node.line);
  }
}

function bindNode(node: Condition, scope: Scope): string {
  const value = (e: Expression) => bindExpression(e, scope);
  switch (node.kind) {
    case 'and':
      return node.operands.map((o) => enclosed(o, scope)).join(' AND ');
    case 'or':
      return `(${node.operands.map((o) => enclosed(o, scope)).join(' OR ')})`;
    case 'not':
      return `NOT (${bindCondition(node.operand, scope)})`;
    case 'comparison':
      return compare(node.operator, value(node.left), value(node.right));
    case 'between': {
      const operand = value(node.operand);
      const sql = `${compare('>=', operand, value(node.low))} AND ${compare('<=', operand, value(node.high))}`;
      return node.not ? `NOT (${sql})` : sql;
    }
    case 'is null':
      return `${value(node.operand).sql} IS ${node.not ? 'NOT ' : ''}NULL`;
    case 'is distinct': {
      const [a, b] = comparable(value(node.left), value(node.right));
      return `${a} IS ${node.not ? 'NOT ' : ''}DISTINCT FROM ${b}`;
    }
    case 'like': {
      const escapeWith = node.escape ? escapeCharacter(value(node.escape)) : undefined;
      const operand = value(node.operand);
      const pattern = value(node.pattern);
      // A pattern may be longer than what it is compared with.
      if (isCharacter(operand.type)) pattern.infer?.(longest(operand.type));
      const sql = like(asText(operand), asText(pattern), escapeWith);
      return node.not ? `NOT (${sql})` : sql;
    }
    case 'in list': {
      const operand = value(node.operand);
      const pairs = node.values.map((v) => comparable(operand, value(v)));
      const left = pairs[0]![0];
      // One list when every member compares in the same type, else a comparison each.
      const sql = pairs.every(([a]) => a === left)
        ? `${left} IN (${pairs.map(([, b]) => b).join(', ')})`
        : `(${pairs.map(([a, b]) => `${a} = ${b}`).join(' OR ')})`;
      return node.not ? `NOT (${sql})` : sql;
    }
    case 'in query':
      return quantified(
        value(node.operand),
        node.query,
        scope,
        (a, query) => `${a} ${node.not ? 'NOT ' : ''}IN ${query}`,
      );
    case 'quantified':
      return quantified(
        value(node.left),
        node.query,
        scope,
        (a, query) => `${a} ${node.operator} ${node.quantifier.toUpperCase()} ${query}`,
      );
    case 'exists':
      return `EXISTS (${bindSubquery(node.query, scope, { exists: true }).sql})`;
    case 'updated column':
      throw notImplemented('UPDATE() of triggers', node.line);
  }
}

function enclosed(node: Condition, scope: Scope): string {
  const sql = bindCondition(node, scope);
  return node.kind === 'and' ? `(${sql})` : sql;
}

function longest({ name }: BoundExpression['type']): BoundExpression['type'] {
  return name === 'nvarchar' || name === 'nchar'
    ? { name: 'nvarchar', length: 4000 }
    : { name: 'varchar', length: 8000 };
}

function asText(value: BoundExpression): BoundExpression {
  return isCharacter(value.type) ? value : convert(value, { name: 'varchar', length: 'max' });
}

function quantified(
  operand: BoundExpression,
  query: QueryExpression,
  scope: Scope,
  sql: (a: string, query: string) => string,
): string {
  const bound = bindSubquery(query, scope);
  if (bound.columns.length !== 1) throw onlyOneExpression(query.line);
  const { type } = bound.columns[0]!;
  const column = bound.columns[0]!;
  const alias = newAlias(scope.binding, 'q');
  const name = `${alias}."$value"`;
  const [a, b] = comparable(operand, { sql: name, type, nullable: column.nullable });
  return sql(a, b === name ? `(${bound.sql})` : `(SELECT ${b} FROM (${bound.sql}) AS ${alias}("$value"))`);
}
