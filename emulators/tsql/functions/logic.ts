import { choose, commonType } from '../bind/expressions.ts';
import { isCharacter } from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { compare } from '../emit/compare.ts';
import { convert } from '../emit/convert.ts';
import { SqlError } from '../sql-error.ts';
import { asInt, type BuiltIn, type Family } from './call.ts';

const coalesce: BuiltIn = {
  arity: [1, 254],
  bind: ({ args, node }) => {
    if (args.every((a) => a.untypedNull)) {
      throw new SqlError(
        4127,
        'At least one of the arguments to COALESCE must be an expression that is not the NULL constant.',
        { line: node.line },
      );
    }
    const type = commonType(args);
    const typed = args.filter((a) => !a.untypedNull);
    const sql =
      typed.length === 1
        ? convert(typed[0]!, type).sql
        : `coalesce(${typed.map((a) => convert(a, type).sql).join(', ')})`;
    return { sql, type, nullable: args.every((a) => a.nullable) };
  },
};

/** Unlike COALESCE it keeps the first argument's type. */
const isNull: BuiltIn = {
  arity: [2, 2],
  bind: ({ args }) => {
    const [value, other] = args as [BoundExpression, BoundExpression];
    if (value.untypedNull) return other;
    if (!value.nullable) return value;
    const filler = convert(other, value.type);
    return { sql: `coalesce(${value.sql}, ${filler.sql})`, type: value.type, nullable: other.nullable };
  },
};

function extreme(name: 'greatest' | 'least'): BuiltIn {
  return {
    arity: [1, 254],
    bind: ({ args }) => {
      const type = commonType(args);
      const values = args.filter((a) => !a.untypedNull).map((a) => convert(a, type));
      const nullable = args.every((a) => a.nullable);
      if (!isCharacter(type)) return { sql: `${name}(${values.map((v) => v.sql).join(', ')})`, type, nullable };
      const operator = name === 'greatest' ? '>=' : '<=';
      const better = (a: BoundExpression, b: BoundExpression): BoundExpression => ({
        sql: `CASE WHEN ${b.sql} IS NULL OR ${compare(operator, a, b)} THEN ${a.sql} ELSE ${b.sql} END`,
        type,
        nullable,
      });
      return values.reduce(better);
    },
  };
}

export const LOGIC: Family = {
  COALESCE: coalesce,
  ISNULL: isNull,
  NULLIF: {
    arity: [2, 2],
    bind: ({ args }) => {
      const [value, other] = args as [BoundExpression, BoundExpression];
      const { column: _, literal: __, ...rest } = value;
      return {
        ...rest,
        sql: `CASE WHEN ${compare('=', value, other)} THEN NULL ELSE ${value.sql} END`,
        nullable: true,
      };
    },
  },
  CHOOSE: {
    arity: [2, 254],
    bind: ({ args }) => {
      const index = asInt(args[0]!);
      return choose(args.slice(1).map((value, i) => ({ test: `${index} = ${i + 1}`, value })));
    },
  },
  GREATEST: extreme('greatest'),
  LEAST: extreme('least'),
  NEWID: { arity: [0, 0], bind: () => ({ sql: 'uuid()', type: { name: 'uniqueidentifier' }, nullable: false }) },
  NEWSEQUENTIALID: {
    arity: [0, 0],
    bind: () => ({ sql: 'uuidv7()', type: { name: 'uniqueidentifier' }, nullable: false }),
  },
};
