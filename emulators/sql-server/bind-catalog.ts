import {
  type BoundExpression,
  type Catalog,
  type CatalogObject,
  type CatalogTable,
  type CreateView,
  type Expression,
  type FunctionCall,
  type ObjectName,
  type OpenRowset,
  parseBatch,
  type Relation,
  type ScalarFunctionResult,
} from '../tsql/index.ts';
import { notImplemented, SqlError } from '../tsql/sql-error.ts';
import type { ModuleDefinition, TableDefinition } from './catalog.ts';
import { quoteName } from './duck-type.ts';
import type { Engine } from './engine.ts';
import { scalarFunction } from './functions.ts';
import { SYSTEM_VIEWS } from './system-views.ts';

/** The binder's view of a session: its catalog, its temporary tables and table variables, the service's own functions and views. */
export class BindCatalog implements Catalog {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  object(name: ObjectName): CatalogObject | undefined {
    const { schema, object } = resolve(this.#engine, name);
    const local = object.startsWith('#') || object.startsWith('@') ? this.#engine.local(object) : undefined;
    if (local) return catalogTable(local);
    const system = systemView(this.#engine, schema, object);
    if (system) return system;
    const found = this.#engine.catalog.find(schema, object);
    if (found?.kind === 'table') return catalogTable(found);
    if (found?.kind === 'view') return catalogView(found);
    return undefined;
  }

  tableFunction(name: ObjectName, args: readonly BoundExpression[]): Relation | undefined {
    return this.#engine.dialect.tableFunction?.(this.#engine, name, args);
  }

  scalarFunction(
    name: ObjectName,
    args: readonly BoundExpression[],
    call: FunctionCall,
  ): ScalarFunctionResult | undefined {
    return (
      this.#engine.dialect.scalarFunction?.(this.#engine, name, args, call) ?? scalarFunction(this.#engine, name, args)
    );
  }

  openRowset(node: OpenRowset): Relation | undefined {
    return this.#engine.dialect.openRowset?.(this.#engine, node);
  }
}

/** Splits a name into schema and object; the default schema is dbo. @throws SqlError for other databases and servers. */
export function resolve(engine: Engine, name: ObjectName): { schema: string; object: string; written: string } {
  const parts = [...name.parts];
  const object = parts.pop() ?? '';
  const schema = parts.pop() || 'dbo';
  const database = parts.pop() ?? '';
  const server = parts.pop() ?? '';
  if (server !== '') throw notImplemented('linked servers (four-part names)', name.line);
  if (
    database !== '' &&
    database.toLowerCase() !== engine.database.name.toLowerCase() &&
    !(database.toLowerCase() === 'tempdb' && object.startsWith('#'))
  ) {
    throw new SqlError(
      40515,
      `Reference to database and/or server name in '${name.parts.join('.')}' is not supported in this version of SQL Server.`,
      { severity: 15, line: name.line },
    );
  }
  return { schema, object, written: name.parts.filter((each) => each !== '').join('.') };
}

/** The relation's name in DuckDB, quoted. */
export function storageName(table: TableDefinition): string {
  const { storage } = table;
  return storage
    ? [storage.catalog, storage.schema, storage.name].map(quoteName).join('.')
    : `${quoteName(table.schema)}.${quoteName(table.name)}`;
}

const TABLES = new WeakMap<TableDefinition, CatalogTable>();

export function catalogTable(table: TableDefinition): CatalogTable {
  const known = TABLES.get(table);
  if (known) return known;
  const made: CatalogTable = {
    kind: 'table',
    schema: table.schema,
    name: table.name,
    sql: storageName(table),
    columns: table.columns.map((each) => ({
      name: each.name,
      type: each.type,
      nullable: each.nullable,
      ...(each.collation === undefined ? {} : { collation: each.collation }),
      ...(each.identity ? { identity: true } : {}),
      ...(each.default ? { default: parseExpression(each.default.text) } : {}),
    })),
  };
  TABLES.set(table, made);
  return made;
}

/** An expression kept as text in the catalog. */
export function parseExpression(text: string): Expression {
  const statement = parseBatch(`SELECT ${text}`).statements[0];
  const body = statement?.kind === 'select statement' ? statement.query.body : undefined;
  const item = body?.kind === 'select' ? body.items[0] : undefined;
  if (item?.kind !== 'item') throw new Error(`not an expression: ${text}`);
  return item.expression;
}

const VIEWS = new WeakMap<ModuleDefinition, CreateView>();

function catalogView(view: ModuleDefinition): CatalogObject {
  let parsed = VIEWS.get(view);
  if (!parsed) {
    const statement = parseBatch(view.text).statements[0];
    if (statement?.kind !== 'create view') throw new Error(`view ${view.name} is stored as something else`);
    parsed = statement;
    VIEWS.set(view, parsed);
  }
  return {
    kind: 'view',
    schema: view.schema,
    name: view.name,
    query: parsed.query,
    ...(parsed.columns ? { columnNames: parsed.columns } : {}),
  };
}

function systemView(engine: Engine, schema: string, name: string): CatalogObject | undefined {
  const key = `${schema}.${name}`.toLowerCase();
  const found = engine.dialect.systemViews?.get(key) ?? SYSTEM_VIEWS.get(key);
  if (!found) return undefined;
  return { kind: 'view', schema, name, sql: found.sql(engine), columns: found.columns };
}
