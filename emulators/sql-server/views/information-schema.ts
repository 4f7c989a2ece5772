import type { SqlType } from '../../tsql/sql-type.ts';
import type { DatabaseObject, ForeignKeyDefinition, KeyDefinition } from '../catalog.ts';
import type { Engine } from '../engine.ts';
import { type SystemView, sysname, view } from '../system-view.ts';
import { isBinary, isText, typeInfo } from '../type-info.ts';
import { COLLATION } from './sys.ts';

/** The views of the SQL standard, with SQL Server's columns. */

const text = (length: number): SqlType => ({ name: 'nvarchar', length });
const int: SqlType = { name: 'int' };
const tinyint: SqlType = { name: 'tinyint' };
const smallint: SqlType = { name: 'smallint' };
const datetime: SqlType = { name: 'datetime' };
const yes = (value: boolean): string => (value ? 'YES' : 'NO');

const ofKind = (engine: Engine, ...kinds: DatabaseObject['kind'][]): DatabaseObject[] =>
  [...engine.catalog.objects()].filter((each) => kinds.includes(each.kind));

/** The key that a foreign key refers to: the one of just its columns. */
function referencedKey(engine: Engine, each: ForeignKeyDefinition): KeyDefinition | undefined {
  const wanted = each.referenced.columns.map((name) => name.toLowerCase()).sort();
  return engine.catalog
    .table(each.referenced.schema, each.referenced.name)
    ?.keys.find((key) => key.unique && `${key.columns.map(({ name }) => name.toLowerCase()).sort()}` === `${wanted}`);
}

