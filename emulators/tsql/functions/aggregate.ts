import type { FunctionCall } from '../ast.ts';
import { bindExpression, bindOrder, windowSql } from '../bind/expressions.ts';
import type { Scope } from '../bind/scope.ts';
import {
  BIGINT,
  decimalFacets,
  duckdbType,
  FLOAT,
  INT,
  isApproximate,
  isCharacter,
  isInteger,
  isMoney,
  isNumeric,
  shortName,
} from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { rescaled } from '../emit/arithmetic.ts';
import { isFolded, keyOf } from '../emit/compare.ts';
import { convert } from '../emit/convert.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { asText } from './call.ts';

/** An aggregate, with or without OVER. Throws 130, 147, 8117. */
export function bindAggregate(name: string, node: FunctionCall, scope: Scope): BoundExpression {
  if (!node.over) checkPlace(node, scope);
  if (name === 'GROUPING' || name === 'GROUPING_ID') return grouping(name, node, scope);
  // Over a window the arguments are those of the grouped query; in an aggregate they are its rows.
  const inner: Scope = node.over ? scope : { ...scope, inAggregate: true };
  const args = node.args.map((arg) => bindExpression(arg, inner));
  const over = node.over ? ` ${windowSql(node.over, scope)}` : '';
  const call = (sql: string) => `${sql}${over}`;
  if (node.star) {
    if (name !== 'COUNT' && name !== 'COUNT_BIG')
      throw new SqlError(102, "Incorrect syntax near '*'.", { severity: 15, line: node.line });
    const type = name === 'COUNT' ? INT : BIGINT;
    return { sql: type === INT ? `CAST(${call('count(*)')} AS INTEGER)` : call('count(*)'), type, nullable: false };
  }
  const value = args[0];
  if (!value)
    throw new SqlError(174, `The ${name.toLowerCase()} function requires 1 argument(s).`, {
      severity: 15,
      line: node.line,
    });
  if (value.untypedNull)
    throw new SqlError(8117, `Operand data type NULL is invalid for ${name.toLowerCase()} operator.`, {
      line: node.line,
    });
  const distinct = node.distinct ? 'DISTINCT ' : '';
  switch (name) {
    case 'COUNT':
    case 'COUNT_BIG': {
      const type = name === 'COUNT' ? INT : BIGINT;
      const counted = call(`count(${distinct}${distinct ? keyOf(value) : value.sql})`);
      return { sql: type === INT ? `CAST(${counted} AS INTEGER)` : counted, type, nullable: false };
    }
    case 'APPROX_COUNT_DISTINCT':
      return { sql: call(`approx_count_distinct(${keyOf(value)})`), type: BIGINT, nullable: false };
    case 'MIN':
    case 'MAX': {
      if (value.type.name === 'bit') throw invalid(value, name);
      const { column: _, literal: __, ...rest } = value;
      const word = name.toLowerCase();
      const sql =
        isFolded(value) || isCharacter(value.type)
          ? call(`arg_${word}(${value.sql}, ${keyOf(value)})`)
          : call(`${word}(${value.sql})`);
      return { ...rest, sql, nullable: true };
    }
    case 'SUM':
    case 'AVG':
      return total(name, value, distinct, call);
    case 'STRING_AGG':
      return stringAgg(node, args, scope, call);
    default:
      return { sql: call(`${STATISTICS[name]}(${distinct}${convert(value, FLOAT).sql})`), type: FLOAT, nullable: true };
  }
}

const STATISTICS: Readonly<Record<string, string>> = {
  STDEV: 'stddev_samp',
  STDEVP: 'stddev_pop',
  VAR: 'var_samp',
  VARP: 'var_pop',
};

function invalid(value: BoundExpression, name: string): SqlError {
  return new SqlError(
    8117,
    `Operand data type ${shortName(value.type)} is invalid for ${name.toLowerCase()} operator.`,
  );
}

function checkPlace(node: FunctionCall, scope: Scope): void {
  if (scope.inAggregate) {
    throw new SqlError(
      130,
      'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
      { severity: 15, line: node.line },
    );
  }
  if (scope.aggregates === 'where') {
    const message =
      'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.';
    throw new SqlError(147, message, { severity: 15, line: node.line });
  }
  if (scope.aggregates === 'on')
    throw new SqlError(148, 'An aggregate may not appear in the ON clause.', { severity: 15, line: node.line });
}

