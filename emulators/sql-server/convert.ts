import { bindExpression } from '../tsql/index.ts';
import type { SqlType, SqlValue } from '../tsql/sql-type.ts';
import type { Engine } from './engine.ts';
import { type Argument, rows } from './run.ts';
import { isBinary, isText, typeInfo } from './type-info.ts';

/** A value converted as assignment to a parameter of this type would. @throws SqlError 245, 8114, 8115 ... */
export async function convert(engine: Engine, argument: Argument, type: SqlType): Promise<SqlValue> {
  if (argument.value === null) return null;
  const same = fits(argument, type);
  if (same !== undefined) return same;
  const bound = bindExpression(
    { kind: 'variable', name: '@value', line: 1 },
    { ...engine.context(), variable: () => argument.type },
    type,
  );
  const found = await rows(
    engine.connection,
    bound.sql,
    bound.parameters.map(() => argument),
    bound.columns.map((each) => each.type),
  );
  return found[0]?.[0] ?? null;
}

/** The common cases that need no query: the same type, or text and bytes into their like. */
function fits({ type: from, value }: Argument, to: SqlType): SqlValue | undefined {
  if (isText(from) && isText(to) && typeof value === 'string') {
    const cut = to.length === 'max' ? value : value.slice(0, to.length ?? 1);
    return to.name === 'char' || to.name === 'nchar' ? cut.padEnd(Number(to.length ?? 1)) : cut;
  }
  if (isBinary(from) && isBinary(to) && value instanceof Uint8Array) {
    const length = to.length === 'max' ? value.length : (to.length ?? 1);
    if (to.name === 'varbinary' || value.length >= length) return value.slice(0, length);
    const padded = new Uint8Array(length);
    padded.set(value);
    return padded;
  }
  if (from.name !== to.name || isText(to) || isBinary(to)) return undefined;
  const [a, b] = [typeInfo(from), typeInfo(to)];
  return a.precision === b.precision && a.scale === b.scale ? value : undefined;
}
