import { SqlError } from '../../tsql/sql-error.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { resolve } from '../bind-catalog.ts';
import { column, type TableDefinition } from '../catalog.ts';
import { renameColumn, renameObject, renamePart } from '../ddl/rename.ts';
import { find } from '../ddl/table.ts';
import type { SystemProcedure } from '../dialect.ts';
import type { Engine } from '../engine.ts';
import { splitName } from './execute.ts';

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql */
const name: SqlType = { name: 'nvarchar', length: 1035 };

export const rename: SystemProcedure = {
  parameters: [
    { name: '@objname', type: name },
    { name: '@newname', type: { name: 'nvarchar', length: 128 } },
    { name: '@objtype', type: { name: 'varchar', length: 13 }, default: null },
  ],
  async run(engine, { values, sink }) {
    const given = String(values.get('@objname') ?? '');
    const to = String(values.get('@newname') ?? '');
    const type = values.get('@objtype') ?? null;
    const found = await engine.transaction.write(() =>
      renameAny(engine, splitName(given), to, type === null ? undefined : String(type).trim().toUpperCase()),
    );
    if (!found) {
      const asked = type === null ? '(null)' : String(type);
      throw new SqlError(
        15225,
        `No item by the name of '${given}' could be found in the current database '${engine.database.name}', given that @itemtype was input as '${asked}'.`,
        { severity: 11 },
      );
    }
    sink.info(15477, 'Caution: Changing any part of an object name could break scripts and stored procedures.', 0, 1);
    return 0;
  },
};

/** @returns false when there is no such thing. */
async function renameAny(engine: Engine, parts: readonly string[], to: string, type?: string): Promise<boolean> {
  if (type === 'COLUMN' || type === 'INDEX') {
    const table = parts.length > 1 ? find(engine, { parts: parts.slice(0, -1), line: 1 }) : undefined;
    const from = parts.at(-1) ?? '';
    if (!table) return ambiguous(type);
    if (type === 'INDEX') return renamePart(engine, table, from, to);
    if (!column(table, from)) return ambiguous(type);
    await renameColumn(engine, table, from, to);
    return true;
  }
  if (type !== undefined && type !== 'OBJECT') return false;
  const { schema, object } = resolve(engine, { parts, line: 1 });
  const found = engine.catalog.find(schema, object);
  if (found) {
    await renameObject(engine, found, to);
    return true;
  }
  const inSchema = (each: TableDefinition): boolean => each.schema.toLowerCase() === schema.toLowerCase();
  return engine.catalog
    .tables()
    .some((each) => inSchema(each) && constraintOf(each, object) && renamePart(engine, each, object, to));
}

/** Without INDEX only constraints are meant: indexes are not objects. */
const constraintOf = (table: TableDefinition, written: string): boolean =>
  !table.keys.some((each) => each.kind === 'index' && each.name.toLowerCase() === written.toLowerCase());

function ambiguous(type: string): never {
  throw new SqlError(15248, `Either the parameter @objname is ambiguous or the claimed @objtype (${type}) is wrong.`, {
    severity: 11,
  });
}
