import type { CreateIndex, DropIndex } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import { checkExistingKey } from '../dml/constraints.ts';
import type { Engine } from '../engine.ts';
import { addKey, nextId } from './build-table.ts';
import { find, replace } from './table.ts';

/** CREATE and DROP INDEX. An index is a record in our catalog, and a check of uniqueness where it is unique. */

export async function createIndex(engine: Engine, node: CreateIndex): Promise<void> {
  const table = find(engine, node.table);
  const written = node.table.parts.filter((each) => each !== '').join('.');
  if (!table) {
    throw new SqlError(
      1088,
      `Cannot find the object "${written}" because it does not exist or you do not have permissions.`,
      { state: 12 },
    );
  }
  if (node.where && node.unique) throw notImplemented('a filtered unique index', node.line);
  await engine.transaction.write(
    async () => {
      if (table.keys.some((each) => each.name.toLowerCase() === node.name.toLowerCase())) {
        throw new SqlError(
          1913,
          `The operation failed because an index or statistics with name '${node.name}' already exists on table '${written}'.`,
        );
      }
      const changed = addKey(table, {
        id: table.storage ? engine.temporaryId() : nextId(engine),
        name: node.name,
        kind: 'index',
        unique: node.unique,
        clustered: node.clustered,
        columns: node.columns,
        included: node.include,
      });
      const key = changed.keys.at(-1);
      if (key?.unique) await checkExistingKey(engine, changed, key);
      replace(engine, changed);
    },
    { local: table.storage !== undefined },
  );
}

export async function dropIndex(engine: Engine, node: DropIndex): Promise<void> {
  for (const each of node.indexes) {
    const table = find(engine, each.table);
    const found = table?.keys.find((key) => key.kind === 'index' && key.name.toLowerCase() === each.name.toLowerCase());
    if (!table || !found) {
      if (node.ifExists) continue;
      throw new SqlError(
        3701,
        `Cannot drop the index '${each.table.parts.join('.')}.${each.name}', because it does not exist or you do not have permission.`,
        { severity: 11, state: 7 },
      );
    }
    await engine.transaction.write(
      async () => replace(engine, { ...table, keys: table.keys.filter((key) => key !== found) }),
      { local: table.storage !== undefined },
    );
  }
}
