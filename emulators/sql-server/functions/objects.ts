import type { ScalarFunctionResult } from '../../tsql/index.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { constraintNames, type DatabaseObject, type TableDefinition } from '../catalog.ts';
import type { Engine } from '../engine.ts';
import { type Functions, int, lookup, type MetadataFunction, sysname, textMax } from './lookup.ts';

/** Of objects and schemas. */
export const objectFunctions: Functions = {
  OBJECT_ID: {
    least: 1,
    most: 2,
    build: (engine, [name = '', type]) => {
      const entries: [string, number][] = [];
      for (const { id, schema, object, code } of named(engine)) {
        const full = `${schema}.${object}`;
        const names = [
          full,
          `${engine.database.name}.${full}`,
          ...(schema.toLowerCase() === 'dbo' ? [object, `.${object}`] : []),
        ];
        for (const each of names) {
          entries.push([`${each.toLowerCase()}`, id], [`${each.toLowerCase()}/${code.toLowerCase()}`, id]);
        }
      }
      for (const [object, table] of engine.transaction.temporary) {
        for (const each of [object, `tempdb..${object}`, `tempdb.dbo.${object}`]) {
          entries.push([each, table.id], [`${each}/u`, table.id]);
        }
      }
      const key = `regexp_replace(lower(${name}), '[\\[\\]"]', '', 'g')`;
      return { sql: lookup(entries, type ? `${key} || '/' || lower(trim(${type}))` : key, 'INTEGER'), type: int };
    },
  },
  OBJECT_NAME: byId(sysname, (each) => each.object, 2),
  OBJECT_SCHEMA_NAME: byId(sysname, (each) => each.schema, 2),
  OBJECT_DEFINITION: {
    least: 1,
    most: 1,
    build: (engine, [id = '']) => ({
      sql: lookup(
        [...engine.catalog.objects()].flatMap((each): [string, string][] =>
          each.kind === 'table' ? [] : [[String(each.id), each.text]],
        ),
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type: textMax,
    }),
  },
  OBJECTPROPERTY: { least: 2, most: 2, build: objectProperty },
  OBJECTPROPERTYEX: { least: 2, most: 2, build: objectProperty },
  SCHEMA_NAME: {
    least: 1,
    most: 1,
    build: (engine, [id = '']) => ({
      sql: lookup(
        engine.catalog.schemas.map((each) => [String(each.id), each.name]),
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  SCHEMA_ID: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        engine.catalog.schemas.map((each) => [each.name.toLowerCase(), each.id]),
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
};

interface Named {
  readonly id: number;
  readonly schema: string;
  readonly object: string;
  readonly code: string;
}

const CODES: Readonly<Record<DatabaseObject['kind'], string>> = {
  table: 'U',
  view: 'V',
  procedure: 'P',
  function: 'FN',
};

function named(engine: Engine): Named[] {
  return [...engine.catalog.objects()].flatMap((each) => [
    { id: each.id, schema: each.schema, object: each.name, code: CODES[each.kind] },
    ...(each.kind === 'table' ? namedConstraints(each) : []),
  ]);
}

function namedConstraints(table: TableDefinition): Named[] {
  const all = [
    ...table.keys
      .filter((each) => each.kind !== 'index')
      .map((each) => ({ ...each, code: each.kind === 'primary' ? 'PK' : 'UQ' })),
    ...table.checks.map((each) => ({ ...each, code: 'C' })),
    ...table.foreignKeys.map((each) => ({ ...each, code: 'F' })),
    ...table.columns.flatMap((each) => (each.default ? [{ ...each.default, code: 'D' }] : [])),
  ];
  return all.map((each) => ({ id: each.id, schema: table.schema, object: each.name, code: each.code }));
}

function byId(type: SqlType, value: (each: Named) => string, most: number): MetadataFunction {
  return {
    least: 1,
    most,
    build: (engine, [id = '']) => ({
      sql: lookup(
        named(engine).map((each) => [String(each.id), value(each)]),
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type,
    }),
  };
}

function objectProperty(engine: Engine, [id = '', property = '']: readonly string[]): ScalarFunctionResult {
  const entries: [string, number][] = [];
  for (const each of engine.catalog.objects()) {
    const table = each.kind === 'table' ? each : undefined;
    const properties = {
      IsTable: table ? 1 : 0,
      IsUserTable: table && !table.system ? 1 : 0,
      IsView: each.kind === 'view' ? 1 : 0,
      IsProcedure: each.kind === 'procedure' ? 1 : 0,
      IsMSShipped: table?.system ? 1 : 0,
      SchemaId: engine.catalog.schema(each.schema)?.id ?? 1,
      OwnerId: 1,
      TableHasIdentity: table?.columns.some((column) => column.identity) ? 1 : 0,
      TableHasPrimaryKey: table?.keys.some((key) => key.kind === 'primary') ? 1 : 0,
      TableHasForeignKey: table && table.foreignKeys.length > 0 ? 1 : 0,
      TableHasClustIndex: table?.keys.some((key) => key.clustered) ? 1 : 0,
      ExecIsQuotedIdentOn: 1,
      ExecIsAnsiNullsOn: 1,
    };
    for (const [name, value] of Object.entries(properties)) entries.push([`${each.id}/${name}`.toLowerCase(), value]);
    if (table) {
      for (const name of constraintNames(table)) {
        const found = namedConstraints(table).find((constraint) => constraint.object === name);
        if (found) entries.push([`${found.id}/isconstraint`, 1]);
      }
    }
  }
  return { sql: lookup(entries, `lower(concat(${id}, '/', ${property}))`, 'INTEGER'), type: int };
}
