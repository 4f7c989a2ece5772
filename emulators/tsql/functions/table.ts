import type { ObjectName } from '../ast.ts';
import { BIGINT, duckdbType, INT, unify } from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import type { Relation } from '../catalog.ts';
import { convert } from '../emit/convert.ts';
import { quoteIdentifier } from '../quote.ts';
import { asText, textType } from './call.ts';

/** Table functions of the language itself: STRING_SPLIT and GENERATE_SERIES. undefined for any other name. */
export function builtinTableFunction(name: ObjectName, args: readonly BoundExpression[]): Relation | undefined {
  if (name.parts.length !== 1) return undefined;
  switch (name.parts[0]!.toUpperCase()) {
    case 'STRING_SPLIT':
      return stringSplit(args);
    case 'GENERATE_SERIES':
      return generateSeries(args);
    default:
      return undefined;
  }
}

function stringSplit(args: readonly BoundExpression[]): Relation | undefined {
  if (args.length < 2 || args.length > 3) return undefined;
  const [text, separator] = [asText(args[0]!), asText(args[1]!)];
  const parts = `string_split(${text.sql}, ${separator.sql})`;
  const value = { name: 'value', type: textType(text), nullable: true };
  if (args[2] === undefined || args[2].literal === '0') {
    return { sql: `(SELECT unnest(${parts}) AS "value")`, columns: [value] };
  }
  const sql = `(SELECT unnest(${parts}) AS "value", CAST(generate_subscripts(${parts}, 1) AS BIGINT) AS "ordinal")`;
  return { sql, columns: [value, { name: 'ordinal', type: BIGINT, nullable: false }] };
}

function generateSeries(args: readonly BoundExpression[]): Relation | undefined {
  const [from, to, step] = args;
  if (!from || !to || args.length > 3) return undefined;
  const type = [from, to, ...(step ? [step] : [])]
    .map((a) => (a.untypedNull ? INT : a.type))
    .reduce((a, b) => unify(a, b));
  const bound = (value: BoundExpression) => convert(value, BIGINT).sql;
  // Without a step the series runs towards the end, up or down.
  const by = step ? bound(step) : `CASE WHEN ${bound(from)} <= ${bound(to)} THEN 1 ELSE -1 END`;
  const column = quoteIdentifier('value');
  const sql = `(SELECT CAST(unnest(generate_series(${bound(from)}, ${bound(to)}, ${by})) AS ${duckdbType(type)}) AS ${column})`;
  return { sql, columns: [{ name: 'value', type, nullable: false }] };
}
