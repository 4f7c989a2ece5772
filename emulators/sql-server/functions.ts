import type { BoundExpression, ObjectName, ScalarFunctionResult } from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { Engine } from './engine.ts';
import { columnFunctions } from './functions/columns.ts';
import type { Functions } from './functions/lookup.ts';
import { objectFunctions } from './functions/objects.ts';
import { principalFunctions } from './functions/principals.ts';
import { serverFunctions } from './functions/server.ts';

/**
 * Metadata functions (OBJECT_ID, COL_NAME, SERVERPROPERTY, ...). Each becomes a lookup in a constant map of what the session's catalog
 * holds, so that it works on columns as well as on literals.
 */
const FUNCTIONS: Functions = { ...objectFunctions, ...columnFunctions, ...serverFunctions, ...principalFunctions };

/** @throws SqlError 174 for a wrong count of arguments. undefined: not one of these. */
export function scalarFunction(
  engine: Engine,
  name: ObjectName,
  args: readonly BoundExpression[],
): ScalarFunctionResult | undefined {
  const written = name.parts.at(-1)?.toUpperCase() ?? '';
  const found = FUNCTIONS[written];
  if (!found || name.parts.length > 1) return undefined;
  if (args.length < found.least || args.length > found.most) {
    throw new SqlError(174, `The ${written.toLowerCase()} function requires ${found.least} argument(s).`, {
      severity: 15,
      line: name.line,
    });
  }
  return {
    ...found.build(
      engine,
      args.map((each) => each.sql),
      args.map((each) => each.type),
    ),
    nullable: true,
  };
}
