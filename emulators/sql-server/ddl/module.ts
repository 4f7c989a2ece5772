import type { CreateProcedure, CreateSchema, CreateView, DropObject, ObjectName } from '../../tsql/index.ts';
import { bindQuery } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import type { Column } from '../../tsql/sql-type.ts';
import { resolve } from '../bind-catalog.ts';
import type { ColumnDefinition, DatabaseObject, ModuleDefinition } from '../catalog.ts';
import { createSchema as createDuckSchema } from '../catalog-store.ts';
import { quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { alreadyExists, cannotDrop } from '../errors.ts';
import { forget } from '../extended-properties.ts';
import { run } from '../run.ts';
import { nextId } from './build-table.ts';
import { dropTable } from './table.ts';

/** Schemas, views and procedures: what is kept as text. */

export async function createSchema(engine: Engine, node: CreateSchema): Promise<void> {
  await engine.transaction.write(async () => {
    if (engine.catalog.schema(node.name)) throw alreadyExists(node.name);
    await createDuckSchema(engine.connection, node.name);
    const id = Math.max(4, ...engine.catalog.schemas.map((each) => each.id)) + 1;
    engine.transaction.catalog = engine.catalog.withSchemas([...engine.catalog.schemas, { id, name: node.name }]);
  });
}

export async function createModule(engine: Engine, node: CreateView | CreateProcedure): Promise<void> {
  const { schema, object } = resolve(engine, node.name);
  const kind = node.kind === 'create view' ? 'view' : 'procedure';
  await engine.transaction.write(async () => {
    if (!engine.catalog.schema(schema)) {
      throw new SqlError(
        2760,
        `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`,
      );
    }
    const existing = engine.catalog.find(schema, object);
    if (existing && (node.mode === 'create' || existing.kind !== kind)) throw alreadyExists(object);
    if (!existing && node.mode === 'alter') {
      throw new SqlError(208, `Invalid object name '${node.name.parts.join('.')}'.`, { state: 6, line: node.line });
    }
    // A view's query is bound now, so that its errors come with CREATE; a procedure's names are resolved when it runs.
    const columns = node.kind === 'create view' ? bindQuery(node.query, engine.context()).columns : undefined;
    const now = engine.now;
    const made: ModuleDefinition = {
      kind,
      id: existing?.id ?? nextId(engine),
      schema: existing?.schema ?? schema,
      name: existing?.name ?? object,
      text: node.source,
      ...(columns ? { columns: viewColumns(columns, node.kind === 'create view' ? node.columns : undefined) } : {}),
      created: existing?.created ?? now,
      modified: now,
    };
    engine.transaction.catalog = engine.catalog.with(made);
  });
}

const viewColumns = (columns: readonly Column[], names: readonly string[] | undefined): ColumnDefinition[] =>
  columns.map(({ name, type, nullable }, index) => ({ id: index + 1, name: names?.[index] ?? name, type, nullable }));

export async function drop(engine: Engine, node: DropObject, command: string): Promise<void> {
  for (const name of node.names) await dropOne(engine, node, name, command);
}

async function dropOne(engine: Engine, node: DropObject, name: ObjectName, command: string): Promise<void> {
  switch (node.object) {
    case 'table':
      return dropTable(engine, name, node.ifExists, command);
    case 'view':
    case 'procedure':
    case 'function':
      return dropModule(engine, name, node.object, node.ifExists);
    case 'schema':
      return dropSchema(engine, name, node.ifExists);
    case 'user':
    case 'role':
      return dropPrincipal(engine, name, node.object, node.ifExists);
    default:
      throw notImplemented(`DROP ${node.object.toUpperCase()}`, node.line);
  }
}

async function dropModule(
  engine: Engine,
  name: ObjectName,
  kind: DatabaseObject['kind'],
  ifExists: boolean,
): Promise<void> {
  const { schema, object, written } = resolve(engine, name);
  const found = engine.catalog.find(schema, object);
  if (found?.kind !== kind) {
    if (ifExists) return;
    throw cannotDrop(kind, written);
  }
  await engine.transaction.write(async () => {
    engine.transaction.catalog = engine.catalog.without(found);
  });
}

async function dropSchema(engine: Engine, name: ObjectName, ifExists: boolean): Promise<void> {
  const written = name.parts.at(-1) ?? '';
  const found = engine.catalog.schema(written);
  if (!found || found.id <= 4) {
    if (ifExists && !found) return;
    throw new SqlError(
      15151,
      `Cannot drop the schema '${written}', because it does not exist or you do not have permission.`,
    );
  }
  const inside = [...engine.catalog.objects()].find((each) => each.schema.toLowerCase() === written.toLowerCase());
  if (inside) {
    throw new SqlError(
      3729,
      `Cannot drop schema '${written}' because it is being referenced by object '${inside.name}'.`,
    );
  }
  await engine.transaction.write(async () => {
    await run(engine.connection, `DROP SCHEMA ${quoteName(found.name)}`);
    const left = engine.catalog.schemas.filter((each) => each !== found);
    engine.transaction.catalog = forget(engine.catalog.withSchemas(left), 'schema', found.id);
  });
}

/** Users and roles are recorded, not enforced: every login of the emulator is the database's owner. */
export async function createPrincipal(
  engine: Engine,
  name: string,
  type: 'S' | 'E' | 'R',
  alter: boolean,
): Promise<void> {
  await engine.transaction.write(async () => {
    const key = `principal:${name}`;
    const exists = engine.catalog.settings.has(key);
    if (exists && !alter) {
      throw new SqlError(15023, `User, group, or role '${name}' already exists in the current database.`);
    }
    if (!exists && alter) {
      throw new SqlError(
        15151,
        `Cannot alter the user '${name}', because it does not exist or you do not have permission.`,
      );
    }
    if (!alter) engine.transaction.catalog = engine.catalog.withSetting(key, type);
  });
}

async function dropPrincipal(engine: Engine, name: ObjectName, kind: string, ifExists: boolean): Promise<void> {
  const key = `principal:${name.parts.at(-1)}`;
  if (!engine.catalog.settings.has(key)) {
    if (ifExists) return;
    throw new SqlError(
      15151,
      `Cannot drop the ${kind} '${name.parts.at(-1)}', because it does not exist or you do not have permission.`,
    );
  }
  await engine.transaction.write(async () => {
    engine.transaction.catalog = engine.catalog.withSetting(key, undefined);
  });
}
