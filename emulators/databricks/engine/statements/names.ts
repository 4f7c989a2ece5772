import { rm } from 'node:fs/promises';
import {
  Binding,
  bindQuery,
  emptyScope,
  SparkError,
  type Statement,
  type StatementNode,
} from '../../../spark-sql/index.ts';
import { localPath } from '../lake.ts';
import type { Result, Session } from '../session.ts';
import { nothing } from './index.ts';

type Node<K extends StatementNode['node']> = Extract<StatementNode, { node: K }>;

export function createCatalog({ engine }: Session, { name, ifNotExists }: Node<'createCatalog'>): Result {
  if (!engine.catalog.createCatalog(name.toLowerCase()) && !ifNotExists)
    throw new SparkError('CATALOG_ALREADY_EXISTS', `Cannot create catalog \`${name}\` because it already exists.`, {
      sqlState: '42710',
    });
  return nothing;
}

export function createSchema(session: Session, { name, ifNotExists, location }: Node<'createSchema'>): Result {
  const { catalog, lake } = session.engine;
  const schema = session.schemaName(name);
  if (catalog.findSchema(schema) !== undefined) {
    if (ifNotExists) return nothing;
    throw new SparkError(
      'SCHEMA_ALREADY_EXISTS',
      `Cannot create schema \`${schema.join('`.`')}\` because it already exists.`,
    );
  }
  if (location !== undefined) localPath(lake, location);
  catalog.createSchema(schema, location);
  return nothing;
}

export async function createView(session: Session, parsed: Statement, statement: Node<'createView'>): Promise<Result> {
  const { name, replace, ifNotExists, temporary, columns, text } = statement;
  // Bound now, so that a view that cannot be read is refused; what is kept is its text.
  bindQuery(new Binding(await session.environment(parsed)), emptyScope(), statement.query);
  if (temporary) {
    const key = name.at(-1)!.toLowerCase();
    if (session.temporaryViews.has(key) && !replace)
      throw new SparkError(
        'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
        `Cannot create the temporary view \`${key}\` because it already exists.`,
        { sqlState: '42P07' },
      );
    session.temporaryViews.set(key, { text, columns, namespace: session.namespace });
    return nothing;
  }
  const { catalog } = session.engine;
  const view = session.tableName(name);
  const existing = catalog.find(view);
  if (existing !== undefined) {
    if (ifNotExists) return nothing;
    if (!replace || existing.kind === 'table')
      throw new SparkError(
        'TABLE_OR_VIEW_ALREADY_EXISTS',
        `Cannot create table or view \`${view[1]}\`.\`${view[2]}\` because it already exists.`,
      );
  }
  catalog.put(view, { kind: 'view', name: view[2], text, columns, namespace: session.namespace });
  return nothing;
}

export async function dropRelation(session: Session, { what, name, ifExists, cascade }: Node<'drop'>): Promise<Result> {
  const { catalog, tables } = session.engine;
  if (what === 'SCHEMA') {
    const schema = session.schemaName(name);
    const found = catalog.findSchema(schema);
    if (found === undefined) {
      if (ifExists) return nothing;
      catalog.schema(schema);
    }
    const entries = [...found!.relations.values()];
    if (entries.length > 0 && !cascade)
      throw new SparkError(
        'SCHEMA_NOT_EMPTY',
        `Cannot drop a schema \`${schema.join('`.`')}\` because it contains objects. Use DROP SCHEMA ... CASCADE to drop the schema and all its objects.`,
      );
    for (const entry of entries)
      if (entry.kind === 'table' && entry.managed) await rm(entry.location, { recursive: true, force: true });
    catalog.dropSchema(schema);
    return nothing;
  }
  if (what === 'VIEW' && name.length === 1 && session.temporaryViews.delete(name[0]!.toLowerCase())) return nothing;
  const relation = session.tableName(name);
  const entry = catalog.find(relation);
  if (entry === undefined) {
    if (ifExists) return nothing;
    throw new SparkError(
      'TABLE_OR_VIEW_NOT_FOUND',
      `The table or view \`${name.join('`.`')}\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
    );
  }
  if ((entry.kind === 'view') !== (what === 'VIEW'))
    throw new SparkError(
      'WRONG_COMMAND_FOR_OBJECT_TYPE',
      `The operation DROP ${what} requires a ${what}. But \`${relation.join('`.`')}\` is a ${entry.kind.toUpperCase()}.`,
      { sqlState: '42809' },
    );
  catalog.remove(relation);
  if (entry.kind === 'table') {
    tables.forget(entry.location);
    if (entry.managed) await rm(entry.location, { recursive: true, force: true });
  }
  return nothing;
}

export function use(session: Session, { name, catalog }: Node<'use'>): Result {
  if (catalog) {
    session.engine.catalog.schemas(name[0]!.toLowerCase());
    session.namespace = [name[0]!.toLowerCase(), 'default'];
    return nothing;
  }
  const schema = session.schemaName(name);
  session.engine.catalog.schema(schema);
  session.namespace = schema;
  return nothing;
}