export function views(): [string, SystemView][] {
  const entries: Record<string, SystemView> = {
    schemata: view(
      { CATALOG_NAME: sysname, SCHEMA_NAME: sysname, SCHEMA_OWNER: sysname, DEFAULT_CHARACTER_SET_NAME: sysname },
      (engine) =>
        engine.catalog.schemas.map((each) => ({
          CATALOG_NAME: engine.database.name,
          SCHEMA_NAME: each.name,
          SCHEMA_OWNER: 'dbo',
          DEFAULT_CHARACTER_SET_NAME: 'iso_1',
        })),
    ),
    tables: view(
      {
        TABLE_CATALOG: sysname,
        TABLE_SCHEMA: sysname,
        TABLE_NAME: sysname,
        TABLE_TYPE: { name: 'varchar', length: 10 },
      },
      (engine) =>
        ofKind(engine, 'table', 'view').map((each) => ({
          TABLE_CATALOG: engine.database.name,
          TABLE_SCHEMA: each.schema,
          TABLE_NAME: each.name,
          TABLE_TYPE: each.kind === 'table' ? 'BASE TABLE' : 'VIEW',
        })),
    ),
    views: view(
      {
        TABLE_CATALOG: sysname,
        TABLE_SCHEMA: sysname,
        TABLE_NAME: sysname,
        VIEW_DEFINITION: text(4000),
        CHECK_OPTION: { name: 'varchar', length: 7 },
        IS_UPDATABLE: { name: 'varchar', length: 2 },
      },
      (engine) =>
        ofKind(engine, 'view').map((each) => ({
          TABLE_CATALOG: engine.database.name,
          TABLE_SCHEMA: each.schema,
          TABLE_NAME: each.name,
          VIEW_DEFINITION: each.kind === 'table' ? null : each.text.slice(0, 4000),
          CHECK_OPTION: 'NONE',
          IS_UPDATABLE: 'NO',
        })),
    ),
    columns: view(
      {
        TABLE_CATALOG: sysname,
        TABLE_SCHEMA: sysname,
        TABLE_NAME: sysname,
        COLUMN_NAME: sysname,
        ORDINAL_POSITION: int,
        COLUMN_DEFAULT: text(4000),
        IS_NULLABLE: { name: 'varchar', length: 3 },
        DATA_TYPE: sysname,
        CHARACTER_MAXIMUM_LENGTH: int,
        CHARACTER_OCTET_LENGTH: int,
        NUMERIC_PRECISION: tinyint,
        NUMERIC_PRECISION_RADIX: smallint,
        NUMERIC_SCALE: int,
        DATETIME_PRECISION: smallint,
        CHARACTER_SET_NAME: sysname,
        COLLATION_NAME: sysname,
      },
      (engine) =>
        engine.catalog.relations().flatMap((table) =>
          table.columns.map((each, position) => {
            const info = typeInfo(each.type);
            const sized = isText(each.type) || isBinary(each.type);
            const length = each.type.length === 'max' ? -1 : (each.type.length ?? 1);
            const temporal = /date|time/.test(each.type.name);
            const numeric = !sized && !temporal && each.type.name !== 'bit' && each.type.name !== 'uniqueidentifier';
            const approximate = each.type.name === 'float' || each.type.name === 'real';
            return {
              TABLE_CATALOG: engine.database.name,
              TABLE_SCHEMA: table.schema,
              TABLE_NAME: table.name,
              COLUMN_NAME: each.name,
              ORDINAL_POSITION: position + 1,
              COLUMN_DEFAULT: each.default ? `(${each.default.text})` : null,
              IS_NULLABLE: yes(each.nullable),
              DATA_TYPE: each.type.name,
              CHARACTER_MAXIMUM_LENGTH: sized ? length : null,
              CHARACTER_OCTET_LENGTH: sized ? info.bytes : null,
              NUMERIC_PRECISION: numeric ? info.precision : null,
              NUMERIC_PRECISION_RADIX: numeric ? (approximate ? 2 : 10) : null,
              NUMERIC_SCALE: numeric && !approximate ? info.scale : null,
              DATETIME_PRECISION: temporal ? info.scale : null,
              CHARACTER_SET_NAME: isText(each.type) ? (each.type.name.startsWith('n') ? 'UNICODE' : 'iso_1') : null,
              COLLATION_NAME: isText(each.type) ? (each.collation ?? COLLATION) : null,
            };
          }),
        ),
    ),
    routines: view(
      {
        SPECIFIC_CATALOG: sysname,
        SPECIFIC_SCHEMA: sysname,
        SPECIFIC_NAME: sysname,
        ROUTINE_CATALOG: sysname,
        ROUTINE_SCHEMA: sysname,
        ROUTINE_NAME: sysname,
        ROUTINE_TYPE: text(20),
        ROUTINE_DEFINITION: text(4000),
        CREATED: datetime,
        LAST_ALTERED: datetime,
      },
      (engine) =>
        ofKind(engine, 'procedure', 'function').map((each) => ({
          SPECIFIC_CATALOG: engine.database.name,
          SPECIFIC_SCHEMA: each.schema,
          SPECIFIC_NAME: each.name,
          ROUTINE_CATALOG: engine.database.name,
          ROUTINE_SCHEMA: each.schema,
          ROUTINE_NAME: each.name,
          ROUTINE_TYPE: each.kind.toUpperCase(),
          ROUTINE_DEFINITION: each.kind === 'table' ? null : each.text.slice(0, 4000),
          CREATED: each.created,
          LAST_ALTERED: each.modified,
        })),
    ),
    table_constraints: view(
      {
        CONSTRAINT_CATALOG: sysname,
        CONSTRAINT_SCHEMA: sysname,
        CONSTRAINT_NAME: sysname,
        TABLE_CATALOG: sysname,
        TABLE_SCHEMA: sysname,
        TABLE_NAME: sysname,
        CONSTRAINT_TYPE: { name: 'varchar', length: 11 },
        IS_DEFERRABLE: { name: 'varchar', length: 2 },
        INITIALLY_DEFERRED: { name: 'varchar', length: 2 },
      },
      (engine) =>
        engine.catalog.tables().flatMap((table) =>
          [
            ...table.keys
              .filter((each) => each.kind !== 'index')
              .map((each) => [each.name, each.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE']),
            ...table.foreignKeys.map((each) => [each.name, 'FOREIGN KEY']),
            ...table.checks.map((each) => [each.name, 'CHECK']),
          ].map(([name, type]) => ({
            CONSTRAINT_CATALOG: engine.database.name,
            CONSTRAINT_SCHEMA: table.schema,
            CONSTRAINT_NAME: name ?? null,
            TABLE_CATALOG: engine.database.name,
            TABLE_SCHEMA: table.schema,
            TABLE_NAME: table.name,
            CONSTRAINT_TYPE: type ?? null,
            IS_DEFERRABLE: 'NO',
            INITIALLY_DEFERRED: 'NO',
          })),
        ),
    ),
    referential_constraints: view(
      {
        CONSTRAINT_CATALOG: sysname,
        CONSTRAINT_SCHEMA: sysname,
        CONSTRAINT_NAME: sysname,
        UNIQUE_CONSTRAINT_CATALOG: sysname,
        UNIQUE_CONSTRAINT_SCHEMA: sysname,
        UNIQUE_CONSTRAINT_NAME: sysname,
        MATCH_OPTION: { name: 'varchar', length: 7 },
        UPDATE_RULE: { name: 'varchar', length: 11 },
        DELETE_RULE: { name: 'varchar', length: 11 },
      },
      (engine) =>
        engine.catalog.tables().flatMap((table) =>
          table.foreignKeys.map((each) => ({
            CONSTRAINT_CATALOG: engine.database.name,
            CONSTRAINT_SCHEMA: table.schema,
            CONSTRAINT_NAME: each.name,
            UNIQUE_CONSTRAINT_CATALOG: engine.database.name,
            UNIQUE_CONSTRAINT_SCHEMA: each.referenced.schema,
            UNIQUE_CONSTRAINT_NAME: referencedKey(engine, each)?.name ?? null,
            MATCH_OPTION: 'SIMPLE',
            UPDATE_RULE: each.onUpdate,
            DELETE_RULE: each.onDelete,
          })),
        ),
    ),
    check_constraints: view(
      {
        CONSTRAINT_CATALOG: sysname,
        CONSTRAINT_SCHEMA: sysname,
        CONSTRAINT_NAME: sysname,
        CHECK_CLAUSE: text(4000),
      },
      (engine) =>
        engine.catalog.tables().flatMap((table) =>
          table.checks.map((each) => ({
            CONSTRAINT_CATALOG: engine.database.name,
            CONSTRAINT_SCHEMA: table.schema,
            CONSTRAINT_NAME: each.name,
            CHECK_CLAUSE: `(${each.text})`,
          })),
        ),
    ),
    constraint_column_usage: view(
      {
        TABLE_CATALOG: sysname,
        TABLE_SCHEMA: sysname,
        TABLE_NAME: sysname,
        COLUMN_NAME: sysname,
        CONSTRAINT_CATALOG: sysname,
        CONSTRAINT_SCHEMA: sysname,
        CONSTRAINT_NAME: sysname,
      },
      (engine) =>
        engine.catalog.tables().flatMap((table) =>
          [
            ...table.keys
              .filter((each) => each.kind !== 'index')
              .map((each) => ({ name: each.name, columns: each.columns.map((key) => key.name) })),
            ...table.foreignKeys,
          ].flatMap((each) =>
            each.columns.map((name) => ({
              TABLE_CATALOG: engine.database.name,
              TABLE_SCHEMA: table.schema,
              TABLE_NAME: table.name,
              COLUMN_NAME: name,
              CONSTRAINT_CATALOG: engine.database.name,
              CONSTRAINT_SCHEMA: table.schema,
              CONSTRAINT_NAME: each.name,
            })),
          ),
        ),
    ),
    key_column_usage: view(
      {
        CONSTRAINT_CATALOG: sysname,
        CONSTRAINT_SCHEMA: sysname,
        CONSTRAINT_NAME: sysname,
        TABLE_CATALOG: sysname,
        TABLE_SCHEMA: sysname,
        TABLE_NAME: sysname,
        COLUMN_NAME: sysname,
        ORDINAL_POSITION: int,
      },
      (engine) =>
        engine.catalog.tables().flatMap((table) =>
          [
            ...table.keys
              .filter((each) => each.kind !== 'index')
              .map((each) => ({ name: each.name, columns: each.columns.map((key) => key.name) })),
            ...table.foreignKeys,
          ].flatMap((each) =>
            each.columns.map((name, position) => ({
              CONSTRAINT_CATALOG: engine.database.name,
              CONSTRAINT_SCHEMA: table.schema,
              CONSTRAINT_NAME: each.name,
              TABLE_CATALOG: engine.database.name,
              TABLE_SCHEMA: table.schema,
              TABLE_NAME: table.name,
              COLUMN_NAME: name,
              ORDINAL_POSITION: position + 1,
            })),
          ),
        ),
    ),
  };
  return Object.entries(entries).map(([name, each]) => [`information_schema.${name}`, each]);
}