function total(
  name: 'SUM' | 'AVG',
  value: BoundExpression,
  distinct: string,
  call: (sql: string) => string,
): BoundExpression {
  if (!isNumeric(value.type)) throw invalid(value, name);
  const sum = call(`sum(${distinct}${value.sql})`);
  const count = call(`count(${distinct}${value.sql})`);
  const result = (sql: string, type: SqlType): BoundExpression => ({ sql, type, nullable: true });
  if (isInteger(value.type)) {
    const type = value.type.name === 'bigint' ? BIGINT : INT;
    return result(`CAST(${name === 'SUM' ? sum : `${sum} // ${count}`} AS ${duckdbType(type)})`, type);
  }
  if (isApproximate(value.type))
    return result(name === 'SUM' ? `CAST(${sum} AS DOUBLE)` : call(`avg(${distinct}${value.sql})`), FLOAT);
  const { scale } = decimalFacets(value.type);
  const type: SqlType = isMoney(value.type)
    ? { name: 'money' }
    : { name: 'decimal', precision: 38, scale: name === 'SUM' ? scale : Math.max(scale, 6) };
  if (name === 'SUM') return result(isMoney(value.type) ? `CAST(${sum} AS ${duckdbType(type)})` : sum, type);
  // Exact: the sum in units of the last digit, times what the result's digits add, divided as integers.
  const digits = type.name === 'money' ? 4 : (type.scale ?? 6);
  const unit =
    scale === 0 ? value.sql : `CAST(${value.sql} * CAST(1${'0'.repeat(scale)} AS DECIMAL(${scale + 1},0)) AS HUGEINT)`;
  const fits = decimalFacets(value.type).precision + scale + 1 <= 38;
  if (!fits) return result(`CAST(${call(`avg(${distinct}${value.sql})`)} AS ${duckdbType(type)})`, type);
  const units = `(CAST(${call(`sum(${distinct}${unit})`)} AS HUGEINT) * 1${'0'.repeat(digits - scale)}::HUGEINT // ${count})`;
  return result(rescaled(units, { ...type, scale: digits }), type);
}

function stringAgg(
  node: FunctionCall,
  args: readonly BoundExpression[],
  scope: Scope,
  call: (sql: string) => string,
): BoundExpression {
  const [value, separator] = args;
  if (!separator)
    throw new SqlError(174, 'The string_agg function requires 2 argument(s).', { severity: 15, line: node.line });
  if (node.distinct) throw new SqlError(102, "Incorrect syntax near 'DISTINCT'.", { severity: 15, line: node.line });
  const text = asText(value!);
  const order = node.withinGroup
    ? ` ORDER BY ${bindOrder(node.withinGroup, { ...scope, inAggregate: true }).join(', ')}`
    : '';
  const unicode = text.type.name.startsWith('n');
  const type: SqlType = {
    name: unicode ? 'nvarchar' : 'varchar',
    length: text.type.length === 'max' ? 'max' : unicode ? 4000 : 8000,
  };
  return { sql: call(`string_agg(${text.sql}, ${asText(separator).sql}${order})`), type, nullable: true };
}

function grouping(name: string, node: FunctionCall, scope: Scope): BoundExpression {
  const { grouping: own, ...rest } = scope;
  const keys = node.args.map((arg) => {
    const raw = bindExpression(arg, { ...rest, inAggregate: true }).sql;
    const key = own?.keys.find((k) => k.raw === raw);
    if (!key)
      throw new SqlError(
        8161,
        `Argument 1 of the ${name} function does not match any of the expressions in the GROUP BY clause.`,
        { line: node.line },
      );
    return key.key;
  });
  const type: SqlType = name === 'GROUPING' ? { name: 'tinyint' } : INT;
  return { sql: `CAST(grouping(${keys.join(', ')}) AS ${duckdbType(type)})`, type, nullable: false };
}

/** ROW_NUMBER and the other functions that only exist with OVER. */
export function bindWindowFunction(name: string, node: FunctionCall, scope: Scope): BoundExpression {
  if (!node.over) {
    throw new SqlError(10753, `The function '${name}' must have an OVER clause.`, { severity: 15, line: node.line });
  }
  if (scope.aggregates !== 'allowed') {
    throw new SqlError(4108, 'Windowed functions can only appear in the SELECT or ORDER BY clauses.', {
      severity: 15,
      line: node.line,
    });
  }
  if (node.over.orderBy.length === 0) {
    throw new SqlError(4112, `The function '${name}' must have an OVER clause with ORDER BY.`, {
      severity: 15,
      line: node.line,
    });
  }
  const over = windowSql(node.over, scope);
  const args = node.args.map((arg) => bindExpression(arg, scope));
  const word = name.toLowerCase();
  switch (name) {
    case 'ROW_NUMBER':
    case 'RANK':
    case 'DENSE_RANK':
      return { sql: `${word}() ${over}`, type: BIGINT, nullable: false };
    case 'NTILE':
      return { sql: `ntile(${args[0]!.sql}) ${over}`, type: BIGINT, nullable: false };
    case 'PERCENT_RANK':
    case 'CUME_DIST':
      return { sql: `${word}() ${over}`, type: FLOAT, nullable: false };
    default: {
      const value = args[0];
      if (!value)
        throw new SqlError(189, `The ${word} function requires 1 to 3 arguments.`, { severity: 15, line: node.line });
      const rest = args.slice(1).map((a, i) => (i === 0 ? convert(a, INT).sql : convert(a, value.type).sql));
      const nulls = node.nulls === 'ignore' ? ' IGNORE NULLS' : '';
      return { sql: `${word}(${[value.sql, ...rest].join(', ')}${nulls}) ${over}`, type: value.type, nullable: true };
    }
  }
}

export const WINDOW_FUNCTIONS: ReadonlySet<string> = new Set(
  'ROW_NUMBER RANK DENSE_RANK NTILE PERCENT_RANK CUME_DIST LAG LEAD FIRST_VALUE LAST_VALUE'.split(' '),
);

export function refuseOver(node: FunctionCall): void {
  if (node.over) throw notImplemented(`the window function ${node.name.parts.join('.')}`, node.line);
}
