import type { BoundExpression, ObjectName, ScalarFunctionResult } from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { SqlType } from '../tsql/sql-type.ts';
import { constraintNames, type DatabaseObject, type TableDefinition } from './catalog.ts';
import { quoteText } from './duck-type.ts';
import type { Engine } from './engine.ts';
import { TYPE_NAMES, typeInfo } from './type-info.ts';

/**
 * Metadata functions (OBJECT_ID, COL_NAME, SERVERPROPERTY, ...). Each becomes a lookup in a constant map of what the session's catalog
 * holds, so that it works on columns as well as on literals.
 */

const sysname: SqlType = { name: 'nvarchar', length: 128 };
const int: SqlType = { name: 'int' };
const bigint: SqlType = { name: 'bigint' };
const textMax: SqlType = { name: 'nvarchar', length: 'max' };

type Build = (engine: Engine, args: readonly string[]) => ScalarFunctionResult;

const FUNCTIONS: Readonly<Record<string, { least: number; most: number; build: Build }>> = {
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
  DB_NAME: {
    least: 1,
    most: 1,
    build: (engine, [id = '']) => ({
      sql: lookup(
        [
          ['1', 'master'],
          ['2', 'tempdb'],
          ['5', engine.database.name],
        ],
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  DB_ID: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        [
          ['master', 1],
          ['tempdb', 2],
          [engine.database.name.toLowerCase(), 5],
        ],
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  HAS_DBACCESS: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        [
          ['master', 1],
          ['tempdb', 1],
          [engine.database.name.toLowerCase(), 1],
        ],
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  COL_NAME: {
    least: 2,
    most: 2,
    build: (engine, [id = '', column = '']) => ({
      sql: lookup(
        engine.catalog
          .relations()
          .flatMap((table) => table.columns.map((each): [string, string] => [`${table.id}/${each.id}`, each.name])),
        `concat(${id}, '/', ${column})`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  COL_LENGTH: {
    least: 2,
    most: 2,
    build: (engine, [table = '', column = '']) => ({
      sql: lookup(
        engine.catalog.relations().flatMap((each) =>
          each.columns.flatMap((col): [string, number][] => {
            const names = [`${each.schema}.${each.name}`, ...(each.schema.toLowerCase() === 'dbo' ? [each.name] : [])];
            return names.map((name) => [`${name}/${col.name}`.toLowerCase(), typeInfo(col.type).bytes]);
          }),
        ),
        `regexp_replace(lower(concat(${table}, '/', ${column})), '[\\[\\]"]', '', 'g')`,
        'SMALLINT',
      ),
      type: { name: 'smallint' },
    }),
  },
  COLUMNPROPERTY: {
    least: 3,
    most: 3,
    build: (engine, [id = '', column = '', property = '']) => ({
      sql: lookup(
        engine.catalog.relations().flatMap((table) =>
          table.columns.flatMap((each): [string, number][] => {
            const properties = {
              AllowsNull: each.nullable ? 1 : 0,
              IsIdentity: each.identity ? 1 : 0,
              IsComputed: 0,
              IsHidden: 0,
              IsRowGuidCol: 0,
              ColumnId: each.id,
              Precision: typeInfo(each.type).precision,
              Scale: typeInfo(each.type).scale,
            };
            return Object.entries(properties).map(([name, value]) => [
              `${table.id}/${each.name}/${name}`.toLowerCase(),
              value,
            ]);
          }),
        ),
        `lower(concat(${id}, '/', ${column}, '/', ${property}))`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  OBJECTPROPERTY: { least: 2, most: 2, build: objectProperty },
  OBJECTPROPERTYEX: { least: 2, most: 2, build: objectProperty },
  TYPE_NAME: {
    least: 1,
    most: 1,
    build: (_, [id = '']) => ({
      sql: lookup(
        TYPE_NAMES.map((name) => [String(typeInfo({ name }).id), name]),
        `CAST(${id} AS VARCHAR)`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  TYPE_ID: {
    least: 1,
    most: 1,
    build: (_, [name = '']) => ({
      sql: lookup(
        TYPE_NAMES.map((each) => [each, typeInfo({ name: each }).id]),
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  SERVERPROPERTY: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        Object.entries({
          productversion: '12.0.2000.8',
          productlevel: 'RTM',
          edition: 'SQL Azure',
          engineedition: String(engine.dialect.engineEdition),
          servername: 'localhost',
          machinename: 'localhost',
          instancename: null,
          collation: 'SQL_Latin1_General_CP1_CI_AS',
          isclustered: '0',
          issingleuser: '0',
          isintegratedsecurityonly: '0',
          ishadrenabled: '0',
          isxtpsupported: '0',
          isfulltextinstalled: '0',
          productmajorversion: '12',
          productminorversion: '0',
          lcid: '1033',
        }).flatMap(([key, value]): [string, string][] => (value === null ? [] : [[key, value]])),
        `lower(${name})`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  DATABASEPROPERTYEX: {
    least: 2,
    most: 2,
    build: (engine, [name = '', property = '']) => ({
      sql: lookup(
        Object.entries({
          collation: 'SQL_Latin1_General_CP1_CI_AS',
          edition: 'GeneralPurpose',
          serviceobjective: 'GP_S_Gen5_2',
          status: 'ONLINE',
          updateability: 'READ_WRITE',
          useraccess: 'MULTI_USER',
          recovery: 'FULL',
          version: '957',
        }).map(([key, value]) => [`${engine.database.name}/${key}`.toLowerCase(), value]),
        `lower(concat(${name}, '/', ${property}))`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  CONNECTIONPROPERTY: {
    least: 1,
    most: 1,
    build: (_, [name = '']) => ({
      sql: lookup(
        [
          ['net_transport', 'TCP'],
          ['protocol_type', 'TSQL'],
          ['auth_scheme', 'SQL'],
          ['local_net_address', '127.0.0.1'],
          ['client_net_address', '127.0.0.1'],
          ['physical_net_transport', 'TCP'],
        ],
        `lower(${name})`,
        'VARCHAR',
      ),
      type: sysname,
    }),
  },
  SESSIONPROPERTY: {
    least: 1,
    most: 1,
    build: (_, [name = '']) => ({
      sql: lookup(
        [
          ['ansi_nulls', 1],
          ['ansi_padding', 1],
          ['ansi_warnings', 1],
          ['arithabort', 1],
          ['concat_null_yields_null', 1],
          ['quoted_identifier', 1],
          ['numeric_roundabort', 0],
        ],
        `lower(${name})`,
        'INTEGER',
      ),
      type: int,
    }),
  },
  IDENT_CURRENT: {
    least: 1,
    most: 1,
    build: (engine, [name = '']) => ({
      sql: lookup(
        engine.catalog.tables().flatMap((table): [string, string][] => {
          const identity = table.columns.find((each) => each.identity)?.identity;
          if (!identity) return [];
          const value = String(engine.database.identities.get(table.id) ?? identity.seed);
          const names = [
            `${table.schema}.${table.name}`,
            ...(table.schema.toLowerCase() === 'dbo' ? [table.name] : []),
          ];
          return names.map((each) => [each.toLowerCase(), value]);
        }),
        `regexp_replace(lower(${name}), '[\\[\\]"]', '', 'g')`,
        'BIGINT',
      ),
      type: bigint,
    }),
  },
  USER_NAME: constant('dbo', sysname, 1),
  SUSER_SNAME: identityName(),
  SUSER_NAME: identityName(),
  USER_ID: constant(1, int, 1),
  DATABASE_PRINCIPAL_ID: constant(1, int, 1),
  SUSER_ID: constant(1, int, 1),
  IS_MEMBER: constant(1, int, 1),
  IS_ROLEMEMBER: constant(1, int, 2),
  IS_SRVROLEMEMBER: constant(0, int, 2),
  HAS_PERMS_BY_NAME: { least: 3, most: 5, build: () => ({ sql: '1', type: int }) },
};

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
    ),
    nullable: true,
  };
}

function lookup(entries: readonly (readonly [string, string | number])[], key: string, type: string): string {
  if (entries.length === 0) return `CAST(NULL AS ${type})`;
  const unique = new Map(entries);
  const keys = [...unique.keys()].map(quoteText).join(', ');
  const values = [...unique.values()]
    .map((each) => (typeof each === 'number' ? String(each) : quoteText(each)))
    .join(', ');
  return `CAST(map_extract_value(MAP([${keys}], [${values}]), ${key}) AS ${type})`;
}

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

function byId(
  type: SqlType,
  value: (each: Named) => string,
  most: number,
): { least: number; most: number; build: Build } {
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

function constant(value: string | number, type: SqlType, most: number): { least: number; most: number; build: Build } {
  const sql = typeof value === 'number' ? String(value) : quoteText(value);
  return { least: 1, most, build: () => ({ sql, type }) };
}

function identityName(): { least: number; most: number; build: Build } {
  return { least: 1, most: 1, build: (engine) => ({ sql: quoteText(engine.identity.name), type: sysname }) };
}
