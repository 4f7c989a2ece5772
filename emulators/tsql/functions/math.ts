import {
  decimalFacets,
  duckdbType,
  FLOAT,
  INT,
  isApproximate,
  isCharacter,
  isInteger,
  isMoney,
  isNumeric,
} from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { convert } from '../emit/convert.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { asInt, type BuiltIn, type Family } from './call.ts';

/** A numeric argument: text becomes float, bit and the small integers int. */
function number(value: BoundExpression): BoundExpression {
  if (value.untypedNull || value.type.name === 'bit' || value.type.name === 'tinyint' || value.type.name === 'smallint')
    return convert(value, INT);
  if (isCharacter(value.type)) return convert(value, FLOAT);
  if (value.type.name === 'real') return convert(value, FLOAT);
  if (!isNumeric(value.type))
    throw new SqlError(8116, `Argument data type ${value.type.name} is invalid for argument 1 of function.`);
  return value;
}

function float(sql: (...x: string[]) => string, arity: BuiltIn['arity'] = [1, 1]): BuiltIn {
  return {
    arity,
    bind: ({ args }) => ({
      sql: sql(...args.map((a) => convert(a, FLOAT).sql)),
      type: FLOAT,
      nullable: args.some((a) => a.nullable),
    }),
  };
}

/** Same type out as in; `whole` takes the fraction away from decimals. */
function kept(sql: (x: string) => string, whole = false): BuiltIn {
  return {
    arity: [1, 1],
    bind: ({ args }) => {
      const value = number(args[0]!);
      const { precision, scale } = decimalFacets(value.type);
      const type: SqlType =
        whole && value.type.name === 'decimal'
          ? { name: 'decimal', precision: scale > 0 ? precision : precision, scale: 0 }
          : value.type;
      return { sql: `CAST(${sql(value.sql)} AS ${duckdbType(type)})`, type, nullable: value.nullable };
    },
  };
}

const round: BuiltIn = {
  arity: [2, 3],
  bind: ({ args }) => {
    const value = number(args[0]!);
    const digits = asInt(args[1]!);
    const cut = args[2] !== undefined && args[2].literal !== '0';
    const { type } = value;
    let sql: string;
    if (isApproximate(type)) {
      sql = cut ? `(trunc(${value.sql} * pow(10, ${digits})) / pow(10, ${digits}))` : `round(${value.sql}, ${digits})`;
    } else if (isInteger(type)) {
      const power = `CAST(pow(10, greatest(-(${digits}), 0)) AS BIGINT)`;
      sql = cut ? `((${value.sql}) // ${power} * ${power})` : `round(${value.sql}, ${digits})`;
    } else if (typeof args[1]!.literal === 'string' && Number(args[1]!.literal) >= 0) {
      sql = `${cut ? 'trunc' : 'round'}(${value.sql}, ${digits})`;
    } else {
      const power = `pow(10, ${digits})`;
      sql = `(${cut ? 'trunc' : 'round'}(CAST(${value.sql} AS DOUBLE) * ${power}) / ${power})`;
    }
    return { sql: `CAST(${sql} AS ${duckdbType(type)})`, type, nullable: args.some((a) => a.nullable) };
  },
};

const power: BuiltIn = {
  arity: [2, 2],
  bind: ({ args }) => {
    const base = number(args[0]!);
    const sql = `pow(CAST(${base.sql} AS DOUBLE), ${convert(args[1]!, FLOAT).sql})`;
    const type: SqlType =
      base.type.name === 'decimal' ? { name: 'decimal', precision: 38, scale: base.type.scale ?? 0 } : base.type;
    const whole = isInteger(type) ? `trunc(${sql})` : sql;
    return { sql: `CAST(${whole} AS ${duckdbType(type)})`, type, nullable: args.some((a) => a.nullable) };
  },
};

export const MATH: Family = {
  ABS: kept((x) => `abs(${x})`),
  SIGN: kept((x) => `sign(${x})`),
  CEILING: kept((x) => `ceil(${x})`, true),
  FLOOR: kept((x) => `floor(${x})`, true),
  ROUND: round,
  POWER: power,
  SQRT: float((x) => `sqrt(${x})`),
  SQUARE: float((x) => `(${x} * ${x})`),
  EXP: float((x) => `exp(${x})`),
  LOG: float((x, base) => (base === undefined ? `ln(${x})` : `(ln(${x}) / ln(${base}))`), [1, 2]),
  LOG10: float((x) => `log10(${x})`),
  SIN: float((x) => `sin(${x})`),
  COS: float((x) => `cos(${x})`),
  TAN: float((x) => `tan(${x})`),
  COT: float((x) => `cot(${x})`),
  ASIN: float((x) => `asin(${x})`),
  ACOS: float((x) => `acos(${x})`),
  ATAN: float((x) => `atan(${x})`),
  ATN2: float((y, x) => `atan2(${y}, ${x})`, [2, 2]),
  DEGREES: {
    arity: [1, 1],
    bind: ({ args }) => ({
      sql: `degrees(${convert(number(args[0]!), FLOAT).sql})`,
      type: FLOAT,
      nullable: args[0]!.nullable,
    }),
  },
  RADIANS: {
    arity: [1, 1],
    bind: ({ args }) => ({
      sql: `radians(${convert(number(args[0]!), FLOAT).sql})`,
      type: FLOAT,
      nullable: args[0]!.nullable,
    }),
  },
  PI: { arity: [0, 0], bind: () => ({ sql: 'pi()', type: FLOAT, nullable: false }) },
  RAND: { arity: [0, 1], bind: () => ({ sql: 'random()', type: FLOAT, nullable: false }) },
  ISNUMERIC: {
    arity: [1, 1],
    bind: ({ args }) => {
      const value = args[0]!;
      if (isNumeric(value.type) || isMoney(value.type))
        return { sql: `CAST(${value.sql} IS NOT NULL AS INTEGER)`, type: INT, nullable: false };
      const text = isCharacter(value.type) ? value.sql : 'NULL';
      return { sql: `CAST(TRY_CAST(trim(${text}) AS DOUBLE) IS NOT NULL AS INTEGER)`, type: INT, nullable: false };
    },
  },
};
